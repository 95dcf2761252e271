"""docs/reference/signature-v1.md"""

import hashlib

from .common import encode, hexed, i64, same
from .record import plaintext


def content(columns):
    """The canonical plaintext: every column that has a value, by its label; without padding the end mark comes last."""
    parts = []
    for column in sorted(columns, key=lambda column: column["label"]):
        value = plaintext(column["kind"], column["plain"], False)
        same("end mark", value[-1:], b"\x80")
        parts += [column["label"].encode(), value[:-1]]
    return encode("content", parts)


def check_signatures(vectors):
    for vector in vectors:
        labels = {column["label"] for column in vector["columns"]}
        same("columns of the signature", labels & {"hipaa_signature", "hipaa_signature_salt"}, set())
        said, salt, time = content(vector["columns"]), hexed(vector["salt"]), i64(vector["time"])
        same("content", said, hexed(vector["content"]))
        same("length of the salt", len(salt), 32)
        user, role = vector["user"].encode(), vector["role"].encode()
        place = [hexed(vector["tenant"]), vector["table"].encode(), hexed(vector["record"])]
        commitment = hashlib.sha256(encode("signed-record", [salt, *place, user, role, time, said])).digest()
        same("commitment", commitment, hexed(vector["commitment"]))
        same("signature", encode("signature", [b"\x01", commitment, user, role, time]), hexed(vector["signature"]))
    return len(vectors)
