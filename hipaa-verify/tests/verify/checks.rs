//! Red twins of the checks behind the signature: forgeries whose chain, tree, head and signature all fit, made with the stolen
//! key, so that one single check gives each away. Take the check away and the forgery passes (`tests/mutants.py` does so).

use crate::attack::Thief;
use crate::attacks::{MIDDLE, at, attack, of};
use crate::restore::misfit;
use crate::scene::{Found, Scene};
use core::num::NonZeroUsize;
use hipaa_core::audit::{Actor, Body, EntryKind, Field, LogId, Restore, tag};
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::{Identity, Settings};
use hipaa_core::schema::TenantId;
use rusqlite::params;
use std::collections::BTreeSet;
use std::fs;

/// Rewrites a log with what `change` makes of its entries, and signs it.
fn forge(scene: &Scene, thief: &Thief, log: LogId, change: impl Fn(u64, &mut Body)) {
    thief.rewrite_with(log, &thief.entries(log), change);
    thief.sign(scene, log);
}

/// One entry in the middle of North's log says something else, and everything fits it.
fn forged(change: impl Fn(&Scene, &mut Body), then: &str) -> Scene {
    attack(|scene, thief| {
        forge(scene, thief, scene.north, |place, body| {
            if place == MIDDLE {
                change(scene, body);
            }
        });
        if !then.is_empty() {
            thief.run(then, params![scene.north.0, MIDDLE.cast_signed()]);
        }
    })
}

fn assert_only(scene: &Scene, expected: &[Found], what: &str) {
    let outcome = scene.verify(&[]);
    assert_eq!(outcome.found, expected.iter().cloned().collect::<BTreeSet<_>>(), "{what}");
    assert_eq!(outcome.code, 1, "{what}");
}

fn put(body: &mut Body, tag: u16, value: &[u8]) {
    body.fields.retain(|field| field.tag != tag);
    body.fields.push(Field { tag, value: value.to_vec() });
    body.fields.sort_by_key(|field| field.tag);
}

type Change = fn(&Scene, &mut Body);
type Misfit = fn(Restore) -> Restore;

#[test]
fn an_entry_that_is_signed_and_says_what_it_cannot_say_is_found_by_one_check() {
    let text = |column: &str| {
        format!("UPDATE hipaa_audit SET {column} = CAST(x'ff' AS TEXT) WHERE log = ?1 AND sequence = ?2")
    };
    let one = "INSERT INTO hipaa_audit_subject (log, subject, sequence) VALUES (?1, x'02', ?2)".to_owned();
    let cases: [(&str, &str, Change, String); 8] = [
        ("another log's", "place", |scene, body| body.prefix.log = scene.south, String::new()),
        ("a second genesis", "genesis", |_, body| body.prefix.kind = EntryKind::Genesis, String::new()),
        ("a log that a tenant opens", "genesis", |_, body| body.prefix.kind = EntryKind::LogOpened, String::new()),
        ("a name that is no text", "malformed", |_, body| put(body, tag::NAME, &[0xff]), text("name")),
        ("a user that is no text", "malformed", |_, body| put(body, tag::USER, &[0xff]), text("actor")),
        ("states that are none", "malformed", |_, body| put(body, tag::STATES, &[1]), String::new()),
        ("subjects that are none", "malformed", |_, body| put(body, tag::SUBJECTS, &[0, 1, 5, 1]), String::new()),
        ("subjects out of order", "malformed", |_, body| put(body, tag::SUBJECTS, &[0, 2, 1, 2, 1, 1]), one),
    ];
    for (what, class, change, then) in cases {
        let scene = attack(|scene, thief| {
            forge(scene, thief, scene.north, |place, body| {
                if place == MIDDLE {
                    change(scene, body);
                }
            });
            let place = MIDDLE.cast_signed();
            let _projected = thief.sql.execute(
                "DELETE FROM hipaa_audit_subject WHERE log = ?1 AND sequence = ?2",
                params![scene.north.0, place],
            );
            if !then.is_empty() {
                thief.run(&then, params![scene.north.0, place]);
            }
        });
        if what == "subjects out of order" {
            scene.for_ours_alone();
        }
        assert_only(&scene, &[at(class, scene.north, MIDDLE, MIDDLE)], what);
    }
}

#[test]
fn an_entry_that_is_signed_and_older_than_the_one_before_is_found() {
    let back = |_: &Scene, body: &mut Body| body.prefix.time = Timestamp::from_micros(body.prefix.time.micros() - 50);
    let project = "UPDATE hipaa_audit SET time = time - 0 WHERE log = ?1 AND sequence = ?2";
    let scene = forged(back, project);
    assert_only(&scene, &[at("time", scene.north, MIDDLE, MIDDLE)], "time");
}

#[test]
fn a_log_whose_beginning_is_not_the_one_that_was_opened_is_found() {
    let scene = attack(|scene, thief| {
        forge(scene, thief, scene.north, |place, body| {
            if place == 0 {
                body.prefix.salt = [9; 16];
            }
        });
    });
    assert_only(&scene, &[at("genesis", scene.north, 0, 0)], "genesis");
}

#[test]
fn a_deployment_of_another_format_or_of_another_id_than_its_first_entry_says() {
    let begun = |tag: u16, value: &'static [u8]| {
        attack(|scene, thief| {
            forge(scene, thief, scene.own, |place, body| {
                if place == 0 {
                    put(body, tag, value);
                }
            });
        })
    };
    // Without the trust file, which would find both.
    let scene = begun(tag::FORMAT, &[0, 2]);
    let outcome = scene.run(&[]);
    assert_eq!((outcome.code, outcome.found.len()), (2, 0), "{:?}", outcome.found);
    let scene = begun(tag::DEPLOYMENT, &[7; 16]);
    let found = scene.run(&[]).found.into_iter().collect::<Vec<_>>();
    assert_eq!(found, [at("genesis", scene.own, 0, 0)]);
    let scene = attack(|_, thief| thief.run("UPDATE hipaa_meta SET value = zeroblob(16) WHERE key = 'deployment'", []));
    assert!(scene.verify(&[]).found.contains(&at("pin", scene.own, 0, 0)));
}

#[test]
fn a_log_that_is_opened_twice_or_never_is_found() {
    let twice = attack(|scene, thief| {
        let mut entries = thief.entries(scene.own);
        entries.push(entries[1].clone());
        // A time that fits.
        let last = Body::decode(&entries[entries.len() - 2].0).unwrap().prefix.time;
        let end = entries.len() as u64 - 1;
        thief.rewrite_with(scene.own, &entries, |place, body| {
            if place == end {
                body.prefix.time = last;
            }
        });
        thief.sign(scene, scene.own);
    });
    assert_only(&twice, &[of("genesis", twice.north)], "twice");
    let never = attack(|scene, thief| {
        let mut entries = thief.entries(scene.own);
        let _opened = entries.remove(1);
        thief.rewrite(scene.own, &entries);
        thief.sign(scene, scene.own);
    });
    assert_only(&never, &[of("unknown-log", never.north), of("tenant", never.north)], "never");
    // And with the log gone as well, only who has seen it knows.
    let gone = attack(|scene, thief| {
        let mut entries = thief.entries(scene.own);
        let _opened = entries.remove(1);
        thief.rewrite(scene.own, &entries);
        thief.sign(scene, scene.own);
        for table in ["hipaa_audit", "hipaa_audit_subject", "hipaa_head", "hipaa_tenant"] {
            thief.run(&format!("DELETE FROM {table} WHERE log = ?1"), [scene.north.0]);
        }
        thief.retile(scene.north, Vec::new());
    });
    assert_eq!(gone.verify(&[]).code, 4);
    assert!(gone.verify_witnessed(&[]).found.contains(&of("missing-log", gone.north)));
}

#[test]
fn rows_of_no_log_of_no_place_and_of_no_shape_are_found() {
    let entry =
        "SELECT ?1, sequence, body, leaf, details, time, name, actor FROM hipaa_audit WHERE sequence = 0 LIMIT 1";
    for log in [vec![7; 16], vec![7; 3]] {
        let id = <[u8; 16]>::try_from(log.as_slice()).ok().map(LogId);
        let scene = attack(|_, thief| thief.run(&format!("INSERT INTO hipaa_audit {entry}"), [log]));
        scene.for_ours_alone();
        assert_only(&scene, &[("unknown-log".to_owned(), id, None)], "a row of no log");
    }
    let far = 5_000_000;
    let subject = "INSERT INTO hipaa_audit_subject (log, subject, sequence) VALUES (?1, x'01', ?2)";
    let scene = attack(|scene, thief| thief.run(subject, params![scene.north.0, far]));
    assert_only(&scene, &[at("subjects", scene.north, 5_000_000, 5_000_000)], "a subject behind the end");
    let tile = "INSERT INTO hipaa_tile (log, level, idx, hashes) VALUES (?1, 0, 900, zeroblob(8192))";
    let scene = attack(|scene, thief| thief.run(tile, [scene.north.0]));
    assert_only(&scene, &[of("tile", scene.north)], "a tile behind the end");
    let scene = attack(|scene, thief| thief.run("UPDATE hipaa_head SET log = x'01' WHERE log = ?1", [scene.north.0]));
    scene.for_ours_alone();
    assert!(scene.verify(&[]).found.contains(&("head".to_owned(), None, None)));
    // As wide as a number can be, and judged at once all the same.
    let scene = attack(|scene, thief| {
        thief.run("UPDATE hipaa_head SET size = ?2 WHERE log = ?1", params![scene.north.0, 1_i64 << 40])
    });
    scene.for_ours_alone();
    let found = scene.verify(&[]).found;
    let gap = |(class, log, places): &Found| {
        class == "gap" && *log == Some(scene.north) && places.is_some_and(|(_, last)| last == (1 << 40) - 1)
    };
    assert!(found.iter().any(gap), "{found:?}");
}

#[test]
fn a_restore_that_the_operator_signed_for_something_else_is_found() {
    let cases: [(&str, Misfit); 3] = [
        ("another log", |restore| Restore { log: LogId([7; 16]), ..restore }),
        ("another end", |restore| Restore { kept: (restore.kept.0, [7; 32]), ..restore }),
        ("later than itself", |restore| Restore { lost_time: Timestamp::from_micros(i64::MAX), ..restore }),
    ];
    for (what, change) in cases {
        let (scene, place) = misfit(change);
        assert_only(&scene, &[at("restore", scene.own, place, place)], what);
    }
    let (scene, _) = misfit(|restore| restore);
    assert_eq!(scene.verify(&[]).code, 4, "the same without a change");
}

#[test]
fn rows_of_authority_that_are_put_in_taken_away_put_back_or_changed_are_found() {
    let scene = || {
        let scene = Scene::small(4);
        let head = crate::scene::heads(&scene.path()).into_iter().find(|head| head.log == scene.north).unwrap();
        let admin = Actor::new(head.tenant, "admin", "ADMIN").unwrap();
        let new = NewUser { login: "maria", display_name: "Maria", role: "CLINICIAN", must_change: false };
        let permits = HashingPermits::new(NonZeroUsize::MIN, 1);
        let identity = Identity::new(Settings::default(), permits).unwrap();
        let made = scene.open().write(|unit| Ok::<_, hipaa_sqlite::Error>(identity.create_user(unit, &admin, new)?));
        made.unwrap().into_inner();
        scene
    };
    let sound = scene();
    drop(Thief::new(&sound));
    assert_eq!(sound.verify(&["--records"]).code, 4);
    let copy = "INSERT INTO hipaa_authority SELECT kind, randomblob(16), tenant, owner, auth_version, version, header, expires,
        NULL, body, sealed, mac FROM hipaa_authority";
    for sql in [
        "UPDATE hipaa_authority SET version = version + 1",
        "UPDATE hipaa_authority SET mac = randomblob(32)",
        "UPDATE hipaa_authority SET tenant = randomblob(16)",
        "UPDATE hipaa_authority SET kind = 'nothing'",
        "DELETE FROM hipaa_authority",
        copy,
    ] {
        let scene = scene();
        let thief = Thief::new(&scene);
        thief.run(sql, []);
        drop(thief);
        let outcome = scene.verify(&["--records"]);
        assert!(
            outcome.code == 1 && outcome.found.iter().all(|(class, ..)| class == "row"),
            "{sql}: {:?}",
            outcome.found
        );
    }
}

/// So many entries that a log has two parts and a tile of the next level: what is examined part by part is put together.
#[test]
fn what_happens_where_two_parts_meet_is_found() {
    const EDGE: u64 = 65_536;
    let big = Scene::small(EDGE + 40);
    big.for_ours_alone();
    fs::copy(big.path(), big.folder.path().join("whole.db")).unwrap();
    let again = |change: &dyn Fn(&Thief)| {
        fs::copy(big.folder.path().join("whole.db"), big.path()).unwrap();
        let thief = Thief::new(&big);
        change(&thief);
    };
    let level = "UPDATE hipaa_tile SET hashes = zeroblob(8192) WHERE log = ?1 AND level = 1";
    again(&|thief| thief.run(level, [big.north.0]));
    assert_only(&big, &[at("tile", big.north, 0, EDGE - 1)], "a tile of the next level");
    let forge_edge = |change: fn(&mut Body)| {
        again(&|thief| {
            forge(&big, thief, big.north, |place, body| {
                if place == EDGE {
                    change(body);
                }
            });
            let project = "UPDATE hipaa_audit SET time = 1 WHERE log = ?1 AND sequence = ?2 AND time < 1000";
            let _projected = thief.sql.execute(project, params![big.north.0, EDGE.cast_signed()]);
        });
    };
    forge_edge(|body| body.prefix.previous = [7; 32]);
    assert_only(&big, &[at("chain", big.north, EDGE, EDGE)], "a chain cut between two parts");
    forge_edge(|body| body.prefix.time = Timestamp::from_micros(1));
    assert_only(&big, &[at("time", big.north, EDGE, EDGE)], "a time set back between two parts");
    // An earlier run got further than the log now is.
    again(&|_| {});
    assert_eq!(big.verify(&["--cursor", "cursor"]).code, 4);
    again(&|thief| {
        let entries = thief.entries(big.north);
        thief.rewrite(big.north, &entries[..100]);
        thief.sign(&big, big.north);
    });
    let found = big.verify(&["--cursor", "cursor"]).found;
    assert!(found.contains(&at("rollback", big.north, 100, EDGE - 1)), "{found:?}");
}

#[test]
fn the_tenant_zero_of_the_deployment_is_not_anothers() {
    let scene = forged(|_, body| body.prefix.tenant = TenantId::DEPLOYMENT, "");
    assert_only(&scene, &[at("place", scene.north, MIDDLE, MIDDLE)], "tenant");
}
