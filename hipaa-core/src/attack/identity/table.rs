//! A thief who can write every table and has no key becomes nobody, and what the thief reads is of no use.

use super::{PASSWORD, SECOND, Ward, client, code_at, refused, text};
use crate::auth::token::SessionToken;
use crate::authority::AuthorityKind;
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::identity::Finished;
use crate::red::{Safeguard, without};
use crate::schema::RecordId;
use secrecy::ExposeSecret;

const FOUND: &str = "INTEGRITY_FAILED";

#[test]
fn p8_the_database_holds_no_password_hash_seed_token_or_code_that_could_be_used() {
    let mut ward = Ward::open();
    let (session, seed) = ward.enrol();
    let active = ward.active(&session.token, crate::identity::Use::WORK).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let reset = ward.asked(1);
    ward.pass(30 * SECOND);
    let pending = ward.pending();
    let dump = format!("{:?}", ward.db.store()).into_bytes();
    let rows = ward.db.store().authority.values();
    let mut bytes =
        rows.flat_map(|row| [row.body.clone(), row.sealed.clone().unwrap_or_default()].concat()).collect::<Vec<_>>();
    bytes.extend(ward.db.store().entries.values().flat_map(|(entry, _)| entry.body.clone()));
    bytes.extend(dump);
    let mut canaries = vec![
        b"argon2".to_vec(),
        PASSWORD.as_bytes().to_vec(),
        seed.expose().to_vec(),
        text(&session.token).into_bytes(),
        reset.text().expose_secret().as_bytes().to_vec(),
        pending.token.text().expose_secret().as_bytes().to_vec(),
    ];
    canaries.extend(codes.iter().map(|code| code.text().expose_secret().as_bytes().to_vec()));
    for canary in canaries {
        assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_slice()));
    }
    assert!(bytes.windows(13).any(|part| part == b"LOGIN_SUCCESS"), "the dump is not empty");
}

#[test]
fn s3_what_is_stored_of_a_session_is_no_token() {
    let used = || {
        let mut ward = Ward::open();
        ward.session();
        let id = *ward
            .db
            .store()
            .authority
            .keys()
            .find(|(kind, _)| *kind == AuthorityKind::Session)
            .map(|(_, id)| id)
            .unwrap();
        let stolen = zeroize::Zeroizing::new(<[u8; 32]>::try_from(id.as_bytes()).unwrap());
        ward.works(&SessionToken::new(&stolen))
    };
    assert!(!used());
    assert!(without(Safeguard::TokenDigest, used));
}

#[test]
fn a_session_that_a_thief_inserts_is_none() {
    let mut ward = Ward::open();
    ward.session();
    let token = SessionToken::new(&generate_from_system().unwrap());
    let id = RecordId::from_hash(token.digest().as_bytes());
    let rows = &mut ward.db.store().authority;
    let mut forged = rows.iter().find(|((kind, _), _)| *kind == AuthorityKind::Session).unwrap().1.clone();
    forged.id = id;
    rows.insert((AuthorityKind::Session, id), forged);
    assert!(!ward.works(&token));
    let deployment = ward.entries(crate::schema::TenantId::DEPLOYMENT);
    assert!(deployment.iter().any(|name| name == FOUND), "the finding is an entry");
}

#[test]
fn a_session_whose_end_a_thief_moves_is_none() {
    let mut ward = Ward::open();
    let session = ward.session();
    let rows = &mut ward.db.store().authority;
    let row = rows.values_mut().find(|row| row.kind == AuthorityKind::Session).unwrap();
    row.expires = Some(Timestamp::from_micros(i64::MAX));
    assert!(!ward.works(&session.token));
}

#[test]
fn p8_another_users_credential_opens_no_account() {
    let mut ward = Ward::open();
    let thief = ward.hire("thief");
    let swapped = |ward: &mut Ward| {
        let rows = &mut ward.db.store().authority;
        let own = rows[&(AuthorityKind::Credential, thief.into())].sealed.clone();
        let maria = rows.values_mut().find(|row| row.kind == AuthorityKind::Credential && row.owner != thief).unwrap();
        maria.sealed = own;
    };
    swapped(&mut ward);
    refused(ward.login("maria", PASSWORD));
    assert!(ward.noted(FOUND) > 0);
}

#[test]
fn a_second_factor_that_a_thief_clears_or_takes_away_stays_in_force() {
    for takes in [false, true] {
        let mut ward = Ward::open();
        ward.enrol();
        let key = (AuthorityKind::SecondFactor, ward.maria.into());
        if takes {
            ward.db.store().authority.remove(&key);
        } else {
            let flag = ward.db.store().authority.get_mut(&key).unwrap();
            let at = flag.body.windows(2).position(|part| part == [1, 5]).unwrap() + 2;
            flag.body[at] = 0;
        }
        refused(ward.login("maria", PASSWORD));
        assert!(ward.noted(FOUND) > 0);
    }
}

#[test]
fn failures_that_a_thief_takes_away_or_restores_stay_counted() {
    for restores in [false, true] {
        let mut ward = Ward::open();
        refused(ward.login("maria", "wrong"));
        let (key, early) = {
            let rows = &ward.db.store().authority;
            let row = rows.iter().find(|((kind, _), _)| *kind == AuthorityKind::FailureCount).unwrap();
            (*row.0, row.1.clone())
        };
        refused(ward.login("maria", "wrong"));
        if restores {
            ward.db.store().authority.insert(key, early);
        } else {
            ward.db.store().authority.remove(&key);
        }
        refused(ward.login("maria", PASSWORD));
        assert!(ward.noted(FOUND) > 0);
    }
}

#[test]
fn a_recovery_code_that_a_thief_brings_back_is_used_up() {
    let mut ward = Ward::open();
    let (session, _) = ward.enrol();
    let active = ward.active(&session.token, crate::identity::Use::WORK).unwrap();
    let codes = ward.run(|unit, identity| identity.recovery_codes(unit, &active)).unwrap();
    let before = ward.db.store().authority.clone();
    let code = codes[0].text();
    let pending = ward.pending();
    assert!(matches!(ward.answer(&pending, code.expose_secret()), Finished::Session(_)));
    let used = before.into_iter().filter(|((kind, _), _)| *kind == AuthorityKind::RecoveryCode);
    for (key, row) in used {
        ward.db.store().authority.entry(key).or_insert(row);
    }
    let pending = ward.pending();
    refused(ward.answer(&pending, code.expose_secret()));
    assert!(ward.noted(FOUND) > 0);
}

#[test]
fn a_replay_guard_that_a_thief_sets_back_accepts_nothing() {
    let mut ward = Ward::open();
    let (_, seed) = ward.enrol();
    let key = (AuthorityKind::SecondFactor, ward.maria.into());
    let early = ward.db.store().authority[&key].clone();
    ward.pass(30 * SECOND);
    let code = code_at(&seed, ward.clock.now());
    let (first, second) = (ward.pending(), ward.pending());
    assert!(matches!(ward.answer(&first, &code), Finished::Session(_)));
    ward.db.store().authority.insert(key, early);
    let answered = ward.run(|unit, identity| identity.second_factor(unit, &second.token, &code, &client(1)));
    assert!(!matches!(answered, Ok(Finished::Session(_))));
    assert!(ward.noted(FOUND) > 0);
}
