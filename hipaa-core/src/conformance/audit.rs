//! Logs and their heads.

use super::sample::{LOG, OTHER_LOG, OTHER_TENANT, TENANT, repeated, uuid};
use super::{Case, Finding, expect, kept_or_full, refused};
use crate::audit::MAX_BODY_BYTES;
use crate::audit::merkle::TILE_BYTES;
use crate::clock::Timestamp;
use crate::schema::{RecordId, TenantId};
use crate::store::{EntryProjection, LogId, Store, StoreError, StoredEntry, StoredHead};

pub(super) const CASES: &[Case] = cases! {
    a_head_reads_back_bit_for_bit_and_is_replaced
    a_head_never_moves_to_another_log_or_tenant
    a_head_too_long_for_the_store_is_full_and_never_wrapped
    heads_ascend_behind_a_tenant_up_to_a_limit
    a_kept_head_reads_back_and_is_never_replaced
    entries_read_back_bit_for_bit
    a_taken_sequence_is_a_conflict_and_the_first_entry_stays
    a_sequence_too_high_for_the_store_is_full_and_never_wrapped
    entries_ascend_from_a_sequence_up_to_a_limit
    entries_behind_the_end_are_none
    the_tail_is_the_entry_with_the_highest_sequence
    leaves_ascend_from_a_sequence_up_to_a_limit
    a_tile_reads_back_and_is_replaced
    a_tile_of_another_length_is_refused_and_the_first_stays
    entries_of_two_logs_do_not_mix
    entries_about_a_patient_come_newest_first_up_to_a_limit
    an_entry_is_found_by_each_of_its_patients_and_no_other
};

/// Enough for two bytes of sequence, where an order by text or by one byte goes wrong.
const MANY: u64 = 300;

fn a_head_reads_back_bit_for_bit_and_is_replaced(store: &mut dyn Store) -> Finding {
    expect(store.head(TENANT)?.is_none(), "no head of a log that was not begun")?;
    let mut head = head(TENANT, LOG, 0);
    store.put_head(&head)?;
    for (size, micros) in [(1, i64::MIN), (0xffff_ffff, -1), (u64::MAX >> 1, i64::MAX)] {
        head = StoredHead { size, last_time: Timestamp::from_micros(micros), last_leaf: [0xff; 32], ..head };
        head.range = vec![0x80; 32 * 64];
        store.put_head(&head)?;
        expect(store.head(TENANT)?.as_ref() == Some(&head), "the head that was written last")?;
    }
    expect(store.head(OTHER_TENANT)?.is_none(), "no head for a tenant that has none")
}

fn a_head_never_moves_to_another_log_or_tenant(store: &mut dyn Store) -> Finding {
    let first = head(TENANT, LOG, 1);
    store.put_head(&first)?;
    let moved = store.put_head(&head(TENANT, OTHER_LOG, 2));
    refused(moved, StoreError::Conflict, "a conflict for another log of the same tenant")?;
    let moved = store.put_head(&head(OTHER_TENANT, LOG, 3));
    refused(moved, StoreError::Conflict, "a conflict for another tenant with the same log")?;
    expect(store.head(TENANT)? == Some(first), "the first head")?;
    expect(store.head(OTHER_TENANT)?.is_none(), "no head for the other tenant")
}

fn heads_ascend_behind_a_tenant_up_to_a_limit(store: &mut dyn Store) -> Finding {
    let heads = [1, 2, 0x7f, 0x80, 0xff].map(|byte| head(TenantId::from_bytes([byte; 16]), LogId([byte; 16]), 7));
    for head in heads.iter().rev() {
        store.put_head(head)?;
    }
    for after in core::iter::once(None).chain([0, 1, 3, 0x80, 0xff].map(|byte| Some(TenantId::from_bytes([byte; 16]))))
    {
        for limit in [0, 1, 2, 100, usize::MAX] {
            let behind = heads.iter().filter(|head| after.is_none_or(|after| head.tenant > after)).take(limit);
            let found = store.heads(after, limit)?;
            expect(found.iter().eq(behind), "the heads behind a tenant, ascending, up to the limit")?;
        }
    }
    Ok(())
}

fn a_kept_head_reads_back_and_is_never_replaced(store: &mut dyn Store) -> Finding {
    expect(store.checkpoints(LOG, 0, 9)?.is_empty(), "no kept heads of a log that has none")?;
    let kept = [1, 255, 256, 65_536].map(|size| (size, format!("{size} Ünïcødé\n\u{2014} x\n")));
    for (size, note) in kept.iter().rev() {
        store.put_checkpoint(LOG, *size, note)?;
    }
    store.put_checkpoint(OTHER_LOG, 1, "another")?;
    let second = store.put_checkpoint(LOG, 256, "second");
    refused(second, StoreError::Conflict, "a conflict for a second head of one size")?;
    for (from, limit) in [(0, 9), (1, 2), (2, 9), (256, 9), (65_537, 9), (0, 0), (u64::MAX, 9)] {
        let behind = kept.iter().filter(|(size, _)| *size >= from).take(limit);
        expect(store.checkpoints(LOG, from, limit)?.iter().eq(behind), "the kept heads of one log, ascending by size")?;
    }
    Ok(())
}

fn a_head_too_long_for_the_store_is_full_and_never_wrapped(store: &mut dyn Store) -> Finding {
    let before = head(TENANT, LOG, 1);
    store.put_head(&before)?;
    let longest = head(TENANT, LOG, u64::MAX);
    let written = store.put_head(&longest);
    let now = store.head(TENANT)?;
    kept_or_full(written, now.as_ref() == Some(&longest), now.as_ref() == Some(&before))
}

fn entries_read_back_bit_for_bit(store: &mut dyn Store) -> Finding {
    let all_bytes = (0..=u8::MAX).collect::<Vec<_>>();
    let details = [None, Some(Vec::new()), Some(all_bytes.clone())];
    let bodies = [all_bytes, Vec::new(), vec![0; MAX_BODY_BYTES]];
    let mut written = Vec::new();
    for (sequence, (body, details)) in (0..).zip(bodies.into_iter().zip(details)) {
        let entry = StoredEntry { log: LOG, sequence, body, leaf: [0xfe; 32], details };
        store.append_entry(&entry, &about(&[]))?;
        written.push(entry);
    }
    expect(store.entries(LOG, 0, 9)? == written, "the entries as they were written")
}

fn a_taken_sequence_is_a_conflict_and_the_first_entry_stays(store: &mut dyn Store) -> Finding {
    fill(store, LOG, 2)?;
    for sequence in [0, 1] {
        let second = StoredEntry { body: vec![9], leaf: [9; 32], ..entry(LOG, sequence) };
        let again = store.append_entry(&second, &about(&[uuid(9)]));
        refused(again, StoreError::Conflict, "a conflict for a sequence that is taken")?;
    }
    expect(store.entries(LOG, 0, 9)? == [entry(LOG, 0), entry(LOG, 1)], "the first entries")?;
    expect(store.entries_about(LOG, uuid(9), 9)?.is_empty(), "no projection of an entry that was refused")
}

fn a_sequence_too_high_for_the_store_is_full_and_never_wrapped(store: &mut dyn Store) -> Finding {
    let last_of_all = u64::MAX >> 1;
    store.append_entry(&entry(LOG, last_of_all), &about(&[]))?;
    expect(store.tail(LOG)? == Some(entry(LOG, last_of_all)), "an entry at the highest sequence of 63 bits")?;
    for sequence in [last_of_all + 1, u64::MAX] {
        let before = store.tail(LOG)?;
        let written = store.append_entry(&entry(LOG, sequence), &about(&[uuid(9)]));
        let now = store.tail(LOG)?;
        let unchanged = now == before && store.entries_about(LOG, uuid(9), 9)?.is_empty();
        kept_or_full(written, now == Some(entry(LOG, sequence)), unchanged)?;
    }
    Ok(())
}

fn entries_ascend_from_a_sequence_up_to_a_limit(store: &mut dyn Store) -> Finding {
    fill(store, LOG, MANY)?;
    let pages: [(u64, usize); 6] = [(0, 500), (0, 1), (9, 3), (250, 20), (299, 5), (0, usize::MAX)];
    for (from, limit) in pages {
        let expected = (from..MANY).take(limit).map(|sequence| entry(LOG, sequence)).collect::<Vec<_>>();
        expect(store.entries(LOG, from, limit)? == expected, "entries from a sequence on, ascending, up to the limit")?;
    }
    expect(store.entries(LOG, 0, 0)?.is_empty(), "no entry for a limit of 0")
}

fn entries_behind_the_end_are_none(store: &mut dyn Store) -> Finding {
    fill(store, LOG, 3)?;
    for from in [3, 4, u64::MAX >> 1, (u64::MAX >> 1) + 1, u64::MAX] {
        expect(store.entries(LOG, from, 9)?.is_empty(), "no entry behind the end")?;
    }
    Ok(())
}

fn the_tail_is_the_entry_with_the_highest_sequence(store: &mut dyn Store) -> Finding {
    expect(store.tail(LOG)?.is_none(), "no tail of an empty log")?;
    for sequence in 0..MANY {
        store.append_entry(&entry(LOG, sequence), &about(&[]))?;
        expect(store.tail(LOG)? == Some(entry(LOG, sequence)), "the entry that was added last")?;
    }
    Ok(())
}

fn leaves_ascend_from_a_sequence_up_to_a_limit(store: &mut dyn Store) -> Finding {
    fill(store, LOG, MANY)?;
    fill(store, OTHER_LOG, 1)?;
    for (from, limit) in [(0, 500), (0, 0), (9, 3), (250, 20), (299, 5), (300, 5)] {
        let expected = (from..MANY).take(limit).map(|sequence| entry(LOG, sequence).leaf).collect::<Vec<_>>();
        expect(store.leaves(LOG, from, limit)? == expected, "leaves from a sequence on, ascending, up to the limit")?;
    }
    expect(store.leaves(LOG, u64::MAX, 1)?.is_empty(), "no leaf behind the end")
}

fn a_tile_reads_back_and_is_replaced(store: &mut dyn Store) -> Finding {
    let places = [(LOG, 0, 0), (LOG, 0, 1), (LOG, 1, 0), (OTHER_LOG, 0, 0), (LOG, 6, u64::MAX >> 1)];
    for round in [0, 0xff] {
        for (at, (log, level, index)) in (0u8..).zip(places) {
            store.put_tile(log, level, index, &[round ^ at; TILE_BYTES])?;
        }
        for (at, (log, level, index)) in (0u8..).zip(places) {
            let tile = store.tile(log, level, index)?;
            expect(tile == Some(vec![round ^ at; TILE_BYTES]), "the tile that was written last at its place")?;
        }
    }
    expect(store.tile(OTHER_LOG, 1, 0)?.is_none(), "no tile where none was written")
}

fn a_tile_of_another_length_is_refused_and_the_first_stays(store: &mut dyn Store) -> Finding {
    store.put_tile(LOG, 0, 0, &[7; TILE_BYTES])?;
    for length in [0, TILE_BYTES - 1, TILE_BYTES + 1] {
        let written = store.put_tile(LOG, 0, 0, &vec![8; length]);
        refused(written, StoreError::Corrupt, "a tile of another length")?;
    }
    expect(store.tile(LOG, 0, 0)? == Some(vec![7; TILE_BYTES]), "the first tile")
}

fn entries_of_two_logs_do_not_mix(store: &mut dyn Store) -> Finding {
    fill(store, LOG, 3)?;
    fill(store, OTHER_LOG, 5)?;
    expect(store.entries(LOG, 0, 9)?.len() == 3, "the entries of one log")?;
    expect(store.tail(LOG)? == Some(entry(LOG, 2)), "the tail of one log")?;
    expect(store.entries(OTHER_LOG, 0, 9)?.iter().all(|entry| entry.log == OTHER_LOG), "the entries of the other log")
}

fn entries_about_a_patient_come_newest_first_up_to_a_limit(store: &mut dyn Store) -> Finding {
    for sequence in 0..MANY {
        let patients = if sequence % 3 == 0 { vec![uuid(1), uuid(2)] } else { vec![uuid(2)] };
        store.append_entry(&entry(LOG, sequence), &about(&patients))?;
    }
    store.append_entry(&entry(OTHER_LOG, 0), &about(&[uuid(1)]))?;
    for limit in [0, 1, 7, 1000, usize::MAX] {
        let newest = (0..MANY).rev().filter(|sequence| sequence % 3 == 0).take(limit);
        let expected = newest.map(|sequence| entry(LOG, sequence)).collect::<Vec<_>>();
        let found = store.entries_about(LOG, uuid(1), limit)?;
        expect(found == expected, "the entries about one patient, the newest first, up to the limit")?;
    }
    Ok(())
}

fn an_entry_is_found_by_each_of_its_patients_and_no_other(store: &mut dyn Store) -> Finding {
    let mut patients = vec![repeated(1, 1), repeated(1, 2), repeated(1, 39), repeated(1, 40)];
    patients.extend((2..=250).map(uuid));
    patients.sort_unstable();
    store.append_entry(&entry(LOG, 0), &about(&patients))?;
    store.append_entry(&entry(LOG, 1), &about(&[]))?;
    for patient in &patients {
        expect(store.entries_about(LOG, *patient, 9)? == [entry(LOG, 0)], "one entry about each of its patients")?;
    }
    for stranger in [repeated(1, 3), uuid(251), repeated(2, 1)] {
        expect(store.entries_about(LOG, stranger, 9)?.is_empty(), "no entry about another patient")?;
    }
    expect(store.entries_about(OTHER_LOG, uuid(2), 9)?.is_empty(), "no entry of another log")
}

fn fill(store: &mut dyn Store, log: LogId, count: u64) -> Finding {
    for sequence in 0..count {
        store.append_entry(&entry(log, sequence), &about(&[]))?;
    }
    Ok(())
}

fn about(subjects: &[RecordId]) -> EntryProjection<'_> {
    EntryProjection { time: Timestamp::from_micros(-5), name: Some("PHI_READ"), user: None, subjects }
}

fn entry(log: LogId, sequence: u64) -> StoredEntry {
    let mut leaf = [0x40; 32];
    leaf[..8].copy_from_slice(&sequence.to_be_bytes());
    StoredEntry { log, sequence, body: [log.0.as_slice(), &leaf].concat(), leaf, details: None }
}

fn head(tenant: TenantId, log: LogId, size: u64) -> StoredHead {
    let last_time = Timestamp::from_micros(0);
    StoredHead { log, tenant, size, last_leaf: [0; 32], last_time, range: Vec::new(), signature: [1; 64], mac: [2; 32] }
}
