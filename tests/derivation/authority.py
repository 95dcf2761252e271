"""docs/reference/authority-v1.md"""

import hashlib
import unicodedata

from .blake3 import keyed_blake3
from .common import Difference, encode, hexed, i64, same, u32, u64
from .keys import derive
from .record import open_and_seal, plaintext

KINDS = (
    "user",
    "role",
    "credential",
    "password_history",
    "second_factor",
    "recovery_code",
    "session",
    "pending_login",
    "reset_token",
    "failure_count",
    "known_device",
    "grant",
    "decision",
    "hold",
    "consent",
    "notice",
    "contact",
    "grant_review",
)


def field(tag, name, value):
    if name == "text":
        return bytes([tag, 1]) + value.encode()
    if name == "bytes":
        return bytes([tag, 2]) + hexed(value)
    if name == "number":
        return bytes([tag, 3]) + u64(value)
    if name == "time":
        return bytes([tag, 4]) + i64(value)
    if name == "flag" and isinstance(value, bool):
        return bytes([tag, 5, int(value)])
    raise Difference(f"unknown field {name!r}")


def login_form(login):
    composed = unicodedata.normalize("NFKC", login)
    return unicodedata.normalize("NFKC", composed.casefold()).encode()


def optional(value):
    return b"\0" if value is None else b"\1" + value


def check_row(row, fields, secret):
    root, tenant, epoch = hexed(row["auth_root"]), hexed(row["tenant"]), row["epoch"]
    kind, identity, owner = row["kind"], hexed(row["id"]), hexed(row["owner"])
    label = kind.encode()
    same("recorded state", bytes([KINDS.index(kind) + 1]) + identity, hexed(row["state"]))
    header = b"\x01\x01" + u32(epoch)
    same("header", header, hexed(row["header"]))
    tags = [tag for tag, _, _ in fields]
    same("order of fields", sorted(set(tags)), tags)
    body = encode("body", [field(*one) for one in fields])
    same("body", body, hexed(row["body"]))

    lookup = None
    if row["login"] is not None:
        key = derive(root, "authority-lookup", tenant=bytes(16), epoch=1)
        lookup = keyed_blake3(key, encode("lookup", [label, login_form(row["login"])]))
    same("lookup key", lookup, None if row["lookup"] is None else hexed(row["lookup"]))

    sealed = None
    if secret is not None:
        sealed = hexed(row["sealed"])
        place = hashlib.sha256(encode("secret", [label, identity, owner])).digest()
        key = derive(root, "credential", tenant=tenant, epoch=epoch)
        plain = plaintext("bytes", secret.hex(), True)
        open_and_seal(f"secret of a {kind}", key, place, epoch, plain, sealed)
    same("presence of a secret", sealed is None, row["sealed"] is None)

    expires = None if row["expires"] is None else i64(row["expires"])
    parts = [header, label, tenant, identity, owner, u64(row["auth_version"]), u64(row["version"])]
    parts += [optional(expires), optional(lookup), body, optional(sealed)]
    key = derive(root, "authority-mac", tenant=tenant, epoch=epoch)
    same("MAC", keyed_blake3(key, encode("authority", parts)), hexed(row["mac"]))


def check_authority(rows):
    for row in rows:
        check_row(row, row["fields"], None if row["secret"] is None else row["secret"].encode())
    return len(rows)


def check_notices(rows):
    """What a notice and a contact say, in the bytes of their rows."""
    for row in rows:
        means = row["means"]
        if row["kind"] == "contact":
            fields, secret = [], means["address"].encode()
        else:
            fields = [[1, "text", means["topic"]], [2, "time", means["put"]], [3, "number", means["taken"]]]
            fields += [[4, "time", means["not_before"]]]
            fields += [] if means["about"] is None else [[5, "bytes", means["about"]]]
            secret = encode("notice", [means["address"].encode(), means["payload"].encode()])
        same("secret", secret, hexed(row["secret"]))
        check_row(row, fields, secret)
    return len(rows)
