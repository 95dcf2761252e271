//! `inject-the-key.md`, `verify-as-an-outsider.md`, `place-a-witness.md`, `guard.md`.

use super::clinic::Failed;
use hipaa_core::audit::Health;
use hipaa_core::keys::Kek;
use hipaa_core::tenancy;
use hipaa_sqlite::bridge::{Bridge, BridgeOptions, Hook};
use hipaa_sqlite::{Database, Options};

fn from_a_descriptor() -> Result<Kek, Failed> {
    let kek = Kek::from_fd(3)?;
    Ok(kek)
}

fn from_a_file() -> Result<Kek, Failed> {
    let kek = Kek::from_file("/run/secrets/hipaa-kek")?;
    Ok(kek)
}

fn from_the_environment() -> Result<Kek, Failed> {
    let kek = Kek::from_env("HIPAA_KEK")?;
    Ok(kek)
}

fn trust_file(database: &mut Database) -> Result<(), Failed> {
    let trust = database.write(|unit| tenancy::trust(unit))?.into_inner();
    std::fs::write("emr.db.trust", trust.to_string())?;
    Ok(())
}

fn page_somebody(_: Health) {}

#[expect(clippy::redundant_closure, reason = "as the guide says it")]
fn witnesses(kek: Kek) -> Result<Bridge, Failed> {
    use hipaa_sqlite::witness::Place;
    let witnesses = vec![Place::folder("/mnt/witness"), Place::lines(std::io::stdout())];
    // Compared before anything is served: a database that was put back does not open.
    let options = Options { witnesses: witnesses.clone(), ..Options::default() };
    let database = Database::open_with("emr.db", kek, &options)?;
    // From here on the bridge pushes by itself, after every round of upkeep.
    let mut options = BridgeOptions::default();
    options.witnesses = witnesses;
    options.hook = Some(Hook::new(|health| page_somebody(health)));
    let bridge = Bridge::start(database, &options)?;
    Ok(bridge)
}

fn warnings() {
    use hipaa_core::guard::Guard;

    let guard = Guard::new(); // once; share it between threads
    for warning in guard.warnings("Call Jane at (212) 555-0187, DOB 03/14/1962.") {
        // kind, place (bytes), confidence, advice; never the value
        println!("{warning}");
    }
}

fn clean(guard: &hipaa_core::guard::Guard, line: &str) {
    if guard.is_clean(line) { /* write it */ }
}

fn redacted(guard: &hipaa_core::guard::Guard, text: &str, raw: &str) -> Result<(), Failed> {
    use hipaa_core::guard::Redaction;
    let safe = guard.redact(text, &Redaction::label()); // [SSN]
    let json = guard.redact_json(raw, &Redaction::safe_harbor()); // stays valid JSON
    drop((safe, json));
    Ok(())
}
