//! Reading a profile from TOML.

use super::{Profile, ProfileError};
use crate::guard::cue::CueClass;
use crate::guard::validate::icd10::Icd10Categories;
use crate::guard::{Confidence, Day, Kind};
use toml::{Table, Value};

const A_LEVEL: &str = "`low`, `medium` or `high`";

impl Profile {
    /// Reads a profile.
    ///
    /// # Errors
    /// [`ProfileError`] for broken TOML, unknown keys, wrong values and unsafe patterns.
    ///
    /// # Examples
    /// ```
    /// use hipaa_core::guard::{Guard, Profile};
    /// let profile = Profile::from_toml(r#"
    ///     today = "2025-06-01"
    ///     [kinds]
    ///     icd10 = false
    ///     zip = "high"
    ///     [[format]]
    ///     kind = "mrn"
    ///     pattern = "ELS-[0-9]{7}"
    ///     [cues]
    ///     mrn = ["episode key"]
    /// "#).expect("a valid profile");
    /// assert_eq!(Guard::with_profile(&profile).scan("see ELS-1234567").len(), 1);
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, ProfileError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().map_or(0, |span| span.start).min(text.len());
            ProfileError::Syntax { line: 1 + text.as_bytes()[..before].iter().filter(|byte| **byte == b'\n').count() }
        })?;
        let mut profile = Self::new();
        // The general threshold first: exceptions by kind stand above it.
        if let Some(value) = table.get("threshold") {
            let least = level(value).ok_or_else(|| invalid("threshold", A_LEVEL))?;
            profile.thresholds = [least; Kind::ALL.len()];
        }
        for (key, value) in table.iter().filter(|(key, _)| *key != "threshold") {
            profile.set(key, value)?;
        }
        Ok(profile)
    }

    fn set(&mut self, key: &str, value: &Value) -> Result<(), ProfileError> {
        match key {
            "today" => {
                let day =
                    value.as_str().and_then(Day::parse).ok_or_else(|| invalid(key, "a day like \"2025-06-01\""))?;
                self.today(day);
            }
            "kinds" => self.kinds_from(value)?,
            "format" => self.formats_from(value)?,
            "cues" => self.cues_from(value)?,
            "allow" => strings(key, value)?.into_iter().for_each(|value| {
                self.allow(value);
            }),
            "zip3_restricted" => self.restricted_zip3 = prefixes(key, value)?,
            "icd10_categories" => {
                let list = value.as_str().and_then(Icd10Categories::parse);
                self.categories = list.ok_or_else(|| invalid(key, "categories and ranges like \"A00-09 B20 C4A\""))?;
            }
            _ => return Err(ProfileError::UnknownKey(key.to_owned())),
        }
        Ok(())
    }

    fn kinds_from(&mut self, value: &Value) -> Result<(), ProfileError> {
        for (name, value) in table("kinds", value)? {
            let key = format!("kinds.{name}");
            let kind = Kind::from_name(name).ok_or_else(|| ProfileError::UnknownKey(key.clone()))?;
            match (value.as_bool(), level(value)) {
                (Some(on), _) => self.enable(kind, on),
                (_, Some(least)) => self.threshold(kind, least),
                _ => return Err(invalid(&key, "true, false, `low`, `medium` or `high`")),
            };
        }
        Ok(())
    }

    fn formats_from(&mut self, value: &Value) -> Result<(), ProfileError> {
        let list = value.as_array().ok_or_else(|| invalid("format", "a list of tables"))?;
        for (i, entry) in list.iter().enumerate() {
            let key = format!("format[{i}]");
            let entry = table(&key, entry)?;
            if let Some(unknown) = entry.keys().find(|name| !matches!(name.as_str(), "kind" | "pattern")) {
                return Err(ProfileError::UnknownKey(format!("{key}.{unknown}")));
            }
            let kind = entry.get("kind").and_then(Value::as_str).and_then(Kind::from_name);
            let kind = kind.ok_or_else(|| invalid(&format!("{key}.kind"), "the name of a kind"))?;
            let pattern = entry.get("pattern").and_then(Value::as_str);
            let pattern = pattern.ok_or_else(|| invalid(&format!("{key}.pattern"), "a regular expression"))?;
            self.add_format(&key, kind, pattern)?;
        }
        Ok(())
    }

    fn cues_from(&mut self, value: &Value) -> Result<(), ProfileError> {
        for (name, value) in table("cues", value)? {
            let key = format!("cues.{name}");
            let class = match name.as_str() {
                "other" => CueClass::Other,
                "version" => CueClass::Version,
                name => CueClass::of(Kind::from_name(name).ok_or_else(|| ProfileError::UnknownKey(key.clone()))?),
            };
            for phrase in strings(&key, value)? {
                if !phrase.starts_with(|c: char| c.is_ascii_alphanumeric()) || !phrase.is_ascii() || phrase.len() > 64 {
                    return Err(invalid(&key, "ASCII phrases of at most 64 bytes that start with a letter or digit"));
                }
                self.cue(class, phrase);
            }
        }
        Ok(())
    }
}

fn invalid(key: &str, want: &'static str) -> ProfileError {
    ProfileError::Invalid { key: key.to_owned(), want }
}

fn level(value: &Value) -> Option<Confidence> {
    value.as_str().and_then(Confidence::from_name)
}

fn table<'v>(key: &str, value: &'v Value) -> Result<&'v Table, ProfileError> {
    value.as_table().ok_or_else(|| invalid(key, "a table"))
}

fn strings<'v>(key: &str, value: &'v Value) -> Result<Vec<&'v str>, ProfileError> {
    let list = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    list.ok_or_else(|| invalid(key, "a list of strings"))
}

fn prefixes(key: &str, value: &Value) -> Result<Vec<u16>, ProfileError> {
    let three = |text: &str| text.parse().ok().filter(|_| text.len() == 3);
    let list = strings(key, value)?.into_iter().map(three).collect::<Option<Vec<u16>>>();
    list.ok_or_else(|| invalid(key, "a list of three-digit strings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::Guard;

    fn error(text: &str) -> String {
        Profile::from_toml(text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_entry_and_what_it_must_be() {
        assert_eq!(error("a = 1"), "unknown key `a` in the profile");
        assert_eq!(error("a = 1\nb = = 2\n"), "the profile is not valid TOML (line 2)");
        assert_eq!(error("[kinds]\nssm = true"), "unknown key `kinds.ssm` in the profile");
        assert_eq!(error("[kinds]\nssn = 3"), "`kinds.ssn` must be true, false, `low`, `medium` or `high`");
        assert_eq!(error("threshold = \"none\""), "`threshold` must be `low`, `medium` or `high`");
        assert_eq!(
            error("[[format]]\nkind = \"mrn\"\npattern = \"[0-9]+\""),
            "the pattern of `format[0]` may match more than 64 bytes"
        );
        assert_eq!(error("[[format]]\nkind = \"x\""), "`format[0].kind` must be the name of a kind");
        assert_eq!(error("zip3_restricted = [\"36\"]"), "`zip3_restricted` must be a list of three-digit strings");
        assert_eq!(error("today = \"today\""), "`today` must be a day like \"2025-06-01\"");
    }

    #[test]
    fn every_setting_reaches_the_scan() {
        let profile = Profile::from_toml(
            "threshold = \"high\"\nallow = [\"(212) 555-0187\"]\nicd10_categories = \"A00-09\"\n\
             [kinds]\nnpi = \"medium\"\nemail = false\n[cues]\nmrn = [\"episode key\"]\nother = [\"parcel\"]",
        );
        let guard = Guard::with_profile(&profile.unwrap());
        assert!(guard.is_clean("phone 212-555-0187, a@b.org, 536-90-4399, Dx: E11.9"));
        assert_eq!(guard.scan("1245319599")[0].kind(), Kind::Npi);
        assert_eq!(guard.scan("episode key 7654321")[0].kind(), Kind::Mrn);
        assert_eq!(guard.scan("Dx: A01.1")[0].kind(), Kind::Icd10);
    }
}
