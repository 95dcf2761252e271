//! Several processes on one database.

use crate::child::Ward;
use crate::setting;
use tests::check::faults;

#[test]
fn four_processes_never_fork_a_log_and_none_of_them_starves() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("shared.db");
    let seconds = setting("HIPAA_RACE_SECONDS", 5);
    Ward::start(&file, "first", 1, 0).finish();
    let wards = (0..4).map(|name| Ward::start(&file, &format!("p{name}"), 32, seconds)).collect::<Vec<_>>();
    let said = wards.into_iter().map(Ward::finish).collect::<Vec<_>>();
    assert_eq!(faults(&file, "patient").unwrap(), Vec::<String>::new());
    let total = said.iter().map(|said| said.acknowledged.len()).sum::<usize>();
    let rows: i64 = {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.query_row("SELECT count(*) FROM patient", [], |row| row.get(0)).unwrap()
    };
    assert_eq!(
        rows,
        i64::try_from(total).unwrap(),
        "an acknowledged record is missing, or one is there that nobody was told of"
    );
    for said in &said {
        let (count, longest) = said.done.unwrap();
        let share = 100 * said.acknowledged.len() / total.max(1);
        println!("{count} records, {share} % of all, longest wait {} ms, {} errors", longest / 1000, said.errors.len());
        assert!(share >= 10, "a process had {share} % where 25 % is its share");
    }
}
