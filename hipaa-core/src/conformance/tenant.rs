//! The deployment and its tenants.

use super::sample::{LOG, OTHER_LOG, OTHER_TENANT, TENANT};
use super::{Case, Finding, expect, refused};
use crate::schema::TenantId;
use crate::store::{LogId, Store, StoreError, StoredTenant};

pub(super) const CASES: &[Case] = cases! {
    a_deployment_is_written_once
    a_tenant_reads_back_bit_for_bit
    tenants_ascend_by_the_bytes_of_their_names
    a_tenant_is_found_by_exactly_its_name
    an_id_a_log_and_a_name_are_taken_once
};

fn a_deployment_is_written_once(store: &mut dyn Store) -> Finding {
    expect(store.deployment()?.is_none(), "no deployment before it was made")?;
    store.put_deployment(&[0xc1; 16])?;
    expect(store.deployment()? == Some([0xc1; 16]), "the id of the deployment")?;
    for id in [[0xc1; 16], [0xc2; 16]] {
        refused(store.put_deployment(&id), StoreError::Conflict, "a conflict for a second deployment")?;
    }
    expect(store.deployment()? == Some([0xc1; 16]), "the id of the first deployment")
}

fn a_tenant_reads_back_bit_for_bit(store: &mut dyn Store) -> Finding {
    expect(store.tenants()?.is_empty(), "no tenant before one was made")?;
    let tenant = StoredTenant { tenant: TENANT, log: LOG, name: "Clínica 𝄞".to_owned(), mac: [0xff; 32] };
    store.put_tenant(&tenant)?;
    expect(store.tenants()? == [tenant.clone()], "the tenant in the list, as it was written")?;
    expect(store.tenant_named(&tenant.name)? == Some(tenant), "the tenant by its name, as it was written")
}

fn tenants_ascend_by_the_bytes_of_their_names(store: &mut dyn Store) -> Finding {
    let mut names = ["b", "B", "a", "a b", "aa", "Z", "é", "z", "10", "9"];
    for (name, byte) in names.into_iter().zip(1..) {
        store.put_tenant(&numbered(byte, name))?;
    }
    names.sort_unstable();
    let listed = store.tenants()?;
    expect(listed.iter().map(|tenant| tenant.name.as_str()).eq(names), "tenants in the order of the bytes of names")
}

fn a_tenant_is_found_by_exactly_its_name(store: &mut dyn Store) -> Finding {
    store.put_tenant(&numbered(1, "North clinic"))?;
    for name in ["north clinic", "North clinic ", " North clinic", "North", "North clini%", "North_clinic", ""] {
        expect(store.tenant_named(name)?.is_none(), "no tenant under another name")?;
    }
    store.put_tenant(&numbered(2, "north clinic"))?;
    expect(store.tenant_named("North clinic")? == Some(numbered(1, "North clinic")), "the tenant of exactly this name")
}

fn an_id_a_log_and_a_name_are_taken_once(store: &mut dyn Store) -> Finding {
    let first = StoredTenant { tenant: TENANT, log: LOG, name: "first".to_owned(), mac: [1; 32] };
    store.put_tenant(&first)?;
    let other = StoredTenant { tenant: OTHER_TENANT, log: OTHER_LOG, name: "other".to_owned(), mac: [2; 32] };
    for taken in [
        StoredTenant { tenant: TENANT, ..other.clone() },
        StoredTenant { log: LOG, ..other.clone() },
        StoredTenant { name: first.name.clone(), ..other.clone() },
    ] {
        refused(store.put_tenant(&taken), StoreError::Conflict, "a conflict for an id, log or name that is taken")?;
    }
    expect(store.tenants()? == [first], "the first tenant alone")
}

fn numbered(byte: u8, name: &str) -> StoredTenant {
    StoredTenant {
        tenant: TenantId::from_bytes([byte; 16]),
        log: LogId([byte; 16]),
        name: name.to_owned(),
        mac: [byte; 32],
    }
}
