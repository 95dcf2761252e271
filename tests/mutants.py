#!/usr/bin/env python3
"""Takes every check of the verifier away, one at a time, and names the tests that miss it.

    python3 tests/mutants.py FOLDER [FIRST [LAST]]

Copies the sources to FOLDER, puts a switch around every finding and around every part of a condition that is listed
below, builds the tests of the verifier once, and runs them with each switch thrown. A check that no test misses is a
defect of the tests: the exit code is 1. It takes minutes, so it is no part of the whole run. Standard library only.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROOM = "hipaa-core/src/verify"
# What is not a finding of its own: declarations, and places that only pass findings on.
PASSED_ON = ("fn found", "fn doubt", "run.found(found)", "(self.found)(", "breaks.add(class", "found(&one)")
FINDING = re.compile(r"(?<![\w.(])((?:(?:self|state|run)\.)?(?:found|doubt)|(?:self|state)\.breaks\.add)\(")
# (file, condition, whether it is one of several that must hold): otherwise it is one of several of which any is a finding.
PARTS = [
    ("chunk.rs", "prefix.log != self.part.log", False),
    ("chunk.rs", "prefix.tenant != self.part.tenant", False),
    ("chunk.rs", "prefix.sequence != sequence", False),
    ("chunk.rs", "entry.time != Stored::Integer(view.prefix.time.micros())", False),
    ("chunk.rs", "entry.name != name", False),
    ("chunk.rs", "entry.actor != actor", False),
    ("chunk.rs", "(name, sound) = (Stored::Text(value), sound && is_text(value))", "name"),
    ("chunk.rs", "(actor, sound) = (Stored::Text(value), sound && is_text(value))", "actor"),
    ("chunk.rs", "read_states(value).is_some()", True),
    ("chunk.rs", "self.subjects(value, sequence),", "subjects"),
    ("chunk.rs", "subject <= last", False),
    ("chunk.rs", "Sha256::digest(sealed).as_slice() == digest", True),
    ("chunk.rs", "self.part.tenant == TenantId::DEPLOYMENT", True),
    ("chunk.rs", "*number >= self.next", True),
    ("log.rs", "claimed.at(deployment).root != self.range.root()", False),
    ("log.rs", "head.range != self.range.to_bytes()", False),
    ("log.rs", "place < size => sum", "place"),
    ("log.rs", "index < size.checked_shr(width(level)).unwrap_or(0)", True),
    ("period.rs", "signed && head.log", "signed"),
    ("period.rs", "head.log == own.log", True),
    ("period.rs", "head.size == size", True),
    ("period.rs", "head.last_leaf == rotation.leaf", True),
    ("period.rs", "number == expected", True),
    ("period.rs", "log == own.log);", "stray-log"),
    ("deployment.rs", "opened.genesis == leaf_of(&body)", True),
    ("deployment.rs", "opened.tenant == head.tenant", True),
    ("deployment.rs", "view.prefix.kind != EntryKind::Genesis", False),
    ("deployment.rs", "view.field(tag::DEPLOYMENT) != Some(deployment)", False),
    ("deployment.rs", "head.deployment == *deployment", True),
    ("deployment.rs", "leaf_of(&body) != leaf)", "leaf"),
    ("restored.rs", "restore.log == own.log", True),
    ("restored.rs", "kept <= place", True),
    ("restored.rs", "restore.lost_time < time", True),
    ("restored.rs", "leaf_of(last) == leaf", True),
    ("restored.rs", "head.deployment == self.restore.deployment", True),
    ("restored.rs", "from < head.last_time", True),
    ("restored.rs", "head.last_time < to", True),
    ("run.rs", "claimed != Some(trust)", False),
    ("run.rs", "*deployment != trust.deployment", False),
    ("replay.rs", "last.version == state.version", True),
    ("replay.rs", "last.mac == self.key.fingerprint(&[&state.mac])", True),
    ("replay.rs", "row.state != Some(expected)", False),
    ("replay.rs", "seal.mac == RecordState::TOMBSTONE", False),
    ("replay.rs", "state != Some((tenant, row.version, row.mac))", False),
    ("replay.rs", "row.is_tombstone()", False),
    ("replay.rs", "signed.is_some() || !is", "signed"),
    ("replay/signed.rs", "records == 1", True),
    ("replay/signed.rs", "same(tag::USER, signed.user())", True),
    ("replay/signed.rs", "same(tag::ROLE, signed.role())", True),
    ("replay/signed.rs", "print == self.key.fingerprint(&[signature])", True),
    ("replay/signed.rs", "None if signature.is_empty()", "unsigned"),
]
# Where only a piece of the text is the condition.
PIECES = {
    "name": ("is_text(value)", True),
    "actor": ("is_text(value)", True),
    "subjects": ("self.subjects(value, sequence)", True),
    "place": ("place < size", True),
    "signed": (None, None),
    "stray-log": ("log == own.log", True),
    "leaf": ("leaf_of(&body) != leaf", False),
    "unsigned": ("signature.is_empty()", True),
}
# Tests of the verifier, the likely and quick ones first.
STAGES = [
    ["alone::", "checks::", "--skip", "two_parts"],
    ["--skip", "alone::", "--skip", "checks::", "--skip", "bytes::"],
    ["two_parts"],
    ["bytes::"],
]
SWITCH = '''
/// Whether this check is there.
pub(crate) fn stands(check: usize) -> bool {
    static GONE: std::sync::OnceLock<Option<usize>> = std::sync::OnceLock::new();
    *GONE.get_or_init(|| std::env::var("HIPAA_MUTANT").ok()?.parse().ok()) != Some(check)
}
'''


def close(text, at):
    """Where the bracket at this place is closed."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"(": 1, ")": -1}.get(text[place], 0)
        if depth == 0:
            return place + 1
    raise ValueError(text[at : at + 40])


def switch_parts(name, text, checks):
    for file, part, kind in PARTS:
        if file != name:
            continue
        if text.count(part) < 1:
            raise SystemExit(f"{file} has no `{part}`: the list is out of date")
        piece, all_must = (part, kind) if isinstance(kind, bool) else PIECES[kind]
        if piece is None:
            piece, all_must = part.split(" ")[0], part.startswith("signed &&")
        number = len(checks)
        checks.append((file, text[: text.index(part)].count("\n") + 1, piece))
        gone = f"!crate::verify::stands({number})"
        put = f"({gone} || {piece})" if all_must else f"(!({gone}) && {piece})"
        text = text.replace(part, part.replace(piece, put, 1), 1)
    return text


def switch_findings(name, text, checks):
    at = 0
    while found := FINDING.search(text, at):
        line = text[text.rfind("\n", 0, found.start()) + 1 : text.find("\n", found.start())]
        at = found.end()
        if any(other in line for other in PASSED_ON) or line.strip().startswith("//"):
            continue
        end = close(text, found.end() - 1)
        number, call = len(checks), text[found.start() : end]
        checks.append((name, text[: found.start()].count("\n") + 1, " ".join(call.split())))
        put = f"{{ if crate::verify::stands({number}) {{ {call}; }} }}"
        text, at = text[: found.start()] + put + text[end:], found.start() + len(put)
    return text


def make(folder):
    files = subprocess.check_output(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True).splitlines()
    for file in files:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / file, target)
    checks, room = [], folder / ROOM
    for path in sorted(room.rglob("*.rs")):
        # What follows are tests.
        text, tests, rest = path.read_text().partition("#[cfg(test)]")
        name = str(path.relative_to(room))
        text = switch_findings(name, switch_parts(name, text, checks), checks)
        path.write_text(text + tests + rest)
    gate = folder / f"{ROOM}.rs"
    gate.write_text("#![allow(unused_parens, unused_braces)]\n" + gate.read_text() + SWITCH)
    return checks


def failing(folder, check, *chosen):
    environment = {**os.environ, "HIPAA_MUTANT": str(check)}
    command = ["cargo", "test", "--quiet", "-p", "hipaa-verify", "--test", "verify", "--", *chosen]
    output = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True).stdout
    return re.findall(r"^    (\S+)$", output.rpartition("failures:")[2], re.MULTILINE)


def missed_by(folder, check):
    """The tests that miss it: the quick ones first, the slow ones only where no quick one does."""
    for stage in STAGES:
        if missed := failing(folder, check, *stage):
            return missed
    return []


def main(arguments):
    folder = pathlib.Path(arguments[0])
    checks = make(folder)
    build = ["cargo", "test", "--quiet", "-p", "hipaa-verify", "--test", "verify", "--no-run"]
    subprocess.run(build, cwd=folder, check=True)
    if missed_by(folder, len(checks)):
        raise SystemExit("the tests fail with every check in its place")
    first, last = [*map(int, arguments[1:]), 0, len(checks)][0], int(arguments[2]) if len(arguments) > 2 else len(checks)
    lost = 0
    for check in range(first, last):
        tests, (file, line, text) = missed_by(folder, check), checks[check]
        lost += not tests
        print(f"{check} {file}:{line} {text[:70]}: {tests[0] if tests else 'MISSED BY NO TEST'} ({len(tests)})", flush=True)
    print(f"{last - first} checks, {lost} missed by no test")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 1 else print(__doc__))
