//! FHIR `HumanName`: how a name is written, and under what it is found.

use super::patient::without_nulls;
use core::fmt;
use serde::{Deserialize, Serialize};

/// One name of a person.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct HumanName {
    /// What it is for: `official`, `maiden`, …
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// The whole name, where it is given as one text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// The given names, in order.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "without_nulls")]
    pub given: Vec<String>,
    /// What stands before the name.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "without_nulls")]
    pub prefix: Vec<String>,
    /// What stands behind the name.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "without_nulls")]
    pub suffix: Vec<String>,
}

/// The family and given names under which a person is found.
#[derive(Default)]
pub struct SearchNames {
    /// Family names.
    pub family: Vec<String>,
    /// Of every name the first given name, and all given names with blanks between.
    pub given: Vec<String>,
}

impl HumanName {
    /// The name as one text: the one it came with, else its parts in order.
    #[must_use]
    pub fn display(&self) -> String {
        let parts = self.prefix.iter().chain(&self.given).chain(&self.family).chain(&self.suffix);
        let joined = parts.map(String::as_str).collect::<Vec<_>>().join(" ");
        if self.family.is_none() && self.given.is_empty() { self.text.clone().unwrap_or(joined) } else { joined }
    }
}

/// The name to address a person by: the official one, else the usual one, else the first.
#[must_use]
pub fn preferred(names: &[HumanName]) -> Option<&HumanName> {
    let used = |usage| names.iter().find(|name| name.usage.as_deref() == Some(usage));
    used("official").or_else(|| used("usual")).or(names.first())
}

/// The family and given names of all names. A name of one word stands in both lists, so that a person who has no other
/// can be found by family and given name.
#[must_use]
pub fn search_names(names: &[HumanName]) -> SearchNames {
    let mut found = SearchNames::default();
    for name in names {
        let first = name.given.first().cloned();
        let all = (name.given.len() > 1).then(|| name.given.join(" "));
        let alone = name.family.clone().or_else(|| all.clone().or(first.clone())).or_else(|| name.text.clone());
        push(&mut found.family, alone.clone());
        push(&mut found.given, first.or(alone));
        push(&mut found.given, all);
    }
    found
}

fn push(list: &mut Vec<String>, name: Option<String>) {
    if let Some(name) = name.filter(|name| !name.trim().is_empty() && !list.contains(name)) {
        list.push(name);
    }
}

impl fmt::Debug for HumanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HumanName(…)")
    }
}

impl fmt::Debug for SearchNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SearchNames(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(family: Option<&str>, given: &[&str]) -> HumanName {
        HumanName {
            family: family.map(str::to_owned),
            given: given.iter().map(|given| (*given).to_owned()).collect(),
            ..HumanName::default()
        }
    }

    #[test]
    fn every_name_is_found_by_its_first_and_by_all_given_names() {
        let found = search_names(&[name(Some("Roe"), &["Ann", "Mary"]), name(Some("Doe"), &["Ann", "Mary"])]);
        assert_eq!(found.family, ["Roe", "Doe"]);
        assert_eq!(found.given, ["Ann", "Ann Mary"]);
    }

    #[test]
    fn a_name_of_one_word_is_family_and_given_name() {
        for one in [name(Some("Sukarno"), &[]), name(None, &["Sukarno"])] {
            let found = search_names(&[one]);
            assert_eq!((found.family, found.given), (vec!["Sukarno".to_owned()], vec!["Sukarno".to_owned()]));
        }
        let text = HumanName { text: Some("Mary Ann Roe".to_owned()), ..HumanName::default() };
        assert_eq!(search_names(&[text]).family, ["Mary Ann Roe"]);
        assert!(search_names(&[HumanName::default()]).given.is_empty());
    }

    #[test]
    fn a_name_is_written_in_the_order_of_its_parts() {
        let mut written = name(Some("Roe"), &["Ann", "Mary"]);
        written.prefix = vec!["Dr.".to_owned()];
        written.suffix = vec!["PhD".to_owned()];
        assert_eq!(written.display(), "Dr. Ann Mary Roe PhD");
    }
}
