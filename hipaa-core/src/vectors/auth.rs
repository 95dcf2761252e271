//! Digests of tokens, codes and names, the cookie of a device, and a password's hash.

use super::hexed;
use crate::auth::device::device_cookie;
use crate::auth::limit::Limit;
use crate::auth::login_name::LoginName;
use crate::auth::network::ClientNetwork;
use crate::auth::password::{HashParams, HashingPermits, PasswordHash};
use crate::auth::recovery::{RECOVERY_BYTES, RecoveryCode};
use crate::auth::token::{ActivationToken, PendingToken, ResetToken, SessionToken};
use crate::clock::Timestamp;
use core::num::NonZeroUsize;
use core::time::Duration;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde_json::{Value as Js, json};
use zeroize::Zeroizing;

const KEY: [u8; 32] = [0x44; 32];

fn key() -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new(KEY))
}

fn vector(label: &str, keyed: bool, parts: &[&[u8]], digest: impl AsRef<[u8]>, text: Option<&SecretString>) -> Js {
    json!({
        "label": label,
        "key": keyed.then(|| hexed(KEY)),
        "parts": parts.iter().map(hexed).collect::<Vec<_>>(),
        "digest": hexed(digest),
        "text": text.map(|text| text.expose_secret().to_owned()),
    })
}

pub(super) fn digests() -> Js {
    let random = Zeroizing::new([0x55; 32]);
    let (session, pending) = (SessionToken::new(&random), PendingToken::new(&random));
    let (reset, activation) = (ResetToken::new(&random), ActivationToken::new(&random));
    let name = LoginName::parse("MARÍA@norte.example").unwrap();
    let code = RecoveryCode::set(&Zeroizing::new(core::array::from_fn(|at| u8::try_from(at).unwrap()))).remove(0);
    let code_bytes: [u8; RECOVERY_BYTES] = core::array::from_fn(|at| u8::try_from(at).unwrap());
    let network = ClientNetwork::from_address("2001:db8:1:2::7".parse().unwrap());
    let (per_network, per_address) =
        (Limit::LOGIN_PER_NETWORK.of_network(&network), Limit::RESET_PER_ADDRESS.of_id(b"id"));
    let token = |label, digest: &[u8; 32], text| vector(label, false, &[&*random], digest, Some(text));
    json!([
        token("token.session", session.digest().as_bytes(), &session.text()),
        token("token.pending", pending.digest().as_bytes(), &pending.text()),
        token("token.reset", reset.digest().as_bytes(), &reset.text()),
        token("token.activation", activation.digest().as_bytes(), &activation.text()),
        vector("login-name", true, &["maría@norte.example".as_bytes()], name.hash(&key()).as_bytes(), None),
        vector(
            "recovery-code",
            true,
            &[b"user", &code_bytes],
            code.hash(&key(), b"user").as_bytes(),
            Some(&code.text())
        ),
        vector(
            "limit",
            false,
            &[b"login.network", b"network", &network.to_bytes()],
            per_network.key().as_bytes(),
            None
        ),
        vector("limit", false, &[b"reset.address", b"id", b"id"], per_address.key().as_bytes(), None),
    ])
}

pub(super) fn device() -> Js {
    let cookie = device_cookie(&key(), b"user", [0x66; 16], Timestamp::from_micros(1_800_000_000_000_000));
    json!({
        "key": hexed(KEY), "user": hexed(b"user"), "micros": 1_800_000_000_000_000_u64, "random": hexed([0x66; 16]),
        "cookie": cookie.expose_secret(),
    })
}

/// A decoy's password is known to whoever knows its random bytes: their hexadecimal text, salted with the first half.
pub(super) fn password() -> Js {
    let permit = HashingPermits::new(NonZeroUsize::MIN, 0).acquire(Duration::ZERO).unwrap();
    let hash = PasswordHash::decoy(&Zeroizing::new([0x77; 32]), &HashParams::DEFAULT, &permit).unwrap();
    json!({ "random": hexed([0x77; 32]), "phc": hash.expose() })
}
