//! What a key tells of the members beside it: a device, an insurance, a person.

use super::LONGEST_KEY;
use super::role::words;
use crate::guard::words::WordSet;

/// Members that a device has.
static HARDWARE: WordSet<32> =
    WordSet::new("firmware fw model mac imei manufacturer hardware hw udi device sensor pump monitor meter scanner");

/// Whether a device has such a member.
pub(in crate::guard::json) fn names_hardware(key: &str) -> bool {
    key.len() <= LONGEST_KEY && words(key.as_bytes()).any(|word| HARDWARE.has(word))
}

/// What belongs to an insurance of health.
static INSURANCES: WordSet<32> =
    WordSet::new("insurance insured payer payor coverage carrier subscriber member policy rxbin rxpcn bin pcn");

/// Whether an insurance has such a member, or is called so.
pub(in crate::guard::json) fn names_insurance(key: &str) -> bool {
    let glued = || {
        ["memberid", "subscriberid", "policynumber", "payerid", "rxbin", "rxpcn"]
            .iter()
            .any(|name| key.eq_ignore_ascii_case(name))
    };
    key.len() <= LONGEST_KEY && (words(key.as_bytes()).any(|word| INSURANCES.has(word)) || glued())
}

/// What stands beside the group of a person.
static INSURED: WordSet<16> = WordSet::new("plan mrn dob ssn patient ppo hmo copay employer");

/// Whether an insurance or a person has such a member.
pub(in crate::guard::json) fn names_insured(key: &str) -> bool {
    names_insurance(key) || (key.len() <= LONGEST_KEY && words(key.as_bytes()).any(|word| INSURED.has(word)))
}
