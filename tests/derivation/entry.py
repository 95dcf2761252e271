"""docs/reference/audit-body-v1.md: every field from what it says; docs/reference/cell-v1.md: the details of an entry."""

import hashlib
import ipaddress

from .audit import id_list, leaf_of
from .common import encode, hexed, i64, same, u16, u32, u64
from .keys import derive
from .record import json_text, open_and_seal, plaintext

KINDS = {0: "event", 1: "genesis", 3: "log_opened"}
POLICY = hashlib.sha256(encode("policy", [])).digest()


def text(value, _):
    return value.encode()


def fixed(length):
    def field(value, _):
        same("length of a field", len(hexed(value)), length)
        return hexed(value)

    return field


def table(label, count):
    return bytes([len(label.encode())]) + label.encode() + u16(count)


def claimed(value, _):
    same("claimed", value, True)
    return b"\x01"


def action(value, _):
    same("action", value in ("C", "R", "U", "D", "E"), True)
    return value.encode()


def subjects(value, _):
    distinct = sorted({hexed(one) for one in value})
    return u16(len(distinct)) + id_list(*distinct)


def records(value, _):
    return table(value["table"], len(value["ids"])) + id_list(*(hexed(one) for one in value["ids"]))


def states(value, _):
    listed = (id_list(hexed(one)) + u64(version) + fixed(32)(mac, _) for one, version, mac in value["states"])
    return table(value["table"], len(value["states"])) + b"".join(listed)


def seen(value, _):
    return u16(len(value)) + b"".join(records(one, _) for one in value)


def details(value, entry):
    """The digest of the cell, after the cell itself."""
    key = derive(hexed(value["audit_root"]), "details", tenant=hexed(entry["tenant"]), epoch=value["epoch"])
    told = {name: value[name] for name in ("details", "user_agent") if value[name] is not None}
    plain, cell = plaintext("text", json_text(told).decode(), True), hexed(value["cell"])
    open_and_seal("details", key, hexed(entry["log"]) + u64(entry["sequence"]), value["epoch"], plain, cell)
    return hashlib.sha256(cell).digest()


FIELDS = {
    "event name": (1, text),
    "user": (2, text),
    "role": (3, text),
    "session": (4, fixed(16)),
    "address": (5, lambda value, _: ipaddress.ip_address(value).packed),
    "claimed": (6, claimed),
    "action": (7, action),
    "outcome": (8, lambda value, _: bytes([value])),
    "subjects": (9, subjects),
    "records": (10, records),
    "states": (11, states),
    "index": (12, text),
    "count": (13, lambda value, _: u64(value)),
    "purpose of use": (14, text),
    "request": (15, text),
    "details": (16, details),
    "seen": (17, seen),
    "emergency grant": (18, fixed(16)),
    "column": (19, text),
    "format": (0x0100, lambda value, _: u16(value)),
    "deployment": (0x0101, fixed(16)),
    "head key": (0x0103, fixed(32)),
    "operator key": (0x0104, lambda value, _: fixed(32 if value else 0)(value, _)),
    "log": (0x0110, fixed(16)),
    "genesis leaf": (0x0111, fixed(32)),
    "tenant": (0x0112, fixed(16)),
    "epoch": (0x0120, lambda value, _: u32(value)),
    "ring": (0x0121, lambda value, _: hashlib.sha256(hexed(value)).digest()),
}

ACTOR = {"user", "role"}
# What the document says of the fields of each kind: those that it must have.
NEEDED = {
    "event": ACTOR | {"event name", "action", "outcome"},
    "genesis": {"format", "deployment"},
    "log_opened": ACTOR | {"log", "genesis leaf", "tenant"},
}


def fields_of(entry):
    content = dict(entry["content"])
    kind = KINDS[entry["kind"]]
    same(f"fields that are missing of {kind}", sorted(NEEDED[kind] - set(content)), [])
    fields = {0x8000 + offset: hexed(value) for offset, value in content.pop("application", [])}
    for name, value in content.items():
        tag, field = FIELDS[name]
        fields[tag] = field(value, entry)
    if kind == "genesis":
        same("version of the log format", content["format"], 1)
        same("keys in a genesis entry", "head key" in content, hexed(entry["tenant"]) == bytes(16))
        same("both keys", "operator key" in content, "head key" in content)
        fields[0x0102] = POLICY
    return sorted(fields.items())


def body_of(entry, fields):
    prefix = b"hca1" + bytes([1, entry["kind"]]) + hexed(entry["log"]) + hexed(entry["tenant"])
    prefix += u64(entry["sequence"]) + hexed(entry["previous"]) + i64(entry["time"]) + i64(entry["wall"])
    prefix += bytes([entry["clock"]]) + hexed(entry["salt"])
    same("length of the prefix", len(prefix), 111)
    return prefix + b"".join(u16(tag) + u32(len(value)) + value for tag, value in fields)


def check_entries(vectors):
    """Each entry by itself, then the chain: what `log` ends with, by log id."""
    ends, beginnings = {}, {}
    for entry in vectors:
        fields = fields_of(entry)
        same("fields", [[tag, value.hex()] for tag, value in fields], entry["fields"])
        body = body_of(entry, fields)
        same("body", body, hexed(entry["body"]))
        leaf = leaf_of(body)
        same("leaf", leaf, hexed(entry["leaf"]))
        log = entry["log"]
        sequence, previous = ends.get(log, (0, bytes(32)))
        same("sequence", entry["sequence"], sequence)
        same("leaf of the entry before", hexed(entry["previous"]), previous)
        same("kind of entry 0", entry["kind"] == 1, sequence == 0)
        ends[log] = sequence + 1, leaf
        beginnings.setdefault(log, (entry["leaf"], entry["tenant"]))
    for content in (entry["content"] for entry in vectors if entry["kind"] == 3):
        same("log that was opened", (content["genesis leaf"], content["tenant"]), beginnings[content["log"]])
    return len(vectors)
