//! A patient's whole chart: what is known of the person, in sections, page by page.

use super::Chart;
use crate::clinic::Clinic;
use crate::error::Error;
use crate::output::{Cell, Output, Paint};
use crate::schema::clinical::{
    ALLERGIES, BY_SUBJECT, CONDITIONS, DEVICES, DOCUMENTS, ENCOUNTER, ENCOUNTERS, ENDED, IMMUNIZATIONS, LABEL,
    MEDICATIONS, NOTE, PROCEDURES, STARTED, STATUS,
};
use crate::schema::{FHIR_ID, PATIENT};
use core::fmt;
use hipaa_core::schema::{Column, RecordId, Table, Text};
use hipaa_core::unit::Held;
use hipaa_core::vault::{Record, Select, Selected, Selection, TenantVault, VaultError};
use hipaa_sqlite::Unit;
use serde::Serialize;

/// The sections in the order in which they are read, and the table of each.
pub const SECTIONS: [(&str, &Table); 7] = [
    ("problems", &CONDITIONS),
    ("medications", &MEDICATIONS),
    ("allergies", &ALLERGIES),
    ("immunizations", &IMMUNIZATIONS),
    ("procedures", &PROCEDURES),
    ("devices", &DEVICES),
    ("encounters", &ENCOUNTERS),
];

/// Which part of each section is shown.
#[derive(Debug, Clone, Copy)]
pub struct Paging<'a> {
    /// Only the section of this name.
    pub section: Option<&'a str>,
    /// The page, from 1.
    pub page: usize,
    /// How many entries a page has.
    pub per_page: usize,
    /// Whether notes are shown with their encounters.
    pub notes: bool,
}

/// One page of a patient's chart.
#[derive(Serialize)]
pub struct WholeChart {
    patient: Chart,
    page: usize,
    per_page: usize,
    sections: Vec<Section>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_notes: Vec<Entry>,
}

/// One page of one section, the newest first; problems and medications that are active come before all others.
#[derive(Serialize)]
struct Section {
    name: &'static str,
    total: usize,
    entries: Vec<Entry>,
    /// Records that were altered so that it cannot be told whether they belong here.
    flagged: Vec<String>,
}

#[derive(Serialize)]
struct Entry {
    id: String,
    fhir_id: Option<String>,
    intact: bool,
    label: Option<String>,
    status: Option<String>,
    started: Option<String>,
    ended: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Entry>,
    #[serde(skip)]
    encounter: Option<RecordId>,
}

impl Paging<'_> {
    /// The names of the sections.
    pub fn sections() -> impl Iterator<Item = &'static str> {
        SECTIONS.iter().map(|(name, _)| *name)
    }

    /// The page of one section: the newest first, active problems and medications before all others.
    fn of(self, name: &str, table: &'static Table, patient: RecordId) -> Select<'static> {
        let start = self.page.saturating_sub(1).saturating_mul(self.per_page);
        let select = about(table, patient).newest(STARTED).window(start..start.saturating_add(self.per_page));
        if matches!(name, "problems" | "medications") { select.first(STATUS, "active") } else { select }
    }
}

fn about(table: &'static Table, patient: RecordId) -> Select<'static> {
    Select::of(table, BY_SUBJECT, (patient,))
}

/// A patient, one page of each section, and where notes are asked for those of the encounters and all others.
pub type Parts = (Held<Record>, Vec<Selection>, Vec<Selection>);

/// Reads one page of these sections of a patient's chart. One entry of the log names every record that is on it.
///
/// # Errors
/// Those of the vault.
pub fn disclose<E: From<VaultError>>(
    unit: &mut Unit<'_>,
    vault: &TenantVault,
    (patient, paging): (RecordId, Paging<'_>),
    wanted: &[(&'static str, &'static Table)],
) -> Result<Parts, E> {
    vault.disclose(unit, |shown| {
        let person = shown.read(&PATIENT, patient)?;
        let (mut sections, mut notes) = (Vec::new(), Vec::new());
        for (name, table) in wanted {
            let section = shown.select(&paging.of(name, table, patient))?;
            if paging.notes && *name == "encounters" {
                notes.push(shown.select(&about(&DOCUMENTS, patient).linked(ENCOUNTER, &section))?);
                notes.push(shown.select(&paging.of("notes", &DOCUMENTS, patient).unlinked(ENCOUNTER))?);
            }
            sections.push(section);
        }
        Ok((person, sections, notes))
    })
}

fn too_long(error: Error) -> Error {
    match error {
        Error::Database(hipaa_sqlite::Error::Vault(VaultError::TooMany)) => Error::PageTooLong,
        error => error,
    }
}

impl WholeChart {
    /// Reads one page of a patient's chart. One entry of the log names every record that is on it, of all tables; what is
    /// on other pages is opened to be put in order, and stays in the vault.
    ///
    /// # Errors
    /// Those of the vault; [`Error::PageTooLong`] for a page of more than 500 records.
    pub fn read(clinic: &mut Clinic<'_>, patient: RecordId, paging: Paging<'_>) -> Result<Self, Error> {
        let wanted = SECTIONS.into_iter().filter(|(name, _)| paging.section.is_none_or(|section| section == *name));
        let wanted = wanted.collect::<Vec<_>>();
        let (vault, database) = clinic.parts();
        let work = |unit: &mut Unit<'_>| disclose(unit, vault, (patient, paging), &wanted).map_err(too_long);
        let read = database.write(work)?.open()?;
        Ok(Self::of(read, paging))
    }

    fn of((person, sections, notes): (Record, Vec<Selected>, Vec<Selected>), paging: Paging<'_>) -> Self {
        let names = SECTIONS.iter().filter(|(name, _)| paging.section.is_none_or(|section| section == *name));
        let mut sections = names.zip(sections).map(|((name, _), found)| Section::of(name, found)).collect::<Vec<_>>();
        let mut notes = notes.into_iter().map(|found| Section::of("notes", found));
        let (linked, loose) = (notes.next(), notes.next());
        if let (Some(encounters), Some(mut linked)) = (sections.last_mut(), linked) {
            encounters.take_notes(&mut linked.entries);
            encounters.flagged.append(&mut linked.flagged);
        }
        let other_notes = loose.map(|loose| loose.entries).unwrap_or_default();
        Self { patient: Chart::of(&person), page: paging.page, per_page: paging.per_page, sections, other_notes }
    }

    /// The patient.
    #[must_use]
    pub const fn patient(&self) -> &Chart {
        &self.patient
    }

    /// Whether every record that is shown is what was last written.
    #[must_use]
    pub fn is_intact(&self) -> bool {
        let mut entries = self.sections.iter().flat_map(|section| &section.entries).chain(&self.other_notes);
        let intact = entries.all(|entry| entry.intact && entry.notes.iter().all(|note| note.intact));
        intact && self.patient.is_intact() && self.sections.iter().all(|section| section.flagged.is_empty())
    }

    /// The chart in short: who it is, and the entries of this page, each in a line.
    #[must_use]
    pub fn brief(&self) -> Vec<Vec<Cell>> {
        let mut rows = self.patient.fields();
        for section in &self.sections {
            for (at, entry) in section.entries.iter().enumerate() {
                let name = if at == 0 { section.name } else { "" };
                let day = entry.started.as_deref().and_then(|time| time.get(..10)).unwrap_or("-");
                let text = [Some(day), entry.label.as_deref(), entry.status.as_deref()];
                let text = text.into_iter().flatten().collect::<Vec<_>>().join("  ");
                rows.push(vec![Cell::new(name, Paint::Faint), text.into()]);
            }
        }
        rows
    }

    /// How many entries a section has, on all pages together.
    #[must_use]
    pub fn total(&self, name: &str) -> usize {
        self.sections.iter().filter(|section| section.name == name).map(|section| section.total).sum()
    }

    /// Writes the chart as a person reads it.
    ///
    /// # Errors
    /// [`Error::Output`].
    pub fn print(&self, output: &mut Output) -> Result<(), Error> {
        output.table(0, &self.patient.fields())?;
        for section in self.sections.iter().filter(|section| section.total > 0 || !section.flagged.is_empty()) {
            section.print((self.page, self.per_page), output)?;
        }
        for note in &self.other_notes {
            note.print_note(output)?;
        }
        Ok(())
    }
}

impl Section {
    fn of(name: &'static str, found: Selected) -> Self {
        let entries = found.records.iter().map(Entry::of).collect();
        Self { name, total: found.total, entries, flagged: found.flagged.iter().map(ToString::to_string).collect() }
    }

    /// Gives each encounter of this page its notes.
    fn take_notes(&mut self, notes: &mut Vec<Entry>) {
        for encounter in &mut self.entries {
            let own = |note: &mut Entry| note.encounter.is_some_and(|id| id.to_string() == encounter.id);
            encounter.notes = notes.extract_if(.., own).collect();
        }
    }

    fn print(&self, (page, per_page): (usize, usize), output: &mut Output) -> Result<(), Error> {
        let first = page.saturating_sub(1).saturating_mul(per_page).saturating_add(1);
        let shown = match self.entries.len() {
            0 => format!("none on this page, {} in all", self.total),
            length if length == self.total => length.to_string(),
            length => format!("{first} to {} of {}", first + length - 1, self.total),
        };
        output.line("")?;
        output.title(&format!("{} ({shown})", self.name))?;
        if self.entries.iter().all(|entry| entry.notes.is_empty()) {
            output.table(2, &self.entries.iter().map(Entry::row).collect::<Vec<_>>())?;
        } else {
            for entry in &self.entries {
                output.table(2, &[entry.row()])?;
                entry.notes.iter().try_for_each(|note| note.print_note(output))?;
            }
        }
        for record in &self.flagged {
            output.table(2, &[vec![Cell::new(&format!("ALTERED: record {record}"), Paint::Bad)]])?;
        }
        Ok(())
    }
}

impl Entry {
    fn of(record: &Record) -> Self {
        Self {
            id: record.id().to_string(),
            fhir_id: text(record, FHIR_ID),
            intact: record.integrity().is_intact(),
            label: text(record, LABEL),
            status: text(record, STATUS),
            started: text(record, STARTED),
            ended: text(record, ENDED),
            note: text(record, NOTE),
            notes: Vec::new(),
            encounter: record.get(ENCOUNTER).ok().flatten(),
        }
    }

    fn row(&self) -> Vec<Cell> {
        let day = |time: &Option<String>| time.as_deref().map(|time| time.chars().take(10).collect::<String>());
        let until = day(&self.ended).filter(|ended| Some(ended) != day(&self.started).as_ref());
        let until = until.map(|ended| format!("to {ended}")).unwrap_or_default();
        let mut row = vec![
            Cell::new(day(&self.started).as_deref().unwrap_or("-"), Paint::Faint),
            self.label.as_deref().unwrap_or("(no name)").into(),
            self.status.as_deref().unwrap_or("-").into(),
            Cell::new(&until, Paint::Faint),
        ];
        if !self.intact {
            row.push(Cell::new("ALTERED", Paint::Bad));
        }
        row
    }

    fn print_note(&self, output: &mut Output) -> Result<(), Error> {
        let Some(note) = &self.note else { return Ok(()) };
        if !self.intact {
            output.table(6, &[vec![Cell::new("ALTERED", Paint::Bad)]])?;
        }
        let lines = note.trim().lines().map(|line| vec![Cell::from(line)]).collect::<Vec<_>>();
        output.table(6, &lines)?;
        output.line("")
    }
}

fn text(record: &Record, column: Column<Text>) -> Option<String> {
    record.get(column).ok().flatten().map(str::to_owned)
}

impl fmt::Debug for WholeChart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WholeChart").field("patient", &self.patient).finish_non_exhaustive()
    }
}
