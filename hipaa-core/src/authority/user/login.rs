//! Login names: the one form in which they are unique.

use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;
use icu_properties::props::{DefaultIgnorableCodePoint, GeneralCategory, Script};
use icu_properties::{CodePointMapData, CodePointSetData};

/// The longest login name, in bytes: an e-mail address fits (RFC 5321 § 4.5.3.1.3).
pub const MAX_LOGIN_BYTES: usize = 254;

/// A text that is no login name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// Empty, or longer than 254 bytes.
    #[error("a login name has 1 to 254 bytes")]
    Length,
    /// A blank, a control or invisible character, or one that Unicode has not assigned.
    #[error("a login name has no blanks, control characters or invisible characters")]
    Character,
    /// Letters of more than one script: `аdmin` with a Cyrillic а is not `admin`, and looks like it.
    #[error("a login name has letters of one script only")]
    MixedScripts,
}

/// The form in which login names are compared: NFKC, full case folding, NFKC.
///
/// # Errors
/// [`LoginError`].
///
/// # Security
/// A name wholly in another script that looks like a Latin one (`сосо`) is another name.
///
/// # Source
/// Unicode Standard Annex 15 (NFKC); Unicode Standard § 5.18 (case folding); Unicode Technical Standard 39 (scripts).
pub fn login_form(login: &str) -> Result<String, LoginError> {
    if login.is_empty() || login.len() > MAX_LOGIN_BYTES {
        return Err(LoginError::Length);
    }
    let nfkc = ComposingNormalizer::new_nfkc();
    let composed = nfkc.normalize(login);
    let form = nfkc.normalize(&CaseMapper::new().fold_string(&composed)).into_owned();
    if login.chars().chain(form.chars()).any(is_refused) {
        return Err(LoginError::Character);
    }
    if has_mixed_scripts(&form) { Err(LoginError::MixedScripts) } else { Ok(form) }
}

fn is_refused(c: char) -> bool {
    let category = CodePointMapData::<GeneralCategory>::new().get(c);
    let unfit = matches!(
        category,
        GeneralCategory::Unassigned
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Control
            | GeneralCategory::Format
    );
    unfit || c.is_whitespace() || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn has_mixed_scripts(form: &str) -> bool {
    let scripts = CodePointMapData::<Script>::new();
    let mut own = form.chars().map(|c| scripts.get(c)).filter(|it| *it != Script::Common && *it != Script::Inherited);
    let first = own.next();
    // Japanese is written in three scripts at once.
    let japanese = |it: Script| matches!(it, Script::Han | Script::Hiragana | Script::Katakana);
    own.any(|it| Some(it) != first && !(japanese(it) && first.is_some_and(japanese)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn twins_have_one_form() {
        for (left, right) in [
            ("Osei", "osei"),
            ("STRASSE", "straße"),
            ("jose\u{301}", "JOSÉ"),
            ("\u{ff2f}sei", "osei"),
            ("\u{fb01}nn", "finn"),
            ("\u{212b}sa", "åsa"),
        ] {
            assert_eq!(login_form(left), login_form(right), "{left} {right}");
            assert!(login_form(left).is_ok());
        }
        for (left, right) in [("a-b@example.org", "ab@example.org"), ("o.sei", "osei"), ("muller", "müller")] {
            assert_ne!(login_form(left).unwrap(), login_form(right).unwrap());
        }
    }

    #[test]
    fn what_looks_like_another_name_is_refused() {
        assert_eq!(login_form("\u{430}dmin"), Err(LoginError::MixedScripts));
        assert_eq!(login_form("admin\u{3bf}"), Err(LoginError::MixedScripts));
        assert!(login_form("山田たろう").is_ok() && login_form("анна-7").is_ok());
        for refused in
            ["ad min", "admin\u{200b}", "ad\u{ad}min", "admin\0", "admin\n", "\u{202e}admin", "a\u{e000}", "a\u{378}"]
        {
            assert_eq!(login_form(refused), Err(LoginError::Character), "{refused:?}");
        }
        assert_eq!(login_form(""), Err(LoginError::Length));
        assert_eq!(login_form(&"x".repeat(MAX_LOGIN_BYTES + 1)), Err(LoginError::Length));
        assert!(login_form(&"x".repeat(MAX_LOGIN_BYTES)).is_ok());
    }

    proptest! {
        #[test]
        fn a_form_is_its_own_form(login in "\\PC{1,20}") {
            if let Ok(form) = login_form(&login) && form.len() <= MAX_LOGIN_BYTES {
                prop_assert_eq!(login_form(&form), Ok(form));
            }
        }
    }
}
