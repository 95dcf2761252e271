//! The pages of the log, after somebody has written to the file behind the application's back.

use super::{Browser, Scene, admit, reader};
use hipaa_sqlite::rusqlite::Connection;
use std::time::Duration;

/// Waits for an examination, and shows what it found.
fn verify(officer: &mut Browser) -> String {
    officer.form("/verify", &[]).is(303);
    for _ in 0..600 {
        let page = officer.get("/verify").is(200).body;
        if page.contains("id=\"verdict\"") && !page.contains("<progress") {
            return page;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the examination came to no end");
}

fn tamper(scene: &Scene, edit: &str) {
    let file = Connection::open(scene.database()).unwrap();
    file.busy_timeout(Duration::from_secs(5)).unwrap();
    file.execute_batch("DROP TRIGGER IF EXISTS hipaa_audit_no_update").unwrap();
    let place = "log = (SELECT log FROM hipaa_head WHERE tenant = ?1) AND sequence = 5";
    let changed = file.execute(&format!("UPDATE hipaa_audit SET {edit} WHERE {place}"), [scene.tenant.as_bytes()]);
    assert_eq!(changed.unwrap(), 1);
}

#[test]
fn an_entry_whose_body_became_text_is_shown_as_altered_and_verification_names_it() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut officer = reader(&scene, "pia", "PRIVACY_OFFICER");
    admit(&scene, "98");
    assert!(verify(&mut officer).contains("✓ intact"));
    tamper(&scene, "body = 'somebody else'");
    let page = officer.get("/audit").is(200).body;
    assert!(page.contains("<tr id=\"entry-5\" class=\"bad\">") && page.contains("(cannot be read)"), "{page}");
    assert!(page.contains("do not fit together") && page.contains("PHI_CREATE"), "the others are there");
    assert!(page.contains("id=\"by-day\""), "and so is the picture");
    let found = verify(&mut officer);
    assert!(
        found.contains("✗ tampered") && found.contains("entry 5") && found.contains("class=\"block bad\""),
        "{found}"
    );
    officer.get("/audit?what=PHI_CREATE").is(200);
}

#[test]
fn the_picture_of_days_counts_what_was_done_on_which_day() {
    let mut scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    admit(&scene, "98");
    for _ in 0..3 {
        scene.wait(Duration::from_secs(24 * 60 * 60));
    }
    let mut officer = reader(&scene, "pia", "PRIVACY_OFFICER");
    let page = officer.get("/audit").is(200).body;
    let row = |day: &str| {
        page.split(&format!("<td>{day}</td><td class=\"number\">"))
            .nth(1)
            .map(|rest| rest.split('<').next().unwrap().parse::<u64>().unwrap())
    };
    assert!(row("2026-11-22").unwrap() > 3 && row("2026-11-25").unwrap() > 1, "{page}");
    assert_eq!((row("2026-11-23"), row("2026-11-24"), row("2026-10-27")), (Some(0), Some(0), Some(0)));
    assert_eq!((row("2026-10-26"), row("2026-11-26")), (None, None), "30 days, the last is today");
    assert!(page.contains("<title id=\"by-day-title\">") && page.contains("<desc id=\"by-day-desc\">"));
}
