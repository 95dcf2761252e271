"""docs/reference/index-v1.md"""

import unicodedata

from .common import Difference, encode, hexed, i64, same

# Python's Unicode data are older than version 18.0, and the standard library lacks three properties. These are their
# code points as of Unicode 15.1; the vectors use none that came later.

BLANKS = {*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000}
DASHES = {
    0x2D, 0x58A, 0x5BE, 0x1400, 0x1806, *range(0x2010, 0x2016), 0x2053, 0x207B, 0x208B, 0x2212, 0x2E17, 0x2E1A, 0x2E3A,
    0x2E3B, 0x2E40, 0x2E5D, 0x301C, 0x3030, 0x30A0, 0xFE31, 0xFE32, 0xFE58, 0xFE63, 0xFF0D, 0x10EAD,
}  # fmt: skip
IGNORABLES = {
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000),
}  # fmt: skip
APOSTROPHES = {
    0x27, 0x60, *range(0x2B9, 0x2C0), 0x2C8, 0x2CA, 0x2CB, 0x55A, 0x5F3, 0x7F4, 0x7F5, 0x2018, 0x2019, 0x201B, 0x2032,
    0x2035, 0xA78B, 0xA78C,
}  # fmt: skip
APOSTROPHE_MARKS = "\u0301\u0313\u0314"


def checked(text):
    if len(text.encode()) > 4096:
        raise Difference("the text is too long")
    if any(unicodedata.category(char) in ("Cn", "Co", "Cs") for char in text):
        raise Difference("the text has an unassigned code point")
    return text


def is_ignored(char):
    category = unicodedata.category(char)
    return category == "Cf" or (category == "Cc" and ord(char) not in BLANKS) or ord(char) in IGNORABLES


def folded(text):
    """The steps common to names and identifiers. `casefold` is full case folding of one character."""
    visible = "".join(char for char in checked(text) if not is_ignored(char))
    return "".join(char.casefold() for char in unicodedata.normalize("NFKD", visible))


def is_separator(char):
    return unicodedata.category(char).startswith("P") or ord(char) in BLANKS or ord(char) in DASHES


def name_form(text):
    out, due, bare, blank = [], False, True, None
    for char in (char for char in folded(text) if ord(char) not in APOSTROPHES):
        if is_separator(char):
            blank = due if char == " " else None
            due, bare = True, True
        elif bare and unicodedata.combining(char):
            if blank is not None and char in APOSTROPHE_MARKS:
                due = blank
            blank = None
        else:
            out.append(" " + char if due and out else char)
            due, bare, blank = False, False, None
    return unicodedata.normalize("NFC", "".join(out))


def identifier_form(text):
    kept = (char for char in folded(text) if ord(char) not in BLANKS | DASHES and unicodedata.category(char) != "Pd")
    return unicodedata.normalize("NFC", "".join(kept))


def digit(char):
    return str(unicodedata.decimal(char)) if unicodedata.category(char) == "Nd" else ""


def digits_form(text):
    return "".join(digit(char) for char in checked(text))


def phone_form(text):
    digits, plus, at = "", False, 0
    checked(text)
    while at < len(text):
        char = text[at]
        after_code = digits and (plus or (digits.startswith("00") and len(digits) > 2))
        if char in "+\uff0b" and not digits:
            plus = True
        elif char in "xX#;\uff58\uff38\uff03\uff1b" and digits:
            break
        elif char == "(" and after_code and text[at + 1 :].startswith("0)"):
            at += 2
        else:
            digits += digit(char)
        at += 1
    international = plus
    if not plus and digits.startswith("00"):
        digits, international = digits[2:], True
    if len(digits) == 11 and digits[0] == "1" and digits[1] in "23456789":
        return digits[1:]
    return "+" + digits if international and digits else digits


def last(form, count):
    return form[-count:] if len(form) >= count else ""


def day_form(text):
    """A date as `YYYY-MM-DD`; one without month or day has no form."""
    return text if len(text.split("-")) == 3 else ""


def normal_form(name, text):
    """The form of a text, a date or a number in decimal, as bytes; empty where there is none."""
    name, _, count = name.partition(":")
    forms = {
        "name": name_form,
        "identifier": identifier_form,
        "digits": digits_form,
        "phone": phone_form,
        "day": day_form,
        "last-digits": digits_form,
        "last-identifier": identifier_form,
    }
    if name == "number":
        same("decimal digits", str(int(text)), text)
        return i64(int(text))
    whole = forms[name](text)
    if name.startswith("last-"):
        same("characters kept", count in map(str, range(1, 17)), True)
        whole = last(whole, int(count))
    return whole.encode()


# Cases of the documents beyond the vectors.
FURTHER = (
    ("name", "\u00b4Abd al-Malik", "abd al malik"),
    ("name", "O\u00b4Brien", "obrien"),
    ("name", "Ann \u00a8Lee", "ann lee"),
    ("name", "e'\u0301", "\u00e9"),
    ("identifier", "a\u0308-\u0323", "\u1ea1\u0308"),
    ("last-identifier:4", "MRN-00 7\u00df", "07ss"),
    ("last-digits:4", "345", ""),
    ("phone", "030 123456", "030123456"),
    ("phone", "unknown", ""),
    ("day", "1980-02", ""),
)


def check_normal_forms(vectors):
    for vector in vectors:
        form = normal_form(vector["normalizer"], vector["input"])
        encoded = encode("term", [form])
        same(f"{vector['normalizer']} form of {vector['input']!r}", encoded, hexed(vector["encoded"]))
    for name, text, expected in FURTHER:
        same(f"{name} form of {text!r}", normal_form(name, text), expected.encode())
    return len(vectors)
