//! What a whole run of the login leaves behind: in the files, and in the logs of every crate at every level.

use super::identity::{PASSWORD, START, Ward, client, run};
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::{FactorChange, Finished, Use};
use hipaa_sqlite::Error;
use secrecy::ExposeSecret as _;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// Everything that anybody logs, as text.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Visit for Captured {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.lock().unwrap().push_str(&format!("{field}={value:?} "));
    }
}

impl Subscriber for Captured {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut self.clone());
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut self.clone());
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Every secret of a user's life with the login, and what the steps show of themselves in errors and `Debug`.
fn live(ward: &Ward) -> (Vec<Vec<u8>>, String) {
    let mut db = ward.database();
    let mut shown = String::new();
    let mut canaries = vec![b"argon2".to_vec(), PASSWORD.as_bytes().to_vec(), b"Wrong-Guess 11".to_vec()];
    let contact = "maria.osei@home.example";
    canaries.push(contact.as_bytes().to_vec());
    let refused = ward.login(&mut db, "maria", "Wrong-Guess 11");
    shown += &format!("{refused:?}");
    let Finished::Session(session) = ward.login(&mut db, "maria", PASSWORD) else { panic!("no session") };
    shown += &format!("{session:?}");
    canaries.push(session.token.text().expose_secret().as_bytes().to_vec());
    canaries.push(session.device.expose_secret().as_bytes().to_vec());
    let active =
        db.write(|unit| Ok::<_, Error>(ward.identity.authorize(unit, &session.token, &client(), Use::WORK)?));
    let active = active.unwrap().into_inner();
    let moved = db.write(|unit| Ok::<_, Error>(ward.identity.change_contact(unit, &active, contact)?));
    moved.unwrap().into_inner();
    let seed = run(&mut db, |unit| ward.identity.enrol_totp(unit, &active)).unwrap();
    let code = ward.code(&seed);
    let done = run(&mut db, |unit| ward.identity.confirm_totp(unit, &active, &code, &client())).unwrap();
    let FactorChange::Done(session) = done else { panic!("refused") };
    let active =
        db.write(|unit| Ok::<_, Error>(ward.identity.authorize(unit, &session.token, &client(), Use::WORK)?));
    let active = active.unwrap().into_inner();
    let codes = run(&mut db, |unit| ward.identity.recovery_codes(unit, &active)).unwrap();
    shown += &format!("{active:?} {seed:?} {codes:?}");
    canaries.push(seed.expose().to_vec());
    canaries.extend(codes.iter().map(|code| code.text().expose_secret().as_bytes().to_vec()));
    ward.clock.set(Timestamp::from_micros(START + 30_000_000));
    let pending = ward.pending(&mut db);
    let code = ward.code(&seed);
    let finished = run(&mut db, |unit| ward.identity.second_factor(unit, &pending, &code, &client())).unwrap();
    let reset = ward.asked(&mut db);
    shown += &format!("{pending:?} {finished:?} {reset:?}");
    canaries.extend([&pending.text(), &reset.text()].map(|text| text.expose_secret().as_bytes().to_vec()));
    (canaries, shown)
}

fn holds(bytes: &[u8], canary: &[u8]) -> bool {
    bytes.windows(canary.len()).any(|part| part == canary)
}

#[test]
fn t4_a_whole_run_leaves_no_secret_in_files_logs_or_debug_texts() {
    let logs = Captured::default();
    let (files, canaries, shown) = tracing::subscriber::with_default(logs.clone(), || {
        tracing::info!(probe = "captured");
        let ward = Ward::open();
        let (canaries, shown) = live(&ward);
        let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.unwrap().path()).unwrap();
        let files = std::fs::read_dir(ward.folder.path()).unwrap().map(read).collect::<Vec<_>>().concat();
        (files, canaries, shown)
    });
    let logs = logs.0.lock().unwrap().clone();
    assert!(logs.contains("captured") && holds(&files, b"RECOVERY_CODES_CREATED"), "the search finds what is there");
    assert!(canaries.len() > 15);
    for canary in canaries {
        for place in [files.as_slice(), logs.as_bytes(), shown.as_bytes()] {
            assert!(!holds(place, &canary), "a secret of {} bytes", canary.len());
        }
    }
}
