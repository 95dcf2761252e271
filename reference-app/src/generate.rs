//! Fictitious patients as FHIR R4 NDJSON lines, the same for the same seed, clinic and number.
//!
//! Every clinic begins with the same [`CAST_SIZE`] people, who are hard on a search: of the same name and birth date in
//! every clinic, with diacritics in one Unicode normal form here and in the other there, apostrophes of two kinds, a
//! name of one word, a leap-day birth, a child, a maiden name. Nobody can be mistaken for a real person: social
//! security numbers are of areas 900 to 999, which are never issued, with groups that no tax number has; phone numbers
//! are 555-0100 to 555-0199; mail goes to example.org.

mod names;
mod random;
mod records;

use names::{CAST, FAMILY, FEMALE, Form, MALE, Member, ascii, in_form};
use random::Random;
use serde_json::{Value, json};

/// How many people every clinic has in common.
pub const CAST_SIZE: usize = CAST.len();

const STREETS: [&str; 8] =
    ["Alder Way", "Birch Lane", "Cedar Court", "Dogwood Drive", "Elm Street", "Fir Close", "Hazel Row", "Juniper Road"];
const CITIES: [(&str, &str); 5] =
    [("Springfield", "KS"), ("Riverton", "KS"), ("Fairview", "MO"), ("Greenville", "NE"), ("Lakeside", "CO")];
const LANGUAGES: [(&str, &str); 5] =
    [("en-US", "English"), ("es", "Spanish"), ("de", "German"), ("vi", "Vietnamese"), ("pl", "Polish")];
const MARITAL: [(&str, &str); 4] = [("M", "Married"), ("S", "Never Married"), ("D", "Divorced"), ("W", "Widowed")];
/// Groups that neither a social security number nor a tax number of areas 900 to 999 has.
const FIRST_GROUP: u64 = 10;
const GROUPS: u64 = 40;

/// The lines of a clinic's patients, without line ends.
pub fn patients(seed: u64, clinic: u16, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |number| {
        let place = u64::try_from(number).unwrap_or(u64::MAX);
        let mut random = Random::new([seed, u64::from(clinic), place]);
        let form = if clinic.is_multiple_of(2) { Form::Composed } else { Form::Decomposed };
        let person = match CAST.get(number) {
            Some(member) => Person::of_cast(member, form),
            None => Person::any(&mut random),
        };
        person.resource((u64::from(clinic), place), &mut random).to_string()
    })
}

/// Everything of a clinic, as type and line: its directory, and its patients with what happened to each.
pub fn resources(seed: u64, clinic: u16, count: usize) -> impl Iterator<Item = (&'static str, String)> {
    let directory = records::directory(u64::from(clinic)).into_iter();
    let charts = patients(seed, clinic, count).enumerate().flat_map(move |(number, line)| {
        let place = (seed, u64::from(clinic), u64::try_from(number).unwrap_or(u64::MAX));
        let patient = serde_json::from_str(&line).unwrap_or_default();
        let about = records::records(place, &patient);
        core::iter::once(("Patient", line)).chain(about.into_iter().map(|(kind, value)| (kind, value.to_string())))
    });
    directory.map(|(kind, value)| (kind, value.to_string())).chain(charts)
}

struct Person {
    family: String,
    given: Vec<String>,
    maiden: Option<String>,
    born: String,
    female: bool,
}

impl Person {
    fn of_cast(member: &Member, form: Form) -> Self {
        Self {
            family: in_form(member.family, form),
            given: member.given.iter().map(|given| in_form(given, form)).collect(),
            maiden: member.maiden.map(|maiden| in_form(maiden, form)),
            born: member.born.to_owned(),
            female: member.female,
        }
    }

    fn any(random: &mut Random) -> Self {
        let form = if random.one_in(2) { Form::Composed } else { Form::Decomposed };
        let female = random.one_in(2);
        let known = if female { FEMALE } else { MALE };
        let first = random.pick(known);
        let second = random.pick(known);
        let mut given = vec![in_form(first, form)];
        if random.one_in(2) && second != first {
            given.push(in_form(second, form));
        }
        let maiden = (female && random.one_in(4)).then(|| in_form(random.pick::<&str>(FAMILY), form));
        Self { family: in_form(random.pick::<&str>(FAMILY), form), given, maiden, born: birth_date(random), female }
    }

    fn resource(&self, (clinic, number): (u64, u64), random: &mut Random) -> Value {
        let (language, spoken) = *random.pick(&LANGUAGES);
        let mut patient = json!({
            "resourceType": "Patient",
            "id": random.uuid(),
            "identifier": identifiers(clinic, number, random),
            "name": self.names(),
            "telecom": self.telecom(number, random),
            "gender": if self.female { "female" } else { "male" },
            "birthDate": self.born,
            "address": [address(random)],
            "communication": [{ "language": concept("urn:ietf:bcp:47", language, spoken) }],
        });
        if self.born.as_str() < "2007" {
            let (code, text) = *random.pick(&MARITAL);
            patient["maritalStatus"] = concept("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", code, text);
        }
        if self.born.as_str() < "1945" && random.one_in(3) {
            patient["deceasedDateTime"] = json!(format!(
                "20{:02}-0{}-1{}T08:30:00Z",
                10 + random.below(15),
                1 + random.below(9),
                random.below(10)
            ));
        }
        patient
    }

    fn names(&self) -> Value {
        let official = match self.given.as_slice() {
            [] => json!({ "use": "official", "family": self.family }),
            given => json!({ "use": "official", "family": self.family, "given": given }),
        };
        match &self.maiden {
            Some(maiden) => json!([official, { "use": "maiden", "family": maiden, "given": self.given }]),
            None => json!([official]),
        }
    }

    fn telecom(&self, number: u64, random: &mut Random) -> Value {
        let phone = format!("({}) 555-01{:02}", 201 + random.below(700), random.below(100));
        let given = self.given.first().map(|given| ascii(given)).unwrap_or_default();
        let mail = format!("{given}.{}{number}@example.org", ascii(&self.family));
        json!([
            { "system": "phone", "use": "home", "value": phone },
            { "system": "email", "value": mail.trim_start_matches('.') },
        ])
    }
}

fn identifiers(clinic: u64, number: u64, random: &mut Random) -> Value {
    let typed = |code: &str, value: String| {
        let kind = json!({ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code }] });
        json!({ "type": kind, "value": value })
    };
    let (serial, rest) = (1 + number % 9999, number / 9999);
    let ssn = format!("{}-{}-{serial:04}", 900 + rest % 100, FIRST_GROUP + (clinic + rest / 100) % GROUPS);
    let mut list = vec![typed("MR", format!("C{clinic}-{number:07}")), typed("SS", ssn)];
    if random.one_in(2) {
        list.push(typed("DL", format!("X{:08}", random.below(100_000_000))));
    }
    if random.one_in(3) {
        list.push(typed("PPN", format!("ZZ{:07}", random.below(10_000_000))));
    }
    Value::Array(list)
}

fn address(random: &mut Random) -> Value {
    let (city, state) = *random.pick(&CITIES);
    let line = format!("{} {}", 1 + random.below(999), random.pick(&STREETS));
    json!({ "line": [line], "city": city, "state": state, "postalCode": "00000", "country": "US" })
}

fn concept(system: &str, code: &str, text: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": text }], "text": text })
}

/// One person in forty is born on a leap day.
fn birth_date(random: &mut Random) -> String {
    if random.one_in(40) {
        return format!("{}-02-29", 1932 + 4 * random.below(23));
    }
    format!("{}-{:02}-{:02}", 1930 + random.below(95), 1 + random.below(12), 1 + random.below(28))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::patient::Patient;
    use std::collections::HashSet;

    fn parsed(clinic: u16) -> Vec<Value> {
        patients(42, clinic, 400).map(|line| serde_json::from_str(&line).unwrap()).collect()
    }

    #[test]
    fn the_same_seed_makes_the_same_lines_and_another_seed_others() {
        let lines = |seed| patients(seed, 0, 50).collect::<Vec<_>>();
        assert_eq!(lines(42), lines(42));
        assert_ne!(lines(42), lines(43));
        assert!(lines(42).iter().all(|line| Patient::parse(line).is_ok()));
    }

    #[test]
    fn nobody_has_an_identifier_that_could_be_real() {
        let mut seen = HashSet::new();
        for patient in parsed(0).iter().chain(&parsed(1)) {
            let ssn = patient["identifier"][1]["value"].as_str().unwrap();
            let phone = patient["telecom"][0]["value"].as_str().unwrap();
            let area = ssn[..3].parse::<u16>().unwrap();
            assert!(area >= 900 && ssn[4..6].parse::<u16>().unwrap() < 50 && ssn.len() == 11);
            assert!(phone.contains(") 555-01"));
            assert!(patient["telecom"][1]["value"].as_str().unwrap().ends_with("@example.org"));
            assert!(seen.insert(ssn.to_owned()), "one number each");
        }
    }

    #[test]
    fn the_hard_cases_are_all_there() {
        let (north, south) = (parsed(0), parsed(1));
        let all = north.iter().chain(&south).map(Value::to_string).collect::<Vec<_>>();
        for wanted in ["M\u{fc}ller", "Mu\u{308}ller", "O'", "O\u{2019}", "-02-29", "\"maiden\"", "deceasedDateTime"] {
            assert!(all.iter().any(|line| line.contains(wanted)), "{wanted}");
        }
        assert!(north.iter().any(|patient| patient["name"][0].get("given").is_none()));
        assert!(north.iter().any(|patient| patient["birthDate"].as_str().unwrap() > "2015"));
        let twin = |patients: &[Value]| (patients[0]["birthDate"].clone(), patients[0]["id"].clone());
        assert_eq!(twin(&north).0, twin(&south).0);
        assert_ne!(twin(&north).1, twin(&south).1);
    }
}
