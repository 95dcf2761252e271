//! Attacks on signed records. The thief of these holds the tenant's keys, so MAC and recorded state fit what the thief
//! wrote: what stops it is the commitment.

use super::clinic::{Clinic, NOTE, PATIENT};
use super::twin::keys_of;
use crate::audit::{RecordState, read_states, tag};
use crate::auth::role::{Role, RolePolicy};
use crate::entropy::Entropy;
use crate::red::{Safeguard, without};
use crate::schema::{
    AMENDS, BY_AMENDS, Column, Index, RecordId, Reference, SIGNATURE, SIGNATURE_SALT, Table, Text, Value,
};
use crate::seal::{Place, Signature, open_columns, seal_record};
use crate::store::memory::MemoryRow;
use crate::vault::{Break, Operation, Permissions, Record, Row, TenantVault, VaultError};
use zeroize::Zeroizing;

const ABOUT: Column<Reference> = Column::subject("about");
const CODE: Column<Text> = Column::text("code");
const BY_CODE: Index<(Text,)> = Index::exact("code", CODE.as_identifier()).unique();
const ENCOUNTER: Table = Table::new(
    "encounter",
    &[ABOUT.def(), NOTE.def(), CODE.def(), SIGNATURE, SIGNATURE_SALT, AMENDS],
    &[BY_AMENDS.def(), BY_CODE.def()],
);

/// A clinic with two patients.
struct Ward {
    clinic: Clinic,
    vault: TenantVault,
    osei: RecordId,
    brandt: RecordId,
}

impl Ward {
    fn open() -> Self {
        let mut clinic = Clinic::open();
        let (osei, brandt) = (clinic.admit("Osei", "M-1"), clinic.admit("Brandt", "M-2"));
        Self { vault: clinic.north.clone(), clinic, osei, brandt }
    }

    fn draft(&mut self, note: &str) -> RecordId {
        let (vault, row) = (self.vault.clone(), Row::new().set(ABOUT, self.osei).set(NOTE, note));
        self.clinic.write(|unit| vault.create(unit, &ENCOUNTER, &row)).unwrap()
    }

    fn sign(&mut self, record: RecordId, version: u64) -> Result<u64, VaultError> {
        let vault = self.vault.clone();
        self.clinic.write(|unit| vault.sign(unit, &ENCOUNTER, (record, version)))
    }

    fn signed(&mut self, note: &str) -> RecordId {
        let record = self.draft(note);
        assert_eq!(self.sign(record, 1), Ok(2));
        record
    }

    fn amend(&mut self, original: RecordId, row: Row) -> Result<RecordId, VaultError> {
        let vault = self.vault.clone();
        self.clinic.write(|unit| vault.amend(unit, &ENCOUNTER, original, &row))
    }

    fn update(&mut self, record: RecordId, version: u64, row: Row) -> Result<u64, VaultError> {
        let vault = self.vault.clone();
        self.clinic.write(|unit| vault.update(unit, &ENCOUNTER, (record, version), &row))
    }

    fn read(&mut self, record: RecordId) -> Record {
        let vault = self.vault.clone();
        self.clinic.db.write(|unit| vault.read(unit, &ENCOUNTER, record)).unwrap().open().unwrap()
    }

    /// The note as it is shown as intact, or what is said to be wrong with the record.
    fn shown(&mut self, record: RecordId) -> Result<String, Vec<Break>> {
        let read = self.read(record);
        if !read.integrity().is_intact() {
            return Err(read.integrity().breaks().to_vec());
        }
        Ok(read.get(NOTE).unwrap().unwrap_or_default().to_owned())
    }

    /// What a thief with the keys does: the record sealed again with other values, and its state to fit.
    fn reseal(&mut self, record: RecordId, edit: impl FnOnce(&mut Vec<Option<Value>>)) {
        let tenant = self.clinic.north_id();
        let keys = keys_of(&mut self.clinic, tenant);
        let place = Place { tenant, table: &ENCOUNTER, record };
        let store = self.clinic.store();
        let row = store.rows[&("encounter", tenant, record)].read(&ENCOUNTER, tenant, record);
        let version = store.states[&("encounter", record)].state.version;
        let mut values = open_columns(&keys, place, &row).into_iter().map(Result::unwrap).collect::<Vec<_>>();
        edit(&mut values);
        let mut entropy = Entropy::from_system().unwrap();
        let (row, blob) = seal_record(&keys, place, version, &values, &mut entropy).unwrap();
        *store.rows.get_mut(&("encounter", tenant, record)).unwrap() = MemoryRow::new(&ENCOUNTER, &row).unwrap();
        store.states.get_mut(&("encounter", record)).unwrap().state = RecordState { record, version, mac: blob.mac };
    }
}

fn at(column: &str) -> usize {
    ENCOUNTER.position(column).unwrap()
}

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(Zeroizing::new(text.to_owned())))
}

fn note(note: &str) -> Row {
    Row::new().set(NOTE, note)
}

#[test]
fn a_record_is_drafted_signed_and_amended_and_every_step_is_an_entry() {
    let mut ward = Ward::open();
    let before = ward.clinic.entries().len();
    let draft = ward.draft("chest pain");
    assert_eq!((ward.read(draft).signature(), ward.read(draft).amends()), (None, None));
    assert_eq!(ward.update(draft, 1, note("chest pain, left")), Ok(2));
    assert_eq!(ward.sign(draft, 2), Ok(3));
    let amendment = ward.amend(draft, note("no: right")).unwrap();
    let read = ward.read(amendment);
    assert_eq!((read.amends(), read.subject(), read.version()), (Some(draft), Some(ward.osei), 1));
    assert_eq!(ward.shown(draft), Ok("chest pain, left".to_owned()));
    let signed = ward.read(draft).signature().unwrap();
    assert_eq!((signed.user(), signed.role()), ("dr-osei", "clinician"));
    let names = ward.clinic.names_since(before);
    let written = names.iter().filter(|name| *name != "PHI_READ").collect::<Vec<_>>();
    assert_eq!(written, ["PHI_CREATE", "PHI_UPDATE", "ENCOUNTER_SIGNED", "ENCOUNTER_AMENDED"]);
    assert_eq!(ward.clinic.named_since(before, "ENCOUNTER_AMENDED"), [[draft]]);
}

#[test]
fn the_entry_of_a_signing_holds_the_signature_of_the_row_and_no_salt() {
    let mut ward = Ward::open();
    let record = ward.signed("chest pain");
    let entry = ward.clinic.entries().pop().unwrap();
    let (table, states) = read_states(entry.field(tag::STATES).unwrap()).unwrap();
    assert_eq!((table, states[0].record, states[0].version), ("encounter", record, 2));
    let signature = Signature::decode(entry.field(tag::SIGNATURE).unwrap()).unwrap();
    assert_eq!(Some(signature), ward.read(record).signature());
    let tenant = ward.clinic.north_id();
    let keys = keys_of(&mut ward.clinic, tenant);
    let row = ward.clinic.store().rows[&("encounter", tenant, record)].read(&ENCOUNTER, tenant, record);
    let place = Place { tenant, table: &ENCOUNTER, record };
    let Ok(Some(Value::Bytes(salt))) = &open_columns(&keys, place, &row)[at("hipaa_signature_salt")] else {
        panic!("there is a salt")
    };
    let log = ward.clinic.entries().iter().map(|body| body.encode().unwrap()).collect::<Vec<_>>().concat();
    assert!(!log.windows(32).any(|window| window == salt.as_slice()));
}

#[test]
fn the_same_words_signed_twice_have_different_commitments() {
    let mut ward = Ward::open();
    let (one, two) = (ward.signed("chest pain"), ward.signed("chest pain"));
    let [one, two] = [one, two].map(|record| ward.read(record).signature().unwrap());
    assert_ne!(one.commitment(), two.commitment());
}

/// Changes a signed record through every verb that changes; the note that stands then.
fn change_after_signing() -> (Vec<Result<(), VaultError>>, String) {
    let mut ward = Ward::open();
    let (vault, about) = (ward.vault.clone(), ward.osei);
    let row = Row::new().set(ABOUT, about).set(NOTE, "chest pain").set(CODE, "E-1");
    let record = ward.clinic.write(|unit| vault.create(unit, &ENCOUNTER, &row)).unwrap();
    assert_eq!(ward.sign(record, 1), Ok(2));
    let changed = row.set(NOTE, "back pain");
    let tenant = ward.clinic.north_id();
    let stored = ward.clinic.store().rows[&("encounter", tenant, record)].read(&ENCOUNTER, tenant, record);
    let before = ward.clinic.entries().len();
    let refused = vec![
        ward.update(record, 2, note("back pain")).map(drop),
        ward.clinic.write(|unit| vault.upsert(unit, &ENCOUNTER, BY_CODE, &changed)).map(drop),
        ward.clinic.write(|unit| vault.reseal(unit, &ENCOUNTER, (&stored, 2), &changed)).map(drop),
        ward.clinic.write(|unit| vault.retire(unit, &ENCOUNTER, (&stored, 2))),
        ward.clinic.write(|unit| vault.delete(unit, &ENCOUNTER, (record, 2))),
    ];
    if refused[0].is_err() {
        let denials = ward.clinic.named_since(before, "PERMISSION_DENIED");
        assert_eq!(denials, vec![vec![record]; refused.len()]);
    }
    let row = ward.clinic.store().rows.get(&("encounter", tenant, record)).cloned();
    let shown = if row.is_some() { ward.shown(record).unwrap_or_default() } else { "gone".to_owned() };
    (refused, shown)
}

#[test]
fn a_signed_record_is_changed_by_no_verb() {
    assert_eq!(change_after_signing(), (vec![Err(VaultError::Signed); 5], "chest pain".to_owned()));
    let (done, _) = without(Safeguard::SignedRecord, change_after_signing);
    assert!(done[0].is_ok(), "{done:?}");
}

#[test]
fn importing_the_same_row_again_leaves_a_signed_record_alone() {
    let mut ward = Ward::open();
    let (vault, row) = (ward.vault.clone(), Row::new().set(ABOUT, ward.osei).set(NOTE, "a").set(CODE, "E-1"));
    let record = ward.clinic.write(|unit| vault.create(unit, &ENCOUNTER, &row)).unwrap();
    ward.sign(record, 1).unwrap();
    let done = ward.clinic.write(|unit| vault.upsert(unit, &ENCOUNTER, BY_CODE, &row));
    assert_eq!(done, Ok(crate::vault::Upsert::Unchanged(record)));
}

#[test]
fn a_record_is_signed_once_as_it_was_read_and_only_where_its_table_says_so() {
    let mut ward = Ward::open();
    let draft = ward.draft("chest pain");
    ward.update(draft, 1, note("chest pain, left")).unwrap();
    assert_eq!(ward.sign(draft, 1), Err(VaultError::Stale));
    assert_eq!(ward.amend(draft, note("x")), Err(VaultError::NotSigned));
    assert_eq!(ward.sign(draft, 2), Ok(3));
    assert_eq!(ward.sign(draft, 3), Err(VaultError::Signed));
    let (vault, osei) = (ward.vault.clone(), ward.osei);
    assert_eq!(ward.clinic.write(|unit| vault.sign(unit, &PATIENT, (osei, 1))), Err(VaultError::NotSignable));
    let forged = note("a").set(Column::bytes("hipaa_signature").protected(), b"x");
    assert_eq!(ward.amend(draft, forged), Err(VaultError::UnknownColumn("hipaa_signature")));
}

fn edit_with_the_keys() -> Result<String, Vec<Break>> {
    let mut ward = Ward::open();
    let record = ward.signed("chest pain");
    ward.reseal(record, |values| values[at("note")] = text("no complaints"));
    ward.shown(record)
}

#[test]
fn the_commitment_stops_an_edit_by_who_holds_the_keys() {
    assert_eq!(edit_with_the_keys(), Err(vec![Break::Signature]));
    assert_eq!(without(Safeguard::SignatureCheck, edit_with_the_keys), Ok("no complaints".to_owned()));
}

/// Puts the signature and salt of one record on another that says the same.
fn move_a_signature() -> Result<bool, Vec<Break>> {
    let mut ward = Ward::open();
    let (signed, draft) = (ward.signed("chest pain"), ward.draft("chest pain"));
    let taken = std::cell::RefCell::new((None, None));
    ward.reseal(signed, |values| {
        taken.replace((values[at("hipaa_signature")].clone(), values[at("hipaa_signature_salt")].clone()));
    });
    ward.reseal(draft, |values| {
        let (signature, salt) = taken.take();
        values[at("hipaa_signature")] = signature;
        values[at("hipaa_signature_salt")] = salt;
    });
    ward.shown(draft)?;
    Ok(ward.read(draft).signature().is_some())
}

#[test]
fn a_commitment_is_bound_to_its_record() {
    assert_eq!(move_a_signature(), Err(vec![Break::Signature]));
    assert_eq!(without(Safeguard::SignatureContext, move_a_signature), Ok(true));
}

#[test]
fn any_other_signer_salt_or_part_of_a_signature_is_flagged() {
    type Edit = fn(&mut Vec<Option<Value>>);
    let edits: [Edit; 6] = [
        |values| values[at("hipaa_signature")] = None,
        |values| values[at("hipaa_signature_salt")] = None,
        |values| values[at("hipaa_signature_salt")] = Some(Value::Bytes(Zeroizing::new(vec![0; 32]))),
        |values| values[at("hipaa_signature")] = Some(Value::Bytes(Zeroizing::new(vec![0; 32]))),
        |values| values[at("hipaa_amends")] = Some(Value::Reference(RecordId::from_slice(&[9; 16]).unwrap())),
        |values| {
            let Some(Value::Bytes(bytes)) = &values[at("hipaa_signature")] else { panic!("it is signed") };
            let other = bytes.windows(7).position(|part| part == b"dr-osei").unwrap();
            let mut bytes = bytes.to_vec();
            bytes[other..other + 7].copy_from_slice(b"dr-else");
            values[at("hipaa_signature")] = Some(Value::Bytes(Zeroizing::new(bytes)));
        },
    ];
    for (number, edit) in edits.into_iter().enumerate() {
        let mut ward = Ward::open();
        let record = ward.signed("chest pain");
        ward.reseal(record, edit);
        assert_eq!(ward.shown(record), Err(vec![Break::Signature]), "{number}");
        assert_eq!(ward.amend(record, note("x")), Err(VaultError::Tampered), "{number}");
    }
}

/// Whom an amendment is about that was asked for another patient than the original's.
fn amend_into_another_chart() -> Result<bool, VaultError> {
    let mut ward = Ward::open();
    let (record, brandt) = (ward.signed("chest pain"), ward.brandt);
    let before = ward.clinic.entries().len();
    let amended = ward.amend(record, note("diabetes").set(ABOUT, brandt));
    if amended.is_err() {
        assert_eq!(ward.clinic.named_since(before, "PERMISSION_DENIED"), [[record]]);
    }
    let amendment = amended?;
    Ok(ward.read(amendment).subject() == Some(brandt))
}

#[test]
fn an_amendment_stays_in_the_chart_of_its_original() {
    assert_eq!(amend_into_another_chart(), Err(VaultError::OtherSubject));
    assert_eq!(without(Safeguard::AmendmentSubject, amend_into_another_chart), Ok(true));
}

#[test]
fn a_signed_record_of_another_tenant_is_not_found_and_leaves_a_denial() {
    let mut ward = Ward::open();
    let record = ward.signed("chest pain");
    ward.vault = ward.clinic.south.clone();
    let south = ward.clinic.south_id();
    let refused = [ward.amend(record, note("x")).map(drop), ward.sign(record, 2).map(drop)];
    assert_eq!(refused, [Err(VaultError::NotFound); 2]);
    let log = ward.clinic.store().heads[&south].log;
    let entries = ward.clinic.store().entries.range((log, 0)..=(log, u64::MAX));
    let names = entries.map(|(_, (entry, _))| crate::audit::Body::decode(&entry.body).unwrap());
    let denied = names.filter(|body| body.name() == Some("PERMISSION_DENIED")).count();
    assert_eq!(denied, 2);
}

#[test]
fn signing_and_amending_need_permissions_of_their_own() {
    let mut ward = Ward::open();
    let (draft, signed) = (ward.draft("a"), ward.signed("b"));
    let all = [Operation::Create, Operation::Read, Operation::Update, Operation::Search, Operation::List];
    for (more, expected) in [
        (&[][..], [Err(VaultError::Denied), Err(VaultError::Denied)]),
        (&[Operation::Sign][..], [Ok(()), Err(VaultError::Denied)]),
        (&[Operation::Amend][..], [Err(VaultError::Denied), Ok(())]),
    ] {
        let permissions = Permissions::none().allow(&ENCOUNTER, &all).allow(&ENCOUNTER, more);
        ward.vault = TenantVault::new(ward.clinic.north.actor().clone(), permissions);
        assert_eq!([ward.sign(draft, 1).map(drop), ward.amend(signed, note("c")).map(drop)], expected);
    }
}

#[test]
fn a_signed_record_is_brought_into_a_new_index_and_keeps_its_signature() {
    let mut ward = Ward::open();
    let record = ward.signed("chest pain");
    let tenant = ward.clinic.north_id();
    let signature = ward.read(record).signature();
    ward.reseal(record, |_| ());
    let row = ward.clinic.store().rows.get_mut(&("encounter", tenant, record)).unwrap();
    assert!(!row.seal.is_empty());
    let vault = ward.vault.clone();
    ward.clinic.write(|unit| vault.reindex(unit, &ENCOUNTER, None, 10)).unwrap();
    assert_eq!(ward.shown(record), Ok("chest pain".to_owned()));
    assert_eq!(ward.read(record).signature(), signature);
}

/// A role that may sign and amend, and does not see the notes.
fn sign_unseen() -> [Result<(), VaultError>; 2] {
    let mut ward = Ward::open();
    let (draft, signed) = (ward.draft("chest pain"), ward.signed("back pain"));
    let operations = [Operation::Read, Operation::Update, Operation::Sign, Operation::Amend];
    let role = Role::new("SCRIBE").may(&ENCOUNTER, &operations).show(&ENCOUNTER, &[ABOUT.def()]);
    let permissions = RolePolicy::new(vec![role]).unwrap().permissions("SCRIBE", None);
    ward.vault = TenantVault::new(ward.clinic.north.actor().clone(), permissions);
    [ward.sign(draft, 1).map(drop), ward.amend(signed, Row::new()).map(drop)]
}

#[test]
fn nobody_signs_for_what_they_do_not_see() {
    assert_eq!(sign_unseen(), [Err(VaultError::Masked("note")), Err(VaultError::Masked("note"))]);
    assert_eq!(without(Safeguard::MaskedUpdate, sign_unseen), [Ok(()), Ok(())]);
}
