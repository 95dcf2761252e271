//! Users on the command line.

use super::support::{Desk, TENANT};

fn create(desk: &Desk, login: &str) -> super::support::Ran {
    let arguments = [
        &["user", "create", "--tenant", TENANT, "--login"][..],
        &[login, "--name", "Maria Osei", "--role", "CLINICIAN", "--email", "maria@home.example", "--json"],
    ]
    .concat();
    desk.run(&arguments)
}

fn act(desk: &Desk, verb: &str, login: &str) -> super::support::Ran {
    desk.run(&["user", verb, "--tenant", TENANT, "--login", login])
}

#[test]
fn a_user_is_made_listed_and_disabled() {
    let desk = Desk::new();
    desk.run(&["user", "list", "--tenant", TENANT]).ended(1);
    let made = create(&desk, "maria").ended(0).json();
    assert_eq!(made["activation"].as_str().unwrap().len(), 43);
    let listed = desk.run(&["user", "list", "--tenant", TENANT, "--json"]).ended(0).json();
    assert_eq!(
        (&listed[0]["id"], &listed[0]["state"], &listed[0]["role"]),
        (&made["id"], &"active".into(), &"CLINICIAN".into())
    );
    act(&desk, "unlock", "MARIA").ended(0);
    act(&desk, "repair", "maria").ended(0);
    act(&desk, "disable", "maria").ended(0);
    let text = desk.run(&["user", "list", "--tenant", TENANT]).ended(0).out;
    assert!(text.contains("disabled") && text.contains("Maria Osei"), "{text}");
    let trail = desk.run(&["trail", "--tenant", TENANT]).ended(0).out;
    for name in ["USER_CREATED", "ACTIVATION_CREATED", "CONTACT_CHANGED", "ACCOUNT_UNLOCKED", "USER_DISABLED"] {
        assert!(trail.contains(name), "{name}: {trail}");
    }
}

#[test]
fn an_activation_token_and_a_name_are_in_no_file() {
    let desk = Desk::new();
    let made = create(&desk, "maria.osei").ended(0).json();
    let token = made["activation"].as_str().unwrap().to_owned();
    for entry in std::fs::read_dir(desk.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for canary in [token.as_str(), "Maria Osei", "maria.osei", "maria@home"] {
            assert!(!bytes.windows(canary.len()).any(|part| part == canary.as_bytes()), "{canary}");
        }
    }
}

#[test]
fn what_cannot_be_done_with_users_is_said_without_the_name() {
    let desk = Desk::new();
    create(&desk, "maria").ended(0);
    for (ran, code) in [
        (create(&desk, "MARIA"), 2),
        (create(&desk, "two words"), 2),
        (act(&desk, "disable", "nobody-here"), 1),
        (act(&desk, "reset-mfa", "maria"), 2),
    ] {
        let ran = ran.ended(code);
        assert!(ran.err.starts_with("reference-app: ") && ran.out.is_empty(), "{}", ran.err);
        for typed in ["MARIA", "two words", "nobody-here"] {
            assert!(!ran.err.contains(typed), "{}", ran.err);
        }
    }
}
