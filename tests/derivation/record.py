"""docs/reference/cell-v1.md and docs/reference/seal-v1.md"""

import itertools
import json

from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from .blake3 import keyed_blake3
from .common import Difference, encode, hexed, i64, same, u16, u32, u64
from .index import digits_form, name_form, normal_form
from .keys import derive

KINDS = ("text", "bytes", "date", "integer", "boolean", "json", "texts", "reference")
# Plaintext length of a scalar that is not padded.
WIDTH = {"date": 6, "integer": 10, "boolean": 3}


def json_text(value):
    """JSON without blanks; Python escapes what the document says, as it says."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def plaintext(kind, value, padded):
    """`value` as the vector gives it: text, hexadecimal digits, a date, a number, a list; None is NULL."""
    if kind not in KINDS:
        raise Difference(f"unknown kind {kind!r}")
    if value is None:
        body = b"\0"
    elif kind == "text":
        body = b"\x01" + value.encode()
    elif kind in ("bytes", "reference"):
        body = b"\x02" + hexed(value)
    elif kind == "date":
        year, month, day = ([int(part) for part in value.split("-")] + [0, 0])[:3]
        same("date", "-".join(f"{part:0{width}}" for part, width in ((year, 4), (month, 2), (day, 2)) if part), value)
        body = b"\x03" + u16(year) + bytes([month, day])
    elif kind == "integer":
        body = b"\x04" + i64(int(value))
    elif kind == "boolean":
        body = b"\x05" + bytes([int(value)])
    elif kind == "texts":
        body = b"\x06" + json_text(value if isinstance(value, list) else json.loads(value))
    else:
        body = b"\x06" + value.encode()
    body += b"\x80"
    if not padded:
        return body.ljust(WIDTH.get(kind, len(body)), b"\0")
    bucket = next((size for size in (16, 32, 64, 128, 256) if len(body) <= size), -(-len(body) // 256) * 256)
    return body.ljust(bucket, b"\0")


def open_and_seal(what, key, record, epoch, plain, cell):
    """Whether sealing `plain` again under the cell's nonce gives the cell, and opening the cell gives `plain`."""
    header = b"\x01\x01" + u32(epoch)
    aad = header + bytes([len(record)]) + record
    nonce = cell[6:18]
    same(f"cell of {what}", header + nonce + AESGCMSIV(key).encrypt(nonce, plain, aad), cell)
    same(f"opened cell of {what}", AESGCMSIV(key).decrypt(nonce, cell[18:], aad), plain)


def check_cell(column, value, record, place):
    label, cell, epoch = column["label"], hexed(column["stored"]), place["epoch"]
    key = derive(
        hexed(place["cell_root"]), "cell", tenant=hexed(place["tenant"]), table=place["table"], label=label, epoch=epoch
    )
    open_and_seal(label, key, record, epoch, plaintext(column["kind"], value, column["padded"]), cell)
    return b"\0", cell


def check_plain(vectors, every):
    """The plaintexts that the group `record` leaves out."""
    record = every["record"]
    columns = {column["label"]: column for column in record["columns"] if column["sealed"] and column["plain"] is None}
    same("columns without a plaintext", sorted(columns), [vector["label"] for vector in vectors])
    for vector in vectors:
        check_cell(columns[vector["label"]], vector["plain"], hexed(record["record"]), record)
    return len(vectors)


def stored_columns(vector, record, plain):
    """(label, kind byte, bytes) of every column that is not SQL NULL; `plain` has the value of each sealed one."""
    for column in vector["columns"]:
        label, storage, stored = column["label"], column["storage"], column["stored"]
        if column["sealed"]:
            same(f"storage of {label}", storage, "blob")
            yield label, *check_cell(column, plain[label], record, vector)
            continue
        same(f"padding of {label}, which is not sealed", column["padded"], True)
        kinds = {"text": ("text",), "blob": ("bytes", "reference"), "integer": ("integer", "boolean")}[storage]
        same(f"kind of {label}", column["kind"] in kinds, True)
        if storage == "text":
            yield label, b"\x01", stored.encode()
        elif storage == "blob":
            yield label, b"\x02", hexed(stored)
        else:
            same(f"number of {label}", str(int(stored)), stored)
            yield label, b"\x03", i64(int(stored))


def term(vector, index, parts):
    key = derive(
        hexed(vector["index_root"]),
        "index",
        tenant=hexed(vector["tenant"]),
        table=vector["table"],
        label=index["label"],
        normalizer=(index["normalizer"], 1),
        epoch=vector["epoch"],
    )
    bits = index["bits"]
    kept = bytearray(keyed_blake3(key, encode("term", parts))[: (bits + 7) // 8])
    if bits % 8:
        kept[-1] &= 0xFF << (8 - bits % 8) & 0xFF
    return bytes(kept)


def check_seal(vector, plain, combinations):
    """`combinations` are (index, normal form of each part)."""
    record, tenant, epoch = hexed(vector["record"]), hexed(vector["tenant"]), vector["epoch"]
    columns = sorted(stored_columns(vector, record, plain))
    encoded = encode("columns", [part for label, kind, data in columns for part in (label.encode(), kind, data)])
    terms = {
        (index["label"].encode(), epoch, term(vector, index, parts).ljust(16, b"\0"), (index["bits"] + 7) // 8)
        for index, parts in combinations
    }
    listed = [(label, u32(number), padded[:length]) for label, number, padded, length in sorted(terms)]
    header = b"\x01\x01" + u32(epoch)
    parts = [
        header,
        tenant,
        vector["table"].encode(),
        record,
        u64(vector["version"]),
        encoded,
        encode("terms", [part for entry in listed for part in entry]),
    ]
    key = derive(hexed(vector["cell_root"]), "record-mac", tenant=tenant, table=vector["table"], epoch=epoch)
    mac = keyed_blake3(key, encode("record", parts))
    same("record MAC", mac, hexed(vector["mac"]))
    seal = header + u64(vector["version"]) + mac + u16(len(listed))
    for label, number, data in listed:
        seal += bytes([len(label)]) + label + number + bytes([len(data)]) + data
    same("seal", seal, hexed(vector["seal"]))
    return len(columns)


def check_record(vector, every):
    check_index_inputs(vector)
    plain = {column["label"]: column["plain"] for column in vector["columns"]}
    plain.update((column["label"], column["plain"]) for column in every["record_plain"])
    texts = plain["names"]
    same("texts", json_text(json.loads(texts)), texts.encode())
    combinations = [
        (index, [part.encode() for part in parts]) for index in vector["indexes"] for parts in index["normal"]
    ]
    return check_seal(vector, plain, combinations)


def check_shapes(vectors):
    """Records that state every plaintext, and from which columns an index takes its parts."""
    for vector in vectors:
        plain = {column["label"]: column["plain"] for column in vector["columns"]}
        for column in (column for column in vector["columns"] if not column["sealed"]):
            same(f"value of {column['label']}", column["stored"], column["plain"])
            same(f"truth value {column['label']}", column["kind"] != "boolean" or column["plain"] in ("0", "1"), True)
        combinations = []
        for index in vector["indexes"]:
            names = index["normalizer"].split("+")
            same(f"parts of {index['label']}", len(names), len(index["columns"]))
            values = [plain[label] for label in index["columns"]]
            forms = map(part_forms, names, values)
            combinations += [(index, list(parts)) for parts in itertools.product(*forms)]
        check_seal(vector, plain, combinations)
    return len(vectors)


def part_forms(name, value):
    """The forms of one part of an index: none for NULL or an empty form, one for each of several texts."""
    texts = [] if value is None else value if isinstance(value, list) else [value]
    return {form for form in (normal_form(name, text) for text in texts) if form}


def check_index_inputs(vector):
    """The normal forms of the record's values: names with day of birth, and the last digits of the name."""
    plain = {column["label"]: column["plain"] for column in vector["columns"]}
    names = sorted(name_form(name) for name in json.loads(plain["names"]))
    by_label = {index["label"]: index["normal"] for index in vector["indexes"]}
    same("forms of by_name", [[name, plain["born"]] for name in names], by_label["by_name"])
    same("forms of by_last", [[digits_form(plain["name"])[-4:]]], by_label["by_last"])
