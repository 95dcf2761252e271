//! What an import costs.

use super::{Outcome, Setting};
use crate::Failure;
use crate::measure::compare;
use crate::ours::import::{replay, run, write_charts};
use hipaa_core::clock::Stopwatch;
use std::time::Duration;

const PATIENTS: usize = 1_000;
const FEW_PATIENTS: usize = 60;
const TURNS: usize = 15;

pub(super) fn import_chart(setting: Setting) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let charts = folder.path().join("charts");
    write_charts(&charts, if setting.quick { FEW_PATIENTS } else { PATIENTS })?;
    let model = folder.path().join("model.db");
    let (_, records, marks) = run(&model, &charts)?;
    let replay = replay(&model, &marks)?;
    if Some(records) != u64::try_from(replay.records()).ok() {
        return Err("the floor does not write what the import wrote".into());
    }
    let mut ours = |_| {
        let fresh = tempfile::tempdir_in(folder.path())?;
        Ok(run(&fresh.path().join("ours.db"), &charts)?.0)
    };
    let mut floor = |_| {
        let fresh = tempfile::tempdir_in(folder.path())?;
        let connection = replay.create(&fresh.path().join("floor.db"))?;
        let started = Stopwatch::start();
        replay.run(&connection)?;
        Ok::<Duration, Failure>(started.elapsed())
    };
    let figures = compare(setting.of(records, TURNS), &mut ours, &mut floor)?;
    let per_second = 1e9 / figures.ours_ns;
    let note = format!("{records} records in {} transactions, {per_second:.0} records/s", replay.commits.len());
    Ok(Outcome { figures, note, judged: true })
}
