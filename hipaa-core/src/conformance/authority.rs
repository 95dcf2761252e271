//! Rows that confer or limit authority.

use super::sample::{OTHER_TENANT, TENANT, repeated, uuid};
use super::{Case, Finding, expect, kept_or_full, refused};
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId, UserId};
use crate::store::{AuthorityKind, Store, StoreError, StoredAuthority};

pub(super) const CASES: &[Case] = cases! {
    an_authority_row_reads_back_bit_for_bit
    an_authority_row_of_every_kind_reads_back_in_its_order
    an_authority_row_is_found_by_exactly_its_lookup_key
    an_authority_id_and_a_lookup_key_are_taken_once_in_a_kind
    an_owners_authority_rows_ascend_behind_a_cursor_up_to_a_limit
    an_owners_authority_rows_are_of_one_kind_tenant_and_owner
    expired_authority_rows_ascend_by_time_then_id_behind_a_cursor_up_to_a_limit
    an_authority_row_is_replaced_as_a_whole_and_only_as_of_its_version
    an_authority_row_never_changes_its_tenant_or_owner
    an_authority_row_is_deleted_only_as_of_its_version
    an_authority_row_is_discarded_whatever_it_holds_and_no_other
    an_authority_number_too_high_for_the_store_is_full_and_never_wrapped
};

const KIND: AuthorityKind = AuthorityKind::Session;
const OTHER_KIND: AuthorityKind = AuthorityKind::Grant;
const OWNER: UserId = UserId::from_bytes([0xd1; 16]);
const OTHER_OWNER: UserId = UserId::from_bytes([0xd2; 16]);

/// A row with few columns; those that differ are given.
fn row(kind: AuthorityKind, id: RecordId) -> StoredAuthority {
    StoredAuthority {
        kind,
        id,
        tenant: TENANT,
        owner: OWNER,
        auth_version: 0,
        version: 1,
        header: [1, 1, 0, 0, 0, 1],
        expires: None,
        lookup: None,
        body: vec![4],
        sealed: None,
        mac: [5; 32],
    }
}

/// A row in which every column has another value.
fn full(id: RecordId) -> StoredAuthority {
    StoredAuthority {
        auth_version: 3,
        version: 0xffff_ffff_ffff,
        header: [1, 2, 3, 4, 5, 6],
        expires: Some(Timestamp::from_micros(-1)),
        lookup: Some([0xff; 32]),
        body: (0..4096_u32).map(|at| at.to_le_bytes()[0]).collect(),
        sealed: Some(vec![0; 5000]),
        mac: [0xee; 32],
        ..row(KIND, id)
    }
}

fn an_authority_row_reads_back_bit_for_bit(store: &mut dyn Store) -> Finding {
    expect(store.authority(KIND, uuid(1))?.is_none(), "no row of an id that was not written")?;
    let bare = StoredAuthority { body: Vec::new(), ..row(KIND, uuid(1)) };
    let empty = StoredAuthority { sealed: Some(Vec::new()), ..row(KIND, uuid(2)) };
    let times = [i64::MIN, 0, i64::MAX].map(|micros| Some(Timestamp::from_micros(micros)));
    let timed = times.into_iter().zip(4..).map(|(expires, byte)| StoredAuthority { expires, ..row(KIND, uuid(byte)) });
    let rows = [bare, empty, full(repeated(3, 32))].into_iter().chain(timed).collect::<Vec<_>>();
    for row in &rows {
        store.insert_authority(row)?;
    }
    for row in &rows {
        expect(store.authority(KIND, row.id)?.as_ref() == Some(row), "the row as it was written")?;
        expect(store.authority(OTHER_KIND, row.id)?.is_none(), "no row of another kind")?;
    }
    let mut listed = store.authority_of(KIND, (TENANT, OWNER), None, 99)?;
    listed.sort_by_key(|row| rows.iter().position(|known| known.id == row.id));
    expect(listed == rows, "the rows in the list as they were written")
}

/// Grants, reviews and decisions among them: an adapter that knows only some kinds keeps nobody from anything.
fn an_authority_row_of_every_kind_reads_back_in_its_order(store: &mut dyn Store) -> Finding {
    let due =
        |kind, byte, micros| StoredAuthority { expires: Some(Timestamp::from_micros(micros)), ..row(kind, uuid(byte)) };
    for kind in AuthorityKind::ALL {
        for row in [due(*kind, 1, 9), due(*kind, 2, 8), row(*kind, uuid(3))] {
            store.insert_authority(&row)?;
        }
    }
    for kind in AuthorityKind::ALL {
        let ever = (TENANT, Timestamp::from_micros(i64::MAX));
        let listed = store.authority_expired(*kind, ever, None, 99)?;
        expect(listed == [due(*kind, 2, 8), due(*kind, 1, 9)], "what is due, the first first, without what never is")?;
        expect(store.authority(*kind, uuid(3))? == Some(row(*kind, uuid(3))), "the row of this kind")?;
    }
    Ok(())
}

fn an_authority_row_is_found_by_exactly_its_lookup_key(store: &mut dyn Store) -> Finding {
    let (mut key, mut other) = ([7; 32], [7; 32]);
    other[31] = 8;
    let first = StoredAuthority { lookup: Some(key), tenant: OTHER_TENANT, ..row(KIND, uuid(1)) };
    let second = StoredAuthority { lookup: Some(other), ..row(KIND, uuid(2)) };
    store.insert_authority(&row(KIND, uuid(3)))?;
    store.insert_authority(&row(KIND, uuid(4)))?;
    store.insert_authority(&first)?;
    store.insert_authority(&second)?;
    expect(store.authority_found_by(KIND, &key)?.as_ref() == Some(&first), "the row of this lookup key")?;
    expect(store.authority_found_by(KIND, &other)?.as_ref() == Some(&second), "the row of the other lookup key")?;
    expect(store.authority_found_by(OTHER_KIND, &key)?.is_none(), "no row of another kind by its lookup key")?;
    key[0] = 0;
    for unknown in [key, [0; 32]] {
        expect(store.authority_found_by(KIND, &unknown)?.is_none(), "no row by a lookup key that was not written")?;
    }
    Ok(())
}

fn an_authority_id_and_a_lookup_key_are_taken_once_in_a_kind(store: &mut dyn Store) -> Finding {
    let first = StoredAuthority { lookup: Some([7; 32]), ..row(KIND, uuid(1)) };
    store.insert_authority(&first)?;
    for taken in [
        row(KIND, uuid(1)),
        StoredAuthority { tenant: OTHER_TENANT, owner: OTHER_OWNER, ..row(KIND, uuid(1)) },
        StoredAuthority { tenant: OTHER_TENANT, lookup: Some([7; 32]), ..row(KIND, uuid(2)) },
    ] {
        let inserted = store.insert_authority(&taken);
        refused(inserted, StoreError::Conflict, "a conflict for an id or lookup key that is taken")?;
    }
    expect(store.authority(KIND, uuid(1))?.as_ref() == Some(&first), "the first row")?;
    expect(store.authority(KIND, uuid(2))?.is_none(), "no row of an insert that was refused")?;
    let other = StoredAuthority { lookup: Some([7; 32]), ..row(OTHER_KIND, uuid(1)) };
    store.insert_authority(&other)?;
    expect(store.authority(OTHER_KIND, uuid(1))? == Some(other), "id and lookup key once more in another kind")
}

/// Ids of both lengths, ascending by their bytes.
fn ids() -> Vec<RecordId> {
    let mut ids = [0, 1, 0x61, 0x7f, 0x80, 0xff].map(|byte| [repeated(byte, 16), repeated(byte, 32)]).concat();
    ids.sort_unstable();
    ids
}

fn an_owners_authority_rows_ascend_behind_a_cursor_up_to_a_limit(store: &mut dyn Store) -> Finding {
    // Every other id, so that half of the cursors name no row.
    for id in ids().into_iter().step_by(2).rev() {
        store.insert_authority(&row(KIND, id))?;
    }
    for after in core::iter::once(None).chain(ids().into_iter().map(Some)) {
        for limit in [0, 1, 2, 100, usize::MAX] {
            let found = store.authority_of(KIND, (TENANT, OWNER), after, limit)?;
            let behind = ids().into_iter().step_by(2).filter(|id| after.is_none_or(|after| *id > after));
            let found = found.iter().map(|row| row.id);
            expect(found.eq(behind.take(limit)), "the owner's rows behind the cursor, ascending, up to the limit")?;
        }
    }
    Ok(())
}

fn an_owners_authority_rows_are_of_one_kind_tenant_and_owner(store: &mut dyn Store) -> Finding {
    let places =
        [(KIND, TENANT, OWNER), (OTHER_KIND, TENANT, OWNER), (KIND, OTHER_TENANT, OWNER), (KIND, TENANT, OTHER_OWNER)];
    for ((kind, tenant, owner), byte) in places.into_iter().zip(1..) {
        store.insert_authority(&StoredAuthority { tenant, owner, ..row(kind, uuid(byte)) })?;
    }
    for ((kind, tenant, owner), byte) in places.into_iter().zip(1..) {
        let found = store.authority_of(kind, (tenant, owner), None, 9)?;
        expect(found.iter().map(|row| row.id).eq([uuid(byte)]), "the rows of one kind, tenant and owner")?;
    }
    Ok(())
}

type Due = (Timestamp, RecordId);

/// Expiries and ids, ascending.
fn due() -> Vec<Due> {
    let places = [(i64::MIN, 9), (-5, 2), (-5, 3), (0, 1), (7, 8), (7, 200), (8, 4), (i64::MAX, 5)];
    places.map(|(micros, byte)| (Timestamp::from_micros(micros), uuid(byte))).to_vec()
}

fn expired_authority_rows_ascend_by_time_then_id_behind_a_cursor_up_to_a_limit(store: &mut dyn Store) -> Finding {
    for (time, id) in due().into_iter().rev() {
        store.insert_authority(&StoredAuthority { expires: Some(time), ..row(KIND, id) })?;
    }
    let early = Some(Timestamp::from_micros(-9));
    for other in [
        row(KIND, uuid(50)),
        StoredAuthority { expires: early, tenant: OTHER_TENANT, ..row(KIND, uuid(51)) },
        StoredAuthority { expires: early, ..row(OTHER_KIND, uuid(52)) },
    ] {
        store.insert_authority(&other)?;
    }
    for until in [i64::MIN, -6, -5, 6, 7, i64::MAX].map(Timestamp::from_micros) {
        for after in core::iter::once(None).chain(due().into_iter().map(Some)) {
            for limit in [0, 1, 3, usize::MAX] {
                let found = store.authority_expired(KIND, (TENANT, until), after, limit)?;
                let behind = due().into_iter().filter(|due| due.0 <= until && after.is_none_or(|after| *due > after));
                let found = found.iter().map(|row| row.id);
                let expected = behind.take(limit).map(|due| due.1);
                expect(found.eq(expected), "the tenant's expired rows of one kind, in order, up to the limit")?;
            }
        }
    }
    Ok(())
}

fn an_authority_row_is_replaced_as_a_whole_and_only_as_of_its_version(store: &mut dyn Store) -> Finding {
    let rows = [1, 2, 3].map(|byte| StoredAuthority { lookup: Some([byte; 32]), ..row(KIND, uuid(byte)) });
    for row in &rows {
        store.insert_authority(row)?;
    }
    let changed = full(uuid(2));
    for from in [0, 2] {
        let replaced = store.replace_authority(&changed, from);
        refused(replaced, StoreError::Conflict, "a conflict for a row of another version")?;
    }
    let taken = StoredAuthority { lookup: Some([3; 32]), ..changed.clone() };
    refused(store.replace_authority(&taken, 1), StoreError::Conflict, "a conflict for a lookup key that is taken")?;
    let missing = full(uuid(9));
    refused(store.replace_authority(&missing, 1), StoreError::Missing, "a replacement of no row refused as missing")?;
    expect(store.authority_of(KIND, (TENANT, OWNER), None, 9)? == rows, "no row changed by what was refused")?;
    store.replace_authority(&changed, 1)?;
    let expected = [rows[0].clone(), changed.clone(), rows[2].clone()];
    expect(store.authority_of(KIND, (TENANT, OWNER), None, 9)? == expected, "one row replaced in every column")?;
    expect(store.authority_found_by(KIND, &[2; 32])?.is_none(), "no row by the lookup key of before")?;
    let kept = StoredAuthority { version: 1, ..changed.clone() };
    store.replace_authority(&kept, changed.version)?;
    expect(store.authority(KIND, uuid(2))? == Some(kept), "a row that keeps its own lookup key")
}

fn an_authority_row_never_changes_its_tenant_or_owner(store: &mut dyn Store) -> Finding {
    let first = row(KIND, uuid(1));
    store.insert_authority(&first)?;
    let moved: [(TenantId, UserId); 2] = [(OTHER_TENANT, OWNER), (TENANT, OTHER_OWNER)];
    for (tenant, owner) in moved {
        let replaced = store.replace_authority(&StoredAuthority { tenant, owner, version: 2, ..first.clone() }, 1);
        refused(replaced, StoreError::Conflict, "a conflict for a row of another tenant or owner")?;
    }
    expect(store.authority(KIND, uuid(1))? == Some(first), "the row as it was written")
}

fn an_authority_row_is_deleted_only_as_of_its_version(store: &mut dyn Store) -> Finding {
    let rows = [row(KIND, uuid(1)), row(KIND, uuid(2)), row(OTHER_KIND, uuid(1))];
    for row in &rows {
        store.insert_authority(row)?;
    }
    for version in [0, 2] {
        let deleted = store.delete_authority(KIND, uuid(1), version);
        refused(deleted, StoreError::Conflict, "a conflict for a deletion as of another version")?;
    }
    expect(store.authority(KIND, uuid(1))?.is_some(), "the row that a refused deletion left")?;
    store.delete_authority(KIND, uuid(1), 1)?;
    expect(store.authority(KIND, uuid(1))?.is_none(), "no row after its deletion")?;
    let again = store.delete_authority(KIND, uuid(1), 1);
    refused(again, StoreError::Missing, "a deletion of no row to be refused as missing")?;
    expect(store.authority(KIND, uuid(2))?.as_ref() == Some(&rows[1]), "the other row of the kind")?;
    expect(store.authority(OTHER_KIND, uuid(1))?.as_ref() == Some(&rows[2]), "the row of the other kind")
}

fn an_authority_row_is_discarded_whatever_it_holds_and_no_other(store: &mut dyn Store) -> Finding {
    let rows = [full(uuid(1)), row(KIND, uuid(2)), row(OTHER_KIND, uuid(1))];
    for row in &rows {
        store.insert_authority(row)?;
    }
    for _ in 0..2 {
        store.discard_authority(KIND, uuid(1))?;
        expect(store.authority(KIND, uuid(1))?.is_none(), "no row after it was discarded")?;
    }
    expect(store.authority(KIND, uuid(2))?.as_ref() == Some(&rows[1]), "the other row of the kind")?;
    expect(store.authority(OTHER_KIND, uuid(1))?.as_ref() == Some(&rows[2]), "the row of the other kind")
}

fn an_authority_number_too_high_for_the_store_is_full_and_never_wrapped(store: &mut dyn Store) -> Finding {
    for (version, auth_version, byte) in [(u64::MAX, 0, 1), (1, u64::MAX, 2)] {
        let highest = StoredAuthority { version, auth_version, ..row(KIND, uuid(byte)) };
        let written = store.insert_authority(&highest);
        let now = store.authority(KIND, uuid(byte))?;
        kept_or_full(written, now.as_ref() == Some(&highest), now.is_none())?;
    }
    Ok(())
}
