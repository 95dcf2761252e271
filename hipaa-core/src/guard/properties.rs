//! What holds for every text. The fuzz targets check the same.

use super::{Confidence, Finding, Guard, Mode, Redaction, SurrogateKey};
use proptest::prelude::*;
use std::sync::LazyLock;

static GUARD: LazyLock<Guard> = LazyLock::new(Guard::new);

/// Identifiers, cues, half-identifiers, odd characters.
const TROUBLE: &str = "SSN |MRN: |phone |DOB |fax |NPI |acct # |Dx: |zip |born |age |536-90-4399|(212) 555-0187|1245319599|\
    E11.9|3/14/1962|March 3, |1EG4-TE5-MK73|a@b.org|http://x.org/a?b=|www.a.b|10.1.2.3|::1|4111 1111 1111 1111|\
    00:1a:2b:3c:4d:5e|92-year-old|ninety-two years old|(01)00844588003288(21)1|MA 02139|1HGCM82633A004352|[SSN]|***-**-|\
    5678|1962|x123|, | and |\n|-|/|:|.|５３６|\u{200b}|\u{301}|\u{a0}|–|é|话|\"|\\|{|}|+1 |0|7|12|year";

/// Keys that inherit, label, count and nest.
const KEYS: &[&str] = &[
    "ssn",
    "mrn",
    "fax",
    "phone2",
    "patssn",
    "age",
    "unit",
    "plan",
    "sn",
    "model",
    "old",
    "new",
    "from",
    "value",
    "id",
    "code",
    "type",
    "field",
    "name",
    "system",
    "qualifier",
    "bytes",
    "ts",
    "changes",
    "valueDate",
    "url",
    "Value",
    "x",
];
/// Values of them.
const VALUES: &[&str] = &[
    "MRN",
    "ssn",
    "fax",
    "ORDER",
    "days",
    "a",
    "http://lab.example.org/mrn",
    "urn:lab:mrn",
    "536904399",
    "4482913",
    "1245319599",
    "2125550187",
    "gold-2024",
    "Apache-2.0",
    "2012-10-17",
    "E119",
    "93",
    "4482913.0",
    "1e9",
    "A1234567",
];

/// Documents of such keys and values: objects, arrays, and documents in strings.
fn documents() -> impl Strategy<Value = serde_json::Value> {
    let number =
        |text: &str| text.parse::<serde_json::Number>().map_or_else(|_| text.into(), serde_json::Value::Number);
    let leaf = prop_oneof![
        prop::sample::select(VALUES).prop_map(serde_json::Value::from),
        prop::sample::select(VALUES).prop_map(number),
        pieces().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(5, 24, 5, |inner| {
        let members = prop::collection::vec((prop::sample::select(KEYS), inner.clone()), 0..5);
        prop_oneof![
            3 => members.prop_map(|members| members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            1 => inner.prop_map(|value| serde_json::Value::from(value.to_string())),
        ]
    })
}

/// The same in every string that holds an object, so that a broken one is seen.
fn opened(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::String(text) if text.starts_with('{') => {
            serde_json::from_str(&text).map_or(serde_json::Value::String(text), opened)
        }
        serde_json::Value::Object(members) => members.into_iter().map(|(key, value)| (key, opened(value))).collect(),
        serde_json::Value::Array(values) => values.into_iter().map(opened).collect::<Vec<_>>().into(),
        other => other,
    }
}

/// Keys and places without the values.
fn skeleton(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(members) => {
            members.values().fold("{".to_owned(), |out, value| out + &skeleton(value)) + "}"
        }
        serde_json::Value::Array(values) => {
            values.iter().fold("[".to_owned(), |out, value| out + &skeleton(value)) + "]"
        }
        _ => ".".to_owned(),
    }
}

/// Texts of such pieces, which make trouble together.
fn pieces() -> impl Strategy<Value = String> {
    let fields = [
        "<td>",
        "</td>",
        "<tr>\n",
        "<b>",
        "&nbsp;",
        "&#45;",
        "&#x2011;",
        "<p class=\"a\">",
        "**",
        "*",
        "mrn,dob\n",
        "\t",
        ",",
        "NM1*82*1*A*B****XX*",
        "~REF*SY*",
        "~",
        "\nPID|1||",
        "PID|",
        "^^^H^MR||||19800101|",
        "||||||||||||",
        "^^^MA^",
        "~",
        "||",
    ];
    let trouble: Vec<&str> = TROUBLE.split('|').chain(fields).collect();
    let piece = prop_oneof![prop::sample::select(trouble).prop_map(str::to_owned), "[ -~]{0,6}", "\\PC{0,3}",];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn redactions() -> Vec<Redaction> {
    vec![
        Redaction::label(),
        Redaction::mask(),
        Redaction::last_four(),
        Redaction::safe_harbor(),
        Redaction::surrogate(SurrogateKey::new([3; 32])),
        Redaction::label().with(super::Kind::Phone, Mode::LastFour),
    ]
}

fn in_pieces(text: &str, cuts: &[usize]) -> Vec<Finding> {
    let mut stream = GUARD.stream();
    let mut found = Vec::new();
    let mut at = 0;
    for cut in cuts.iter().cycle() {
        let mut end = (at + cut + 1).min(text.len());
        while !text.is_char_boundary(end) {
            end += 1;
        }
        found.extend(stream.push(&text[at..end]));
        at = end;
        if at == text.len() {
            break;
        }
    }
    found.extend(stream.finish());
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn spans_lie_inside_on_boundaries_and_apart(text in pieces()) {
        let found = GUARD.scan_all(&text);
        for finding in &found {
            prop_assert!(!finding.span().is_empty());
            prop_assert!(text.get(finding.span()).is_some() && text.get(finding.cover()).is_some(), "{finding:?}");
        }
        for pair in found.windows(2) {
            prop_assert!(pair[0].span().end <= pair[1].span().start);
        }
    }

    #[test]
    fn a_redacted_text_is_clean_and_stays_as_it_is(text in pieces()) {
        for redaction in redactions() {
            let done = GUARD.redact(&text, &redaction).into_text();
            let left = GUARD.scan_all(&done);
            prop_assert!(left.iter().all(|found| found.confidence() == Confidence::Low), "{done:?} {left:?}");
            let again = GUARD.redact(&done, &redaction);
            prop_assert_eq!(again.text(), &done);
        }
    }

    #[test]
    fn a_redacted_document_keeps_its_shape_and_so_do_those_in_its_strings(document in documents()) {
        let raw = document.to_string();
        let found = GUARD.scan_json_all(&raw).unwrap();
        prop_assert!(found.iter().all(|found| raw.get(found.finding.cover()).is_some_and(|part| !part.is_empty())));
        for redaction in redactions() {
            let done = GUARD.redact_json(&raw, &redaction).unwrap();
            let read = serde_json::from_str::<serde_json::Value>(done.text());
            prop_assert!(read.is_ok(), "{}", done.text());
            prop_assert_eq!(skeleton(&opened(read.unwrap())), skeleton(&opened(document.clone())), "{}", done.text());
            let again = GUARD.redact_json(done.text(), &redaction).unwrap();
            prop_assert_eq!(again.text(), done.text());
        }
    }

    #[test]
    fn a_redacted_document_is_a_document(text in pieces(), key in pieces()) {
        let raw = serde_json::json!({ "note": text, "mrn": text, key.as_str(): [1, 536_904_399, text], "dob": "1962-03-14" }).to_string();
        for redaction in redactions() {
            let done = GUARD.redact_json(&raw, &redaction).unwrap();
            prop_assert!(serde_json::from_str::<serde_json::Value>(done.text()).is_ok(), "{}", done.text());
            prop_assert!(GUARD.scan_json(done.text()).unwrap().is_empty());
            let again = GUARD.redact_json(done.text(), &redaction).unwrap();
            prop_assert_eq!(again.text(), done.text());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_text_in_pieces_gives_the_findings_of_the_whole(
        seeds in prop::collection::vec(pieces(), 1..12),
        cuts in prop::collection::vec(0_usize..9000, 1..6),
        prose in prop::bool::ANY,
    ) {
        // Long enough for several segments, with and without quiet places to cut.
        let filler = if prose { " the patient was seen and sent home with advice to rest and drink and walk a little " } else { " 7, " };
        let unit = seeds.join(filler);
        let text = unit.repeat(300_000 / unit.len().max(1) + 1);
        prop_assert_eq!(in_pieces(&text, &cuts), GUARD.scan_all(&text));
    }
}

#[test]
fn a_forced_cut_loses_nothing() {
    // No quiet place anywhere: the first cut is forced at 1 MiB, in the middle of a number.
    let unit = "SSN 536-90-4399, ";
    let text = unit.repeat((1 << 20) / unit.len() + 5000);
    let found = GUARD.scan(&text);
    assert_eq!(found.len(), text.len() / unit.len());
    assert_eq!(in_pieces(&text, &[70_001]), GUARD.scan_all(&text));
}

#[test]
fn debug_output_carries_no_value() {
    let text = "SSN 536-90-4399, MRN 7654321, a.b@example.org";
    let shown =
        format!("{:?} {:?} {:?}", GUARD.scan_all(text), GUARD.redact(text, &Redaction::mask()), GUARD.warnings(text));
    for value in ["536", "4399", "7654321", "example"] {
        assert!(!shown.contains(value), "{value}");
    }
    let raw = r#"{"536-90-4399":{"mrn":"7654321"}}"#;
    let shown = format!(
        "{:?} {:?} {:?}",
        GUARD.scan_json(raw),
        GUARD.redact_json(raw, &Redaction::mask()),
        GUARD.warnings_json(raw)
    );
    assert!(!shown.contains("4399") && !shown.contains("7654321"), "{shown}");
}
