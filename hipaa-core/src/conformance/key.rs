//! Rings and wrapped roots.

use super::sample::{OTHER_TENANT, TENANT};
use super::{Case, Finding, expect, refused};
use crate::store::{RootKind, Store, StoreError};

pub(super) const CASES: &[Case] = cases! {
    a_tenant_without_keys_has_no_ring_and_no_root
    a_ring_reads_back_and_is_replaced
    rings_of_two_tenants_are_two
    a_wrapped_root_reads_back_by_tenant_epoch_and_kind
    a_second_wrapped_root_is_a_conflict_and_the_first_stays
    a_replaced_root_is_gone_and_the_new_one_is_the_newest
};

fn a_tenant_without_keys_has_no_ring_and_no_root(store: &mut dyn Store) -> Finding {
    expect(store.ring(TENANT)?.is_none(), "no ring")?;
    expect(store.wrapped(TENANT, 1, RootKind::Cell)?.is_none(), "no wrapped root")
}

fn a_ring_reads_back_and_is_replaced(store: &mut dyn Store) -> Finding {
    let all_bytes = (0..=u8::MAX).collect::<Vec<_>>();
    for ring in [&all_bytes[..], &[], &[0], &all_bytes[..80]] {
        store.put_ring(TENANT, ring)?;
        expect(store.ring(TENANT)?.as_deref() == Some(ring), "the ring that was written last")?;
    }
    Ok(())
}

fn rings_of_two_tenants_are_two(store: &mut dyn Store) -> Finding {
    store.put_ring(TENANT, &[1])?;
    expect(store.ring(OTHER_TENANT)?.is_none(), "no ring for a tenant that has none")?;
    store.put_ring(OTHER_TENANT, &[2])?;
    expect(store.ring(TENANT)?.as_deref() == Some(&[1]), "the first tenant's ring, untouched by the second's")
}

fn a_wrapped_root_reads_back_by_tenant_epoch_and_kind(store: &mut dyn Store) -> Finding {
    let mut written = Vec::new();
    for tenant in [TENANT, OTHER_TENANT] {
        for epoch in [0, 1, 2, u32::MAX] {
            for kind in RootKind::TENANT.into_iter().chain([RootKind::HeadSeed]) {
                let blob = [written.len().to_be_bytes().as_slice(), kind.label().as_bytes()].concat();
                store.put_wrapped(tenant, epoch, kind, &blob)?;
                written.push((tenant, epoch, kind, blob));
            }
        }
    }
    for (tenant, epoch, kind, blob) in written {
        expect(store.wrapped(tenant, epoch, kind)? == Some(blob), "each wrapped root in its own place")?;
    }
    expect(store.wrapped(TENANT, 3, RootKind::Cell)?.is_none(), "no wrapped root of an epoch that has none")
}

fn a_second_wrapped_root_is_a_conflict_and_the_first_stays(store: &mut dyn Store) -> Finding {
    store.put_wrapped(TENANT, 1, RootKind::Cell, &[1])?;
    let second = store.put_wrapped(TENANT, 1, RootKind::Cell, &[2]);
    refused(second, StoreError::Conflict, "a conflict for a second wrapped root")?;
    expect(store.wrapped(TENANT, 1, RootKind::Cell)?.as_deref() == Some(&[1]), "the first wrapped root")
}

fn a_replaced_root_is_gone_and_the_new_one_is_the_newest(store: &mut dyn Store) -> Finding {
    let kind = RootKind::HeadSeed;
    expect(store.newest_wrapped(TENANT, kind)?.is_none(), "no newest root of a tenant that has none")?;
    let missing = store.replace_wrapped(TENANT, (1, 2), kind, &[2]);
    refused(missing, StoreError::Missing, "missing where there is no old root")?;
    for (tenant, epoch, kind) in [(TENANT, 9, RootKind::Cell), (OTHER_TENANT, 8, kind), (TENANT, 255, kind)] {
        store.put_wrapped(tenant, epoch, kind, &[0])?;
    }
    expect(store.newest_wrapped(TENANT, kind)? == Some((255, vec![0])), "the newest root of one tenant and kind")?;
    store.replace_wrapped(TENANT, (255, 256), kind, &[1])?;
    expect(store.newest_wrapped(TENANT, kind)? == Some((256, vec![1])), "the new root as the newest")?;
    expect(store.wrapped(TENANT, 255, kind)?.is_none(), "no old root after it was replaced")?;
    store.put_wrapped(TENANT, 7, kind, &[7])?;
    expect(store.newest_wrapped(TENANT, kind)? == Some((256, vec![1])), "the highest epoch, not the latest write")?;
    let taken = store.replace_wrapped(TENANT, (7, 256), kind, &[3]);
    refused(taken, StoreError::Conflict, "a conflict where there is a new root already")?;
    expect(store.wrapped(TENANT, 7, kind)?.as_deref() == Some(&[7]), "the old root where it was not replaced")
}
