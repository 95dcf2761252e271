//! What is left of a unit that failed, and of one that was torn.

use super::super::sample::{TABLE, TEXT};
use super::super::{Finding, broken, expect};
use super::deployment::{Sight, Tenant, sample};
use super::{Process, Units, failed};
use crate::audit::{Body, EventName};
use crate::unit::{Unit, UnitError};
use crate::vault::VaultError;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

const LABEL_PRINTED: EventName = EventName::application("org.example.label_printed");

pub(super) fn what_commits_is_there_with_its_entry<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let before = tenant.see(units)?;
    let record = tenant.record(units, Process::First)?;
    let opened = units.write(Process::First, |unit| tenant.clinician.read(unit, &TABLE, record))?.open()?;
    expect(opened.get(TEXT) == Ok(Some("a value")), "the value that was written")?;
    expect(opened.integrity().is_intact(), "a record without a break")?;
    let after = tenant.see(units)?;
    expect(after.rows.len() == before.rows.len() + 1, "one row more")?;
    expect(news(&before, &after) == ["PHI_CREATE", "PHI_READ"], "one entry for the writing and one for the reading")
}

pub(super) fn a_failing_closure_leaves_none_of_its_work<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    tenant.record(units, Process::First)?;
    let before = tenant.see(units)?;
    let ended = units.write(Process::First, |unit| {
        tenant.clinician.create(unit, &TABLE, &sample())?;
        unit.append(&tenant.event(LABEL_PRINTED))?;
        Err::<(), _>(VaultError::Stale)
    });
    failed(ended, VaultError::Stale, "the error of the closure itself")?;
    expect(tenant.see(units)? == before, "nothing of a closure that failed")?;
    tenant.record(units, Process::First).map(|_| ())
}

pub(super) fn a_refusal_survives_a_closure_that_fails<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let before = tenant.see(units)?;
    let ended = units.write(Process::First, |unit| {
        let record = tenant.clinician.create(unit, &TABLE, &sample())?;
        tenant.visitor.read(unit, &TABLE, record)
    });
    failed(ended, VaultError::Denied, "the denial")?;
    only_refused(&before, &tenant.see(units)?)
}

pub(super) fn a_refusal_is_written_when_the_closure_goes_on<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let before = tenant.see(units)?;
    units
        .write(Process::First, |unit| {
            let record = tenant.clinician.create(unit, &TABLE, &sample())?;
            let denied = tenant.visitor.read(unit, &TABLE, record).err();
            denied.filter(|error| *error == VaultError::Denied).map(|_| ()).ok_or(VaultError::Stale)
        })?
        .into_inner();
    let after = tenant.see(units)?;
    expect(
        news(&before, &after) == ["PHI_CREATE", "PERMISSION_DENIED"],
        "the entry of the work and that of the refusal",
    )
}

pub(super) fn a_panic_is_a_failed_closure<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let before = tenant.see(units)?;
    let caught = catch_unwind(AssertUnwindSafe(|| {
        units.write(Process::First, |unit| {
            let record = tenant.clinician.create(unit, &TABLE, &sample())?;
            let _denied = tenant.visitor.read(unit, &TABLE, record);
            // As `panic!`, but without a word on the standard error.
            if true { resume_unwind(Box::new(PANIC)) } else { Ok(()) }
        })
    }));
    let payload = caught.err().ok_or(broken("the panic to reach the caller"))?;
    expect(payload.downcast_ref() == Some(&PANIC), "the panic of the closure itself")?;
    only_refused(&before, &tenant.see(units)?)?;
    tenant.record(units, Process::First).map(|_| ())
}

const PANIC: u32 = 0x7a11;

pub(super) fn what_a_failed_unit_held_never_opens<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let record = tenant.record(units, Process::First)?;
    let mut smuggled = None;
    let ended = units.write(Process::First, |unit| {
        smuggled = Some(tenant.clinician.read(unit, &TABLE, record)?);
        Err::<(), _>(VaultError::Stale)
    });
    failed(ended, VaultError::Stale, "the error of the closure itself")?;
    for process in [Process::First, Process::Second] {
        let later = units.write(process, |unit| Ok((smuggled.take(), unit.hold(()))))?;
        expect(later.open().is_err(), "no opening by another unit")?;
        let read = units.write(Process::First, |unit| tenant.clinician.read(unit, &TABLE, record))?;
        smuggled = Some(read.into_inner());
    }
    Ok(())
}

pub(super) fn a_torn_log_is_noticed<D: Units>(units: &mut D) -> Finding {
    torn(units, |_, _| Ok(()))
}

pub(super) fn a_torn_log_is_noticed_though_more_is_appended<D: Units>(units: &mut D) -> Finding {
    torn(units, |tenant, unit| Ok(unit.append(&tenant.event(LABEL_PRINTED)).map(|_| ())?))
}

pub(super) fn a_torn_log_is_noticed_though_its_error_is_ignored<D: Units>(units: &mut D) -> Finding {
    torn(units, |tenant, unit| {
        let _ignored = unit.append(&tenant.event(LABEL_PRINTED));
        Ok(())
    })
}

fn torn<D: Units>(units: &mut D, after: fn(&Tenant, &mut dyn Unit) -> Result<(), VaultError>) -> Finding {
    let tenant = Tenant::create(units)?;
    let before = tenant.see(units)?;
    let ended = units.tear(
        &mut |unit| {
            let record = tenant.clinician.create(unit, &TABLE, &sample())?;
            let _denied = tenant.visitor.read(unit, &TABLE, record);
            Ok(())
        },
        &mut |unit| after(&tenant, unit),
    );
    failed(ended, VaultError::Unit(UnitError::Torn), "the unit to be torn")?;
    only_refused(&before, &tenant.see(units)?)?;
    tenant.record(units, Process::First).map(|_| ())
}

/// That one refusal was written and nothing else.
fn only_refused(before: &Sight, after: &Sight) -> Finding {
    expect(after.rows == before.rows && after.states == before.states, "nothing of a closure that failed")?;
    expect(news(before, after) == ["PERMISSION_DENIED"], "the entry of the refusal and no other")
}

/// The names of the entries that came.
fn news(before: &Sight, after: &Sight) -> Vec<String> {
    let new = after.entries.iter().skip(before.entries.len());
    new.map(|entry| Body::decode(&entry.body).ok().and_then(|body| body.name().map(str::to_owned)).unwrap_or_default())
        .collect()
}
