//! Projected record states.

use super::sample::{OTHER_TABLE, OTHER_TENANT, TABLE, TENANT, ladder, marked, uuid};
use super::{Case, Finding, expect, kept_or_full, refused};
use crate::schema::{RecordId, TenantId};
use crate::store::{RecordState, Store, StoreError, StoredState};

pub(super) const CASES: &[Case] = cases! {
    a_state_reads_back_and_is_replaced
    a_state_never_changes_its_tenant
    a_version_too_high_for_the_store_is_full_and_never_wrapped
    a_tombstone_stays_as_a_state_and_leaves_the_live_ones
    live_states_ascend_behind_a_cursor_up_to_a_limit
    live_states_are_of_one_tenant_and_one_table
    a_row_and_its_state_are_what_each_is_alone
};

fn a_state_reads_back_and_is_replaced(store: &mut dyn Store) -> Finding {
    expect(store.state(&TABLE, uuid(1))?.is_none(), "no state of a record that has none")?;
    for version in [1, 2, 0xffff_ffff, u64::MAX >> 1] {
        let state = state(TENANT, uuid(1), version);
        store.put_state(&TABLE, &state)?;
        expect(store.state(&TABLE, uuid(1))? == Some(state), "the state that was written last")?;
        let live = store.live_states(&TABLE, TENANT, None, 9)?;
        expect(live == [state.state], "the state that was written last among the live ones")?;
    }
    Ok(())
}

fn a_state_never_changes_its_tenant(store: &mut dyn Store) -> Finding {
    let first = state(TENANT, uuid(1), 1);
    store.put_state(&TABLE, &first)?;
    let moved = store.put_state(&TABLE, &state(OTHER_TENANT, uuid(1), 2));
    refused(moved, StoreError::Conflict, "a conflict for a state of another tenant's record")?;
    expect(store.state(&TABLE, uuid(1))? == Some(first), "the first state")
}

fn a_version_too_high_for_the_store_is_full_and_never_wrapped(store: &mut dyn Store) -> Finding {
    let before = state(TENANT, uuid(1), 1);
    store.put_state(&TABLE, &before)?;
    let highest = state(TENANT, uuid(1), u64::MAX);
    let written = store.put_state(&TABLE, &highest);
    let now = store.state(&TABLE, uuid(1))?;
    kept_or_full(written, now == Some(highest), now == Some(before))
}

fn a_tombstone_stays_as_a_state_and_leaves_the_live_ones(store: &mut dyn Store) -> Finding {
    for record in [1, 2, 3] {
        store.put_state(&TABLE, &state(TENANT, uuid(record), 1))?;
    }
    let mut tombstone = state(TENANT, uuid(2), 2);
    tombstone.state.mac = RecordState::TOMBSTONE;
    store.put_state(&TABLE, &tombstone)?;
    expect(store.state(&TABLE, uuid(2))? == Some(tombstone), "the state of a deleted record")?;
    let live = store.live_states(&TABLE, TENANT, None, 9)?;
    expect(live.iter().map(|state| state.record).eq([uuid(1), uuid(3)]), "the records that were not deleted")
}

fn live_states_ascend_behind_a_cursor_up_to_a_limit(store: &mut dyn Store) -> Finding {
    for record in ladder().into_iter().rev() {
        let mut state = state(TENANT, record, 1);
        if ladder().iter().position(|rung| *rung == record).is_some_and(|at| at % 3 == 1) {
            state.state.mac = RecordState::TOMBSTONE;
        }
        store.put_state(&TABLE, &state)?;
    }
    let live = ladder().into_iter().zip(0..).filter(|(_, at)| at % 3 != 1).map(|(record, _)| record);
    for after in core::iter::once(None).chain(ladder().into_iter().map(Some)) {
        for limit in [0, 1, 2, 100, usize::MAX] {
            let found = store.live_states(&TABLE, TENANT, after, limit)?;
            let behind = live.clone().filter(|record| after.is_none_or(|after| *record > after));
            let found = found.iter().map(|state| state.record);
            expect(found.eq(behind.take(limit)), "the live states behind the cursor, ascending, up to the limit")?;
        }
    }
    Ok(())
}

fn live_states_are_of_one_tenant_and_one_table(store: &mut dyn Store) -> Finding {
    let states = [state(TENANT, uuid(1), 1), state(OTHER_TENANT, uuid(2), 2), state(TENANT, uuid(1), 3)];
    store.put_state(&TABLE, &states[0])?;
    store.put_state(&TABLE, &states[1])?;
    store.put_state(&OTHER_TABLE, &states[2])?;
    expect(store.live_states(&TABLE, TENANT, None, 9)? == [states[0].state], "the live states of one tenant")?;
    expect(store.live_states(&TABLE, OTHER_TENANT, None, 9)? == [states[1].state], "those of the other tenant")?;
    expect(store.live_states(&OTHER_TABLE, TENANT, None, 9)? == [states[2].state], "those of the other table")?;
    expect(store.state(&TABLE, uuid(2))? == Some(states[1]), "the state of a record of whatever tenant")?;
    expect(store.state(&OTHER_TABLE, uuid(2))?.is_none(), "no state of another table's record")
}

fn a_row_and_its_state_are_what_each_is_alone(store: &mut dyn Store) -> Finding {
    let records = [1, 2, 3, 4, 5].map(uuid);
    for (at, record) in (1..).zip(records) {
        // In turn: both, written in either order; the row alone; the state alone; neither; a row of another tenant.
        let owner = if at == 5 { OTHER_TENANT } else { TENANT };
        let row = marked(owner, record, at);
        if at == 1 || at == 5 {
            store.insert_row(&TABLE, &row)?;
        }
        if at != 2 && at != 4 {
            store.put_state(&TABLE, &state(owner, record, u64::from(at)))?;
        }
        if at == 2 {
            store.insert_row(&TABLE, &row)?;
        }
    }
    store.insert_row(&OTHER_TABLE, &marked(TENANT, uuid(1), 9))?;
    for tenant in [TENANT, OTHER_TENANT] {
        for table in [&TABLE, &OTHER_TABLE] {
            for record in records {
                let alone = (store.row(table, tenant, record)?, store.state(table, record)?);
                let both = store.row_and_state(table, tenant, record)?;
                expect(both == alone, "the row and the state that their own verbs give")?;
            }
        }
    }
    Ok(())
}

fn state(tenant: TenantId, record: RecordId, version: u64) -> StoredState {
    let mut mac = [0; 32];
    mac[31] = 1;
    StoredState { tenant, state: RecordState { record, version, mac } }
}
