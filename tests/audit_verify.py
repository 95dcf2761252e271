#!/usr/bin/env python3
"""Judges the audit log in a dump of a database, from docs/reference/audit-v1.md and audit-body-v1.md alone.

Needs Python 3.9 and the package `cryptography`.

    python3 tests/audit_verify.py DUMP [TRUST [KEPT...]]   DUMP as `sqlite3 FILE .dump` writes it, or the file itself;
                                                           KEPT are checkpoints and receipts. Exit codes as in the page.
    python3 tests/audit_verify.py --compare FOLDER         every folder in FOLDER is a case: emr.db, the files that were
                                                           kept, and what another verifier said of it (verdict.json)
"""

import base64
import collections
import hashlib
import json
import pathlib
import sqlite3
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# Of more missing entries in a row only the ends are named.
MAX_LISTED = 1_000_000
CLEAN, TAMPERED, UNVERIFIABLE, FAILED, UNANCHORED = range(5)
TABLES = ("hipaa_tenant", "hipaa_head", "hipaa_audit", "hipaa_audit_subject")
OWN = bytes(16)
Entry = collections.namedtuple("Entry", "kind log tenant sequence previous time fields")
Note = collections.namedtuple("Note", "text deployment log size root last_leaf last_time signatures")
GivenUp = collections.namedtuple("GivenUp", "log kept lost lost_time since until")
Trust = collections.namedtuple("Trust", "deployment log genesis head_key operator_key")


class Wrong(Exception):
    """Bytes or a text that no writer would have written."""


def need(truth):
    if not truth:
        raise Wrong


# Hashes and trees.


def leaf_of(body):
    return hashlib.sha256(b"\0" + body).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def grow(edge, size, leaf):
    while size & 1:
        leaf = node(edge.pop(), leaf)
        size >>= 1
    edge.append(leaf)


def root_of(edge):
    if not edge:
        return hashlib.sha256(b"").digest()
    root = edge[-1]
    for left in reversed(edge[:-1]):
        root = node(left, root)
    return root


def perfect(hashes):
    while len(hashes) > 1:
        hashes = [node(left, right) for left, right in zip(hashes[::2], hashes[1::2])]
    return hashes[0]


def tiles_of(leaves):
    row, level, tiles = leaves, 0, {}
    while len(row) >= 256:
        above = []
        for index in range(len(row) // 256):
            hashes = row[index * 256 : index * 256 + 256]
            tiles[level, index] = b"".join(hashes)
            above.append(perfect(hashes))
        row, level = above, level + 1
    return tiles


def included(leaf, index, size, path):
    need(index < size)
    inner = (index ^ (size - 1)).bit_length()
    need(len(path) == inner + bin(index >> inner).count("1"))
    for level, other in enumerate(path):
        right = level >= inner or index >> level & 1
        leaf = node(other, leaf) if right else node(leaf, other)
    return leaf


# Bytes and texts.


def number(data):
    return int.from_bytes(data, "big")


def read_entry(body):
    need(111 <= len(body) <= 65_535 and body[:5] == b"hca1\1" and body[5] <= 8 and body[94] <= 3)
    fields, at, last = {}, 111, -1
    while at < len(body):
        need(at + 6 <= len(body))
        tag, end = number(body[at : at + 2]), at + 6 + number(body[at + 2 : at + 6])
        need(tag > last and end <= len(body))
        fields[tag], last, at = body[at + 6 : end], tag, end
    time = int.from_bytes(body[78:86], "big", signed=True)
    return Entry(body[5], body[6:22], body[22:38], number(body[38:46]), body[46:78], time, fields)


def read_ids(data, count, tail=0):
    ids = []
    for _ in range(count):
        need(data and 1 <= data[0] <= 40 and len(data) >= 1 + data[0] + tail)
        ids.append(data[1 : 1 + data[0]])
        data = data[1 + data[0] + tail :]
    need(not data)
    return ids


def read_subjects(data):
    need(len(data) >= 2)
    ids = read_ids(data[2:], number(data[:2]))
    need(all(left < right for left, right in zip(ids, ids[1:])))
    return ids


def read_states(data):
    need(data and len(data) >= 3 + data[0])
    data[1 : 1 + data[0]].decode("utf-8")
    read_ids(data[3 + data[0] :], number(data[1 + data[0] : 3 + data[0]]), 40)


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text)
    return data


def unhex(text, length):
    data = bytes.fromhex(text)
    need(data.hex() == text and len(data) == length)
    return data


def decimal(text):
    need(str(int(text)) == text)
    return int(text)


def after(line, start):
    need(line.startswith(start))
    return line[len(start) :]


def read_trust(text):
    lines = text.split("\n")
    need(len(lines) == 7 and lines[0] == "hipaa-core trust 1" and lines[6] == "")
    names = ("deployment ", "log ", "genesis ", "head-key ", "operator-key ")
    values = [after(line, name) for line, name in zip(lines[1:], names)]
    sizes = (16, 16, 32, 32)
    operator = b"" if values[4] == "none" else unhex(values[4], 32)
    return Trust(*(unhex(value, size) for value, size in zip(values, sizes)), operator)


def checkpoint(deployment, log, size, root, last_leaf, last_time):
    lines = [f"hipaa-core/{deployment.hex()}/{log.hex()}", str(size), base64.b64encode(root).decode()]
    lines += [f"last-leaf {base64.b64encode(last_leaf).decode()}", f"last-time {last_time}"]
    return "".join(line + "\n" for line in lines)


def read_note(text):
    body, _, signatures = text.rpartition("\n\n")
    lines = body.split("\n")
    need(len(lines) == 5 and signatures.endswith("\n"))
    deployment, log = (unhex(part, 16) for part in after(lines[0], "hipaa-core/").split("/"))
    root, last_leaf = unbase64(lines[2]), unbase64(after(lines[3], "last-leaf "))
    size, last_time = decimal(lines[1]), decimal(after(lines[4], "last-time "))
    need(checkpoint(deployment, log, size, root, last_leaf, last_time) == body + "\n")
    return Note(body + "\n", deployment, log, size, root, last_leaf, last_time, read_signatures(signatures))


def read_signatures(lines):
    read = []
    for line in lines[:-1].split("\n"):
        name, encoded = after(line, "\u2014 ").split(" ")
        read.append((name, unbase64(encoded)))
    return read


def read_restore(data, operator):
    """What the operator gives up: log, size and leaf that are kept, size and time that are lost."""
    text, _, signatures = data.decode("utf-8").rpartition("\n\n")
    lines = text.split("\n")
    need(len(lines) == 6 and lines[0] == "hipaa-core restore 1" and signatures.endswith("\n"))
    deployment, log = (unhex(part, 16) for part in after(lines[1], "hipaa-core/").split("/"))
    kept, leaf = after(lines[2], "kept ").split(" ")
    lost, root = after(lines[3], "lost ").split(" ")
    kept, lost, leaf, root = decimal(kept), decimal(lost), unbase64(leaf), unbase64(root)
    need(0 < kept < lost and len(leaf) == len(root) == len(unbase64(after(lines[4], "lost-leaf "))) == 32)
    time = decimal(after(lines[5], "lost-time "))
    name = f"hipaa-core-operator/{deployment.hex()}"
    need(operator and is_signed_by(text + "\n", name, read_signatures(signatures), operator))
    return log, kept, leaf, lost, time


def read_kept(text):
    """A receipt: its note, place, leaf and path; or a note alone."""
    if not text.startswith("c2sp.org/tlog-proof@v1\n"):
        return read_note(text), None
    proof, _, note = text.partition("\n\n")
    lines = proof.split("\n")
    leaf, index = unbase64(after(lines[1], "extra ")), decimal(after(lines[2], "index "))
    path = [unbase64(line) for line in lines[3:]]
    need(len(leaf) == 32 and len(path) <= 64 and all(len(other) == 32 for other in path))
    return read_note(note), (index, leaf, path)


def is_signed(text, signature, key):
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def is_signed_by(text, name, signatures, key):
    own = hashlib.sha256(name.encode() + b"\n\1" + key).digest()[:4]
    signatures = [data[4:] for line, data in signatures if line == name and data[:4] == own]
    return bool(signatures) and all(is_signed(text, signature, key) for signature in signatures)


def is_note_signed(note, key):
    return is_signed_by(note.text, note.text.split("\n")[0], note.signatures, key)


# What is compared.


class Judgement:
    def __init__(self, connection, trust):
        self.connection, self.trust = connection, trust
        self.breaks, self.doubts, self.silences, self.due = set(), set(), [], None
        self.bodies, self.opened = {}, {}

    def found(self, what, log=None, place=None):
        self.breaks.add((what, log.hex() if log is not None else None, place))

    def rows(self, sql, *values):
        return self.connection.execute(sql, values).fetchall()

    def has(self, table):
        sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return bool(self.rows(sql, table))

    def judge(self, kept):
        deployment = self.rows("SELECT value FROM hipaa_meta WHERE key = 'deployment'") if self.has("hipaa_meta") else []
        if not deployment:
            self.found("missing-log", self.trust.log) if self.trust else self.doubts.add("no deployment")
            return self.code(None)
        if not all(map(self.has, TABLES)):
            self.found("schema")
            return self.code(None)
        self.deployment = deployment[0][0]
        names = "tenant, log, size, last_leaf, last_time, range, signature"
        self.heads = sorted(self.rows(f"SELECT {names} FROM hipaa_head"))
        pin = self.pin()
        self.judge_periods(pin.head_key if pin else None)
        self.listen()
        self.judge_restores(pin.operator_key if pin else b"")
        for head in self.heads:
            self.judge_log(head, self.key_of(head[1]))
        self.judge_logs()
        return self.code(self.judge_kept(kept))

    def pin(self):
        own = next((head[1] for head in self.heads if head[0] == OWN), None)
        first = self.rows("SELECT body FROM hipaa_audit WHERE log = ? AND sequence = 0", own)
        claimed = None
        if first:
            try:
                fields = read_entry(first[0][0]).fields
                claimed = Trust(fields[0x0101], own, leaf_of(first[0][0]), fields[0x0103], fields[0x0104])
            except (Wrong, KeyError):
                pass
        if self.trust is None:
            return claimed
        if own is None:
            self.found("missing-log", self.trust.log)
        elif own != self.trust.log:
            self.found("pin", own)
        elif claimed != self.trust or self.deployment != self.trust.deployment:
            self.found("pin", own, 0)
        return self.trust

    def judge_restores(self, operator):
        """What the operator has given up in the deployment's log."""
        self.restores = []
        own = next((head for head in self.heads if head[0] == OWN), None)
        sql = "SELECT body FROM hipaa_audit WHERE log = ? AND sequence >= 0 AND sequence < ? ORDER BY sequence"
        for (body,) in self.rows(sql, own[1], own[2]) if own else []:
            try:
                entry = read_entry(body)
            except Wrong:
                continue
            if entry.kind != 6:
                continue
            try:
                log, kept, leaf, lost, time = read_restore(entry.fields.get(0x0130, b""), operator)
                last = self.rows("SELECT body FROM hipaa_audit WHERE log = ? AND sequence = ?", own[1], kept - 1)
                need(log == own[1] and kept <= entry.sequence and time < entry.time)
                need(last and leaf_of(last[0][0]) == leaf)
                self.restores.append(GivenUp(log, kept, lost, time, read_entry(last[0][0]).time, entry.time))
            except (Wrong, ValueError):
                self.found("restore", own[1], entry.sequence)

    def listen(self):
        """When the deployment's log should have spoken and did not."""
        own = next((head for head in self.heads if head[0] == OWN), None)
        sql = "SELECT body FROM hipaa_audit WHERE log = ? AND sequence >= 0 AND sequence < ? ORDER BY sequence"
        last = within = None
        for (body,) in self.rows(sql, own[1], own[2]) if own else []:
            try:
                entry = read_entry(body)
            except Wrong:
                continue
            if self.due is not None and entry.time > self.due:
                self.silences.append((*last, entry.time))
            status = entry.fields.get(0x0140, b"")
            if entry.kind == 0 and entry.fields.get(1) == b"AUDIT_STATUS" and len(status) == 9:
                code, promised = status[0], number(status[1:])
                if code in (1, 2) and promised:
                    within = promised
                elif code == 3 and not promised:
                    within = None
            last = (entry.sequence, entry.time)
            self.due = None if within is None else min(entry.time + within, 2**63 - 1)

    def is_given_up(self, note):
        for one in self.restores:
            own = note.log == one.log and one.kept < note.size <= one.lost and note.last_time <= one.lost_time
            other = note.log != one.log and one.since < note.last_time < one.until
            if own or other:
                return True
        return False

    def is_lost(self, note):
        """Whether it is of an end that was given up, and nothing of it stands."""
        stands = self.bodies.get(note.log, {}).get(note.size - 1, b"")
        return self.is_given_up(note) and leaf_of(stands) != note.last_leaf

    def judge_periods(self, first):
        """Which key counts for which head, and what the deployment's log has taken up of the others."""
        self.keys, self.taken, self.ended, self.all_taken = [first] if first else [], {}, {}, set()
        own = next((head for head in self.heads if head[0] == OWN), None)
        if own is None:
            return
        rotations = []
        for place, body in self.rows("SELECT sequence, body FROM hipaa_audit WHERE log = ? ORDER BY sequence", own[1]):
            try:
                entry = read_entry(body) if isinstance(place, int) and 0 <= place < own[2] else None
            except Wrong:
                continue
            if entry and entry.kind == 4:
                log, size, leaf = (entry.fields.get(tag, b"") for tag in (0x0110, 0x0113, 0x0114))
                if (len(log), len(size), len(leaf)) == (16, 8, 32):
                    self.all_taken.add((log, number(size), leaf))
                    if number(size) >= self.taken.get(log, (0, 0))[1]:
                        self.taken[log] = (entry.sequence, number(size))
            elif entry and entry.kind == 2:
                rotations.append(self.read_rotation(entry, body, len(rotations)))
        for place, leaf, following in rotations:
            if not self.is_kept(own[1], place, leaf):
                self.found("period", own[1], place)
            if following:
                self.keys.append(following)
            else:
                self.found("period", own[1], place)
        for period, rotation in enumerate(rotations):
            if rotation[0] + 1 >= own[2]:
                self.ended.setdefault(own[1], period)
        ends = {(own[1], place + 1) for place, _, _ in rotations}
        for kept in self.rows("SELECT log, size FROM hipaa_checkpoint") if self.has("hipaa_checkpoint") else []:
            if kept not in ends:
                self.found("period", own[1])

    def read_rotation(self, entry, body, before):
        for head in self.heads:
            if head[1] in self.taken and self.taken[head[1]][1] >= head[2]:
                self.ended.setdefault(head[1], before)
        following = entry.fields.get(0x0103, b"")
        told = entry.fields.get(0x0116) == (before + 2).to_bytes(4, "big") and len(following) == 32
        return entry.sequence, leaf_of(body), following if told else None

    def is_kept(self, own, place, leaf):
        """Whether the head over the end of a period was kept under the key of that period."""
        if not self.has("hipaa_checkpoint") or not self.keys:
            return False
        kept = self.rows("SELECT note FROM hipaa_checkpoint WHERE log = ? AND size = ?", own, place + 1)
        try:
            note = read_note(kept[0][0]) if kept and isinstance(kept[0][0], str) else None
        except Wrong:
            return False
        signed = note is not None and is_note_signed(note, self.keys[-1])
        return signed and (note.log, note.size, note.last_leaf) == (own, place + 1, leaf)

    def gap(self, log, first, end):
        """Missing entries, one by one; of more than anybody will list, the first and the last place."""
        for place in range(first, end) if end - first <= MAX_LISTED else [(first, end - 1)]:
            self.found("gap", log, place)

    def key_of(self, log):
        if not self.keys:
            return None
        period = self.ended.get(log, len(self.keys) - 1)
        return self.keys[period] if period < len(self.keys) else None

    def judge_log(self, head, key):
        tenant, log, size, last_leaf, last_time, edge, signature = head
        columns = "sequence, body, leaf, details, time, name, actor"
        entries, subjects, leaves, last, end = {}, set(), [], (bytes(32), None), 0
        for row in self.rows(f"SELECT {columns} FROM hipaa_audit WHERE log = ? ORDER BY sequence", log):
            if not isinstance(row[0], int) or not 0 <= row[0] < size:
                self.found("stray", log, row[0] if isinstance(row[0], int) and row[0] >= 0 else None)
                continue
            self.gap(log, end, row[0])
            last = last if row[0] == end else None
            last = self.judge_entry(head, row, last, subjects)
            leaves.append(leaf_of(row[1]))
            entries[row[0]], end = row[1], row[0] + 1
        self.gap(log, end, size)
        self.bodies[log] = entries
        self.judge_head(head, key, leaves if len(entries) == size else None, last)
        rows = self.rows("SELECT subject, sequence FROM hipaa_audit_subject WHERE log = ?", log)
        for _, place in subjects.symmetric_difference(rows):
            self.found("subjects", log, place)
        if self.has("hipaa_tile") and len(entries) == size:
            self.judge_tiles(log, tiles_of(leaves))

    def judge_entry(self, head, row, last, subjects):
        """One entry; gives its leaf and time, for the next."""
        tenant, log = head[:2]
        place, body, leaf, details, time, name, actor = row
        if leaf != leaf_of(body):
            self.found("leaf", log, place)
        try:
            entry = read_entry(body)
        except Wrong:
            self.found("malformed", log, place)
            return leaf_of(body), last[1] if last else None
        if (entry.log, entry.tenant, entry.sequence) != (log, tenant, place):
            self.found("place", log, place)
        if last and entry.previous != last[0]:
            self.found("chain", log, place)
        if last and last[1] is not None and entry.time < last[1]:
            self.found("time", log, place)
        if (entry.kind == 1) != (place == 0):
            self.found("genesis", log, place)
        if entry.kind == 3:
            opened = [entry.fields.get(tag, b"") for tag in (0x0110, 0x0112, 0x0111)]
            if tenant != OWN or list(map(len, opened)) != [16, 16, 32]:
                self.found("genesis", log, place)
            else:
                if opened[0] in self.opened:
                    self.found("genesis", opened[0])
                self.opened[opened[0]] = opened[1:]
        self.judge_columns(log, place, entry, (details, time, name, actor), subjects)
        return leaf_of(body), entry.time

    def judge_columns(self, log, place, entry, columns, subjects):
        details, time, name, actor = columns
        try:
            for tag in (1, 2):
                entry.fields.get(tag, b"").decode("utf-8")
            if 9 in entry.fields:
                subjects.update((subject, place) for subject in read_subjects(entry.fields[9]))
            if 11 in entry.fields:
                read_states(entry.fields[11])
        except (Wrong, UnicodeDecodeError):
            self.found("malformed", log, place)
        told = [text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text for text in (name, actor)]
        if (time, *told) != (entry.time, entry.fields.get(1), entry.fields.get(2)):
            self.found("projection", log, place)
        digest = None if details is None else hashlib.sha256(details).digest()
        if digest != entry.fields.get(16):
            self.found("details", log, place)

    def judge_head(self, head, key, leaves, last):
        tenant, log, size, last_leaf, last_time, edge, signature = head
        hashes = [edge[at : at + 32] for at in range(0, len(edge), 32)]
        if len(edge) % 32 or len(hashes) != bin(size).count("1"):
            return self.found("head", log)
        text = checkpoint(self.deployment, log, size, root_of(hashes), last_leaf, last_time)
        if key is None or not is_signed(text, signature, key):
            self.found("signature", log)
        if leaves is None:
            return None
        grown = []
        for place, leaf in enumerate(leaves):
            grow(grown, place, leaf)
        if grown != hashes:
            self.found("root", log)
        if last != (last_leaf, last_time):
            self.found("head", log)
        return None

    def judge_tiles(self, log, tiles):
        stored = {(level, index): hashes for level, index, hashes in self.rows(
            "SELECT level, idx, hashes FROM hipaa_tile WHERE log = ?", log)}
        for place in stored.keys() - tiles.keys():
            self.found("tile", log)
        for (level, index), hashes in tiles.items():
            if stored.get((level, index)) != hashes:
                width = 256 ** (level + 1)
                for place in range(index * width, (index + 1) * width):
                    self.found("tile", log, place)

    def judge_logs(self):
        known = {head[1]: head[0] for head in self.heads}
        for log, tenant in known.items():
            first = self.bodies[log].get(0)
            if first is None:
                continue
            try:
                fields = read_entry(first).fields
            except Wrong:
                continue
            if fields.get(0x0100, b"\0\1") != b"\0\1":
                self.doubts.add("unknown format")
            if log not in self.opened and tenant != OWN:
                self.found("unknown-log", log)
            elif self.opened.get(log, [OWN, leaf_of(first)]) != [tenant, leaf_of(first)]:
                self.found("genesis", log, 0)
            elif fields.get(0x0101) != self.deployment:
                self.found("genesis", log, 0)
        for log in self.opened.keys() - known.keys():
            self.found("missing-log", log)
        tables = [table for table in ("hipaa_audit", "hipaa_audit_subject", "hipaa_tile") if self.has(table)]
        for log in {row[0] for table in tables for row in self.rows(f"SELECT DISTINCT log FROM {table}")} - known.keys():
            self.found("missing-head" if log in self.opened else "unknown-log", log)
        told = {(tenant, log) for log, (tenant, _) in self.opened.items()}
        for _, log in told.symmetric_difference(self.rows("SELECT tenant, log FROM hipaa_tenant")):
            self.found("tenant", log)

    def judge_kept(self, kept):
        """Compares with what was kept outside; gives how many entries nobody outside has seen."""
        sizes = {head[1]: head[2] for head in self.heads}
        seen = dict.fromkeys(sizes, 0)
        for note, receipt in kept:
            proven = receipt is None or self.leads(note, receipt)
            signed = any(is_note_signed(note, key) for key in self.keys)
            own = note.deployment == self.deployment
            if not signed and own and self.is_given_up(note):
                continue
            # The period of a head may have begun in an end that is gone, and its key with it.
            beyond = own and note.log in sizes and sizes[note.log] < note.size
            if not proven or not own or not (signed or beyond):
                self.doubts.add("a checkpoint of somebody else")
            elif self.is_lost(note):
                continue
            elif note.log not in sizes:
                self.found("missing-log", note.log)
            elif sizes[note.log] < note.size:
                for place in range(sizes[note.log], note.size):
                    self.found("rollback", note.log, place)
            else:
                seen[note.log] = max(seen[note.log], note.size)
                places = [(note.size - 1, note.last_leaf)] + ([receipt[:2]] if receipt else [])
                for place, leaf in places:
                    if leaf_of(self.bodies[note.log].get(place, b"")) != leaf:
                        self.found("fork", note.log, place)
        self.judge_taken(sizes, seen)
        return sum(sizes[log] - seen[log] for log in sizes)

    def judge_taken(self, sizes, seen):
        """Compares every log with its heads in the deployment's; whoever has seen those has seen the log up to there."""
        own = next((head[1] for head in self.heads if head[0] == OWN), None)
        for log, size, leaf in self.all_taken:
            if 0 < size <= sizes.get(log, 0) and leaf_of(self.bodies[log].get(size - 1, b"")) != leaf:
                self.found("fork", log, size - 1)
        for log, (place, size) in self.taken.items():
            if log not in sizes:
                continue
            for missing in range(sizes[log], size):
                self.found("rollback", log, missing)
            if sizes[log] >= size and place < seen.get(own, 0):
                seen[log] = max(seen[log], size)

    @staticmethod
    def leads(note, receipt):
        try:
            return included(receipt[1], receipt[0], note.size, receipt[2]) == note.root
        except Wrong:
            return False

    def code(self, unseen):
        if self.breaks:
            return TAMPERED
        if self.doubts:
            return UNVERIFIABLE
        return CLEAN if unseen == 0 and self.trust else UNANCHORED


# The command.


def load(path):
    """The database in memory, out of its dump."""
    data = pathlib.Path(path).read_bytes()
    connection = sqlite3.connect(":memory:")
    # What somebody put there as text need not be any.
    connection.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    if data.startswith(b"SQLite format 3\0"):
        sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True).backup(connection)
    else:
        connection.executescript(data.decode("utf-8"))
    return connection


def judge(dump, trust, kept):
    judgement = Judgement(load(dump), read_trust(pathlib.Path(trust).read_text()) if trust else None)
    code = judgement.judge([read_kept(pathlib.Path(path).read_text()) for path in kept])
    return code, judgement


def expand(found):
    """The breaks of the other verifier, one for each place."""
    for one in found:
        first, last = one["first"], one["last"]
        places = [None] if first is None else [(first, last)] if last - first >= MAX_LISTED else range(first, last + 1)
        for place in places:
            yield one["class"], one["log"], place


def compare(folder):
    cases = differences = rejected = silent = 0
    for case in sorted(pathlib.Path(folder).iterdir()):
        verdict = json.loads((case / "verdict.json").read_text())
        trust = case / "trust" if verdict["trust"] else None
        code, judgement = judge(case / "emr.db", trust, [case / name for name in verdict["kept"]])
        theirs = set(expand(verdict["breaks"]))
        cases, rejected = cases + 1, rejected + (code == TAMPERED)
        heard = [(one["place"], one["from_micros"], one["to_micros"]) for one in verdict["silences"]]
        silent += len(heard)
        if (judgement.silences[:1000], judgement.due) != (heard, verdict["due_micros"]):
            differences += 1
            print(f"DIFFERENT {case}: silences {judgement.silences} and {heard}", file=sys.stderr)
        if (code, judgement.breaks) != (verdict["exit_code"], theirs):
            differences += 1
            print(f"DIFFERENT {case}: {code} and {verdict['exit_code']}", file=sys.stderr)
            print(f"  ours alone {sorted(judgement.breaks - theirs, key=str)[:6]}", file=sys.stderr)
            print(f"  theirs alone {sorted(theirs - judgement.breaks, key=str)[:6]}", file=sys.stderr)
    print(f"{cases} cases, {rejected} rejected, {silent} silences, {differences} judged differently")
    return CLEAN if cases and rejected and silent and not differences else TAMPERED


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--compare":
        return compare(arguments[1])
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return FAILED
    code, judgement = judge(arguments[0], arguments[1] if len(arguments) > 1 else None, arguments[2:])
    for what, log, place in sorted(judgement.breaks, key=str):
        print(f"break: {what} log {log} at {place}")
    for doubt in sorted(judgement.doubts):
        print(f"doubt: {doubt}")
    for place, since, until in judgement.silences:
        print(f"silent: behind entry {place} for {(until - since) // 1_000_000} s")
    print(("clean", "tampered", "unverifiable", "", "intact, the end not anchored")[code])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
