//! Rows P1, P5 to P7 and P9, and the vectors of RFC 9106.

use super::hash::{context, tag_of};
use super::*;
use crate::auth::history::PasswordHistory;
use crate::auth::policy::{PasswordContext, PasswordLists, PasswordPolicy};
use crate::red::without;
use argon2::{AssociatedData, ParamsBuilder};
use core::num::NonZeroUsize;
use core::time::Duration;
use std::sync::mpsc;
use zeroize::Zeroizing;

pub(in crate::auth) fn password(typed: &str) -> Password {
    Password::new(typed.into()).unwrap()
}

pub(in crate::auth) fn permits() -> HashingPermits {
    HashingPermits::new(NonZeroUsize::MIN, 0)
}

pub(in crate::auth) fn permit() -> HashingPermit {
    permits().acquire(Duration::ZERO).unwrap()
}

/// A hash of anything at a cost that a test can pay.
pub(in crate::auth) fn cheap(typed: &str) -> PasswordHash {
    rehash(&password(typed), &HashParams::CHEAP)
}

fn cheap_decoy() -> PasswordHash {
    PasswordHash::decoy(&Zeroizing::new([7; 32]), &HashParams::CHEAP, &permit()).unwrap()
}

fn rehash(typed: &Password, params: &HashParams) -> PasswordHash {
    Rehash::for_test(typed, *params).hash([9; 16], &permit()).unwrap()
}

fn parse(stored: &str) -> Result<(), HashFormatError> {
    PasswordHash::parse(stored.into()).map(|_| ())
}

fn right(hash: &PasswordHash, typed: &str) -> bool {
    let typed = password(typed);
    let verdict = hash.verify(&typed, &HashParams::CHEAP, &permit()).unwrap();
    !matches!(verdict, Verdict::Wrong)
}

fn limit(typed: &str) -> Result<(), PasswordError> {
    Password::new(typed.into()).map(|_| ())
}

#[test]
fn p1_length_is_counted_after_nfkc() {
    assert_eq!(limit(&"e\u{301}".repeat(128)), Ok(()), "256 code points typed, 128 in NFKC");
    assert_eq!(limit(&"e\u{301}".repeat(129)), Err(PasswordError::TooLong));
    assert_eq!(limit(&"\u{fdfa}".repeat(8)), Err(PasswordError::TooLong), "8 code points typed, 144 in NFKC");
    assert_eq!(limit(&"a".repeat(128)), Ok(()));
    assert_eq!(limit(&"a".repeat(129)), Err(PasswordError::TooLong));
    assert_eq!(limit(&"𝕒".repeat(128)), Ok(()));
    assert_eq!(limit(&"😀".repeat(128)), Ok(()));
    assert_eq!(limit(""), Err(PasswordError::Empty));
    assert_eq!(limit(" "), Ok(()));
    assert_eq!(limit("caf\u{378}"), Err(PasswordError::Unassigned));
}

#[test]
fn p1_a_megabyte_is_refused_before_anything_is_computed() {
    assert_eq!(limit(&"a".repeat(1 << 20)), Err(PasswordError::TooLong));
    assert_eq!(limit(&"\u{200b}".repeat(342)), Err(PasswordError::TooLong), "1,026 bytes");
}

#[test]
fn p1_two_long_passwords_with_one_beginning_are_not_one() {
    let collide = || {
        let [one, other] = ["x", "y"].map(|end| Password::new(format!("{}{end}", "a".repeat(128)).into()));
        one.and_then(|one| Ok((rehash(&one, &HashParams::CHEAP), other?))).is_ok_and(|(stored, other)| {
            !matches!(stored.verify(&other, &HashParams::CHEAP, &permit()).unwrap(), Verdict::Wrong)
        })
    };
    assert!(!collide());
    assert!(without(Safeguard::PasswordLimit, collide));
}

#[test]
fn p1_every_byte_matters_the_73rd_too() {
    let stored = cheap(&format!("{}x", "a".repeat(72)));
    assert!(right(&stored, &format!("{}x", "a".repeat(72))));
    assert!(!right(&stored, &format!("{}y", "a".repeat(72))));
    assert!(!right(&stored, &"a".repeat(72)));
}

#[test]
fn p1_composed_and_decomposed_letters_are_one_password() {
    let both = || right(&cheap("caf\u{e9} au lait"), "cafe\u{301} au lait");
    assert!(both());
    assert!(!without(Safeguard::PasswordForm, both));
}

#[test]
fn p5_a_new_hash_has_the_stated_parameters() {
    let permit = permit();
    let typed = password("Vivid-harbour 27 lanterns");
    let lists = PasswordLists::default();
    let about = PasswordContext { names: &[], second_factor: false, lists: &lists };
    let accepted = PasswordPolicy::clinic().judge(&typed, &about, &PasswordHistory::default(), &permit).unwrap();
    let hash = PasswordHash::of_accepted(&accepted, &HashParams::default(), [1; 16], &permit).unwrap();
    let parts: Vec<&str> = hash.expose().split('$').collect();
    assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    assert_eq!((parts[4].len(), parts[5].len(), parts.len()), (22, 43, 6), "16 and 32 bytes in base64");
    let read = PasswordHash::parse(hash.expose().into()).unwrap();
    assert!(matches!(read.verify(&typed, &HashParams::default(), &permit).unwrap(), Verdict::Right));
    let wrong = password("Vivid-harbour 27 lantern");
    assert!(matches!(read.verify(&wrong, &HashParams::default(), &permit).unwrap(), Verdict::Wrong));
}

#[test]
fn p5_the_argon2id_vector_of_rfc_9106() {
    let data = AssociatedData::new(&[4; 12]).unwrap();
    let params = ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(data).output_len(32).build().unwrap();
    let secret = [3; 8];
    let tag = tag_of(&context(params, &secret).unwrap(), &"\u{1}".repeat(32), &[2; 16], (32, &permit())).unwrap();
    assert_eq!(hex::encode(&*tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
}

#[test]
fn p5_a_hash_of_the_reference_implementation_verifies_and_is_made_again() {
    let stored = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let hash = PasswordHash::parse(stored.into()).unwrap();
    let (typed, permit) = (password("password"), permit());
    let verdict = hash.verify(&typed, &HashParams::DEFAULT, &permit).unwrap();
    assert!(matches!(verdict, Verdict::Rehash(_)), "its salt has eight bytes");
    assert!(!right(&hash, "Password"));
}

#[test]
fn p5_a_hash_is_made_again_when_its_parameters_rise() {
    let (typed, permit) = (password("maria"), permit());
    let stored = rehash(&typed, &HashParams::CHEAP);
    let verdict = |target| stored.verify(&typed, &target, &permit).unwrap();
    assert!(matches!(verdict(HashParams::CHEAP), Verdict::Right));
    let dearer = HashParams::stored(16, 1, 1).unwrap();
    assert!(matches!(without(Safeguard::Rehash, || verdict(dearer)), Verdict::Right), "an old hash stays for ever");
    let Verdict::Rehash(again) = verdict(dearer) else { panic!("not to be made again") };
    let fresh = again.hash([3; 16], &permit).unwrap();
    assert!(matches!(fresh.verify(&typed, &dearer, &permit).unwrap(), Verdict::Right));
    assert!(matches!(fresh.verify(&typed, &HashParams::CHEAP, &permit).unwrap(), Verdict::Right), "never made cheaper");
    assert!(matches!(verdict(HashParams::stored(8, 2, 1).unwrap()), Verdict::Rehash(_)));
}

#[test]
fn p9_memory_that_an_earlier_hash_left_changes_no_hash() {
    let (typed, other, permit) = (password("maria"), password("another"), permit());
    let fresh = rehash(&typed, &HashParams::CHEAP).expose().to_owned();
    let dearer = HashParams::stored(64, 2, 1).unwrap();
    let stored = rehash(&other, &dearer);
    assert!(matches!(stored.verify(&other, &dearer, &permit).unwrap(), Verdict::Right));
    // In memory that is larger, full of another hash, and lent again.
    for _ in 0..2 {
        let hash = PasswordHash::parse(fresh.clone().into()).unwrap();
        assert!(matches!(hash.verify(&typed, &HashParams::CHEAP, &permit).unwrap(), Verdict::Right));
        assert!(matches!(hash.verify(&other, &HashParams::CHEAP, &permit).unwrap(), Verdict::Wrong));
        assert!(matches!(stored.verify(&other, &dearer, &permit).unwrap(), Verdict::Right));
    }
}

#[test]
fn p5_costs_have_floor_and_ceiling() {
    for (memory, passes, lanes, error) in [
        (131_073, 2, 1, ParamsError::Bounds),
        (19_456, 11, 1, ParamsError::Bounds),
        (19_456, 2, 17, ParamsError::Bounds),
        (19_456, 0, 1, ParamsError::Bounds),
        (19_456, 2, 0, ParamsError::Bounds),
        (7, 2, 1, ParamsError::Bounds),
        (19_455, 2, 1, ParamsError::Weak),
        (47_103, 1, 1, ParamsError::Weak),
        (12_287, 10, 1, ParamsError::Weak),
    ] {
        assert_eq!(HashParams::new(memory, passes, lanes), Err(error), "{memory} {passes} {lanes}");
    }
    assert_eq!(HashParams::new(19_456, 2, 1), Ok(HashParams::DEFAULT));
    assert!(HashParams::new(131_072, 10, 16).is_ok() && HashParams::new(47_104, 1, 1).is_ok());
}

const TAIL: &str = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

#[test]
fn p9_the_memory_of_the_pool_keeps_nothing_of_a_hash() {
    let typed = password("maria");
    let hash = rehash(&typed, &HashParams::CHEAP);
    let remains = || {
        let permit = permit();
        assert!(matches!(hash.verify(&typed, &HashParams::CHEAP, &permit).unwrap(), Verdict::Right));
        permit.has_remains()
    };
    assert!(!remains());
    assert!(without(Safeguard::WipedHashes, remains), "the red twin");
}

#[test]
fn p9_a_stored_hash_cannot_order_more_than_the_bounds() {
    let hostile = ["m=4194304,t=2,p=1", "m=131073,t=2,p=1", "m=65536,t=11,p=1", "m=65536,t=2,p=17", "m=8,t=1,p=2"];
    let refused = || {
        let strings = hostile.iter().map(|params| parse(&format!("$argon2id$v=19${params}${TAIL}")));
        strings.filter(|parsed| *parsed == Err(HashFormatError::Bounds)).count()
    };
    assert_eq!(refused(), hostile.len());
    assert_eq!(without(Safeguard::HashBounds, refused), 0);
    assert_eq!(parse(&format!("$argon2id$v=19$m=131072,t=10,p=16${TAIL}")), Ok(()));
}

#[test]
fn p5_only_canonical_strings_of_argon2id_are_hashes() {
    let long = format!("$argon2id$v=19$m=65536,t=2,p=1${}", "A".repeat(1_000));
    let params = "m=65536,t=2,p=1";
    for (stored, error) in [
        (String::new(), HashFormatError::Malformed),
        ("password".into(), HashFormatError::Malformed),
        (format!("$argon2i$v=19${params}${TAIL}"), HashFormatError::Algorithm),
        (format!("$argon2d$v=19${params}${TAIL}"), HashFormatError::Algorithm),
        (format!("$argon2id$v=16${params}${TAIL}"), HashFormatError::Malformed),
        (format!("$argon2id${params}${TAIL}"), HashFormatError::Malformed),
        (format!("$argon2id$v=19$m=65536,t=2${TAIL}"), HashFormatError::Malformed),
        (format!("$argon2id$v=19${params},keyid=AAAA${TAIL}"), HashFormatError::Malformed),
        (format!("$argon2id$v=19$m=065536,t=2,p=1${TAIL}"), HashFormatError::Malformed),
        (format!("$argon2id$v=19${params}$c29tZXNhbHQ"), HashFormatError::Malformed),
        (format!("$argon2id$v=19${params}${TAIL}="), HashFormatError::Malformed),
        (format!("$argon2id$v=19${params}${TAIL}$"), HashFormatError::Malformed),
        (format!("{}\n", format_args!("$argon2id$v=19${params}${TAIL}")), HashFormatError::Malformed),
        (long, HashFormatError::TooLong),
        ("$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".into(), HashFormatError::Malformed),
    ] {
        assert_eq!(parse(&stored), Err(error), "{}", stored.get(..40).unwrap_or(&stored));
    }
}

#[test]
fn p10_a_decoy_is_verified_like_any_hash_and_is_of_no_password() {
    let permits = permits();
    let permit = permits.acquire(Duration::ZERO).unwrap();
    let decoy = PasswordHash::decoy(&Zeroizing::new([7; 32]), &HashParams::CHEAP, &permit).unwrap();
    let before = permits.load().hashes;
    let verdict = decoy.verify(&password("maria"), &HashParams::CHEAP, &permit).map(|v| matches!(v, Verdict::Wrong));
    assert_eq!(verdict, Ok(true));
    assert_eq!(permits.load().hashes - before, 1);
}

#[test]
fn p9_no_more_hashes_run_at_once_than_permitted() {
    let permits = HashingPermits::new(NonZeroUsize::new(2).unwrap(), 200);
    let decoy = cheap_decoy();
    std::thread::scope(|scope| {
        for _ in 0..200 {
            scope.spawn(|| {
                let permit = permits.acquire(Duration::from_secs(60)).unwrap();
                let typed = password("maria");
                let verdict = decoy.verify(&typed, &HashParams::CHEAP, &permit);
                assert!(matches!(verdict, Ok(Verdict::Wrong)));
            });
        }
    });
    let load = permits.load();
    assert_eq!((load.running, load.waiting, load.hashes), (0, 0, 200));
    assert!(load.peak <= 2, "{load:?}");
    let overrun =
        || (0..3).map(|_| permits.acquire(Duration::ZERO)).collect::<Result<Vec<_>, _>>().map(|held| held.len());
    assert_eq!(overrun(), Err(Busy));
    assert_eq!(without(Safeguard::HashingCap, overrun), Ok(3));
}

#[test]
fn p9_an_abandoned_request_still_holds_its_permit() {
    let permits = permits();
    let permit = permits.acquire(Duration::ZERO).unwrap();
    let (result, abandoned) = mpsc::channel();
    let (finish, gate) = mpsc::channel::<()>();
    let work = std::thread::spawn(move || {
        let _permit = permit;
        gate.recv().unwrap();
        let _ = result.send("done");
    });
    drop(abandoned);
    assert_eq!(permits.acquire(Duration::from_millis(10)).map(|_| ()), Err(Busy));
    finish.send(()).unwrap();
    work.join().unwrap();
    assert!(permits.acquire(Duration::ZERO).is_ok());
}

#[test]
fn p9_the_queue_is_bounded_and_a_freed_permit_goes_to_who_waits() {
    let permits = HashingPermits::new(NonZeroUsize::MIN, 1);
    let held = permits.acquire(Duration::ZERO).unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| permits.acquire(Duration::from_secs(60)).is_ok());
        while permits.load().waiting == 0 {
            std::thread::yield_now();
        }
        assert_eq!(permits.acquire(Duration::from_secs(60)).map(|_| ()), Err(Busy), "at once, not after a minute");
        drop(held);
        assert!(waiter.join().unwrap());
    });
}

#[test]
fn no_password_and_no_hash_is_shown() {
    let typed = password("correct horse");
    let shown = format!("{typed:?} {:?} {:?}", cheap("correct horse"), Rehash::for_test(&typed, HashParams::CHEAP));
    assert!(!shown.contains("horse") && !shown.contains("argon2id"), "{shown}");
}

#[cfg(feature = "bcrypt-import")]
mod bcrypt_import {
    use super::*;

    /// Published with the reference implementation.
    const VECTORS: [(&str, &str); 3] = [
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
        ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
        ("$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U"),
    ];

    fn of(typed: &str) -> PasswordHash {
        let parts = bcrypt::hash_with_salt(typed, 4, [5; 16]).unwrap();
        PasswordHash::parse(parts.format_for_version(bcrypt::Version::TwoB).into()).unwrap()
    }

    #[test]
    fn p6_bcrypt_hashes_verify_and_are_made_again() {
        for (stored, typed) in VECTORS {
            for stored in [stored.to_owned(), stored.replace("$2a$", "$2b$"), stored.replace("$2a$", "$2y$")] {
                let hash = PasswordHash::parse(stored.into()).unwrap();
                let (password, permit) = (password(typed), permit());
                let verdict = hash.verify(&password, &HashParams::CHEAP, &permit).unwrap();
                let Verdict::Rehash(again) = verdict else { panic!("{typed}") };
                assert!(right(&again.hash([1; 16], &permit).unwrap(), typed));
                assert!(!right(&hash, "U*V"));
            }
        }
    }

    #[test]
    fn p6_a_hostile_cost_is_refused_at_once() {
        let with_cost = |cost: &str| parse(&VECTORS[0].0.replace("$05$", &format!("${cost}$")));
        let hostile = || ["31", "15", "03", "00", "99"].map(with_cost);
        assert_eq!(hostile(), [Err(HashFormatError::Bounds); 5]);
        assert_eq!(without(Safeguard::HashBounds, hostile), [Ok(()); 5]);
        assert_eq!((with_cost("04"), with_cost("14")), (Ok(()), Ok(())));
        for wrong in ["+5", "5", "005", "xx"] {
            assert_eq!(with_cost(wrong), Err(HashFormatError::Malformed), "{wrong}");
        }
        assert_eq!(parse(&VECTORS[0].0[..59]), Err(HashFormatError::Malformed));
    }

    #[test]
    fn p7_a_prefix_with_junk_does_not_take_the_account_over() {
        let secret = "s".repeat(72);
        let stored = of(&format!("{secret} and the rest"));
        let taken_over = || {
            let (junk, permit) = (password(&format!("{secret}junk of the attacker")), permit());
            match stored.verify(&junk, &HashParams::CHEAP, &permit).unwrap() {
                Verdict::Rehash(again) => again.hash([1; 16], &permit).is_ok(),
                Verdict::MustChange => false,
                other => panic!("{other:?}"),
            }
        };
        assert!(!taken_over());
        assert!(without(Safeguard::BcryptPrefix, taken_over));
    }

    #[test]
    fn p7_the_limit_is_71_bytes() {
        let verdict = |length: usize| {
            let text = "s".repeat(length);
            let password = password(&text);
            matches!(of(&text).verify(&password, &HashParams::CHEAP, &permit()).unwrap(), Verdict::Rehash(_))
        };
        assert!(verdict(71));
        assert!(!verdict(72));
    }

    #[test]
    fn p7_bcrypt_is_of_the_bytes_as_typed_and_the_new_hash_of_the_normal_form() {
        let stored = of("ﬁne cafe\u{301}");
        assert!(right(&stored, "ﬁne cafe\u{301}"));
        assert!(!right(&stored, "fine café"));
        let (typed, permit) = (password("ﬁne cafe\u{301}"), permit());
        let Verdict::Rehash(again) = stored.verify(&typed, &HashParams::CHEAP, &permit).unwrap() else { panic!() };
        assert!(right(&again.hash([1; 16], &permit).unwrap(), "fine café"));
    }

    #[test]
    fn p7_a_password_that_repeats_itself_behind_a_nul_is_wrong() {
        assert!(bcrypt::verify("a\0a", of("a").expose()).unwrap(), "as bcrypt has it");
        assert!(!right(&of("a"), "a\0a"));
    }
}
