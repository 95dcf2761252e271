//! A patient's whole chart: what is known of the person, in sections, page by page.

use super::Chart;
use crate::clinic::{About, Clinic};
use crate::error::Error;
use crate::output::{Cell, Output, Paint};
use crate::schema::FHIR_ID;
use crate::schema::clinical::{
    ALLERGIES, CONDITIONS, DEVICES, DOCUMENTS, ENCOUNTER, ENCOUNTERS, ENDED, IMMUNIZATIONS, LABEL, MEDICATIONS, NOTE,
    PROCEDURES, STARTED, STATUS,
};
use core::cmp::Reverse;
use core::fmt;
use hipaa_core::schema::{Column, RecordId, Table, Text};
use hipaa_core::vault::Record;
use serde::Serialize;

/// The sections in the order in which they are read, and the table of each.
const SECTIONS: [(&str, &Table); 7] = [
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
pub struct Paging {
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

impl WholeChart {
    /// Reads the chart of a patient. The entries in the log name every record of the sections, because all of them are
    /// opened to be put in order; those of notes only where notes are asked for.
    ///
    /// # Errors
    /// Those of the vault.
    pub fn read(clinic: &mut Clinic<'_>, patient: &Record, paging: Paging) -> Result<Self, Error> {
        let mut sections = Vec::with_capacity(SECTIONS.len());
        for (name, table) in SECTIONS {
            sections.push(Section::of(name, clinic.about(table, patient.id())?, paging));
        }
        let mut other_notes = Vec::new();
        if paging.notes {
            let documents = clinic.about(&DOCUMENTS, patient.id())?;
            let mut notes = Section::of("notes", documents, Paging { page: 1, per_page: usize::MAX, ..paging });
            for encounter in sections.iter_mut().filter(|section| section.name == "encounters") {
                encounter.take_notes(&mut notes.entries);
                encounter.flagged.append(&mut notes.flagged);
            }
            other_notes = notes.entries;
            other_notes.retain(|note| note.encounter.is_none());
        }
        Ok(Self { patient: Chart::of(patient), page: paging.page, per_page: paging.per_page, sections, other_notes })
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
            for entry in &section.entries {
                let day = entry.started.as_deref().and_then(|time| time.get(..10)).unwrap_or("-");
                let text = [Some(day), entry.label.as_deref(), entry.status.as_deref()];
                let text = text.into_iter().flatten().collect::<Vec<_>>().join("  ");
                rows.push(vec![Cell::new(section.name, Paint::Faint), text.into()]);
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
    fn of(name: &'static str, about: About, paging: Paging) -> Self {
        let mut records = about.records;
        records.sort_by_cached_key(|record| {
            let active = text(record, STATUS).is_some_and(|status| status == "active");
            let started = text(record, STARTED).as_deref().and_then(moment);
            (Reverse((matches!(name, "problems" | "medications") && active, started)), record.id())
        });
        let total = records.len();
        let skipped = paging.page.saturating_sub(1).saturating_mul(paging.per_page);
        let entries = records.iter().skip(skipped).take(paging.per_page).map(Entry::of).collect();
        Self { name, total, entries, flagged: about.flagged.iter().map(ToString::to_string).collect() }
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

/// A FHIR date or time as a number that can be ordered; a partial date is its beginning.
fn moment(text: &str) -> Option<i64> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        return Some(time.as_second());
    }
    let padded = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        _ => format!("{}T00:00:00Z", text.get(..10)?),
    };
    padded.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second)
}

impl fmt::Debug for WholeChart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WholeChart").field("patient", &self.patient).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn times_of_every_precision_are_ordered() {
        let ordered = ["1980", "1980-02", "1980-02-29", "1980-02-29T01:00:00+14:00", "1980-02-29T12:00:00.5-05:00"];
        let moments = ordered.map(|text| moment(text).unwrap());
        assert!(moments[0] < moments[1] && moments[1] < moments[2] && moments[2] < moments[4], "{moments:?}");
        assert!(moments[3] < moments[2], "it was the day before in UTC");
        assert_eq!(moment("last spring"), None);
    }
}
