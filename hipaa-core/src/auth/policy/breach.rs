//! A corpus of breached passwords, asked without telling it the password: by the beginning of a hash.
//!
//! Only five hexadecimal digits of the SHA-1 leave this room; whoever answers them gives every ending that it knows, some
//! hundreds, and the comparison is made here. The host asks: nothing here knows a network.
//!
//! # Source
//! NIST SP 800-63B-4 § 3.1.1.2 (passwords of earlier breaches); OWASP ASVS 5.0.0, 6.2.12. Practice: the Security Rule
//! names no such list.

use crate::red::{Safeguard, removed};
use core::fmt;
use sha1::{Digest as _, Sha1};
use zeroize::Zeroizing;

/// The most bytes of an answer; a longer one is taken for none.
pub const MAX_RANGE_BYTES: usize = 1024 * 1024;
/// Digits of the SHA-1 that leave, of 40.
const PREFIX_DIGITS: usize = 5;

/// The first five hexadecimal digits, in upper case, of the SHA-1 of a password: one of 1,048,576.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HashPrefix([u8; PREFIX_DIGITS]);

impl HashPrefix {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for HashPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashPrefix(…)")
    }
}

/// A corpus of breached passwords, as a host can reach it: a service, a mirror of one, a file.
///
/// It is called where passwords are hashed, on a blocking thread and outside of every unit; it should give up within a second
/// or two.
pub trait BreachCorpus: Send + Sync {
    /// Every known ending of a SHA-1 that begins so: a line each, 35 hexadecimal digits, a colon, how often it was seen. None
    /// where it cannot be told.
    fn range(&self, prefix: HashPrefix) -> Option<String>;
}

/// What a corpus says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breached {
    /// It is in it.
    Yes,
    /// It is not, or there is no corpus.
    No,
    /// There is one, and it gave no answer.
    Unknown,
}

/// Asks a corpus for a password. An answer that is none leaves the password accepted, and says so.
pub(super) fn ask(corpus: &dyn BreachCorpus, password: &str) -> Breached {
    let mut digest = Zeroizing::new([0u8; 20]);
    digest.copy_from_slice(&Sha1::digest(password.as_bytes()));
    let digits = Zeroizing::new(hex::encode_upper(digest.as_slice()));
    let Some((prefix, ending)) = digits.split_at_checked(PREFIX_DIGITS) else { return Breached::Unknown };
    let Ok(prefix) = <[u8; PREFIX_DIGITS]>::try_from(prefix.as_bytes()) else { return Breached::Unknown };
    let answer = corpus.range(HashPrefix(prefix)).filter(|answer| answer.len() <= MAX_RANGE_BYTES);
    match answer.and_then(|answer| is_in(&answer, ending)) {
        Some(true) if !removed(Safeguard::BreachCorpus) => Breached::Yes,
        Some(_) => Breached::No,
        None => Breached::Unknown,
    }
}

/// Whether an ending is in an answer; none for what is no answer. A count of 0 is padding: not seen.
fn is_in(answer: &str, ending: &str) -> Option<bool> {
    let mut found = false;
    for line in answer.lines() {
        let (known, count) = line.split_once(':')?;
        let count = count.parse::<u64>().ok()?;
        let is_ending = known.len() == ending.len() && known.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_ending.then_some(())?;
        found |= known.eq_ignore_ascii_case(ending) && count > 0;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::red::without;
    use proptest::prelude::*;
    use std::sync::Mutex;

    /// SHA-1 of "password" is 5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8 (FIPS 180-4).
    const ENDING: &str = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";

    struct Corpus(Option<String>, Mutex<Vec<String>>);

    impl BreachCorpus for Corpus {
        fn range(&self, prefix: HashPrefix) -> Option<String> {
            self.1.lock().unwrap().push(prefix.as_str().to_owned());
            self.0.clone()
        }
    }

    fn asked(answer: Option<&str>) -> Breached {
        let corpus = Corpus(answer.map(str::to_owned), Mutex::default());
        let breached = ask(&corpus, "password");
        assert_eq!(*corpus.1.lock().unwrap(), ["5BAA6"], "five digits and nothing else leave");
        breached
    }

    #[test]
    fn p2_a_breached_password_is_known_by_its_ending_alone() {
        let other = format!("{}0:7", &ENDING[..34]);
        let of = |count: &str| format!("{other}\r\n{ENDING}:{count}\r\n");
        assert_eq!(asked(Some(&of("3861493"))), Breached::Yes);
        assert_eq!(asked(Some(&of("1").to_lowercase())), Breached::Yes);
        assert_eq!(asked(Some(&other)), Breached::No);
        assert_eq!(asked(Some(&of("0"))), Breached::No, "padding");
        assert_eq!(asked(Some("")), Breached::No);
        // Without the comparison it passes.
        assert_eq!(without(Safeguard::BreachCorpus, || asked(Some(&of("9")))), Breached::No);
    }

    #[test]
    fn p2_no_answer_or_one_that_is_none_is_unknown_and_never_no() {
        let long = format!("{ENDING}:1\n").repeat(MAX_RANGE_BYTES / 38 + 1);
        for answer in ["<html>", ENDING, &format!("{ENDING}:"), &format!("{ENDING}:x"), &format!("5{ENDING}:1"), &long]
        {
            assert_eq!(asked(Some(answer)), Breached::Unknown, "{}", answer.len());
        }
        assert_eq!(asked(None), Breached::Unknown);
    }

    proptest! {
        #[test]
        fn whatever_a_corpus_answers_is_read_without_harm(answer in "\\PC{0,200}") {
            let _ = is_in(&answer, ENDING);
        }
    }
}
