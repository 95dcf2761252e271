//! Rows P2 and P3, and that a refusal names every rule.

use super::*;
use crate::auth::password::tests::{cheap, password, permit};
use crate::red::without;
use BrokenRule::{Common, Guessable, NoDigit, NoLowercase, NoSpecial, NoUppercase, Reused, Similar, TooShort};

const NAMES: &[&str] = &["María López-García", "mlopez@norte.example", "mlopez"];

fn broken_with(policy: PasswordPolicy, typed: &str, second_factor: bool, lists: &PasswordLists) -> Vec<BrokenRule> {
    let about = PasswordContext { names: NAMES, second_factor, lists };
    match policy.judge(&password(typed), &about, &PasswordHistory::default(), &permit()) {
        Ok(_) => Vec::new(),
        Err(PolicyError::Refused(rules)) => rules,
        Err(PolicyError::Hash(error)) => panic!("{error}"),
    }
}

fn broken(policy: PasswordPolicy, typed: &str) -> Vec<BrokenRule> {
    broken_with(policy, typed, false, &PasswordLists::default())
}

#[test]
fn p2_a_refusal_names_every_rule_that_is_broken() {
    let clinic = PasswordPolicy::clinic();
    let twelve = TooShort { minimum: 12 };
    assert_eq!(broken(clinic, "Vivid-harbour 27"), []);
    assert_eq!(broken(clinic, "vivid-harbour 27"), [NoUppercase]);
    assert_eq!(broken(clinic, "VIVID-HARBOUR 27"), [NoLowercase]);
    assert_eq!(broken(clinic, "Vivid-harbour Qx"), [NoDigit]);
    assert_eq!(broken(clinic, "VividHarbour27qx"), [NoSpecial]);
    assert_eq!(broken(clinic, "xK7#qLm2vR!"), [twelve]);
    assert_eq!(broken(clinic, "password"), [twelve, NoUppercase, NoDigit, NoSpecial, Common, Guessable]);
    assert_eq!(broken(clinic, "mlopez"), [twelve, NoUppercase, NoDigit, NoSpecial, Guessable, Similar]);
}

#[test]
fn p2_weak_passwords_that_fit_the_classes_are_refused() {
    let clinic = PasswordPolicy::clinic();
    for typed in ["Password123!", "Qwerty123456!", "P@ssw0rd1234", "Aaaaaaaaaa1!", "Welcome2026!", "Abcdefghij1!"] {
        assert!(broken(clinic, typed).contains(&Guessable), "{typed}");
        assert!(!without(Safeguard::PasswordStrength, || broken(clinic, typed)).contains(&Guessable), "{typed}");
    }
    assert_eq!(without(Safeguard::PasswordStrength, || broken(clinic, "Password123!")), []);
    for policy in [PasswordPolicy::minimum_eight(), PasswordPolicy::nist_800_63b_4()] {
        assert!(broken(policy, "Password123!").contains(&Guessable));
    }
}

#[test]
fn p2_passwords_made_of_the_users_names_are_refused() {
    let clinic = PasswordPolicy::clinic();
    for typed in ["MaríaLópez#12", "L0pez-Garc1a#2", "zepolM#zepol77", "mlopez@norte.example1A"] {
        assert!(broken(clinic, typed).contains(&Similar), "{typed}");
        assert!(!without(Safeguard::PasswordSimilarity, || broken(clinic, typed)).contains(&Similar), "{typed}");
    }
    let sentence = "maria had a little lamb and 3 cows";
    assert!(!broken(PasswordPolicy::nist_800_63b_4(), sentence).contains(&Similar), "not because a name is in it");
}

#[test]
fn p2_the_operators_own_list_and_words_are_refused() {
    let lists = PasswordLists::new("Vivid-Harbour 27\n\ncorrecthorsebatterystaple\r\n", &["Clínica Norte"]).unwrap();
    let clinic = PasswordPolicy::clinic();
    let rules = |typed| broken_with(clinic, typed, false, &lists);
    assert_eq!(rules("Vivid-harbour 27"), [Common]);
    assert_eq!(rules("ＶＩＶＩＤ-harbour 27"), [Common]);
    assert_eq!(rules("Vivid-harbour 28"), []);
    assert!(rules("ClínicaNorte#27").contains(&Similar));
    assert!(rules("correcthorsebatterystaple").contains(&Common));
    assert_eq!(format!("{lists:?}"), "PasswordLists { common: 2, site: 1, corpus: false }");
}

#[test]
fn p2_a_list_has_limits() {
    let error = |lines: &str| PasswordLists::new(lines, &[]).map(|_| ());
    assert_eq!(error(&"a".repeat(1_024)), Ok(()));
    assert_eq!(error(&format!("b\n{}", "a".repeat(1_025))), Err(ListError::LongLine(2)));
    let many: String = (0..=MAX_LIST_ENTRIES).map(|n| format!("{n}\n")).collect();
    assert_eq!(error(&many), Err(ListError::TooMany));
    let words = |count| PasswordLists::new("", &vec!["norte"; count]).map(|_| ());
    assert_eq!((words(MAX_SITE_WORDS), words(MAX_SITE_WORDS + 1)), (Ok(()), Err(ListError::TooManyWords)));
}

#[test]
fn p2_the_presets_are_what_they_are_called() {
    let (clinic, eight, nist) =
        (PasswordPolicy::default(), PasswordPolicy::minimum_eight(), PasswordPolicy::nist_800_63b_4());
    assert_eq!([clinic, eight, nist].map(|policy| policy.name()), ["clinic", "minimum_eight", "nist_800_63b_4"]);
    assert_eq!([clinic, eight, nist].map(|policy| policy.min_chars(false)), [12, 8, 15]);
    assert_eq!([clinic, eight, nist].map(|policy| policy.min_chars(true)), [12, 8, 12]);
    assert_eq!([clinic, eight, nist].map(|policy| policy.history()), [5, 5, 0]);
    assert!([clinic, eight, nist].iter().all(PasswordPolicy::changes_at_first_login));
    assert_eq!(broken(eight, "xK7#qLm2"), []);
    assert_eq!(broken(eight.with_strength(3), "xK7#qLm2"), [Guessable], "why eight characters have grade 2");
    assert_eq!(broken(eight, "xK7#qLm"), [TooShort { minimum: 8 }]);
    assert_eq!(broken(nist, "vivid harbour lantern"), []);
    assert_eq!(broken(nist, "vivid lantern"), [TooShort { minimum: 15 }]);
    assert_eq!(broken_with(nist, "vivid lantern", true, &PasswordLists::default()), []);
    let long = format!("vivid harbour lantern {}", "a".repeat(100));
    assert_eq!(broken(nist, &long), [], "what follows the 64th character takes nothing away");
    assert_eq!(broken(nist, &"a".repeat(128)), [Guessable]);
}

#[test]
fn p2_a_policy_is_only_made_stricter() {
    let clinic = PasswordPolicy::clinic();
    assert_eq!(broken(clinic, "Summer2026!!"), []);
    assert_eq!(broken(clinic.with_strength(4), "Summer2026!!"), [Guessable]);
    assert_eq!(clinic.with_strength(1), clinic);
    assert_eq!(clinic.with_strength(200), clinic.with_strength(4));
    assert_eq!(clinic.with_chars(3), clinic);
    assert_eq!(clinic.with_chars(20).min_chars(true), 20);
    assert_eq!(clinic.with_chars(9_999).min_chars(false), 64);
}

/// Changes the password `count` times; whether the first one is then refused.
fn first_is_refused_after(count: u8) -> bool {
    let mut history = PasswordHistory::new(Some(cheap("Vivid-harbour 0")), Vec::new());
    let policy = PasswordPolicy::clinic();
    for n in 1..=count {
        history = history.after_change(cheap(&format!("Vivid-harbour {n}")), policy.history());
    }
    let lists = PasswordLists::default();
    let about = PasswordContext { names: NAMES, second_factor: false, lists: &lists };
    match policy.judge(&password("Vivid-harbour 0"), &about, &history, &permit()) {
        Err(PolicyError::Refused(rules)) => rules == [Reused],
        Ok(_) => false,
        Err(PolicyError::Hash(error)) => panic!("{error}"),
    }
}

#[test]
fn p3_the_fifth_old_password_is_refused_and_the_sixth_is_accepted() {
    assert!((0..=5).all(first_is_refused_after));
    assert!(!first_is_refused_after(6));
    assert!(!without(Safeguard::PasswordHistory, || first_is_refused_after(0)));
}

#[test]
fn p3_the_history_is_pruned_with_the_change() {
    let mut history = PasswordHistory::default();
    for n in 0..20 {
        history = history.after_change(cheap(&format!("Vivid-harbour {n}")), 5);
    }
    assert_eq!(history.earlier().len(), 5);
    assert!(history.current().is_some());
    assert!(history.after_change(cheap("Vivid-harbour"), 0).earlier().is_empty());
}

#[test]
fn hostile_passwords_are_judged_in_bounded_time() {
    let watch = crate::clock::Stopwatch::start();
    for typed in ["a".repeat(128), "4@8({[<3691!|10$5+72%".repeat(6), "1/1/1".repeat(25), "qwertyuiop".repeat(12)] {
        let _ = broken(PasswordPolicy::clinic(), &typed);
    }
    assert!(watch.elapsed().as_secs() < 20, "{:?}", watch.elapsed());
}

#[test]
fn the_texts_of_rules_are_for_users_and_hold_no_password() {
    let refused = PolicyError::Refused(vec![TooShort { minimum: 12 }, Common]);
    assert_eq!(refused.to_string(), "the password breaks 2 rules of the policy");
    assert_eq!(TooShort { minimum: 12 }.to_string(), "use at least 12 characters");
}
