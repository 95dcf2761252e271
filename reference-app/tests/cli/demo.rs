//! The tour.

use super::support::{Desk, KEK, finish};
use std::fs;
use std::path::Path;

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_tour_shows_its_acts_without_colour_where_there_is_no_terminal() {
    let desk = Desk::empty();
    fs::create_dir(desk.path("tmp")).unwrap();
    let ran =
        finish(desk.command(&["demo", "--once"]).env_remove("HIPAA_KEK").env("TMPDIR", desk.path("tmp"))).ended(0);
    for wanted in [
        "1. Two clinics",
        "Jürgen Peter Müller",
        "\n   encounters ",
        "200 patients",
        "SELECT ",
        "PHI_SEARCH",
        "front-desk-2",
        "ALTERED",
        "cell does not open",
    ] {
        assert!(ran.out.contains(wanted), "{wanted} in {}", ran.out);
    }
    assert!(!ran.out.contains('\x1b') && ran.err.is_empty(), "{}", ran.err);
    assert_eq!(fs::read_dir(desk.path("tmp")).unwrap().count(), 0, "nothing is left");
}

#[test]
fn the_tour_can_be_kept_and_visited() {
    let desk = Desk::empty();
    let facts =
        finish(desk.command(&["demo", "--once", "--keep", "--json"]).env("TMPDIR", desk.folder.path())).ended(0).json();
    let folder = Path::new(facts["folder"].as_str().unwrap());
    let (database, key) = (folder.join("demo.db"), folder.join("kek"));
    assert!(facts["encounters"].as_u64() > Some(0));
    let found = facts["found"][0].as_str().unwrap();
    let options = ["--db", database.to_str().unwrap(), "--kek-file", key.to_str().unwrap(), "--tenant", "North clinic"];
    let altered = desk.run(&[&["show", "--json", found][..], &options].concat()).ended(4).json();
    assert_eq!(altered["patient"]["breaks"], facts["caught"]);
    assert_ne!(fs::read_to_string(&key).unwrap(), KEK);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o077, 0);
    }
    for file in fs::read_dir(folder).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!contains(&bytes, "Müller") && !contains(&bytes, "1980-02-29"));
    }
}
