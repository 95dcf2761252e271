//! Every role × every table × every action, done and written down: what is not in the file is a change of the policy.

use super::{BORN, BY_SSN, FAMILY, OPERATION, PATIENT, PRESCRIPTION, Practice, ROLES, STATUS, SUBJECT};
use super::{BY_FAMILY, BY_STATUS, BY_SUBJECT, CLAIM, CONSULTATION, MESSAGE, PRACTITIONER, consultation, patient};
use crate::auth::mask::View;
use crate::auth::reason::{Reason, ReasonCode};
use crate::auth::role::Ability;
use crate::schema::{RecordId, Table};
use crate::unit::MemoryUnit;
use crate::vault::{Row, TenantVault, VaultError};
use core::fmt::Write as _;

const GOLDEN: &str = include_str!("permissions.txt");

const TABLES: [&Table; 7] = [&PATIENT, &CONSULTATION, &CLAIM, &PRESCRIPTION, &PRACTITIONER, &MESSAGE, &OPERATION];
const ACTIONS: [&str; 10] =
    ["create", "read", "list", "search", "update", "delete", "reveal", "upsert", "sign", "amend"];

fn done<T>(result: Result<T, VaultError>) -> &'static str {
    match result {
        Ok(_) => "yes",
        Err(VaultError::Denied) => "no",
        Err(VaultError::Masked(_)) => "masked",
        Err(other) => panic!("{other:?}"),
    }
}

fn row_of(table: &'static Table, subject: RecordId) -> Row {
    match table.label() {
        "patient" => patient("Hopper", "334-55-6677"),
        "consultation" => consultation(subject),
        "claim" | "prescription" | "operation" => Row::new().set(SUBJECT, subject).set(STATUS, "paid"),
        "practitioner" => Row::new().set(FAMILY, "Hopper"),
        _ => Row::new().set(STATUS, "sent"),
    }
}

/// A change of what every role with the table sees in clear.
fn change_of(table: &'static Table) -> Row {
    match table.label() {
        "patient" | "practitioner" => Row::new().set(FAMILY, "Hopper-Ray"),
        _ => Row::new().set(STATUS, "closed"),
    }
}

fn search(vault: &TenantVault, unit: &mut MemoryUnit<'_>, table: &'static Table, subject: RecordId) -> &'static str {
    done(match table.label() {
        "patient" | "practitioner" => vault.find(unit, table, BY_FAMILY, ("Lovelace",)).map(drop),
        "message" => vault.find(unit, table, BY_STATUS, ("open",)).map(drop),
        _ => vault.find(unit, table, BY_SUBJECT, (subject,)).map(drop),
    })
}

fn reveal(
    vault: &TenantVault,
    unit: &mut MemoryUnit<'_>,
    table: &'static Table,
    record: RecordId,
) -> Result<(), VaultError> {
    let reason = Reason::new(ReasonCode::Payment, "claim 4711 was returned").unwrap();
    match table.label() {
        "patient" => vault.reveal(unit, table, (record, BORN), &reason).map(drop),
        "practitioner" => vault.reveal(unit, table, (record, FAMILY), &reason).map(drop),
        _ => vault.reveal(unit, table, (record, STATUS), &reason).map(drop),
    }
}

fn act(
    vault: &TenantVault,
    unit: &mut MemoryUnit<'_>,
    (table, action): (&'static Table, &str),
    (record, subject): (RecordId, RecordId),
) -> &'static str {
    match action {
        "create" => done(vault.create(unit, table, &row_of(table, subject))),
        "read" => done(vault.read(unit, table, record)),
        "list" => done(vault.list(unit, table, None, 10)),
        "search" => search(vault, unit, table, subject),
        "update" => done(vault.update(unit, table, (record, 1), &change_of(table))),
        "delete" => done(vault.delete(unit, table, (record, 1))),
        "reveal" => done(reveal(vault, unit, table, record)),
        "upsert" if table == &PATIENT => done(vault.upsert(unit, table, BY_SSN, &row_of(table, subject))),
        "sign" if table == &OPERATION => done(vault.sign(unit, table, (record, 1))),
        "amend" if table == &OPERATION => done(vault.amend(unit, table, record, &change_of(table))),
        _ => "-",
    }
}

/// What happens when every role does everything.
fn table() -> String {
    let mut text = String::from("role table ");
    let _ = writeln!(text, "{} columns", ACTIONS.join(" "));
    for role in ROLES {
        for table in TABLES {
            let _ = write!(text, "{role} {}", table.label());
            for action in ACTIONS {
                let mut practice = Practice::open();
                let vault = practice.vault(role);
                let about = [practice.ada, practice.visit, practice.claim, practice.prescription];
                let original = if action == "amend" { practice.signed } else { practice.operation };
                let records = [&about[..], &[practice.practitioner, practice.message, original]].concat();
                let at = TABLES.iter().position(|known| *known == table).unwrap();
                let place = (records[at], practice.ada);
                let outcome = practice.clinic.write(|unit| Ok(act(&vault, unit, (table, action), place))).unwrap();
                let _ = write!(text, " {outcome}");
            }
            let seen = views(role, table);
            let _ = writeln!(text, " {}", if seen.is_empty() { "-".to_owned() } else { seen });
        }
        let _ = writeln!(text, "{role} abilities {}", abilities(role));
    }
    text
}

/// What of each column is not shown as it is.
fn views(role: &str, table: &'static Table) -> String {
    let permissions = super::policy().permissions(role, Some(RecordId::from([7; 16])));
    let views = table.columns().iter().map(|column| (column.label(), permissions.view(table, column.label())));
    let masked = views.filter(|(_, view)| *view != View::Clear);
    masked.map(|(label, view)| format!("{label}={}", view.to_string().replace(' ', "-"))).collect::<Vec<_>>().join(",")
}

fn abilities(role: &str) -> String {
    let policy = super::policy();
    let has = Ability::ALL.iter().filter(|ability| policy.has(role, **ability));
    let labels = has.map(|ability| ability.label()).collect::<Vec<_>>().join(" ");
    if labels.is_empty() { "-".to_owned() } else { labels }
}

#[test]
fn every_role_on_every_table_does_what_the_golden_file_says() {
    let found = table();
    if std::env::var_os("WRITE_GOLDEN").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/attack/role/permissions.txt");
        std::fs::write(path, &found).unwrap();
    }
    for (at, (known, found)) in GOLDEN.lines().zip(found.lines()).enumerate() {
        assert_eq!(known, found, "line {}", at + 1);
    }
    assert_eq!(GOLDEN, found);
}

#[test]
fn a_role_that_nobody_declared_does_nothing_and_each_attempt_is_a_denial() {
    for table in TABLES {
        for action in &ACTIONS[..7] {
            let mut practice = Practice::open();
            let vault = practice.vault("JANITOR");
            let place = (practice.ada, practice.ada);
            let before = practice.clinic.entries().len();
            let outcome = practice.clinic.write(|unit| Ok(act(&vault, unit, (table, action), place))).unwrap();
            assert_eq!(outcome, "no", "{} {action}", table.label());
            assert_eq!(practice.clinic.names_since(before), ["PERMISSION_DENIED"]);
        }
    }
    let mut practice = Practice::open();
    let vault = practice.vault("JANITOR");
    for ability in Ability::ALL {
        assert_eq!(practice.clinic.write(|unit| vault.require(unit, *ability)), Err(VaultError::Denied));
    }
}
