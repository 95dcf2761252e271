"""docs/reference/audit-v1.md"""

import base64
import hashlib

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .audit import leaf_of, node, root_by_definition
from .common import hexed, same, u64


def b64(data):
    return base64.b64encode(data).decode()


def split_of(leaves):
    return 1 << ((len(leaves) - 1).bit_length() - 1)


def path(index, leaves):
    """PATH of RFC 6962, section 2.1.1."""
    if len(leaves) == 1:
        return []
    split = split_of(leaves)
    if index < split:
        return path(index, leaves[:split]) + [root_by_definition(leaves[split:])]
    return path(index - split, leaves[split:]) + [root_by_definition(leaves[:split])]


def subproof(old, leaves, whole):
    """SUBPROOF of RFC 6962, section 2.1.2."""
    if old == len(leaves):
        return [] if whole else [root_by_definition(leaves)]
    split = split_of(leaves)
    if old <= split:
        return subproof(old, leaves[:split], whole) + [root_by_definition(leaves[split:])]
    return subproof(old - split, leaves[split:], False) + [root_by_definition(leaves[:split])]


def trust_of(vector, key, operator):
    names = [("deployment", vector["deployment"]), ("log", vector["log"]), ("genesis", vector["genesis"])]
    names += [("head-key", key.hex()), ("operator-key", operator)]
    return "hipaa-core trust 1\n" + "".join(f"{name} {value}\n" for name, value in names)


def note_of(vector, leaves, signer, key):
    origin = f"hipaa-core/{hexed(vector['deployment']).hex()}/{hexed(vector['log']).hex()}"
    text = f"{origin}\n{len(leaves)}\n{b64(root_by_definition(leaves))}\n"
    text += f"last-leaf {b64(leaves[-1])}\nlast-time -1\n"
    key_id = hashlib.sha256(origin.encode() + b"\n\x01" + key).digest()[:4]
    return f"{text}\n\u2014 {origin} {b64(key_id + signer.sign(text.encode()))}\n"


def restore_of(vector, leaves):
    """Keeps the first leaves, gives up the rest; signed by the operator."""
    signer = Ed25519PrivateKey.from_private_bytes(hexed(vector["operator_seed"]))
    key = signer.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    kept = vector["old_size"]
    text = "hipaa-core restore 1\n"
    text += f"hipaa-core/{hexed(vector['deployment']).hex()}/{hexed(vector['log']).hex()}\n"
    text += f"kept {kept} {b64(leaves[kept - 1])}\n"
    text += f"lost {len(leaves)} {b64(root_by_definition(leaves))}\n"
    text += f"lost-leaf {b64(leaves[-1])}\nlost-time -1\n"
    name = f"hipaa-core-operator/{hexed(vector['deployment']).hex()}"
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    return f"{text}\n\u2014 {name} {b64(key_id + signer.sign(text.encode()))}\n"


def check_kept(vector):
    leaves = [leaf_of(u64(number)) for number in range(vector["size"])]
    signer = Ed25519PrivateKey.from_private_bytes(hexed(vector["seed"]))
    raw = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    key = signer.public_key().public_bytes(*raw)
    same("trust file", trust_of(vector, key, "none"), vector["trust"])
    operator = hexed(vector["operator_key"]).hex()
    same("trust file with an operator", trust_of(vector, key, operator), vector["trust_with_operator"])
    note = note_of(vector, leaves, signer, key)
    same("note", note, vector["note"])
    hashes = "".join(b64(one) + "\n" for one in path(vector["index"], leaves))
    lines = f"c2sp.org/tlog-proof@v1\nextra {b64(leaves[vector['index']])}\nindex {vector['index']}\n{hashes}\n"
    same("receipt", lines + note, vector["receipt"])
    same("consistency", b"".join(subproof(vector["old_size"], leaves, True)), hexed(vector["consistency"]))
    same("tile", b"".join(leaves[:256]), hexed(vector["tile"]))
    same("root of the tile", root_by_definition(leaves[:256]), hexed(vector["tile_root"]))
    same("restore", restore_of(vector, leaves), vector["restore"])
    same("node", node(leaves[0], leaves[1]), root_by_definition(leaves[:2]))
    return 8
