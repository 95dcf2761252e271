"""docs/reference/auth-defaults.md"""

import base64
import hashlib

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from .blake3 import keyed_blake3
from .common import encode, hexed, i64, same


def url64(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def plain64(value):
    return base64.b64encode(value).rstrip(b"=").decode()


def grouped32(value):
    text = base64.b32encode(value).decode()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def check_digests(vectors):
    for vector in vectors:
        parts = [hexed(part) for part in vector["parts"]]
        encoded = encode(vector["label"], parts)
        key = vector["key"]
        digest = hashlib.sha256(encoded).digest() if key is None else keyed_blake3(hexed(key), encoded)
        same("digest of " + vector["label"], digest, hexed(vector["digest"]))
        if vector["text"] is not None:
            text = grouped32(parts[-1]) if vector["label"] == "recovery-code" else url64(parts[-1])
            same("text of " + vector["label"], text, vector["text"])
    return len(vectors)


def check_device(vector):
    signed = i64(vector["micros"]) + hexed(vector["random"])
    mac = keyed_blake3(hexed(vector["key"]), encode("device", [hexed(vector["user"]), signed]))
    same("cookie of a device", url64(signed + mac), vector["cookie"])
    return 1


def check_password(vector):
    random = hexed(vector["random"])
    salt = random[:16]
    tag = Argon2id(salt=salt, length=32, iterations=2, lanes=1, memory_cost=19456).derive(random.hex().encode())
    same("hash", f"$argon2id$v=19$m=19456,t=2,p=1${plain64(salt)}${plain64(tag)}", vector["phc"])
    return 1
