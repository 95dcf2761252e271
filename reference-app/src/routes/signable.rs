//! What the routes on encounters and on operative records do: those files say where, of what, and how it is described.

use super::shared::{PageQuery, changed, id, made};
use crate::clinical::once::once;
use crate::clinical::signable::{self, Input, PageOf};
use crate::state::App;
use crate::web::version::{IfMatch, Keyed, Wrote};
use crate::web::{Problem, SignedIn};
use hipaa_core::schema::Table;
use hipaa_core::vault::{Record, TenantVault};
use hipaa_sqlite::Unit;

/// One page of what is about a patient.
pub(super) async fn list(
    signed_in: SignedIn,
    table: &'static Table,
    (patient, query): (&str, PageQuery),
) -> Result<PageOf, Problem> {
    let (patient, paging) = (id(patient)?, query.paging()?);
    let look =
        move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(signable::page(unit, vault, (table, patient), paging)?);
    Ok(signed_in.disclose(look).await?.open()?)
}

/// A draft in a patient's chart; `place` is where it is read from then on.
pub(super) async fn draft<I: Input>(
    (app, signed_in): (App, SignedIn),
    (place, patient): (&'static str, &str),
    keyed: Keyed<I>,
) -> Result<Wrote, Problem> {
    let (patient, now) = (id(patient)?, app.clock.now());
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), &format!("{place} of {patient}"))?;
        let row = keyed.body.row()?;
        let draft = |unit: &mut Unit<'_>| signable::draft(unit, vault, (I::TABLE, patient), row);
        Ok(once(unit, vault.actor(), (request, now), draft)?)
    };
    Ok(made(place, signed_in.write(write).await?.into_inner()))
}

/// One of them.
pub(super) async fn read(signed_in: SignedIn, table: &'static Table, record: &str) -> Result<Record, Problem> {
    let record = id(record)?;
    Ok(signed_in.disclose(move |unit, vault| Ok(vault.read(unit, table, record)?)).await?.open()?)
}

/// A draft changed.
pub(super) async fn edit<I: Input>(
    signed_in: SignedIn,
    (record, IfMatch(version)): (&str, IfMatch),
    input: &I,
) -> Result<Wrote, Problem> {
    let (record, row) = (id(record)?, input.row()?);
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        Ok(signable::edit(unit, vault, (I::TABLE, record, version), &row)?)
    };
    Ok(changed(signed_in.write(write).await?.into_inner()))
}

/// A draft signed.
pub(super) async fn sign(
    signed_in: SignedIn,
    table: &'static Table,
    (record, IfMatch(version)): (&str, IfMatch),
) -> Result<Wrote, Problem> {
    let record = id(record)?;
    let write =
        move |unit: &mut Unit<'_>, vault: &TenantVault| Ok(signable::sign(unit, vault, (table, record, version))?);
    Ok(changed(signed_in.write(write).await?.into_inner()))
}

/// What was signed, amended.
pub(super) async fn amend<I: Input>(
    (app, signed_in): (App, SignedIn),
    (place, original): (&'static str, &str),
    keyed: Keyed<I>,
) -> Result<Wrote, Problem> {
    let (original, now) = (id(original)?, app.clock.now());
    let write = move |unit: &mut Unit<'_>, vault: &TenantVault| {
        let request = keyed.once(vault.actor(), &format!("{place} amending {original}"))?;
        let row = keyed.body.row()?;
        let amend = |unit: &mut Unit<'_>| signable::amend(unit, vault, (I::TABLE, original), &row);
        Ok(once(unit, vault.actor(), (request, now), amend)?)
    };
    Ok(made(place, signed_in.write(write).await?.into_inner()))
}
