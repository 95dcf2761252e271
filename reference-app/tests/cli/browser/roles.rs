//! A user of each role signs in and does the work of that role; what it does not see is masked and has no input.

use super::driver::{Demo, Driver};
use super::page::Page;
use super::work::{find, finish, verify};
use super::{driver, run};

const SSN: &str = "900-10-0001";
const BORN: &str = "1980-02-29";
const REMARK: &str = "among colleagues: second opinion asked for";

#[test]
fn every_role_does_its_work_and_sees_no_more_than_it_needs() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&[]);
        let (patient, visit) = clinician(&driver, &demo).await;
        staff(&driver, &demo, &patient).await;
        billing(&driver, &demo, &patient).await;
        let other = administrators(&driver, &demo, &patient).await;
        patient_of(&driver, &demo, (&patient, &visit, &other)).await;
        privacy_officer(&driver, &demo, &visit).await;
    });
}

async fn signed_in(driver: &Driver, demo: &Demo, login: &str) -> Page {
    let mut page = driver.browser(demo).await;
    page.sign_in(demo, login).await;
    page
}

async fn refused(page: &mut Page, path: &str) {
    page.go(path).await;
    page.says("You may not do this").await;
}

/// By number: what a role may use that does not see birth dates.
async fn by_mrn(page: &mut Page, mrn: &str) -> String {
    page.go("/patients").await;
    page.fill("#mrn", mrn).await;
    page.click("form:has(#mrn) button").await;
    page.says("1 found").await;
    page.click("td a").await;
    page.arrive("/patients/").await;
    page.at().await
}

async fn assert_masked(page: &Page) {
    let text = page.text().await;
    assert!(text.contains("***-**-0001") && !text.contains(SSN) && !text.contains(BORN), "{text}");
    assert!(page.has(".masked").await);
}

async fn clinician(driver: &Driver, demo: &Demo) -> (String, String) {
    let mut page = signed_in(driver, demo, "clinician.north").await;
    let patient = find(&mut page).await;
    page.says(SSN).await;
    page.go(&format!("{patient}/encounters/new")).await;
    page.fill("#started", "2026-11-21").await;
    page.fill("#label", "Control").await;
    page.fill("#internal_notes", REMARK).await;
    page.click("main form button").await;
    page.arrive("/encounters/").await;
    page.says(REMARK).await;
    let visit = page.at().await;
    page.click("a[href$='/edit']").await;
    page.arrive(&format!("{visit}/edit")).await;
    page.look("encounter-edit").await;
    page.fill("#plan", "Rest").await;
    page.click("main form button").await;
    page.says("version 2").await;
    page.confirm("form[action$='/sign'] button").await;
    page.says("✓ signed").await;
    refused(&mut page, "/audit").await;
    finish(page).await;
    (patient, visit)
}

/// Keeps names and addresses right.
async fn staff(driver: &Driver, demo: &Demo, patient: &str) {
    let mut page = signed_in(driver, demo, "staff.north").await;
    assert_eq!(by_mrn(&mut page, "C0-0000000").await, patient);
    assert_masked(&page).await;
    page.click("a[href$='/edit']").await;
    page.arrive(&format!("{patient}/edit")).await;
    page.fill("#language", "Frisian").await;
    page.click("main form button").await;
    page.arrive(patient).await;
    page.says("Frisian").await;
    assert!(!page.has("a[href$='/encounters/new']").await);
    refused(&mut page, &format!("{patient}/encounters/new")).await;
    finish(page).await;
}

/// Looks up whom a bill is for, and changes nothing.
async fn billing(driver: &Driver, demo: &Demo, patient: &str) {
    let mut page = signed_in(driver, demo, "billing.north").await;
    page.look("start-billing").await;
    page.go("/patients").await;
    assert!(!page.has("#family").await, "no search by what is masked");
    page.look("search-billing").await;
    assert_eq!(by_mrn(&mut page, "C0-0000000").await, patient);
    assert_masked(&page).await;
    for css in ["a[href$='/edit']", "a[href$='/new']", "a[href^='/emergency/']", "main input:not([type=hidden])"] {
        assert!(!page.has(css).await, "{css}");
    }
    page.look("chart-billing").await;
    for path in [&format!("{patient}/edit"), "/audit", "/verify", "/emergency"] {
        refused(&mut page, path).await;
    }
    finish(page).await;
}

/// Both administrators see all of their clinic, its log included, and keep its records; another patient's chart, too.
async fn administrators(driver: &Driver, demo: &Demo, patient: &str) -> String {
    let mut other = String::new();
    for (login, language) in [("admin.north", "Danish"), ("super.north", "Greek")] {
        let mut page = signed_in(driver, demo, login).await;
        page.look(&format!("start-{}", login.replace(".north", ""))).await;
        assert_eq!(find(&mut page).await, patient);
        page.says(SSN).await;
        page.go(&format!("{patient}/edit")).await;
        page.fill("#language", language).await;
        page.click("main form button").await;
        page.arrive(patient).await;
        page.says(language).await;
        page.go("/audit").await;
        page.says("PHI_UPDATE").await;
        page.go("/audit?what=ENCOUNTER_SIGNED").await;
        page.says("Dr. Ines Okafor").await;
        verify(&mut page).await;
        assert_eq!(page.read("#verdict").await, "✓ intact");
        refused(&mut page, "/emergency").await;
        other = by_mrn(&mut page, "C0-0000001").await;
        finish(page).await;
    }
    other
}

/// Reads the own record and nothing else; what colleagues note among themselves is no part of it.
async fn patient_of(driver: &Driver, demo: &Demo, (patient, visit, other): (&str, &str, &str)) {
    let mut page = signed_in(driver, demo, "patient.north").await;
    page.look("start-patient").await;
    assert!(!page.has("a[href='/patients'], a[href='/audit']").await);
    page.click("main a.card").await;
    page.arrive(patient).await;
    page.says(SSN).await;
    page.says(BORN).await;
    page.says("✓ record intact").await;
    page.look("chart-own").await;
    for css in ["a[href$='/edit']", "a[href$='/new']", "a[href^='/emergency/']", "main input:not([type=hidden])"] {
        assert!(!page.has(css).await, "{css}");
    }
    page.go(visit).await;
    page.says("Rest").await;
    assert!(!page.text().await.contains(REMARK) && page.has(".masked").await);
    assert!(!page.has("main form, a[href$='/amend']").await);
    page.go(patient).await;
    page.click("a[href^='/prescriptions/']").await;
    page.arrive("/prescriptions/").await;
    page.click("form[action$='/print'] button").await;
    page.says("Printed").await;
    assert!(!page.has("#pharmacy").await);
    for path in [other, &format!("{patient}/edit"), "/audit", "/verify"] {
        refused(&mut page, path).await;
    }
    finish(page).await;
}

/// Reads who did what, examines the log, and sees no more of a chart than whom it is about.
async fn privacy_officer(driver: &Driver, demo: &Demo, visit: &str) {
    let mut page = signed_in(driver, demo, "privacy.north").await;
    page.look("start-privacy").await;
    page.go("/audit?what=PERMISSION_DENIED").await;
    page.says("Bea Lindqvist").await;
    page.says("Jürgen Peter Müller").await;
    verify(&mut page).await;
    assert_eq!(page.read("#verdict").await, "✓ intact");
    page.go("/emergency").await;
    page.says("Nothing waits").await;
    by_mrn(&mut page, "C0-0000000").await;
    assert_masked(&page).await;
    refused(&mut page, visit).await;
    finish(page).await;
}
