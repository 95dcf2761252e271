//! What roles and masks cost.

use super::{Outcome, Setting};
use crate::Failure;
use crate::measure::compare;
use crate::ours::desk::Desk;
use std::cell::RefCell;

const CHARTS: u64 = 200;
const READS: u64 = 200;
const TURNS: usize = 101;

pub(super) fn role_read(setting: Setting) -> Result<Outcome, Failure> {
    let folder = tempfile::tempdir()?;
    let desk = RefCell::new(Desk::create(&folder.path().join("ours.db"), CHARTS)?);
    let mut ours = |count| desk.borrow_mut().read(count, true);
    let mut floor = |count| desk.borrow_mut().read(count, false);
    Ok(compare(setting.of(READS, TURNS), &mut ours, &mut floor)?.into())
}
