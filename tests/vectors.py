#!/usr/bin/env python3
"""Derives every vector in tests/data/v1.json again, from docs/reference alone (see the folder derivation).

Needs Python 3.9 and the package `cryptography` (with OpenSSL 3.2 or newer, for AES-GCM-SIV).

    python3 tests/vectors.py              one line per group; exit 1 at the first difference
    python3 tests/vectors.py --self-test  changes every vector in turn and expects every change to be noticed
"""

import copy
import json
import pathlib
import sys

from derivation.audit import check_audit
from derivation.authority import check_authority, check_notices
from derivation.auth import check_device, check_digests, check_password
from derivation.blake3 import check_blake3, keyed_blake3
from derivation.common import Difference, check_encode, same
from derivation.entry import check_entries
from derivation.index import check_normal_forms, normal_form
from derivation.kept import check_kept
from derivation.keys import check_derive, check_ring, check_tenant_row, check_wrapped
from derivation.record import check_plain, check_record, check_shapes
from derivation.signature import check_signatures

FILE = pathlib.Path(__file__).parent / "data" / "v1.json"

# Each check takes the vectors of its group; those of TOGETHER take all groups besides.
GROUPS = {
    "encode": check_encode,
    "derive": check_derive,
    "wrapped": check_wrapped,
    "ring": check_ring,
    "tenant_row": check_tenant_row,
    "authority": check_authority,
    "notices": check_notices,
    "record": check_record,
    "record_plain": check_plain,
    "shapes": check_shapes,
    "normal_forms": check_normal_forms,
    "audit": check_audit,
    "entries": check_entries,
    "auth_digests": check_digests,
    "auth_device": check_device,
    "auth_password": check_password,
    "kept": check_kept,
    "signatures": check_signatures,
}
TOGETHER = {"record", "record_plain"}


def check_group(name, vectors, every):
    return GROUPS[name](vectors, every) if name in TOGETHER else GROUPS[name](vectors)


def check_all(vectors):
    same("groups", sorted(vectors), sorted(GROUPS))
    print(f"ok blake3: {check_blake3(None)} published hashes")
    for name in GROUPS:
        print(f"ok {name}: {check_group(name, vectors[name], vectors)}")


# The proof that the script can fail.


def leaves_of(value, path=()):
    """The path of every text, number and truth value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves_of(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from leaves_of(inner, (*path, at))
    elif value is not None:
        yield path, value


def changes_of(value):
    """The same value with one byte changed: its first, its middle, its last."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        # Not by one: a term of 21 bits is one of 20 when its last bit is zero.
        yield value ^ 8
    elif value == "":
        yield "00"
    else:
        for at in sorted({0, len(value) // 2, len(value) - 1}):
            char = value[at]
            other = {"0": "1", "a": "b"}.get(char) or ("0" if char in "123456789abcdef" else chr(ord(char) ^ 1))
            yield value[:at] + other + value[at + 1 :]


def with_change(vector, path, value):
    changed = copy.deepcopy(vector)
    if not path:
        return value
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


def has_same_form(name, vectors, path, changed):
    """The one change that need not be noticed: an input that becomes another of the same normal form."""
    if name != "normal_forms" or path[-1] != "input":
        return False
    vector = vectors[path[0]]
    return normal_form(vector["normalizer"], changed) == normal_form(vector["normalizer"], vector["input"])


def self_test(every):
    same("BLAKE3 of something else", keyed_blake3(b"\0" * 32, b"x") == keyed_blake3(b"\0" * 32, b"y"), False)
    for name, vectors in ((name, every[name]) for name in GROUPS):
        tried = unnoticed = 0
        for path, value in leaves_of(vectors):
            for changed in changes_of(value):
                tried += 1
                if not is_noticed(name, with_change(vectors, path, changed), every):
                    if not has_same_form(name, vectors, path, changed):
                        raise Difference(f"{name}: the change of {path} to {changed!r} was not noticed")
                    unnoticed += 1
        if tried == 0:
            raise Difference(f"{name}: nothing to change")
        print(f"ok {name}: {tried - unnoticed} of {tried} changes noticed, {unnoticed} have the same normal form")


def is_noticed(name, vectors, every):
    try:
        check_group(name, vectors, every)
    except Exception:  # any failure to derive is a difference: a bad key length, a tag that does not fit, a missing name
        return True
    return False


def main(arguments):
    vectors = json.loads(FILE.read_text(encoding="utf-8"))
    try:
        if arguments == ["--self-test"]:
            self_test(vectors)
        elif not arguments:
            check_all(vectors)
        else:
            print(__doc__, file=sys.stderr)
            return 2
    except Difference as difference:
        print(f"DIFFERENT {difference}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
