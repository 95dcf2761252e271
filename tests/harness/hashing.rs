//! What hashing costs in memory: no more than the permits say, however many sign in at once.

use std::process::Command;

/// The memory of one hash.
const HASH_KIB: u64 = 19_456;
/// What else two hundred logins at once may need: their tasks, the queue, the database's pages, the allocator's leavings.
const ROOM_KIB: u64 = 24 * 1024;
const PERMITS: u64 = 2;

/// How much higher the resident set of a program was while so many signed in, and how many hashes ran at once.
fn grown(logins: usize, permits: u64) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_logins"));
    command.arg(folder.path().join("logins.db")).arg(logins.to_string()).arg(permits.to_string());
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let numbers = |word: &str| -> Vec<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(word)).unwrap();
        line.split_whitespace().map(|number| number.parse().unwrap()).collect()
    };
    let (begun, done) = (numbers("begun "), numbers("done "));
    assert!(text.contains("end Ok(())"), "{text}");
    (done[0] - begun[0], done[1])
}

#[test]
fn p9_two_hundred_logins_at_once_need_the_memory_of_as_many_hashes_as_are_permitted() {
    let most = PERMITS * HASH_KIB + ROOM_KIB;
    let (kib, at_once) = grown(200, PERMITS);
    println!("200 logins, {PERMITS} permits: {at_once} hashes at once, {kib} KiB more");
    assert!(at_once <= PERMITS && kib <= most, "{kib} KiB, {at_once} hashes at once");
    assert!(kib >= HASH_KIB, "{kib} KiB: no hash was seen at all");
    // The red twin: with the cap out of the way the same measure is far over.
    let (kib, at_once) = grown(40, 40);
    println!("40 logins, 40 permits: {at_once} hashes at once, {kib} KiB more");
    assert!(at_once > PERMITS && kib > 2 * most, "{kib} KiB, {at_once} hashes at once");
}
