//! Rate limits in a file that several processes share.

use hipaa_core::auth::limit::{Decision, Limit, Limiter as _, LimiterError, Quota};
use hipaa_core::clock::Timestamp;
use hipaa_core::conformance::limit::{CASES, run_all};
use hipaa_sqlite::limit::SqliteLimiter;
use hipaa_sqlite::rusqlite::Connection;
use proptest::prelude::*;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, thread};

const FIVE: Limit = Limit::new("test.five", 5, Duration::from_secs(900));
const SECOND: i64 = 1_000_000;
const FILE: &str = "HIPAA_LIMIT_FILE";

fn granted(limiter: &SqliteLimiter, quota: &Quota, micros: i64) -> bool {
    let mut limiter = limiter;
    matches!(limiter.reserve(quota, Timestamp::from_micros(micros)), Ok(Decision::Granted(_)))
}

#[test]
fn l6_the_limiter_on_sqlite_passes_every_case() {
    let mut runs = 0;
    let failures = run_all(|case| {
        runs += 1;
        let folder = tempfile::tempdir().unwrap();
        let open = || SqliteLimiter::open(folder.path().join("limits.db")).unwrap();
        case(&mut open(), &mut open());
    });
    assert_eq!((failures, runs), (vec![], CASES.len()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn l6_random_arrivals_at_two_processes_never_exceed_the_limit_in_any_window(
        mut arrivals in prop::collection::vec(0_i64..4 * 900 * SECOND, 0..60),
    ) {
        arrivals.sort_unstable();
        let folder = tempfile::tempdir().unwrap();
        let open = || SqliteLimiter::open(folder.path().join("limits.db")).unwrap();
        let (handles, quota) = ([open(), open()], FIVE.of_id(b"one"));
        let turn = |(at, now): (usize, i64)| granted(&handles[at % 2], &quota, now).then_some(now);
        let passed = arrivals.into_iter().enumerate().filter_map(turn).collect::<Vec<_>>();
        for end in &passed {
            prop_assert!(passed.iter().filter(|at| *at <= end && **at > end - 900 * SECOND).count() <= 5);
        }
    }
}

#[test]
fn l6_a_restart_forgets_no_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limits.db");
    let quota = FIVE.of_id(b"one");
    for at in 0..5 {
        assert!(granted(&SqliteLimiter::open(&path).unwrap(), &quota, at));
    }
    assert!(!granted(&SqliteLimiter::open(&path).unwrap(), &quota, 5));
}

#[test]
#[ignore = "the child of the test below"]
fn child() {
    let Some(path) = env::var_os(FILE) else { return };
    let limiter = SqliteLimiter::open(&path).unwrap();
    let passed = (0..40).filter(|_| granted(&limiter, &FIVE.of_id(b"one"), 7)).count();
    let own = format!("{}.{}", path.to_string_lossy(), std::process::id());
    fs::write(own, passed.to_string()).unwrap();
}

#[test]
fn l6_four_processes_and_their_threads_share_one_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limits.db");
    drop(SqliteLimiter::open(&path).unwrap());
    let children = (0..4).map(|_| {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["limit::child", "--exact", "--ignored"]).env(FILE, &path);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    });
    let children = children.collect::<Vec<_>>();
    let limiter = SqliteLimiter::open(&path).unwrap();
    let own = thread::scope(|scope| {
        let run = || scope.spawn(|| (0..40).filter(|_| granted(&limiter, &FIVE.of_id(b"one"), 7)).count());
        let threads = [run(), run()];
        threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>()
    });
    let mut passed = own;
    for mut child in children {
        assert!(child.wait().unwrap().success());
        passed += fs::read_to_string(format!("{}.{}", path.display(), child.id())).unwrap().parse::<usize>().unwrap();
    }
    assert_eq!(passed, 5);
}

#[test]
fn l8_the_table_is_bounded_and_what_has_expired_leaves_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limits.db");
    let limiter = SqliteLimiter::with_keys(&path, 50).unwrap();
    let rows = || {
        let sql = "SELECT (SELECT count(*) FROM hipaa_limit), (SELECT count FROM hipaa_limit_keys)";
        Connection::open(&path).unwrap().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    for subject in 0..500_u32 {
        assert!(granted(&limiter, &FIVE.of_id(&subject.to_be_bytes()), i64::from(subject)));
    }
    assert_eq!(rows(), (50, 50));
    assert!(granted(&limiter, &FIVE.of_id(b"late"), 2 * 900 * SECOND));
    assert_eq!(rows(), (1, 1));
}

#[test]
fn l6_a_limiter_that_cannot_answer_refuses() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("limits.db");
    let limiter = SqliteLimiter::open(&path).unwrap();
    assert!(granted(&limiter, &FIVE.of_id(b"one"), 0));
    let edit = Connection::open(&path).unwrap();
    edit.execute("UPDATE hipaa_limit SET window = x'00'", []).unwrap();
    let asked = (&limiter).reserve(&FIVE.of_id(b"one"), Timestamp::from_micros(1));
    assert!(matches!(asked, Err(LimiterError)));
    edit.execute_batch("DROP TABLE hipaa_limit").unwrap();
    let asked = (&limiter).reserve(&FIVE.of_id(b"two"), Timestamp::from_micros(1));
    assert!(matches!(asked, Err(LimiterError)));
}
