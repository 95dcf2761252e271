//! A log that promised to speak and did not: found from outside, at its place, and no break of what is there.

use crate::scene::Scene;
use hipaa_core::audit::{Actor, Status};
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::schema::TenantId;
use hipaa_core::unit;
use hipaa_sqlite::{Database, Options};
use serde_json::json;
use std::time::Duration;

const MINUTE: i64 = 60_000_000;
const TEN: Duration = Duration::from_secs(600);

/// What a bridge writes, at these minutes behind the end of the scene.
fn told(entries: &[(i64, Status)]) -> Scene {
    let scene = Scene::small(4);
    let clock = Clock::manual(Timestamp::from_micros(9_000_000_000));
    let options = Options { clock: clock.clone(), ..Options::default() };
    let mut database = Database::open_with(scene.path(), crate::scene::kek(), &options).unwrap();
    let bridge = Actor::new(TenantId::DEPLOYMENT, "bridge", "upkeep").unwrap();
    for (minute, status) in entries {
        clock.set(Timestamp::from_micros(9_000_000_000 + minute * MINUTE));
        let written = database.write::<_, hipaa_sqlite::Error>(|unit| {
            let unit: &mut dyn unit::Unit = unit;
            Ok(unit.append(&status.event(&bridge))?)
        });
        written.unwrap().into_inner();
    }
    drop(database);
    scene
}

#[test]
fn a_log_that_did_not_speak_when_it_promised_to_was_silent() {
    let entries = [(0, Status::Began(TEN)), (9, Status::Continues(TEN)), (70, Status::Continues(TEN))];
    let scene = told(&entries);
    let last = scene.size(scene.own) - 1;
    let outcome = scene.verify(&[]);
    let at = |minute: i64| 9_000_000_000 + minute * MINUTE;
    let silence = json!([{ "place": last - 1, "from_micros": at(9), "to_micros": at(70) }]);
    assert_eq!(outcome.json["silences"], silence);
    assert_eq!(outcome.json["due_micros"], at(80));
    // What is there is what was written: the verdict stays.
    assert_eq!((outcome.code, outcome.found.len()), (4, 0));
}

#[test]
fn a_log_that_kept_its_promise_or_ended_in_order_was_not() {
    let kept = [(0, Status::Began(TEN)), (10, Status::Continues(TEN)), (20, Status::Ended), (900, Status::Began(TEN))];
    let outcome = told(&kept).verify(&[]);
    assert_eq!((&outcome.json["silences"], outcome.code), (&json!([]), 4));
    // The red twin: nothing was promised, and the same hour without an entry is nothing.
    let outcome = told(&[(0, Status::Ended), (70, Status::Ended)]).verify(&[]);
    assert_eq!((&outcome.json["silences"], &outcome.json["due_micros"]), (&json!([]), &json!(null)));
}

#[test]
fn a_reviewer_reads_where_it_was_silent_and_that_it_is_overdue() {
    let scene = told(&[(0, Status::Began(TEN)), (60, Status::Continues(TEN))]);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hipaa-verify"));
    let output = command.arg(scene.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let place = scene.size(scene.own) - 2;
    let line = format!("silent: behind entry {place} the deployment's log said nothing for 3600 s");
    assert!(text.contains(&line), "{text}");
    assert!(text.contains("silent: the deployment's log has been due to say something for "), "{text}");
}
