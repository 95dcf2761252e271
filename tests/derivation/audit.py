"""docs/reference/audit-body-v1.md"""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .blake3 import keyed_blake3
from .common import encode, hexed, i64, same, u16, u32, u64


def text_tag(text):
    return text.encode()


def id_list(*ids):
    return b"".join(bytes([len(one)]) + one for one in ids)


def known_fields(record):
    """The fields of the vector's entry, as the document encodes them."""
    table = bytes([len("person")]) + b"person"
    return {
        1: text_tag("PHI_UPDATE"),
        2: text_tag("dr-osei"),
        3: text_tag("clinician"),
        4: b"\x09" * 16,
        5: bytes([192, 0, 2, 7]),
        6: b"\x01",
        7: b"U",
        8: b"\x00",
        9: u16(1) + id_list(record),
        11: table + u16(1) + id_list(record) + u64(5) + b"\x08" * 32,
        0x8000: b"\x01\x02\x03",
    }


def build_body(log, tenant, fields):
    prefix = b"hca1" + bytes([1, 0]) + log + tenant + u64(2) + b"\x07" * 32
    prefix += i64(1_700_000_000_123_456) + i64(1_700_000_000_123_455) + bytes([2]) + b"\x06" * 16
    same("length of the prefix", len(prefix), 111)
    return prefix + b"".join(u16(tag) + u32(len(value)) + value for tag, value in sorted(fields.items()))


def leaf_of(body):
    return hashlib.sha256(b"\0" + body).digest()


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_by_definition(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


def grow(leaves):
    """The range of a log with these leaves."""
    hashes_, size = [], 0
    for leaf in leaves:
        number = size
        while number & 1:
            leaf, number = node(hashes_.pop(), leaf), number >> 1
        hashes_.append(leaf)
        size += 1
    return hashes_


def root_of_range(hashes_):
    root = hashes_[-1]
    for left in reversed(hashes_[:-1]):
        root = node(left, root)
    return root


def check_audit(vector):
    log, tenant, deployment = (hexed(vector[name]) for name in ("log", "tenant", "deployment"))
    fields = known_fields(b"record-vectors-1")
    listed = [[tag, value.hex()] for tag, value in sorted(fields.items())]
    same("fields", listed, vector["fields"])
    body = build_body(log, tenant, fields)
    same("body", body, hexed(vector["body"]))
    leaf = leaf_of(body)
    same("leaf", leaf, hexed(vector["leaf"]))
    leaves = [hexed(one) for one in vector["leaves"]]
    same("leaves", [b"\x05" * 32, b"\x07" * 32, leaf], leaves)
    hashes_ = grow(leaves)
    same("range", b"".join(hashes_), hexed(vector["range"]))
    same("root", root_of_range(hashes_), root_by_definition(leaves))
    same("root of the empty tree", root_by_definition([]), hexed(vector["empty_root"]))
    head = check_signature(vector, deployment, log, root_of_range(hashes_), leaf)
    parts = [log, tenant, u64(3), leaf, i64(vector["last_time"]), b"".join(hashes_), head]
    same("head MAC", keyed_blake3(hexed(vector["mac_key"]), encode("head", parts)), hexed(vector["mac"]))
    return 1


def check_signature(vector, deployment, log, root, leaf):
    lines = [
        f"hipaa-core/{deployment.hex()}/{log.hex()}",
        "3",
        base64.b64encode(root).decode(),
        f"last-leaf {base64.b64encode(leaf).decode()}",
        f"last-time {vector['last_time']}",
    ]
    checkpoint = "".join(line + "\n" for line in lines)
    same("checkpoint", checkpoint, vector["checkpoint"])
    key = Ed25519PrivateKey.from_private_bytes(hexed(vector["seed"]))
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    same("public key", key.public_key().public_bytes(*raw), hexed(vector["public_key"]))
    signature = hexed(vector["signature"])
    same("signature", key.sign(checkpoint.encode()), signature)
    key.public_key().verify(signature, checkpoint.encode())
    return signature
