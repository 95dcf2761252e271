"""docs/reference/keys.md"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .blake3 import keyed_blake3
from .common import encode, hexed, same, u16, u32, u64


def info(purpose, tenant=b"", table="", label="", normalizer=None, epoch=None):
    name, version = normalizer or ("", None)
    return encode(
        purpose,
        [
            b"\x01",
            tenant,
            table.encode(),
            label.encode(),
            name.encode(),
            b"" if version is None else u16(version),
            b"" if epoch is None else u32(epoch),
        ],
    )


def hkdf(root, context):
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=b"hipaa-core/v1", info=context).derive(root)


def derive(root, purpose, **context):
    return hkdf(root, info(purpose, **context))


def check_derive(vectors):
    for vector in vectors:
        name, version = vector["normalizer"], vector["normalizer_version"]
        context = info(
            vector["purpose"],
            hexed(vector["tenant"]),
            vector["table"],
            vector["column"],
            None if name is None and version is None else (name, version),
            vector["epoch"],
        )
        same("info", context, hexed(vector["info"]))
        same("derived key", hkdf(hexed(vector["root"]), context), hexed(vector["key"]))
    return len(vectors)


def kek_id(kek):
    return derive(kek, "kek-id")[:16]


def check_wrapped(vectors):
    for vector in vectors:
        kek, root, blob = hexed(vector["kek"]), hexed(vector["root"]), hexed(vector["blob"])
        same("KEK id", kek_id(kek), hexed(vector["kek_id"]))
        deployment, tenant = hexed(vector["deployment"]), hexed(vector["tenant"])
        parts = [deployment, tenant, vector["purpose"].encode(), u32(vector["epoch"])]
        aad = hashlib.sha256(encode("wrapped-root", parts)).digest()
        cipher = AESGCMSIV(derive(kek, "wrap"))
        nonce = blob[18:30]
        same("wrapped root", b"\x01\x01" + kek_id(kek) + nonce + cipher.encrypt(nonce, root, aad), blob)
        same("unwrapped root", cipher.decrypt(nonce, blob[30:], aad), root)
    return len(vectors)


def check_ring(vector):
    kek = hexed(vector["kek"])
    body = b"\x01" + kek_id(kek) + u64(vector["version"]) + u16(len(vector["epochs"]))
    body += b"".join(u32(epoch) + bytes([state]) for epoch, state in vector["epochs"])
    parts = [hexed(vector["deployment"]), hexed(vector["tenant"]), body]
    same("ring", body + keyed_blake3(derive(kek, "ring-mac"), encode("ring", parts)), hexed(vector["bytes"]))
    return 1


def check_tenant_row(vectors):
    for vector in vectors:
        key = derive(hexed(vector["auth_root"]), "authority-mac", tenant=bytes(16), epoch=1)
        parts = [hexed(vector["tenant"]), hexed(vector["log"]), vector["name"].encode()]
        same(f"MAC of the tenant {vector['name']!r}", keyed_blake3(key, encode("tenant", parts)), hexed(vector["mac"]))
    return len(vectors)
