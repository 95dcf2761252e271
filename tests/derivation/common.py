"""What every part needs: comparison, and the encoder of docs/reference/encoding.md."""

import struct


class Difference(Exception):
    """What we derive is not what the vector says."""


def same(what, ours, theirs):
    if type(ours) is not type(theirs) or ours != theirs:
        raise Difference(f"{what}: derived {shown(ours)}, the vector says {shown(theirs)}")


def shown(value):
    return value.hex() if isinstance(value, bytes) else repr(value)


def hexed(text):
    """Bytes of lower-case hexadecimal digits; anything else is a difference."""
    try:
        value = bytes.fromhex(text)
    except (TypeError, ValueError) as error:
        raise Difference(f"not hexadecimal: {text!r}") from error
    same("hexadecimal digits", value.hex(), text)
    return value


def u16(number):
    return struct.pack(">H", number)


def u32(number):
    return struct.pack(">I", number)


def u64(number):
    return struct.pack(">Q", number)


def i64(number):
    return struct.pack(">q", number)


def encode(label, parts):
    label = label.encode("ascii")
    return bytes([len(label)]) + label + u16(len(parts)) + b"".join(u32(len(part)) + part for part in parts)


def check_encode(vectors):
    for vector in vectors:
        parts = [hexed(part) for part in vector["parts"]]
        same("encoding", encode(vector["label"], parts), hexed(vector["bytes"]))
    return len(vectors)
