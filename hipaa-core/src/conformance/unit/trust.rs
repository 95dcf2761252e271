//! What a process believes of a database that others write, too.

use super::super::sample::TABLE;
use super::super::{Finding, broken, expect};
use super::deployment::{Sight, Tenant, sample};
use super::{Process, Units, as_vault_error, failed};
use crate::audit::{Body, leaf_of};
use crate::cipher::CellHeader;
use crate::clock::Timestamp;
use crate::keys::KeyError;
use crate::store::{EntryProjection, StoredEntry, StoredHead};
use crate::tenancy::open_epoch;
use crate::unit::UnitError;
use crate::vault::VaultError;

const BOTH: [Process; 2] = [Process::First, Process::Second];

pub(super) fn an_append_after_a_changed_head_is_refused<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    tenant.record(units, Process::First)?;
    let honest = tenant.see(units)?.head;
    let edits: [fn(&mut StoredHead); 6] = [
        |head| head.size -= 1,
        |head| head.last_leaf[0] ^= 1,
        |head| head.last_time = Timestamp::from_micros(head.last_time.micros() + 1),
        |head| head.range.truncate(head.range.len() - 32),
        |head| head.signature[63] ^= 1,
        |head| head.mac[31] ^= 1,
    ];
    for edit in edits {
        let mut changed = honest.clone();
        edit(&mut changed);
        put_head(units, &changed)?;
        refuses_to_append(units, &tenant)?;
    }
    put_head(units, &honest)?;
    tenant.record(units, Process::First).map(|_| ())
}

pub(super) fn an_append_after_an_older_head_is_refused<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let older = tenant.see(units)?.head;
    tenant.record(units, Process::First)?;
    put_head(units, &older)?;
    refuses_to_append(units, &tenant)
}

pub(super) fn an_append_after_a_foreign_entry_is_refused<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let head = tenant.see(units)?.head;
    let last_time = head.last_time;
    let entry = StoredEntry { log: head.log, sequence: head.size, body: vec![1], leaf: leaf_of(&[1]), details: None };
    units
        .write(Process::First, |unit| {
            let projection = EntryProjection { time: last_time, name: None, user: None, subjects: &[] };
            Ok(unit.parts().0.append_entry(&entry, &projection)?)
        })?
        .into_inner();
    refuses_to_append(units, &tenant)
}

/// That neither process writes anything more.
fn refuses_to_append<D: Units>(units: &mut D, tenant: &Tenant) -> Finding {
    let before = tenant.see(units)?;
    for process in BOTH {
        let ended = units.write(process, |unit| tenant.clinician.create(unit, &TABLE, &sample()));
        failed(ended, VaultError::Unit(UnitError::Tampered), "the log to be refused as tampered")?;
    }
    expect(tenant.see(units)? == before, "nothing written to a log that was tampered with")
}

fn put_head<D: Units>(units: &mut D, head: &StoredHead) -> Finding {
    units.write(Process::First, |unit| Ok(unit.parts().0.put_head(head)?))?.into_inner();
    Ok(())
}

pub(super) fn a_new_ring_of_another_process_is_seen<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    for process in BOTH {
        tenant.record(units, process)?;
    }
    let epoch = units
        .write(Process::Second, |unit| open_epoch(unit, tenant.clinician.actor()).map_err(as_vault_error))?
        .into_inner();
    for process in BOTH {
        tenant.record(units, process)?;
    }
    let sight = tenant.see(units)?;
    let sealed = sight.rows.iter().filter_map(|row| CellHeader::split(&row.seal).ok().map(|(header, _)| header.epoch));
    expect(sealed.filter(|sealed| *sealed == epoch).count() == 2, "two records under the new epoch")?;
    for process in BOTH {
        for row in &sight.rows {
            let opened = units.write(process, |unit| tenant.clinician.read(unit, &TABLE, row.record))?.open()?;
            expect(opened.integrity().is_intact(), "a record of either epoch, opened by either process")?;
        }
    }
    Ok(())
}

pub(super) fn a_ring_that_was_rolled_back_is_refused<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    let id = tenant.id();
    let older = units.write(Process::First, |unit| Ok(unit.parts().0.ring(id)?))?.into_inner();
    let older = older.ok_or(broken("the ring of a tenant"))?;
    units
        .write(Process::First, |unit| open_epoch(unit, tenant.clinician.actor()).map_err(as_vault_error))?
        .into_inner();
    tenant.record(units, Process::First)?;
    units.write(Process::First, |unit| Ok(unit.parts().0.put_ring(id, &older)?))?.into_inner();
    let before = tenant.see(units)?;
    let ended = units.write(Process::First, |unit| tenant.clinician.create(unit, &TABLE, &sample()));
    let rolled_back = VaultError::Unit(UnitError::Key(KeyError::RolledBackRing));
    failed(ended, rolled_back, "the older ring to be refused")?;
    expect(tenant.see(units)? == before, "nothing written under a ring that was rolled back")
}

pub(super) fn entries_of_two_processes_chain_under_one_head<D: Units>(units: &mut D) -> Finding {
    let tenant = Tenant::create(units)?;
    for process in [Process::First, Process::Second, Process::Second, Process::First] {
        tenant.record(units, process)?;
    }
    let Sight { head, entries, .. } = tenant.see(units)?;
    let mut previous = [0; 32];
    for (entry, sequence) in entries.iter().zip(0..) {
        let body = Body::decode(&entry.body).map_err(super::unforeseen)?;
        expect(entry.sequence == sequence && body.prefix.sequence == sequence, "sequences without a gap")?;
        expect(body.prefix.previous == previous, "each entry to hold the leaf before it")?;
        expect(entry.leaf == leaf_of(&entry.body), "each leaf to be the hash of its body")?;
        previous = entry.leaf;
    }
    expect(head.size == 5 && entries.len() == 5 && head.last_leaf == previous, "a head over all entries")?;
    let signer = units.write(Process::Second, |unit| {
        let notary = unit.parts().1.notary();
        Ok((*notary.deployment(), notary.head_key()))
    })?;
    let (deployment, key) = signer.into_inner();
    expect(head.verify_signature(&deployment, &key).is_ok(), "a head that is signed by the deployment")
}
