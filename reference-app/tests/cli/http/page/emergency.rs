//! Emergency access on the pages: what it opens, whom the reviewer reads of, and a queue longer than a page.

use super::{Browser, Scene, admit, reader};
use std::collections::BTreeSet;

const WHY: &str = "unconscious, allergies unknown";

fn take(browser: &mut Browser, patient: &str) {
    let path = patient.replace("/patients", "/emergency");
    let taken = browser.form(&path, &[("code", "life-threatening"), ("text", WHY)]).is(303);
    assert_eq!(taken.header("location"), Some(patient));
}

/// The texts between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|part| part.split(after).next()).collect()
}

#[test]
fn a_grant_opens_the_records_of_its_patient_and_of_nobody_else_until_its_end() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut clerk = reader(&scene, "sam", "STAFF");
    let (own, visit) = admit(&scene, "98");
    let (other, their_visit) = admit(&scene, "99");
    assert!(!clerk.get(&visit).is(200).body.contains("chest pain 98"));
    take(&mut clerk, &own);
    let page = clerk.get(&visit).is(200).body;
    assert!(page.contains("chest pain 98") && page.contains("Emergency access is active"), "{page}");
    assert_eq!(scene.trail(1), ["PHI_READ"]);
    let page = clerk.get(&their_visit).is(200).body;
    assert!(!page.contains("chest pain 99") && page.contains("Emergency access is active"), "another patient's");
    // A second patient needs a grant of its own, and the first stays open.
    take(&mut clerk, &other);
    for (page, wanted) in [(&visit, "chest pain 98"), (&their_visit, "chest pain 99")] {
        let page = clerk.get(page).is(200).body;
        assert!(page.contains(wanted), "{page}");
        assert_eq!(page.matches("Emergency access is active").count(), 2);
    }
    let page = clerk.get(&own).is(200).body;
    let grants = between(&page, "name=\"grant\" value=\"", "\"");
    for grant in grants {
        clerk.form("/emergency/end", &[("grant", grant)]).is(303);
    }
    let page = clerk.get(&visit).is(200).body;
    assert!(!page.contains("chest pain 98") && !page.contains("Emergency access is active"), "the end is an end");
}

#[test]
fn every_entry_under_a_grant_names_it_and_the_page_of_the_log_says_so() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut clerk = reader(&scene, "sam", "STAFF");
    let mut officer = reader(&scene, "pia", "PRIVACY_OFFICER");
    let (own, visit) = admit(&scene, "98");
    take(&mut clerk, &own);
    clerk.get(&visit).is(200);
    let about = own.trim_start_matches("/patients/");
    let log = officer.get(&format!("/audit?about={about}&what=PHI_READ")).is(200).body;
    let rows = between(&log, "<tr id=\"entry-", "</tr>");
    assert!(rows[0].contains("<strong>emergency</strong>") && rows[0].contains("staff"), "{}", rows[0]);
}

#[test]
fn a_queue_is_read_page_by_page_and_shows_names() {
    let scene = Scene::new();
    scene.user("maria", "CLINICIAN");
    let mut clerk = reader(&scene, "sam", "STAFF");
    let mut officer = reader(&scene, "pia", "PRIVACY_OFFICER");
    let (patient, _) = admit(&scene, "98");
    for _ in 0..45 {
        take(&mut clerk, &patient);
    }
    let (mut found, mut lengths, mut path) = (BTreeSet::new(), Vec::new(), "/emergency".to_owned());
    loop {
        let page = officer.get(&path).is(200).body;
        let grants = between(&page, "name=\"grant\" value=\"", "\"");
        lengths.push(grants.len());
        found.extend(grants.iter().map(|grant| (*grant).to_owned()));
        assert_eq!(page.matches("<strong>Maria Osei</strong>").count(), grants.len(), "by name");
        assert!(page.contains(WHY));
        match between(&page, "href=\"/emergency?after=", "\"").first() {
            Some(next) => path = format!("/emergency?after={next}"),
            None => break,
        }
    }
    assert_eq!((lengths.as_slice(), found.len()), ([20, 20, 5].as_slice(), 45));
    for wrong in ["x", "1_x", "9999999999999999999_00000000-0000-4000-8000-000000000000"] {
        officer.get(&format!("/emergency?after={wrong}")).is(404);
    }
    let grant = found.first().unwrap();
    let judged = [("grant", grant.as_str()), ("verdict", "justified"), ("text", "seen in the ward book")];
    officer.form("/emergency/review", &judged).is(303);
    let page = officer.get("/emergency").is(200).body;
    assert!(!page.contains(grant.as_str()));
}
