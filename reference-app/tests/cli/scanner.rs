//! Looks for people's data in bytes that must not hold any.

use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// How many bytes of a needle lead to it.
const START: usize = 4;
/// The shortest needle, in bytes: sixty of five bytes are found by chance in one of a thousand encrypted files of 20 MB.
const SHORTEST: usize = 6;
/// How many characters of a clinical text tell something.
const CLINICAL: usize = 12;

/// All that must not be found, by its first bytes.
#[derive(Default)]
pub(super) struct Scanner {
    needles: HashMap<[u8; START], Vec<(&'static str, Vec<u8>)>>,
    starts: Vec<bool>,
}

impl Scanner {
    /// What identifies these people: names, numbers, contacts, addresses, birth dates, in the forms that they could
    /// have in a file.
    pub(super) fn of_patients(lines: &[String]) -> Self {
        let mut scanner = Self { starts: vec![false; 1 << 16], ..Self::default() };
        for line in lines {
            let patient = serde_json::from_str::<Value>(line).unwrap();
            scanner.add_id(patient["id"].as_str().unwrap());
            scanner.add_date(patient["birthDate"].as_str().unwrap());
            for name in list(&patient["name"]) {
                scanner.add_text("name", name["family"].as_str().unwrap());
                list(&name["given"]).for_each(|given| scanner.add_text("name", given.as_str().unwrap()));
            }
            for (kind, member, field) in [("identifier", "identifier", "value"), ("contact", "telecom", "value")] {
                list(&patient[member]).for_each(|one| scanner.add_number(kind, one[field].as_str().unwrap()));
            }
            for address in list(&patient["address"]) {
                list(&address["line"]).for_each(|line| scanner.add_text("address", line.as_str().unwrap()));
            }
        }
        scanner
    }

    /// What a clinical resource says of a person: its ids, and every text of 12 characters or more that is no address of
    /// a code system. Notes are decoded, and looked for by their lines. The result is how many texts there are.
    pub(super) fn add_resource(&mut self, line: &str) -> usize {
        let resource = serde_json::from_str::<Value>(line).unwrap();
        let mut texts = Vec::new();
        collect(&resource, &mut texts);
        if let Some(note) = reference_app::fhir::note::text(&resource) {
            texts.extend(note.lines().map(str::to_owned));
        }
        let told = |text: &&String| text.chars().count() >= CLINICAL && !text.starts_with("http");
        let texts = texts.iter().filter(told).collect::<Vec<_>>();
        for text in &texts {
            self.add("clinical", text.as_bytes().to_vec());
        }
        self.add("fhir id", resource["id"].as_str().unwrap().as_bytes().to_vec());
        texts.len()
    }

    fn add(&mut self, kind: &'static str, needle: Vec<u8>) {
        let Some(start) = needle.first_chunk::<START>().filter(|_| needle.len() >= SHORTEST) else { return };
        self.starts[usize::from(u16::from_be_bytes([start[0], start[1]]))] = true;
        let same_start = self.needles.entry(*start).or_default();
        if !same_start.iter().any(|(_, known)| *known == needle) {
            same_start.push((kind, needle));
        }
    }

    fn add_text(&mut self, kind: &'static str, text: &str) {
        for form in [text.to_owned(), text.to_uppercase(), text.to_lowercase()] {
            self.add(kind, form.into_bytes());
        }
        let decomposed = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(text).into_owned();
        self.add(kind, decomposed.into_bytes());
    }

    fn add_number(&mut self, kind: &'static str, number: &str) {
        self.add_text(kind, number);
        self.add_text(kind, &number.replace(|c: char| !c.is_alphanumeric(), ""));
    }

    fn add_id(&mut self, id: &str) {
        self.add_number("fhir id", id);
        self.add("fhir id", hex::decode(id.replace('-', "")).unwrap());
    }

    fn add_date(&mut self, date: &str) {
        self.add("birth date", date.as_bytes().to_vec());
        self.add("birth date", date.replace('-', "").into_bytes());
    }

    /// The kinds of data found in the bytes.
    pub(super) fn scan(&self, bytes: &[u8]) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(START - 1) {
            if !self.starts[usize::from(u16::from_be_bytes([bytes[at], bytes[at + 1]]))] {
                continue;
            }
            let start = bytes[at..].first_chunk::<START>().unwrap();
            let Some(needles) = self.needles.get(start) else { continue };
            found.extend(needles.iter().filter(|(_, needle)| bytes[at..].starts_with(needle)).map(|(kind, _)| *kind));
        }
        found
    }
}

/// Every text in a resource.
fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| collect(one, texts)),
        Value::Object(members) => {
            members.iter().filter(|(name, _)| *name != "resourceType").for_each(|(_, one)| collect(one, texts));
        }
        _ => {}
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[test]
fn every_kind_of_data_is_found_when_it_is_there() {
    let line = r#"{"resourceType":"Patient","id":"001ea705-d3ba-5329-0b27-a7fbde2f4007","birthDate":"1943-03-17",
        "name":[{"family":"Velásquez56","given":["Ann"]}],"identifier":[{"value":"999-53-8547"}],
        "telecom":[{"value":"555-806-9773"}],"address":[{"line":["847 Tremblay Crossroad"]}]}"#;
    let scanner = Scanner::of_patients(&[line.to_owned()]);
    let id = *b"\x00\x1e\xa7\x05\xd3\xba\x53\x29\x0b\x27\xa7\xfb\xde\x2f\x40\x07";
    for (kind, planted) in [
        ("name", "Velásquez56".as_bytes()),
        ("name", "VELÁSQUEZ56".as_bytes()),
        ("name", "Vela\u{301}squez56".as_bytes()),
        ("fhir id", b"001ea705-d3ba-5329-0b27-a7fbde2f4007"),
        ("fhir id", &id),
        ("birth date", b"1943-03-17"),
        ("birth date", b"19430317"),
        ("identifier", b"999-53-8547"),
        ("identifier", b"999538547"),
        ("contact", b"5558069773"),
        ("address", b"847 tremblay crossroad"),
    ] {
        for bytes in [planted.to_vec(), [b"\0\xffx", planted, b"\0"].concat()] {
            assert_eq!(scanner.scan(&bytes), BTreeSet::from([kind]));
        }
        assert!(scanner.scan(&planted[..planted.len() - 1]).is_empty());
    }
}
