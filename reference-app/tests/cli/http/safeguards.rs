//! A server whose safeguards are switched off: it starts when somebody decided so, and not before.

use super::super::grant::{PASSWORD, hire};
use super::super::safeguard::{change, decide};
use super::super::support::{Desk, Ran, TENANT, finish};
use super::process::Server;
use serde_json::json;

const OFF: [(&str, &str); 2] = [("IDLE_MINUTES", "off"), ("LOGIN_LOCKOUT", "off")];

fn refused(desk: &Desk) -> Ran {
    let mut command = desk.command(&["serve"]);
    command.env("APP_MODE", "development").env("APP_LISTEN", "127.0.0.1:0").envs(OFF);
    let ran = finish(&mut command).ended(2);
    assert!(ran.out.is_empty(), "it listens: {}", ran.out);
    ran
}

#[test]
fn a6_serve_without_logoff_or_lockout_starts_only_while_a_named_user_has_decided_so() {
    let desk = Desk::new();
    hire(&desk, "sam", "STAFF");
    hire(&desk, "pia", "PRIVACY_OFFICER");
    let named = |ran: &Ran| ["automatic-logoff", "login-lockout"].map(|name| ran.err.contains(name));
    assert_eq!(named(&refused(&desk)), [true, true]);
    // Who may not decide changes nothing; one decision leaves the other safeguard to be decided on.
    decide(&desk, "sam", PASSWORD).ended(2);
    assert_eq!(named(&refused(&desk)), [true, true]);
    decide(&desk, "pia", PASSWORD).ended(0);
    assert_eq!(named(&refused(&desk)), [false, true]);
    let because = ["decide", "login-lockout", "--because", "the proxy counts failures"];
    change(&desk, &because, "pia", PASSWORD).ended(0);

    let server = Server::start_with(&desk, &OFF);
    let wrong = json!({ "login": "sam", "password": "not the one" });
    let right = json!({ "login": "sam", "password": PASSWORD });
    for _ in 0..4 {
        server.browser().post("/api/auth/login", &wrong).is(401);
    }
    server.browser().post("/api/auth/login", &right).is(200);
    assert_eq!(server.end(), 0);
    let listed = desk.run(&["safeguard", "list", "--tenant", TENANT, "--json"]).ended(0).json();
    assert_eq!(listed.as_array().unwrap().len(), 2);

    change(&desk, &["withdraw", "automatic-logoff"], "pia", PASSWORD).ended(0);
    assert_eq!(named(&refused(&desk)), [true, false]);
    // With its safeguards it starts without any decision.
    change(&desk, &["withdraw", "login-lockout"], "pia", PASSWORD).ended(0);
    assert_eq!(Server::start(&desk).end(), 0);
}
