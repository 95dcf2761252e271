//! Decisions to do without a safeguard: nothing starts without one of every tenant, and who makes them.

use super::grant::{PASSWORD, hire, open};
use super::support::{Desk, Ran, TENANT, finish};
use hipaa_core::identity::Settings;
use hipaa_sqlite::rusqlite::Connection;
use reference_app::commands::safeguard::undecided;
use std::fs;
use std::process::Stdio;

fn desk() -> Desk {
    let desk = Desk::new();
    hire(&desk, "sam", "STAFF");
    hire(&desk, "pia", "PRIVACY_OFFICER");
    desk
}

/// What `serve` says before it starts under these rules.
fn wrong(desk: &Desk, settings: &Settings) -> Vec<String> {
    undecided(&mut open(desk, 0), &settings.switched_off()).unwrap()
}

/// Rules under which no session ends by itself before its end.
fn lax() -> Settings {
    let mut settings = Settings::default();
    settings.session.idle = settings.session.absolute;
    settings
}

pub(super) fn change(desk: &Desk, arguments: &[&str], login: &str, password: &str) -> Ran {
    fs::write(desk.path("password"), format!("{password}\n")).unwrap();
    let arguments = [&["safeguard"][..], arguments, &["--tenant", TENANT, "--login", login]].concat();
    let typed = fs::File::open(desk.path("password")).unwrap();
    finish(desk.command(&arguments).stdin(Stdio::from(typed)))
}

pub(super) fn decide(desk: &Desk, login: &str, password: &str) -> Ran {
    let because = ["--because", "wall displays lock by themselves"];
    change(desk, &[&["decide", "automatic-logoff"][..], &because].concat(), login, password)
}

#[test]
fn without_a_decision_of_a_named_user_who_may_nothing_starts_without_a_safeguard() {
    let desk = desk();
    let list = ["safeguard", "list", "--tenant", TENANT, "--json"];
    desk.run(&list).ended(1);
    assert_eq!(wrong(&desk, &Settings::default()), [""; 0]);
    let said = wrong(&desk, &lax());
    assert!(said.len() == 1 && said[0].contains("automatic-logoff"), "{said:?}");

    decide(&desk, "sam", PASSWORD).ended(2);
    decide(&desk, "pia", "a wrong password of hers").ended(3);
    for control in ["firewall", "outside-witness", "transport-encryption"] {
        change(&desk, &["decide", control, "--because", "it is not to be had"], "pia", PASSWORD).ended(3);
    }
    change(&desk, &["decide", "automatic-logoff", "--because", "short"], "pia", PASSWORD).ended(3);
    assert_eq!(wrong(&desk, &lax()).len(), 1);

    decide(&desk, "pia", PASSWORD).ended(0);
    let listed = desk.run(&list).ended(0).json();
    assert_eq!((&listed[0]["safeguard"], listed.as_array().map(Vec::len)), (&"automatic-logoff".into(), Some(1)));
    assert_eq!(wrong(&desk, &lax()), [""; 0]);
    // A decision of one safeguard is none of another.
    let mut open_door = lax();
    open_door.lockout.failures = u16::MAX;
    let said = wrong(&desk, &open_door);
    assert!(said.len() == 1 && said[0].contains("login-lockout"), "{said:?}");

    change(&desk, &["withdraw", "automatic-logoff"], "sam", PASSWORD).ended(2);
    assert_eq!(wrong(&desk, &lax()), [""; 0]);
    change(&desk, &["withdraw", "automatic-logoff"], "pia", PASSWORD).ended(0);
    desk.run(&list).ended(1);
    assert_eq!(wrong(&desk, &lax()).len(), 1);
    let trail = desk.run(&["trail", "--tenant", TENANT]).ended(0).out;
    for name in ["SAFEGUARD_DECIDED", "PERMISSION_DENIED", "SESSION_ENDED"] {
        assert!(trail.contains(name), "{name}: {trail}");
    }
}

#[test]
fn a_decision_that_was_edited_or_is_of_another_tenant_starts_nothing() {
    let desk = desk();
    decide(&desk, "pia", PASSWORD).ended(0);
    let file = Connection::open(desk.database()).unwrap();
    for (by, starts) in [("+ 1", false), ("- 1", true)] {
        let sql = format!("UPDATE hipaa_authority SET version = version {by} WHERE kind = 'decision'");
        assert_eq!(file.execute(&sql, []).unwrap(), 1);
        assert_eq!(wrong(&desk, &lax()).is_empty(), starts, "{by}");
    }
    desk.run(&["tenant", "create", "South clinic"]).ended(0);
    let said = wrong(&desk, &lax());
    assert!(said.len() == 1 && !said[0].contains("South"), "{said:?}");
}
