//! The tour: two clinics with made-up patients, a search, a chart, what the file holds of it, who looked, and what
//! becomes of an edit behind the application's back. `serve` opens the same clinics to a browser.

mod people;
pub mod serve;
mod stage;
mod tour;

use crate::error::{Error, Exit};
use crate::output::{Cell, Output, Paint};
use hipaa_core::clock::Clock;
use serde_json::json;
use stage::Stage;
use tour::Tour;

/// How many patients each clinic gets.
pub const PATIENTS_EACH: usize = 200;

/// One stop of the tour: a heading, what is done, and what came of it.
struct Act {
    title: &'static str,
    told: String,
    rows: Vec<Vec<Cell>>,
}

/// Runs the tour. Folder and key are gone at its end unless `keep` is set.
///
/// # Errors
/// [`Error`] of what the tour tries.
pub fn run(keep: bool, output: &mut Output) -> Result<Exit, Error> {
    let started = Clock::system().read().wall.micros();
    let mut stage = Stage::set(keep)?;
    if !output.is_json() {
        output.title("hipaa-core: a tour with made-up patients, sealed in an SQLite file of their own")?;
    }
    let mut tour = Tour::new(&mut stage.database, &stage.file);
    let acts =
        [Tour::open_clinics, Tour::search, Tour::read_chart, Tour::look_into_the_file, Tour::who_looked, Tour::edit];
    for (number, act) in acts.into_iter().enumerate() {
        let act = act(&mut tour)?;
        if !output.is_json() {
            print(number + 1, &act, output)?;
        }
    }
    let caught = tour.caught();
    let micros = Clock::system().read().wall.micros().saturating_sub(started);
    if output.is_json() {
        let mut facts = tour.into_facts();
        facts["milliseconds"] = json!(micros / 1000);
        facts["folder"] = json!(stage.kept().map(|folder| folder.display().to_string()));
        output.value(&facts)?;
    } else {
        output.line("")?;
        output.line(&format!("All of this took {}.{:02} s.", micros / 1_000_000, micros / 10_000 % 100))?;
        output.line(&stage.end())?;
    }
    Ok(if caught { Exit::Done } else { Exit::Altered })
}

fn print(number: usize, act: &Act, output: &mut Output) -> Result<(), Error> {
    output.line("")?;
    output.title(&format!("{number}. {}", act.title))?;
    for line in act.told.lines() {
        let line = output.paint(&Cell::new(line, Paint::Faint));
        output.line(&format!("   {line}"))?;
    }
    output.table(3, &act.rows)
}
