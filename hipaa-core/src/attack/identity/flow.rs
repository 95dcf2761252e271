//! Further attacks on the whole flow, each with its red twin: row by row of docs/compliance/authentication.md.

use super::{MINUTE, OTHER, PASSWORD, SECOND, Ward, client, code_at};
use crate::audit::{Body as Entry, tag};
use crate::auth::policy::{BreachCorpus, BrokenRule, HashPrefix, PasswordLists};
use crate::auth::recovery::RecoveryCode;
use crate::auth::token::{ResetToken, SessionToken};
use crate::authority::user::UserError;
use crate::identity::{Finished, IdentityError, PasswordOutcome, Settings, StepUp, Use};
use crate::outbox::Topic;
use crate::red::{Safeguard, without_all};
use secrecy::ExposeSecret as _;
use sha1::{Digest as _, Sha1};
use std::sync::Arc;

/// The attack fails; with every layer of what stops it taken away, it succeeds.
fn stopped_by(layers: &[Safeguard], attack: impl Fn(&mut Ward) -> bool) {
    let mut ward = Ward::open();
    assert!(!attack(&mut ward));
    let mut ward = Ward::open();
    assert!(without_all(layers, || attack(&mut ward)), "{layers:?} stop nothing");
}

/// What ends with time: by the rule, and by the row.
const TIME: &[Safeguard] = &[Safeguard::SessionEnd, Safeguard::AuthorityExpiry];
/// What ends with a change of the account: by deletion, by the rule, and by the row.
const CHANGE: &[Safeguard] = &[Safeguard::EndAll, Safeguard::AuthVersion, Safeguard::AuthorityBinding];

fn reset(ward: &mut Ward, token: &ResetToken, password: &str) -> bool {
    let permit = ward.identity.permit().unwrap();
    let Ok(begun) = ward.run(|unit, identity| identity.reset_password(unit, token, &client(1), permit)) else {
        return false;
    };
    let Ok(new) = begun.judge(password.to_owned().into(), &[]) else { return false };
    matches!(ward.run(|unit, identity| identity.finish_password(unit, new)), Ok(PasswordOutcome::Set))
}

fn step_up(ward: &mut Ward, token: &SessionToken) -> StepUp {
    let active = ward.active(token, Use::WORK).unwrap();
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| identity.begin_step_up(unit, active, &client(1), permit)).unwrap();
    let verified = begun.verify(PASSWORD.to_owned().into()).unwrap();
    ward.run(|unit, identity| identity.finish_step_up(unit, verified, None, &client(1))).unwrap()
}

#[test]
fn s1_a_session_outlives_its_idle_time_only_without_its_end() {
    let idle = |ward: &mut Ward| {
        let session = ward.session();
        ward.pass(16 * MINUTE);
        ward.works(&session.token)
    };
    stopped_by(TIME, idle);
}

#[test]
fn s1_a_session_outlives_twelve_hours_of_work_only_without_its_end() {
    let worked = |ward: &mut Ward| {
        let session = ward.session();
        for _ in 0..73 {
            ward.pass(10 * MINUTE);
            if !ward.works(&session.token) {
                return false;
            }
        }
        true
    };
    stopped_by(TIME, worked);
}

#[test]
fn s4_a_planted_token_survives_a_step_up_only_where_its_row_stays() {
    stopped_by(&[Safeguard::SingleUse], |ward| {
        let planted = ward.session();
        ward.pass(6 * MINUTE);
        assert!(matches!(step_up(ward, &planted.token), StepUp::Done(_)));
        ward.works(&planted.token)
    });
}

#[test]
fn s5_a_stolen_session_survives_a_password_change_only_without_its_binding() {
    stopped_by(CHANGE, |ward| {
        let stolen = ward.session();
        ward.pass(SECOND);
        let own = ward.session();
        assert!(matches!(ward.change(&own.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
        ward.works(&stolen.token)
    });
}

#[test]
fn s8_a_pending_login_is_answered_late_only_without_its_end() {
    stopped_by(TIME, |ward| {
        let (_, seed) = ward.enrol();
        let pending = ward.pending();
        ward.pass(6 * MINUTE);
        let code = code_at(&seed, ward.clock.now());
        matches!(ward.answer(&pending, &code), Finished::Session(_))
    });
}

#[test]
fn p1_two_spellings_of_one_password_are_two_only_without_the_normal_form() {
    stopped_by(&[Safeguard::PasswordForm], |ward| {
        let session = ward.session();
        let composed = "Gar\u{e7}on-Tidal 47 quay";
        let PasswordOutcome::Changed(_) = ward.change(&session.token, PASSWORD, composed) else { return false };
        matches!(ward.login("maria", "Garc\u{327}on-Tidal 47 quay"), Finished::Refused(_))
    });
}

#[test]
fn p2_a_guessable_password_is_set_only_without_the_ranking() {
    stopped_by(&[Safeguard::PasswordStrength], |ward| {
        let session = ward.session();
        matches!(ward.change(&session.token, PASSWORD, "Password123!"), PasswordOutcome::Changed(_))
    });
}

#[test]
fn p2_a_password_of_the_users_own_name_is_set_only_without_the_comparison() {
    stopped_by(&[Safeguard::PasswordSimilarity], |ward| {
        let session = ward.session();
        matches!(ward.change(&session.token, PASSWORD, "Maria.Osei!47x"), PasswordOutcome::Changed(_))
    });
}

#[test]
fn p10_a_name_that_nobody_has_is_answered_without_a_hash_only_without_the_decoy() {
    // An attacker who times answers sees who has an account.
    stopped_by(&[Safeguard::Decoy], |ward| {
        let before = ward.hashes();
        let _refused = ward.login("nobody", "wrong");
        let unknown = ward.hashes() - before;
        let _refused = ward.login("maria", "wrong");
        unknown != ward.hashes() - before - unknown
    });
}

#[test]
fn l5_guesses_at_unknown_names_go_on_only_where_they_are_not_counted() {
    stopped_by(&[Safeguard::UnknownNames], |ward| {
        let hashed = |ward: &mut Ward, name: &str| {
            let before = ward.hashes();
            (0..8).for_each(|_| drop(ward.login(name, "wrong")));
            ward.hashes() - before
        };
        hashed(ward, "nobody") > hashed(ward, "maria")
    });
}

#[test]
fn t3_codes_are_guessed_on_and_on_only_where_they_are_not_counted() {
    stopped_by(&[Safeguard::CountBeforeHash], |ward| {
        let (_, seed) = ward.enrol();
        ward.pass(MINUTE);
        for _ in 0..6 {
            let pending = ward.pending();
            for _ in 0..4 {
                let _refused = ward.answer(&pending, "000000");
            }
        }
        let (pending, code) = (ward.pending(), code_at(&seed, ward.clock.now()));
        let from = client(200);
        let last = ward.run(|unit, identity| identity.second_factor(unit, &pending.token, &code, &from));
        matches!(last, Ok(Finished::Session(_)))
    });
}

#[test]
fn t5_an_enrolment_is_confirmed_late_only_without_its_end() {
    stopped_by(&[Safeguard::EnrolmentEnd, Safeguard::AuthorityExpiry], |ward| {
        let session = ward.session();
        let active = ward.active(&session.token, Use::WORK).unwrap();
        let seed = ward.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
        ward.pass(11 * MINUTE);
        let StepUp::Done(session) = step_up(ward, &session.token) else { return false };
        let active = ward.active(&session.token, Use::WORK).unwrap();
        let code = code_at(&seed, ward.clock.now());
        ward.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client(1))).is_ok()
    });
}

#[test]
fn t6_a_recovery_code_works_twice_only_where_it_is_not_used_up() {
    stopped_by(&[Safeguard::SingleUse], |ward| {
        let (session, _) = ward.enrol();
        let active = ward.active(&session.token, Use::WORK).unwrap();
        let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
        let code = |code: &RecoveryCode| code.text().expose_secret().to_owned();
        let pending = ward.pending();
        assert!(matches!(ward.answer(&pending, &code(&codes[0])), Finished::Session(_)));
        let pending = ward.pending();
        matches!(ward.answer(&pending, &code(&codes[0])), Finished::Session(_))
    });
}

#[test]
fn r1_a_reset_token_works_twice_only_where_it_is_not_used_up() {
    stopped_by(&[CHANGE, &[Safeguard::SingleUse]].concat(), |ward| {
        let token = ward.asked(1);
        assert!(reset(ward, &token, OTHER));
        reset(ward, &token, "Slate/Gannet 91 weir")
    });
}

#[test]
fn r1_a_stale_reset_token_works_after_a_change_only_without_its_binding() {
    stopped_by(CHANGE, |ward| {
        let token = ward.asked(1);
        let session = ward.session();
        assert!(matches!(ward.change(&session.token, PASSWORD, "Slate/Gannet 91 weir"), PasswordOutcome::Changed(_)));
        reset(ward, &token, OTHER)
    });
}

#[test]
fn r1_a_reset_token_works_after_half_an_hour_only_without_its_end() {
    stopped_by(&[Safeguard::AuthorityExpiry], |ward| {
        let token = ward.asked(1);
        ward.pass(31 * MINUTE);
        reset(ward, &token, OTHER)
    });
}

#[test]
fn a1_a_name_that_looks_the_same_is_taken_twice_only_without_its_normal_form() {
    stopped_by(&[Safeguard::LoginNameForm], |ward| {
        let admin = ward.admin.clone();
        let twin = super::named("ＭＡＲＩＡ");
        match ward.run(|unit, identity| identity.create_user(unit, &admin, twin)) {
            Ok(_) => true,
            Err(IdentityError::User(UserError::LoginTaken)) => false,
            Err(other) => panic!("{other:?}"),
        }
    });
}

#[test]
fn a5_a_leavers_session_works_on_only_where_nothing_ends_it() {
    stopped_by(&[CHANGE, &[Safeguard::Disabled]].concat(), |ward| {
        let session = ward.session();
        let (admin, maria) = (ward.admin.clone(), ward.maria);
        ward.plain(|unit, identity| identity.disable(unit, &admin, maria)).unwrap();
        ward.works(&session.token)
    });
}

#[test]
fn p8_t4_a_dump_shows_hash_and_seed_only_where_they_are_not_sealed() {
    let shown = || {
        let mut ward = Ward::open();
        let (_, seed) = ward.enrol();
        let stored = ward.db.store().authority.values().flat_map(|row| row.sealed.clone().unwrap_or_default());
        let dump = stored.collect::<Vec<_>>();
        let holds = |canary: &[u8]| dump.windows(canary.len()).any(|part| part == canary);
        (holds(b"$argon2id$"), holds(seed.expose()))
    };
    assert_eq!(shown(), (false, false));
    assert_eq!(without_all(&[Safeguard::SealedSecrets], shown), (true, true));
}

#[test]
fn t7_a_reset_opens_an_account_without_its_second_factor_only_where_none_is_asked_for() {
    stopped_by(&[Safeguard::SecondFactor], |ward| {
        ward.enrol();
        let token = ward.asked(1);
        assert!(reset(ward, &token, OTHER));
        matches!(ward.login("maria", OTHER), Finished::Session(_))
    });
}

#[test]
fn r2_an_unknown_name_is_answered_sooner_only_without_the_padding() {
    stopped_by(&[Safeguard::Padding], |ward| {
        let mut release = |name| {
            let asked = ward.plain(|unit, identity| identity.request_reset(unit, name, &client(1)));
            asked.unwrap().release
        };
        release("nobody") != release("maria")
    });
}

#[test]
fn r3_a_takeover_is_silent_only_without_the_notice() {
    stopped_by(&[Safeguard::Notices], |ward| {
        let session = ward.session();
        let _earlier = ward.mail();
        assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
        !ward.mail().iter().any(|notice| notice.is(Topic::PASSWORD_CHANGED))
    });
}

/// Knows one password, and can be out of reach.
struct Corpus(&'static str, bool);

impl BreachCorpus for Corpus {
    fn range(&self, prefix: HashPrefix) -> Option<String> {
        let digits = hex::encode_upper(Sha1::digest(self.0));
        let ending = digits.strip_prefix(prefix.as_str()).map(|ending| format!("{ending}:3\n"));
        self.1.then(|| ending.unwrap_or_default())
    }
}

fn ward_with(corpus: Corpus) -> Ward {
    let lists = PasswordLists::default().with_corpus(Arc::new(corpus));
    Ward::with(Settings { lists, ..super::settings() })
}

#[test]
fn p2_a_password_of_a_breach_is_set_only_without_the_corpus() {
    let change = |ward: &mut Ward| {
        let session = ward.session();
        ward.change(&session.token, PASSWORD, OTHER)
    };
    let refused = change(&mut ward_with(Corpus(OTHER, true)));
    assert!(matches!(refused, PasswordOutcome::Rejected(rules) if rules == [BrokenRule::Breached]));
    let mut ward = ward_with(Corpus(OTHER, true));
    let done = without_all(&[Safeguard::BreachCorpus], || change(&mut ward));
    assert!(matches!(done, PasswordOutcome::Changed(_)));
}

#[test]
fn p2_a_corpus_out_of_reach_keeps_nobody_from_a_new_password_and_the_entry_says_so() {
    let uncompared = |mut ward: Ward| {
        let session = ward.session();
        assert!(matches!(ward.change(&session.token, PASSWORD, OTHER), PasswordOutcome::Changed(_)));
        let bodies = ward.db.store().entries.values().map(|(entry, _)| Entry::decode(&entry.body).unwrap());
        let changed = bodies.filter(|body| body.name() == Some("PASSWORD_CHANGED"));
        changed.map(|body| body.field(tag::NOT_COMPARED).map(<[u8]>::to_vec)).collect::<Vec<_>>()
    };
    // The first password, set by a token, and the change.
    assert_eq!(uncompared(ward_with(Corpus("another", false))), [Some(vec![1]), Some(vec![1])]);
    assert_eq!(uncompared(ward_with(Corpus("another", true))), [None, None]);
    assert_eq!(uncompared(Ward::open()), [None, None]);
}
