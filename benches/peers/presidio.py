"""Runs the guard and Presidio's pattern recognisers over the same notes, in turn.

    python3 -m venv env && env/bin/pip install presidio-analyzer==2.2.366
    cargo build --release -p reference-app
    env/bin/python benches/peers/presidio.py target/release/reference-app tests/data/guard/held-out.txt

Presidio gets a blank language pipeline and its pattern recognisers only: no model is loaded.
Prints MB/s of both, the ratio, and precision and recall by kind where both know the kind.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict

PAIRS = 3
MARK = re.compile(r"<<(\w+)\|(.*?)>>", re.S)
NAMES = {
    "US_SSN": "ssn", "US_NPI": "npi", "MEDICAL_LICENSE": "dea", "PHONE_NUMBER": "phone", "EMAIL_ADDRESS": "email",
    "URL": "url", "IP_ADDRESS": "ip", "CREDIT_CARD": "credit_card", "US_MBI": "mbi", "DATE_TIME": "date",
    "US_DRIVER_LICENSE": "license", "US_BANK_NUMBER": "account", "MAC_ADDRESS": "mac",
}


def notes_of(path):
    lines = [line for line in open(path, encoding="utf-8").read().split("\n") if not line.startswith("# ")]
    for marked in "\n".join(lines).split("\n%%\n"):
        text, labels, at = "", [], 0
        for mark in MARK.finditer(marked):
            text += marked[at : mark.start()]
            labels.append((len(text), len(text) + len(mark[2]), mark[1]))
            text += mark[2]
            at = mark.end()
        yield text + marked[at:], labels


def presidio():
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, PatternRecognizer, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    # Without this its e-mail check looks for a list on the network.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())

    class Blank(SpacyNlpEngine):
        def __init__(self):
            super().__init__(models=[{"lang_code": "en", "model_name": "blank"}])
            self.nlp = {"en": spacy.blank("en")}

        def load(self):
            pass

    registry = RecognizerRegistry()
    registry.load_predefined_recognizers(languages=["en"])
    registry.recognizers = [
        known for known in registry.recognizers
        if isinstance(known, PatternRecognizer) or type(known).__name__ == "PhoneRecognizer"
    ]
    engine = AnalyzerEngine(registry=registry, nlp_engine=Blank(), supported_languages=["en"])

    def label(texts):
        found = []
        for text in texts:
            results = engine.analyze(text=text, language="en", score_threshold=0.4)
            found.append([(r.start, r.end, NAMES.get(r.entity_type)) for r in results])
        return found

    return label


def run(program, texts):
    lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    start = time.perf_counter()
    done = subprocess.run([program, "guard", "scan", "--jsonl"], input=lines.encode(), capture_output=True, check=False)
    took = time.perf_counter() - start
    if done.returncode == 2:
        sys.exit(done.stderr.decode())
    return took, done.stdout.decode().splitlines()


def guard(program, texts):
    found = []
    for text, line in zip(texts, run(program, texts)[1]):
        data = text.encode()
        spans = json.loads(line)["labels"]
        found.append([(len(data[:s].decode()), len(data[:e].decode()), kind) for s, e, kind, _ in spans])
    return found


def timed(label, texts):
    start = time.perf_counter()
    found = label(texts)
    return time.perf_counter() - start, found


def score(name, found, notes):
    counts = defaultdict(lambda: [0, 0, 0])
    known = set(NAMES.values()) | {"fax", "dob"}
    for spans, (_, labels) in zip(found, notes):
        rest = [span for span in spans if span[2] in known]
        for start, end, kind in labels:
            kind = {"fax": "phone", "dob": "date"}.get(kind, kind)
            if kind not in known:
                continue
            hit = next((s for s in rest if s[2] in (kind, {"phone": "fax", "date": "dob"}.get(kind))
                        and 2 * (min(end, s[1]) - max(start, s[0])) >= max(end, s[1]) - min(start, s[0])), None)
            counts[kind][0 if hit else 2] += 1
            if hit:
                rest.remove(hit)
        for _, _, kind in rest:
            counts[{"fax": "phone", "dob": "date"}.get(kind, kind)][1] += 1
    print(name)
    for kind, (hits, false, missed) in sorted(counts.items()):
        precision, recall = hits / max(1, hits + false), hits / max(1, hits + missed)
        print(f"  {kind:12} precision {precision:.3f} recall {recall:.3f}")


def main():
    program, *paths = sys.argv[1:]
    notes = [note for path in paths for note in notes_of(path)]
    texts = [text for text, _ in notes]
    size = sum(len(text.encode()) for text in texts)
    theirs = presidio()
    # The guard is a process of its own here: enough text that its start does not count.
    times = 4_000_000 // size + 1
    pairs = []
    for _ in range(PAIRS):
        fast, _ = run(program, texts * times)
        slow, _ = timed(theirs, texts)
        pairs.append((times * size / fast / 1e6, size / slow / 1e6))
    fast, slow = (statistics.median(column) for column in zip(*pairs))
    print(f"guard {fast:.1f} MB/s (through pipes and JSON), Presidio {slow:.3f} MB/s, ratio {fast / slow:.0f}")
    score("guard", guard(program, texts), notes)
    score("Presidio", theirs(texts), notes)


main()
