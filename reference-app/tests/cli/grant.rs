//! Emergency access on the command line: listed, overdue, reviewed by somebody else, and edited behind the back.

use super::support::{Desk, KEK, Ran, TENANT, finish, patient};
use hipaa_core::audit::{Action, Actor, Event, EventName};
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::auth::reason::{Reason, ReasonCode};
use hipaa_core::auth::token::ActivationToken;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::identity::{Active, Client, Finished, Identity, PasswordOutcome, Settings, Use};
use hipaa_core::keys::Kek;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::unit::Unit;
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error, Options};
use reference_app::policy::policy;
use std::io::Write as _;
use std::process::Stdio;

pub(super) const PASSWORD: &str = "Tidal-Marsh 47 heron";
const HOURS: i64 = 3_600_000_000;

fn identity() -> Identity {
    Identity::new(Settings::default(), HashingPermits::new(2.try_into().unwrap(), 8)).unwrap()
}

fn client() -> Client<'static> {
    Client::from_address([192, 0, 2, 1].into())
}

/// The database, so many hours ago.
pub(super) fn open(desk: &Desk, hours: i64) -> Database {
    let then = Timestamp::from_micros(Clock::system().now().micros() - hours * HOURS);
    let options = Options { clock: Clock::manual(then), ..Options::default() };
    Database::open_with(desk.database(), Kek::from_text(&KEK.into()).unwrap(), &options).unwrap()
}

/// A user with a password.
pub(super) fn hire(desk: &Desk, login: &str, role: &str) {
    let made =
        desk.run(&["user", "create", "--tenant", TENANT, "--login", login, "--name", "Sam", "--role", role, "--json"]);
    let token = made.ended(0).json()["activation"].as_str().unwrap().to_owned();
    let (identity, mut db, token) = (identity(), open(desk, 0), ActivationToken::parse(&token).unwrap());
    let permit = identity.permit().unwrap();
    let begun = db.write(|unit| Ok::<_, Error>(identity.activate(unit, &token, &client(), permit)?));
    let new = begun.unwrap().open().unwrap().judge(PASSWORD.to_owned().into(), &[]).unwrap();
    let set = db.write(|unit| Ok::<_, Error>(identity.finish_password(unit, new)?)).unwrap().open().unwrap();
    assert!(matches!(set, PasswordOutcome::Set));
}

fn login(db: &mut Database, identity: &Identity, login: &str) -> Active {
    let permit = identity.permit().unwrap();
    let attempt = db.write(|unit| Ok::<_, Error>(identity.begin(unit, login, &client(), permit)?)).unwrap();
    let verified = attempt.open().unwrap().verify(PASSWORD.to_owned().into()).unwrap();
    let finished = db.write(|unit| Ok::<_, Error>(identity.finish(unit, verified, &client())?)).unwrap();
    let Finished::Session(session) = finished.open().unwrap() else { panic!("no session") };
    let active = db.write(|unit| Ok::<_, Error>(identity.authorize(unit, &session.token, &client(), Use::WORK)?));
    active.unwrap().into_inner()
}

/// Emergency access that Sam takes to the imported patient; its id.
fn take(desk: &Desk, hours: i64) -> String {
    let (identity, mut db) = (identity(), open(desk, hours));
    let active = login(&mut db, &identity, "sam");
    let patient = RecordId::parse(desk.shown("p-1")["id"].as_str().unwrap()).unwrap();
    let reason = Reason::new(ReasonCode::LifeThreatening, "unresponsive in bay 3").unwrap();
    let policy = policy().unwrap();
    let taken = db.write(|unit| Ok::<_, Error>(identity.open_emergency(unit, &active, &policy, (patient, &reason))?));
    hex::encode(taken.unwrap().into_inner().id)
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.import(desk.file("one.ndjson", patient("p-1", "Roe", ""))).ended(0);
    hire(&desk, "sam", "STAFF");
    hire(&desk, "pia", "PRIVACY_OFFICER");
    desk
}

fn review(desk: &Desk, grant: &str, login: &str, password: &str) -> Ran {
    let arguments = [
        &["grant", "review", grant, "--tenant", TENANT, "--login", login, "--verdict", "justified"][..],
        &["--because", "seen in the ward book"],
    ]
    .concat();
    let path = desk.path("password");
    std::fs::File::create(&path).unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    let mut command = desk.command(&arguments);
    finish(command.stdin(Stdio::from(std::fs::File::open(path).unwrap())))
}

#[test]
fn emergency_access_is_listed_and_reviewed_once_by_somebody_else() {
    let desk = desk();
    desk.run(&["grant", "list", "--tenant", TENANT]).ended(1);
    let grant = take(&desk, 0);
    let listed = desk.run(&["grant", "list", "--tenant", TENANT, "--json"]).ended(0).json();
    assert_eq!((&listed[0]["grant"], &listed[0]["overdue"]), (&grant.clone().into(), &false.into()));
    assert_eq!(
        (&listed[0]["code"], &listed[0]["reason"]),
        (&"life-threatening".into(), &"unresponsive in bay 3".into())
    );
    desk.run(&["grant", "list", "--tenant", TENANT, "--overdue"]).ended(1);
    let refused = review(&desk, &grant, "pia", "a wrong password of hers").ended(3);
    assert!(refused.err.contains("the login was refused") && !refused.err.contains("pia"), "{}", refused.err);
    review(&desk, &grant, "sam", PASSWORD).ended(2);
    review(&desk, "0011", "pia", PASSWORD).ended(3);
    review(&desk, &grant, "pia", PASSWORD).ended(0);
    review(&desk, &grant, "pia", PASSWORD).ended(1);
    desk.run(&["grant", "list", "--tenant", TENANT]).ended(1);
    let trail = desk.run(&["trail", "--tenant", TENANT]).ended(0).out;
    for name in ["EMERGENCY_ACCESS_STARTED", "EMERGENCY_ACCESS_REVIEWED", "PERMISSION_DENIED", "SESSION_ENDED"] {
        assert!(trail.contains(name), "{name}: {trail}");
    }
}

#[test]
fn a_review_that_is_overdue_is_an_exit_code_for_a_timer() {
    let desk = desk();
    // In the clinic's log it is four days later by the time of the list: the log's time never goes back.
    let grant = take(&desk, 0);
    let tenant = desk.run(&["tenant", "list", "--json"]).ended(0).json()[0]["id"].as_str().unwrap().to_owned();
    let actor = Actor::new(TenantId::from_slice(&hex::decode(tenant.replace('-', "")).unwrap()).unwrap(), "u", "r");
    let event = Event::new(&actor.unwrap(), EventName::application("com.example.later"), Action::Execute);
    let mut later = open(&desk, -96);
    later.write(|unit| Ok::<_, Error>((unit as &mut dyn Unit).append(&event)?)).unwrap().into_inner();
    let listed = desk.run(&["grant", "list", "--tenant", TENANT, "--overdue", "--json"]).ended(2).json();
    assert_eq!((&listed[0]["grant"], &listed[0]["overdue"]), (&grant.into(), &true.into()));
}

#[test]
fn authority_rows_that_were_deleted_or_put_back_are_found_from_outside() {
    let desk = desk();
    let verify = |desk: &Desk| desk.run(&["audit", "verify", "--records", "--json"]);
    take(&desk, 0);
    let clean = verify(&desk).json();
    assert_eq!(clean["breaks"].as_array().map(Vec::len), Some(0), "{clean}");
    let file = Connection::open(desk.database()).unwrap();
    for (attack, heal) in [
        ("CREATE TABLE old AS SELECT * FROM hipaa_authority WHERE kind = 'grant_review'", ""),
        ("DELETE FROM hipaa_authority WHERE kind = 'grant_review'", "INSERT INTO hipaa_authority SELECT * FROM old"),
        (
            "UPDATE hipaa_authority SET version = version + 1 WHERE kind = 'grant'",
            "UPDATE hipaa_authority SET version = version - 1 WHERE kind = 'grant'",
        ),
    ] {
        file.execute_batch(attack).unwrap();
        if !heal.is_empty() {
            let found = verify(&desk).json();
            assert_eq!(found["breaks"].as_array().map(Vec::len), Some(1), "{attack}: {found}");
            file.execute_batch(heal).unwrap();
        }
    }
    let editing = "UPDATE hipaa_authority SET expires = 0 WHERE kind = 'grant_review'";
    assert_eq!(file.execute(editing, []).unwrap(), 1);
    desk.run(&["grant", "list", "--tenant", TENANT]).ended(4);
}

#[test]
fn the_policy_is_shown_for_people_and_for_programs() {
    let desk = Desk::empty();
    let page = desk.run(&["policy", "show"]).ended(0).out;
    assert!(page.contains("## BILLING") && page.contains("`ssn` ssn") && page.contains("## EMERGENCY"), "{page}");
    let value = desk.run(&["policy", "show", "--json"]).ended(0).json();
    assert_eq!(value["roles"][3]["role"], "STAFF");
    assert_eq!(value["roles"][3]["tables"][0]["columns"]["birth_date"], "year");
}
