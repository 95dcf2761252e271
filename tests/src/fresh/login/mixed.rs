//! Values of one user, tenant or kind given where those of another belong.

use super::{OTHER, PASSWORD, Ward, admin_of, client, refused, secret};
use hipaa_core::audit::Actor;
use hipaa_core::auth::session::SessionRights;
use hipaa_core::auth::token::{ActivationToken, PendingToken, ResetToken, SessionToken};
use hipaa_core::authority::user::UserError;
use hipaa_core::identity::{Client, Finished, Identity, IdentityError, PasswordOutcome, Use};
use hipaa_core::schema::UserId;
use hipaa_core::unit::Unit;
use hipaa_sqlite::Error;
use secrecy::ExposeSecret as _;
use std::thread::scope;

fn set_by(ward: &mut Ward, text: &str, activation: bool) -> PasswordOutcome {
    let permit = ward.identity.permit().unwrap();
    let begun = ward.run(|unit, identity| {
        if activation {
            identity.activate(unit, &ActivationToken::parse(text).unwrap(), &client(), permit)
        } else {
            identity.reset_password(unit, &ResetToken::parse(text).unwrap(), &client(), permit)
        }
    });
    let new = begun.unwrap().judge(secret(OTHER), &[]).unwrap();
    ward.run(|unit, identity| identity.finish_password(unit, new)).unwrap()
}

/// Red if what one token stands for could be had with the text of another.
#[test]
fn no_token_is_taken_for_one_of_another_kind() {
    let mut ward = Ward::new();
    ward.person("maria");
    ward.enrol("maria");
    ward.person("ama");
    let (_, activation) = ward.invite("grace", false);
    let session = ward.session("ama");
    let pending = ward.pending("maria");
    let reset = ward.reset("maria").unwrap();
    let texts = [
        ("session", session.token.text()),
        ("pending", pending.text()),
        ("reset", reset.token.text()),
        ("activation", activation.text()),
    ];
    for (kind, text) in &texts {
        let text = text.expose_secret();
        if *kind != "session" {
            let token = SessionToken::parse(text).unwrap();
            assert_eq!(ward.authorize(&token, Use::WORK).map(drop).err(), refused(IdentityError::NoSession), "{kind}");
        }
        if *kind != "pending" {
            let token = PendingToken::parse(text).unwrap();
            assert!(matches!(ward.second(&token, "000000"), Finished::Refused(_)), "{kind}");
        }
        for activation in [false, true] {
            if (*kind, activation) != ("reset", false) && (*kind, activation) != ("activation", true) {
                let set = set_by(&mut ward, text, activation);
                assert!(matches!(set, PasswordOutcome::Refused(_)), "{kind} as activation {activation}: {set:?}");
            }
        }
    }
    assert!(matches!(ward.activate(&activation, PASSWORD), PasswordOutcome::Set));
    assert_eq!(ward.session("grace").rights, SessionRights::Full);
}

type Act = fn(&Identity, &mut dyn Unit, &Actor, UserId) -> Result<(), IdentityError>;

/// Red if an administrator of one clinic had power over the users of another.
#[test]
fn an_administrator_of_another_clinic_changes_nobody_here() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let session = ward.session("maria");
    let stranger = admin_of(&mut ward.db, "South clinic");
    let unknown = Some(Error::Identity(IdentityError::User(UserError::Unknown)));
    let acts: [(&str, Act); 5] = [
        ("unlock", |it, unit, actor, user| it.unlock(unit, actor, user)),
        ("factor", |it, unit, actor, user| it.reset_second_factor(unit, actor, user)),
        ("role", |it, unit, actor, user| it.change_role(unit, actor, user, "ADMIN")),
        ("disable", |it, unit, actor, user| it.disable(unit, actor, user)),
        ("activation", |it, unit, actor, user| it.renew_activation(unit, actor, user).map(drop)),
    ];
    for (name, act) in acts {
        let done = ward.plain(|unit, identity| act(identity, unit, &stranger, user));
        assert_eq!(done.err(), unknown, "{name}");
        assert!(ward.plain(|unit, identity| act(identity, unit, &super::operator(), user)).is_err(), "{name}");
    }
    assert!(ward.is_live(&session.token));
}

/// Red if the id of a session, which lists show, were enough to end another user's.
#[test]
fn a_user_ends_own_sessions_only() {
    let mut ward = Ward::new();
    ward.person("maria");
    ward.person("ama");
    let (of_maria, ama) = (ward.session("maria"), ward.active("ama"));
    ward.plain(|unit, identity| identity.end_session(unit, &ama, of_maria.id)).unwrap();
    ward.plain(|unit, identity| identity.end_others(unit, &ama)).unwrap();
    assert!(ward.is_live(&of_maria.token));
    let listed = ward.plain(|unit, identity| identity.sessions(unit, &ama)).unwrap();
    assert!(listed.iter().all(|it| it.id != of_maria.id));
}

/// Red if the steps of one login could be ended on another file with the same names.
#[test]
fn a_login_that_was_begun_on_one_file_ends_on_no_other() {
    let (mut one, mut two) = (Ward::new(), Ward::new());
    for ward in [&mut one, &mut two] {
        ward.person("maria");
    }
    let permit = one.identity.permit().unwrap();
    let attempt = one.run(|unit, identity| identity.begin(unit, "maria", &client(), permit)).unwrap();
    let verified = attempt.verify(secret(PASSWORD)).unwrap();
    let there = two.run(|unit, identity| identity.finish(unit, verified, &client()));
    assert!(!matches!(there, Ok(Finished::Session(_) | Finished::SecondFactor(_))));
    let session = one.session("maria");
    assert!(one.is_live(&session.token));
    assert!(!two.is_live(&session.token));
    let active = one.authorize(&session.token, Use::WORK).unwrap();
    assert!(two.run(|unit, identity| identity.enrol_totp(unit, &active)).is_err());
}

/// Red if the last look at the token stood before the transaction that uses it up.
#[test]
fn of_six_who_use_one_token_at_once_one_sets_the_password() {
    for activation in [false, true] {
        let mut ward = Ward::new();
        let text = if activation {
            ward.invite("maria", false).1.text()
        } else {
            ward.person("maria");
            ward.reset("maria").unwrap().token.text()
        };
        let new = (0..4).map(|_| {
            let permit = ward.identity.permit().unwrap();
            let begun = ward.run(|unit, identity| {
                if activation {
                    identity.activate(unit, &ActivationToken::parse(text.expose_secret()).unwrap(), &client(), permit)
                } else {
                    identity.reset_password(unit, &ResetToken::parse(text.expose_secret()).unwrap(), &client(), permit)
                }
            });
            begun.unwrap().judge(secret(OTHER), &[]).unwrap()
        });
        let new = new.collect::<Vec<_>>();
        let set = scope(|scope| {
            let threads = new.into_iter().map(|new| {
                let (mut db, identity) = (ward.another(), ward.identity.clone());
                scope.spawn(move || {
                    let done = db.write(|unit| identity.finish_password(unit, new).map_err(Error::from));
                    done.is_ok_and(|done| matches!(done.open().unwrap(), PasswordOutcome::Set))
                })
            });
            let threads = threads.collect::<Vec<_>>();
            threads.into_iter().map(|thread| thread.join().unwrap()).filter(|set| *set).count()
        });
        assert_eq!(set, 1, "activation {activation}");
    }
}

/// Red if a disabled user, or one never activated, got a token that sets a password.
#[test]
fn a_disabled_user_is_not_brought_back_by_any_token() {
    let mut ward = Ward::new();
    let user = ward.person("maria");
    let (newcomer, activation) = ward.invite("grace", false);
    let admin = ward.admin.clone();
    let asked = ward.reset("maria").unwrap();
    for user in [user, newcomer] {
        ward.plain(|unit, identity| identity.disable(unit, &admin, user)).unwrap();
        let renewed = ward.run(|unit, identity| identity.renew_activation(unit, &admin, user));
        if let Ok(renewed) = renewed {
            assert!(!matches!(ward.activate(&renewed.token, OTHER), PasswordOutcome::Set));
        }
    }
    assert!(!matches!(ward.activate(&activation, PASSWORD), PasswordOutcome::Set));
    let set = set_by(&mut ward, asked.token.text().expose_secret(), false);
    assert!(!matches!(set, PasswordOutcome::Set));
    for login in ["maria", "grace"] {
        assert!(ward.reset(login).is_none(), "{login}");
        for password in [PASSWORD, OTHER] {
            assert!(matches!(ward.login(login, password), Finished::Refused(_)), "{login}");
        }
    }
}

/// Red if a name without an account could be told from one with by how many resets are granted, in any spelling.
#[test]
fn requests_for_a_reset_are_limited_alike_for_every_name_in_every_spelling() {
    let mut ward = Ward::new();
    ward.person("maria");
    let admin = ward.admin.clone();
    let gone = ward.person("gone");
    ward.plain(|unit, identity| identity.disable(unit, &admin, gone)).unwrap();
    ward.invite("grace", false);
    let mut patterns = Vec::new();
    for names in [
        ["maria", "MARIA", "ｍａｒｉａ", "Maria", "maria"],
        ["nobody", "NOBODY", "ｎｏｂｏｄｙ", "Nobody", "nobody"],
        ["gone", "GONE", "ｇｏｎｅ", "Gone", "gone"],
        ["grace", "GRACE", "ｇｒａｃｅ", "Grace", "grace"],
    ] {
        let pattern = names.iter().enumerate().map(|(number, login)| {
            let address = [203, 0, u8::try_from(patterns.len()).unwrap(), u8::try_from(number).unwrap()];
            let from = Client::from_address(address.into());
            let asked = ward.plain(|unit, identity| identity.request_reset(unit, login, &from));
            match asked {
                Ok(_) => "granted",
                Err(Error::Identity(IdentityError::TooMany(_))) => "too many",
                Err(_) => "other",
            }
        });
        let pattern = pattern.collect::<Vec<_>>();
        patterns.push(pattern);
    }
    assert!(patterns.iter().all(|it| *it == patterns[0]), "{patterns:?}");
    assert!(patterns[0].contains(&"too many"));
}

/// Red if one network could ask for resets of as many names as it likes.
#[test]
fn requests_for_resets_from_one_network_are_limited_over_all_names() {
    let mut ward = Ward::new();
    ward.person("maria");
    let asked = (0..8).map(|number| {
        let login = format!("user-{number}");
        ward.plain(|unit, identity| identity.request_reset(unit, &login, &client())).is_ok()
    });
    assert_eq!(asked.filter(|granted| *granted).count(), 5);
    let own = ward.plain(|unit, identity| identity.request_reset(unit, "maria", &client()));
    assert!(matches!(own, Err(Error::Identity(IdentityError::TooMany(_)))));
}
