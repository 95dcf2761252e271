//! Files and folders that are made to cost time or memory without end.

use super::{Case, make_pipe};
use hipaa_sqlite::rusqlite::params;
use std::fs;
use std::time::Duration;

/// Red if what a file says of its own size were believed: a loop over places that do not exist has no end.
#[test]
fn numbers_that_are_too_large_to_be_true_end_in_a_finding() {
    let huge = i64::MAX;
    for sql in [
        format!("UPDATE hipaa_head SET size = {huge}"),
        format!("UPDATE hipaa_head SET size = {huge}, range = zeroblob(63 * 32)"),
        "UPDATE hipaa_head SET size = 1152921504606846976, range = zeroblob(32)".to_owned(),
        "UPDATE hipaa_head SET size = 4294967296, range = zeroblob(32)".to_owned(),
        "UPDATE hipaa_head SET size = -1".to_owned(),
        format!("UPDATE hipaa_audit SET sequence = {huge} WHERE sequence = 5"),
        format!("UPDATE hipaa_audit SET sequence = -{huge} - 1 WHERE sequence = 5"),
        format!("UPDATE hipaa_state SET version = {huge}"),
        format!("INSERT INTO hipaa_tile SELECT log, 9, {huge}, zeroblob(8192) FROM hipaa_head"),
        format!("INSERT INTO hipaa_checkpoint SELECT log, {huge}, 'x' FROM hipaa_head"),
        format!("UPDATE hipaa_audit SET time = {huge}"),
    ] {
        let case = Case::new();
        case.sql(&format!("DROP TRIGGER hipaa_audit_no_update; {sql}"));
        for more in [&["--records"][..], &["--records", "--threads", "8"]] {
            let ended = case.ends(more);
            let (code, said) = ended.unwrap_or_else(|| panic!("no end, or a panic: {sql} {more:?}"));
            assert!(matches!(code, 1..=3), "exit {code} for {sql}: {said}");
        }
    }
}

/// Red if a column that costs nothing in the file could cost the reader as much as its author likes.
#[test]
fn columns_that_are_computed_do_not_keep_the_verifier_busy() {
    for (table, columns) in [
        (
            "hipaa_audit",
            "log BLOB, sequence INTEGER, body BLOB AS (zeroblob(40000000)) VIRTUAL, leaf BLOB, details BLOB, \
          time INTEGER, name TEXT, actor TEXT",
        ),
        (
            "hipaa_audit",
            "log BLOB, sequence INTEGER, body BLOB, leaf BLOB, details BLOB AS (zeroblob(40000000)) VIRTUAL, \
          time INTEGER, name TEXT, actor TEXT",
        ),
        (
            "hipaa_audit",
            "log BLOB, sequence INTEGER, body BLOB, leaf BLOB, details BLOB, time INTEGER, \
          name TEXT AS (hex(zeroblob(10000000))) VIRTUAL, actor TEXT",
        ),
        ("hipaa_term", "term BLOB AS (zeroblob(40000000)) VIRTUAL, tbl TEXT, record BLOB"),
        (
            "hipaa_state",
            "tbl TEXT AS (hex(zeroblob(10000000))) VIRTUAL, record BLOB, tenant BLOB, version INTEGER, mac BLOB, \
          place INTEGER",
        ),
    ] {
        let case = Case::new();
        let kept = columns.split(", ").map(str::trim).filter(|it| !it.contains(" AS "));
        let kept = kept.filter_map(|it| it.split(' ').next()).collect::<Vec<_>>().join(", ");
        case.sql(&format!(
            "CREATE TABLE copy ({columns});
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             INSERT INTO copy ({kept}) SELECT {kept} FROM {table}, n;
             DROP TABLE {table}; ALTER TABLE copy RENAME TO {table}"
        ));
        let ended = case.ends(&["--records"]);
        let (code, said) = ended.unwrap_or_else(|| panic!("no end, or a panic: {table} {columns}"));
        assert!(matches!(code, 1..=3), "exit {code}: {said}");
    }
}

/// Red if a file without its indexes made every look-up a scan.
#[test]
fn a_file_without_its_indexes_takes_no_square_of_its_size() {
    let case = Case::new();
    let mut took = Vec::new();
    for (table, columns) in [
        ("hipaa_audit", "*"),
        ("hipaa_audit_subject", "*"),
        ("hipaa_state", "*"),
        ("hipaa_term", "*"),
        ("person", "*"),
        ("hipaa_tile", "*"),
    ] {
        case.rebuild(table, columns);
    }
    let (thief, tenant) = (case.kit.thief(), case.kit.tenant.id.as_bytes().to_vec());
    for size in [5_000, 20_000] {
        thief
            .execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
                 INSERT INTO hipaa_state SELECT 'person', randomblob(16), ?2, 1, randomblob(32), NULL FROM n",
                params![size, tenant],
            )
            .unwrap();
        let started = hipaa_core::clock::Stopwatch::start();
        assert!(case.ends(&["--records"]).is_some(), "no end with {size} states");
        took.push(started.elapsed());
    }
    assert!(took[1] < took[0] * 12 + Duration::from_secs(2), "{took:?}");
}

/// Red if every log, head or tenant of a file that has very many were looked for among all others.
#[test]
fn a_file_with_very_many_logs_takes_no_square_of_their_number() {
    for sql in [
        "INSERT INTO hipaa_audit SELECT randomblob(16), 0, x'00', randomblob(32), NULL, 0, 'x', 'y' FROM n",
        "INSERT INTO hipaa_head SELECT randomblob(16), randomblob(16), 1, randomblob(32), 0, randomblob(32), randomblob(64),
         randomblob(32) FROM n",
        "INSERT INTO hipaa_tenant SELECT randomblob(16), randomblob(16), hex(randomblob(8)), randomblob(32) FROM n",
        "INSERT INTO hipaa_checkpoint SELECT randomblob(16), i, 'x' FROM n",
        "INSERT INTO hipaa_tile SELECT log, i % 9, i, zeroblob(8192) FROM n, hipaa_head LIMIT 5000",
    ] {
        let case = Case::new();
        case.sql(&format!(
            "CREATE TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
             SELECT i FROM n; {sql}"
        ));
        let ended = case.ends(&["--records"]);
        let (code, _) = ended.unwrap_or_else(|| panic!("no end, or a panic: {sql}"));
        assert_eq!(code, 1, "{sql}");
    }
}

/// Red if a table of the host's without an index made a scan of every look-up.
#[test]
fn a_table_of_the_hosts_without_an_index_takes_no_square_of_its_size() {
    let case = Case::new();
    case.rebuild("person", "*");
    let thief = case.kit.thief();
    thief
        .execute_batch(
            "CREATE TABLE n AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000)
             SELECT i, randomblob(16) AS id FROM n;
             INSERT INTO hipaa_state SELECT 'person', id, tenant, 1, randomblob(32), NULL FROM n,
             (SELECT tenant FROM person LIMIT 1);
             INSERT INTO person (tenant, record, hipaa_seal) SELECT tenant, id, zeroblob(40) FROM n,
             (SELECT tenant FROM person LIMIT 1)",
        )
        .unwrap();
    let ended = case.ends(&["--records"]);
    assert_eq!(ended.expect("no end with 30,000 rows").0, 1);
}

/// Red if a folder of notes could hold the verifier for ever, or take its memory.
#[test]
fn a_folder_of_notes_that_is_no_such_folder_ends_in_an_error() {
    for kind in ["pipe", "link to a pipe", "folder", "zeros", "link to itself", "cut", "long", "link to nothing"] {
        let case = Case::new();
        let (there, aside) = (case.witness.join("00000000000000000001.note"), case.kit.folder.path().join("aside"));
        match kind {
            "pipe" => make_pipe(&there),
            "link to a pipe" => {
                make_pipe(&aside);
                std::os::unix::fs::symlink(&aside, &there).unwrap();
            }
            "folder" => fs::create_dir(&there).unwrap(),
            "zeros" => std::os::unix::fs::symlink("/dev/zero", &there).unwrap(),
            "link to itself" => std::os::unix::fs::symlink(&there, &there).unwrap(),
            "link to nothing" => std::os::unix::fs::symlink(&aside, &there).unwrap(),
            "cut" => fs::write(&there, "hipaa-core/").unwrap(),
            _ => fs::File::create(&there).unwrap().set_len(1 << 36).unwrap(),
        }
        let ended = case.ends(&[]);
        let (code, said) = ended.unwrap_or_else(|| panic!("no end: {kind}"));
        assert!(matches!(code, 1..=3), "exit {code} for {kind}: {said}");
    }
}

/// Red if a file from outside were read without bounds.
#[test]
fn files_from_outside_that_have_no_end_end_in_an_error() {
    let case = Case::new();
    for option in ["--receipt", "--cursor"] {
        let ended = case.ends(&[option, "/dev/zero"]);
        assert_eq!(ended.unwrap_or_else(|| panic!("no end: {option}")).0, 3);
    }
}
