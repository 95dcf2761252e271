//! Rows of declared tables.

use super::sample::{OTHER_TABLE, OTHER_TENANT, TABLE, TENANT, WIDTH, ladder, marked, row, uuid};
use super::{Case, Finding, expect, refused};
use crate::store::{Store, StoreError, StoredRow, StoredValue};

pub(super) const CASES: &[Case] = cases! {
    a_missing_row_is_none
    values_read_back_bit_for_bit_in_their_storage_class
    values_of_a_row_stay_in_their_columns
    a_value_that_is_never_written_is_refused
    a_second_row_of_a_record_is_a_conflict_and_the_first_stays
    an_update_replaces_every_column_and_the_seal_of_one_row
    updating_a_missing_row_is_missing_and_makes_none
    a_deleted_row_is_gone_and_deleting_it_again_is_missing
    rows_ascend_by_the_bytes_of_their_ids
    rows_page_behind_a_cursor_up_to_a_limit
    tenants_do_not_see_each_others_rows
    tables_do_not_share_rows
};

fn a_missing_row_is_none(store: &mut dyn Store) -> Finding {
    expect(store.row(&TABLE, TENANT, uuid(1))?.is_none(), "no row of a record that was not written")?;
    expect(store.rows(&TABLE, TENANT, None, 9)?.is_empty(), "no rows of an empty table")
}

/// One value of every storage class and edge; several have the same bytes in different classes.
fn values() -> Vec<StoredValue> {
    let texts = ["", "1", "a\0b", "\0", "Ünïcødé 𝄞", " 1.0 ", "NULL"].map(|text| StoredValue::Text(text.to_owned()));
    let numbers = [0, 1, -1, i64::MIN, i64::MAX, 1 << 53, (1 << 53) + 1].map(StoredValue::Integer);
    let blobs: [&[u8]; 5] = [&[], b"1", &[0], &[0xff, 0xfe], "Ü".as_bytes()];
    let blobs = blobs.map(|bytes| StoredValue::Blob(bytes.to_vec()));
    let large = StoredValue::Blob((0..1 << 20).map(|at: u32| at.to_le_bytes()[0]).collect());
    let long = StoredValue::Text("é".repeat(1 << 19));
    [StoredValue::Null, large, long].into_iter().chain(texts).chain(numbers).chain(blobs).collect()
}

fn values_read_back_bit_for_bit_in_their_storage_class(store: &mut dyn Store) -> Finding {
    for (value, record) in values().iter().zip(1..) {
        let first = row(TENANT, uuid(record), value);
        store.insert_row(&TABLE, &first)?;
        let inserted = store.row(&TABLE, TENANT, uuid(record))?;
        expect(inserted.as_ref() == Some(&first), "an inserted value as it was given, in its storage class")?;
        let second = marked(TENANT, uuid(record), 1);
        store.update_row(&TABLE, &second)?;
        store.update_row(&TABLE, &first)?;
        let updated = store.row(&TABLE, TENANT, uuid(record))?;
        expect(updated == Some(first), "an updated value as it was given, in its storage class")?;
    }
    let page = store.rows(&TABLE, TENANT, None, 1000)?;
    let written = values().iter().zip(1..).map(|(value, record)| row(TENANT, uuid(record), value)).collect::<Vec<_>>();
    expect(page == written, "a page of values as they were given, in their storage classes")
}

fn values_of_a_row_stay_in_their_columns(store: &mut dyn Store) -> Finding {
    let columns = (0..WIDTH).zip(0..).map(|(_, at)| StoredValue::Integer(at)).collect::<Vec<_>>();
    let seal = (0..=u8::MAX).collect::<Vec<_>>();
    let first = StoredRow { tenant: TENANT, record: uuid(1), columns, seal };
    store.insert_row(&TABLE, &first)?;
    expect(store.row(&TABLE, TENANT, uuid(1))?.as_ref() == Some(&first), "each value in its column after an insert")?;
    let columns = first.columns.iter().rev().cloned().collect();
    let second = StoredRow { columns, seal: Vec::new(), ..first };
    store.update_row(&TABLE, &second)?;
    expect(store.row(&TABLE, TENANT, uuid(1))? == Some(second), "each value in its column after an update")
}

fn a_value_that_is_never_written_is_refused(store: &mut dyn Store) -> Finding {
    let foreign = row(TENANT, uuid(1), &StoredValue::Foreign);
    refused(store.insert_row(&TABLE, &foreign), StoreError::Corrupt, "a foreign value to be refused by an insert")?;
    expect(store.row(&TABLE, TENANT, uuid(1))?.is_none(), "no row of an insert that was refused")?;
    let plain = marked(TENANT, uuid(1), 1);
    store.insert_row(&TABLE, &plain)?;
    refused(store.update_row(&TABLE, &foreign), StoreError::Corrupt, "a foreign value to be refused by an update")?;
    expect(store.row(&TABLE, TENANT, uuid(1))? == Some(plain), "the row before an update that was refused")
}

fn a_second_row_of_a_record_is_a_conflict_and_the_first_stays(store: &mut dyn Store) -> Finding {
    let first = marked(TENANT, uuid(1), 1);
    store.insert_row(&TABLE, &first)?;
    let second = store.insert_row(&TABLE, &marked(TENANT, uuid(1), 2));
    refused(second, StoreError::Conflict, "a conflict for a second row of a record")?;
    expect(store.row(&TABLE, TENANT, uuid(1))? == Some(first), "the first row")
}

fn an_update_replaces_every_column_and_the_seal_of_one_row(store: &mut dyn Store) -> Finding {
    for record in [1, 2, 3] {
        store.insert_row(&TABLE, &marked(TENANT, uuid(record), record))?;
    }
    let changed = StoredRow { seal: vec![8; 300], ..row(TENANT, uuid(2), &StoredValue::Null) };
    store.update_row(&TABLE, &changed)?;
    let expected = [marked(TENANT, uuid(1), 1), changed, marked(TENANT, uuid(3), 3)];
    expect(store.rows(&TABLE, TENANT, None, 9)? == expected, "one row replaced and its neighbours untouched")
}

fn updating_a_missing_row_is_missing_and_makes_none(store: &mut dyn Store) -> Finding {
    let update = store.update_row(&TABLE, &marked(TENANT, uuid(1), 1));
    refused(update, StoreError::Missing, "an update of no row to be refused as missing")?;
    expect(store.row(&TABLE, TENANT, uuid(1))?.is_none(), "no row made by an update")
}

fn a_deleted_row_is_gone_and_deleting_it_again_is_missing(store: &mut dyn Store) -> Finding {
    for record in [1, 2] {
        store.insert_row(&TABLE, &marked(TENANT, uuid(record), record))?;
    }
    store.delete_row(&TABLE, TENANT, uuid(1))?;
    expect(store.row(&TABLE, TENANT, uuid(1))?.is_none(), "no row after its deletion")?;
    let again = store.delete_row(&TABLE, TENANT, uuid(1));
    refused(again, StoreError::Missing, "the deletion of no row to be refused as missing")?;
    expect(store.rows(&TABLE, TENANT, None, 9)? == [marked(TENANT, uuid(2), 2)], "the other row, untouched")
}

fn rows_ascend_by_the_bytes_of_their_ids(store: &mut dyn Store) -> Finding {
    for record in ladder().into_iter().rev() {
        store.insert_row(&TABLE, &marked(TENANT, record, 1))?;
        expect(store.row(&TABLE, TENANT, record)?.is_some_and(|row| row.record == record), "a row under its own id")?;
    }
    let rows = store.rows(&TABLE, TENANT, None, 100)?;
    expect(rows.iter().map(|row| row.record).eq(ladder()), "rows in the order of the bytes of their ids")
}

fn rows_page_behind_a_cursor_up_to_a_limit(store: &mut dyn Store) -> Finding {
    // Every other id, so that half of the cursors name no row.
    for record in ladder().into_iter().step_by(2) {
        store.insert_row(&TABLE, &marked(TENANT, record, 1))?;
    }
    for after in core::iter::once(None).chain(ladder().into_iter().map(Some)) {
        for limit in [0, 1, 2, 100, usize::MAX] {
            let behind = ladder().into_iter().step_by(2).filter(|record| after.is_none_or(|after| *record > after));
            let rows = store.rows(&TABLE, TENANT, after, limit)?;
            let found = rows.iter().map(|row| row.record);
            expect(found.eq(behind.take(limit)), "the rows behind the cursor, up to the limit")?;
        }
    }
    Ok(())
}

fn tenants_do_not_see_each_others_rows(store: &mut dyn Store) -> Finding {
    store.insert_row(&TABLE, &marked(TENANT, uuid(1), 1))?;
    expect(store.row(&TABLE, OTHER_TENANT, uuid(1))?.is_none(), "no row of another tenant's record")?;
    expect(store.rows(&TABLE, OTHER_TENANT, None, 9)?.is_empty(), "no rows of another tenant")?;
    let update = store.update_row(&TABLE, &marked(OTHER_TENANT, uuid(1), 2));
    refused(update, StoreError::Missing, "an update of another tenant's row to be refused as missing")?;
    let delete = store.delete_row(&TABLE, OTHER_TENANT, uuid(1));
    refused(delete, StoreError::Missing, "the deletion of another tenant's row to be refused as missing")?;
    store.insert_row(&TABLE, &marked(OTHER_TENANT, uuid(1), 3))?;
    let rows = [store.row(&TABLE, TENANT, uuid(1))?, store.row(&TABLE, OTHER_TENANT, uuid(1))?];
    let expected = [Some(marked(TENANT, uuid(1), 1)), Some(marked(OTHER_TENANT, uuid(1), 3))];
    expect(rows == expected, "two rows of the same id, one for each tenant")
}

fn tables_do_not_share_rows(store: &mut dyn Store) -> Finding {
    store.insert_row(&TABLE, &marked(TENANT, uuid(1), 1))?;
    expect(store.row(&OTHER_TABLE, TENANT, uuid(1))?.is_none(), "no row of another table")?;
    store.insert_row(&OTHER_TABLE, &marked(TENANT, uuid(1), 2))?;
    store.delete_row(&TABLE, TENANT, uuid(1))?;
    expect(store.rows(&OTHER_TABLE, TENANT, None, 9)? == [marked(TENANT, uuid(1), 2)], "the row of the other table")
}
