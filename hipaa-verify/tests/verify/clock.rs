//! Clocks that are set: by a day, by the hour of a summer time, again and again. Order and verdict stay what they are.

use crate::attack::Thief;
use crate::scene::{PATIENT, Scene, kek, patient};
use hipaa_core::audit::{Body, tag};
use hipaa_core::clock::{Clock, ClockState, Timestamp};
use hipaa_sqlite::{Database, Options};
use std::process::Command;

const HOUR: i64 = 3_600_000_000;
const DAY: i64 = 24 * HOUR;
/// Local noon on days around the change of 2026-03-29 in Berlin, as somebody sets a clock who takes local time for UTC.
const SUMMER: i64 = 1_774_746_000_000_000;

/// Each time that the clock shows when the next record is written.
fn times() -> Vec<i64> {
    let mut times = vec![SUMMER, SUMMER + 1];
    for step in [DAY, -DAY, HOUR, -HOUR, -2 * DAY, 3 * DAY, -HOUR] {
        let last = times[times.len() - 1];
        times.extend([last + step, last + step + 1_000_000]);
    }
    times
}

#[test]
fn clocks_set_by_a_day_and_across_summer_time_break_neither_order_nor_verdict() {
    let scene = Scene::small(4);
    let clock = Clock::manual(Timestamp::from_micros(SUMMER));
    let mut highest = SUMMER;
    let mut expected = Vec::new();
    for time in times() {
        clock.set(Timestamp::from_micros(time));
        // Opened anew each time: no process remembers what the clock showed.
        let options = Options { clock: clock.clone(), ..Options::default() };
        let mut db = Database::open_with(scene.path(), kek(), &options).unwrap();
        let vault = scene.vault(scene.north);
        db.write(|unit| vault.create(unit, &PATIENT, &patient(&format!("at {time}")))).unwrap().into_inner();
        db.checkpoint().unwrap();
        highest = highest.max(time);
        expected.push((time, highest, time < highest));
    }
    let thief = Thief::new(&scene);
    let bodies = thief.entries(scene.north).into_iter().map(|(body, ..)| Body::decode(&body).unwrap());
    let made = bodies.filter(|body| body.prefix.wall.micros() >= SUMMER - 3 * DAY).collect::<Vec<_>>();
    let seen = made.iter().filter(|body| body.name() == Some("PHI_CREATE")).map(|body| {
        let prefix = &body.prefix;
        assert!(body.field(tag::STATES).is_some());
        (prefix.wall.micros(), prefix.time.micros(), prefix.clock == ClockState::SteppedBack)
    });
    assert_eq!(seen.collect::<Vec<_>>(), expected);
    drop(thief);
    let outcome = scene.verify(&["--records"]);
    assert_eq!((outcome.code, outcome.found.len()), (4, 0), "{:?}", outcome.found);
    // Nor does the time zone of whoever examines it matter.
    for zone in ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Chatham"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hipaa-verify"));
        command.current_dir(scene.folder.path()).env("TZ", zone).args(["emr.db", "--trust", "trust", "--json"]);
        let output = command.output().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((output.status.code(), &json["entries"]), (Some(4), &outcome.json["entries"]), "{zone}");
    }
}
