//! The cookie of a device that has signed in before: lets its user past the delay that strangers cause.
//!
//! | offset | length | meaning |
//! |---|---|---|
//! | 0 | 8 | time of the login, microseconds since 1970, i64 big-endian |
//! | 8 | 16 | random |
//! | 24 | 32 | keyed BLAKE3(key, encode("device", \[user, bytes 0..24\])) |
//!
//! as base64url without padding, 75 characters. A host may store the random bytes, so that it can forget a device. It is no proof of identity: it only makes an attempt
//! count as coming from a [known origin](super::lockout::Origin), which is locked by its own failures like any other.

use crate::clock::Timestamp;
use crate::encoding::encode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use core::time::Duration;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use subtle::ConstantTimeEq as _;

/// How long a device is known after a login: 90 days.
pub const DEVICE_LIFE: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Characters of the cookie.
pub const DEVICE_CHARS: usize = 75;
const SIGNED: usize = 24;
const BYTES: usize = 56;

/// The cookie to set after a complete login; `random` keeps two devices apart.
#[must_use]
pub fn device_cookie(key: &SecretBox<[u8; 32]>, user: &[u8], random: [u8; 16], now: Timestamp) -> SecretString {
    let mut bytes = [0; BYTES];
    let (signed, mac) = bytes.split_at_mut(SIGNED);
    let (time, tail) = signed.split_at_mut(8);
    time.copy_from_slice(&now.micros().to_be_bytes());
    tail.copy_from_slice(&random);
    mac.copy_from_slice(&mac_of(key, user, signed));
    URL_SAFE_NO_PAD.encode(bytes).into()
}

/// Whether the cookie was set for this user, by this deployment, within [`DEVICE_LIFE`].
#[must_use]
pub fn is_known_device(key: &SecretBox<[u8; 32]>, user: &[u8], cookie: &str, now: Timestamp) -> bool {
    device_id(key, user, cookie, now).is_some()
}

/// The random bytes of a cookie that was set for this user, by this deployment, within [`DEVICE_LIFE`]: by them the device
/// can be forgotten.
#[must_use]
pub fn device_id(key: &SecretBox<[u8; 32]>, user: &[u8], cookie: &str, now: Timestamp) -> Option<[u8; 16]> {
    let mut bytes = [0; BYTES];
    if cookie.len() != DEVICE_CHARS || URL_SAFE_NO_PAD.decode_slice(cookie, &mut bytes) != Ok(BYTES) {
        return None;
    }
    let (signed, mac) = bytes.split_at(SIGNED);
    let set = signed.first_chunk().map_or(now, |time| Timestamp::from_micros(i64::from_be_bytes(*time)));
    let fresh = set <= now && now.since(set) < DEVICE_LIFE;
    let right = bool::from(mac_of(key, user, signed).ct_eq(mac)) && fresh;
    signed.last_chunk().copied().filter(|_| right)
}

fn mac_of(key: &SecretBox<[u8; 32]>, user: &[u8], signed: &[u8]) -> [u8; 32] {
    *blake3::keyed_hash(key.expose_secret(), &encode("device", &[user, signed])).as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SecretBox<[u8; 32]> {
        SecretBox::new(Box::new([seed; 32]))
    }

    #[test]
    fn l2_a_device_is_known_to_its_own_user_and_deployment_for_ninety_days() {
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let cookie = device_cookie(&key(1), b"maria", [5; 16], now);
        let cookie = cookie.expose_secret();
        assert_eq!(cookie.len(), DEVICE_CHARS);
        assert!(is_known_device(&key(1), b"maria", cookie, now));
        assert!(!is_known_device(&key(2), b"maria", cookie, now));
        assert!(!is_known_device(&key(1), b"marla", cookie, now));
        assert!(!is_known_device(&key(1), b"maria", cookie, now.after(DEVICE_LIFE)));
        assert!(!is_known_device(&key(1), b"maria", cookie, Timestamp::from_micros(now.micros() - 1)));
        for at in 0..DEVICE_CHARS {
            let other = if &cookie[at..=at] == "A" { "B" } else { "A" };
            let forged = format!("{}{other}{}", &cookie[..at], &cookie[at + 1..]);
            assert!(!is_known_device(&key(1), b"maria", &forged, now), "{at}");
        }
        assert!(!is_known_device(&key(1), b"maria", "", now));
        assert!(!is_known_device(&key(1), b"maria", &format!("{cookie}A"), now));
    }
}
