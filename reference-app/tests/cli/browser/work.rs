//! What people of several roles do, in one demo, and that nothing of it is anywhere else.

use super::canary;
use super::driver::{Demo, Driver};
use super::emergency::{Places, emergency};
use super::page::Page;
use super::{driver, run};

/// Typed into notes, and nowhere else to be found.
pub(super) const COMPLAINT: &str = "Canary: short of breath since Tuesday";
/// The same of an operation.
pub(super) const FINDING: &str = "Canary: perforated appendix";
/// Typed as the reason of an emergency.
pub(super) const REASON: &str = "Canary: unconscious at the front desk";
const NEW_PASSWORD: &str = "Quilt-7-harbour-lantern";

#[test]
fn people_of_every_role_do_their_work() {
    let Some(driver) = driver() else { return };
    run(async {
        let mut demo = Demo::start(&[]);
        let mut visited = first_day(&driver, &demo).await;
        let (chart, places, more) = clinician(&driver, &demo).await;
        visited.extend(more);
        visited.extend(masked_view(&driver, &demo, &places).await);
        visited.extend(tampering(&driver, &demo, (chart, &places.patient)).await);
        assert!(demo.runs());
        canary::nowhere(&demo, &visited).await;
    });
}

/// By keyboard alone: the given password, an own one, a second factor, recovery codes.
async fn first_day(driver: &Driver, demo: &Demo) -> Vec<String> {
    let mut page = driver.browser(demo).await;
    page.go("/").await;
    page.arrive("/sign-in").await;
    page.look("sign-in").await;
    let (given, none) = demo.user("new.north");
    assert!(none.is_none());
    page.keys(&format!("new.north\u{E004}{given}\u{E007}")).await;
    page.arrive("/password").await;
    page.look("first-password").await;
    page.go("/patients").await;
    page.arrive("/password").await;
    page.keys(&format!("{given}\u{E004}password1\u{E004}password1\u{E007}")).await;
    page.says("12").await;
    page.look("password-refused").await;
    page.keys(&format!("{given}\u{E004}{NEW_PASSWORD}\u{E004}{NEW_PASSWORD}\u{E007}")).await;
    page.arrive("/account").await;
    page.look("account").await;
    page.click("form[action='/account/factor'] button").await;
    page.arrive("/account/factor").await;
    let secret = page.read("#secret").await;
    assert!(page.has(".qr svg").await);
    page.look("second-factor").await;
    page.fill("#code", &demo.code(&secret).await).await;
    page.keys("\u{E007}").await;
    page.arrive("/account/recovery-codes").await;
    page.click("main form button").await;
    page.says("shown once").await;
    page.look("recovery-codes").await;
    let recovery = page.read("ul.codes code").await;
    page.go("/dashboard").await;
    page.look("start").await;
    page.click("#sign-out button").await;
    page.arrive("/sign-in").await;
    without_phone(&mut page, &recovery).await;
    page.go("/dashboard").await;
    page.arrive("/sign-in").await;
    page.go("/coverage").await;
    page.look("coverage").await;
    page.go("/forgot").await;
    page.look("forgot").await;
    page.go("/nowhere").await;
    page.says("There is nothing here").await;
    finish(page).await
}

/// A recovery code signs in once.
async fn without_phone(page: &mut Page, recovery: &str) {
    page.give("new.north", NEW_PASSWORD).await;
    page.arrive("/sign-in/code").await;
    page.fill("#code", recovery).await;
    page.look("code").await;
    page.click("main form button").await;
    page.arrive("/dashboard").await;
    page.click("#sign-out button").await;
    page.arrive("/sign-in").await;
    page.give("new.north", NEW_PASSWORD).await;
    page.arrive("/sign-in/code").await;
    page.fill("#code", recovery).await;
    page.click("main form button").await;
    page.says("That code did not work").await;
    page.look("code-refused").await;
}

pub(super) async fn finish(page: Page) -> Vec<String> {
    assert_eq!(page.messages().await, Vec::<String>::new());
    let visited = page.visited().to_vec();
    page.close().await;
    visited
}

/// Finds, reads, edits against somebody else, drafts, signs, amends, prints.
async fn clinician(driver: &Driver, demo: &Demo) -> (Page, Places, Vec<String>) {
    let mut page = driver.browser(demo).await;
    page.sign_in(demo, "clinician.north").await;
    let patient = find(&mut page).await;
    page.says("✓ record intact").await;
    page.look("chart").await;
    conflict(driver, demo, (&mut page, &patient)).await;
    let encounter = signing(&mut page, &patient).await;
    let operation = operation(&mut page, &patient).await;
    page.go(&patient).await;
    page.click("a[href^='/prescriptions/']").await;
    page.arrive("/prescriptions/").await;
    let prescription = page.at().await;
    page.click("form[action$='/print'] button").await;
    page.says("Printed").await;
    assert!(page.has("[data-print]:not([hidden])").await, "a script shows the button that prints");
    page.look("prescription").await;
    page.go(&patient).await;
    page.click("a[href^='/prescriptions/']").await;
    page.arrive("/prescriptions/").await;
    page.fill("#pharmacy", "pharmacy-7.example").await;
    page.look("prescription-open").await;
    page.click("form[action$='/transmit'] button").await;
    page.says("outbox").await;
    page.go(&prescription).await;
    page.fill("#pharmacy", "pharmacy-8.example").await;
    page.click("form[action$='/transmit'] button").await;
    page.says("It was sent already").await;
    let visited = page.visited().to_vec();
    (page, Places { patient, encounter, operation, prescription }, visited)
}

/// Typed with another case and another Unicode form than is stored.
pub(super) async fn find(page: &mut Page) -> String {
    page.go("/patients").await;
    page.fill("#family", "mu\u{308}ller").await;
    page.fill("#given", "JÜRGEN").await;
    page.fill("#born", "1980-02-29").await;
    page.click("main form button").await;
    page.says("1 found").await;
    page.look("search").await;
    page.click("td a").await;
    page.arrive("/patients/").await;
    page.at().await
}

/// Two people edit the same patient: who comes second is told, and nothing is lost.
async fn conflict(driver: &Driver, demo: &Demo, (page, patient): (&mut Page, &str)) {
    page.go(&format!("{patient}/edit")).await;
    page.look("edit").await;
    let mut other = driver.browser(demo).await;
    other.sign_in(demo, "admin.north").await;
    other.go(&format!("{patient}/edit")).await;
    other.fill("#language", "Danish").await;
    other.click("main form button").await;
    other.arrive(patient).await;
    other.says("Danish").await;
    other.close().await;
    page.fill("#marital_status", "Divorced").await;
    page.click("main form button").await;
    page.says("Somebody changed this patient").await;
    page.says("Danish").await;
    page.look("edit-conflict").await;
    page.fill("#language", "Danish").await;
    page.click("main form button").await;
    page.says("Divorced").await;
    page.says("version 3").await;
}

async fn signing(page: &mut Page, patient: &str) -> String {
    page.go(&format!("{patient}/encounters/new")).await;
    page.fill("#started", "2026-11-20").await;
    page.fill("#label", "Visit").await;
    page.fill("#chief_complaint", COMPLAINT).await;
    page.look("encounter-new").await;
    page.click("main form button").await;
    page.arrive("/encounters/").await;
    assert_eq!(page.read("#signed").await, "draft");
    page.confirm("form[action$='/sign'] button").await;
    page.says("✓ signed").await;
    page.look("encounter-signed").await;
    let signed = page.at().await;
    assert!(!page.has("a[href$='/edit']").await, "what is signed has no way to edit it");
    page.click("a[href$='/amend']").await;
    page.arrive(&signed).await;
    page.says("What was signed stays").await;
    page.fill("#plan", "Rest").await;
    page.click("main form button").await;
    page.says("This is an amendment").await;
    assert_ne!(page.at().await, signed);
    page.look("encounter-amended").await;
    page.go(&signed).await;
    page.says(COMPLAINT).await;
    page.says("✓ signed").await;
    page.says("Dr. Ines Okafor").await;
    signed
}

/// The same with what was done in an operation.
async fn operation(page: &mut Page, patient: &str) -> String {
    page.go(&format!("{patient}/operative-records/new")).await;
    page.fill("#started", "yesterday").await;
    page.fill("#label", "Appendectomy").await;
    page.click("main form button").await;
    page.says("times are YYYY-MM-DD").await;
    assert_eq!(page.value("#label").await, "Appendectomy", "what was typed stays");
    page.fill("#started", "2026-11-19").await;
    page.fill("#findings", FINDING).await;
    page.look("operation-refused").await;
    page.click("main form button").await;
    page.arrive("/operative-records/").await;
    page.confirm("form[action$='/sign'] button").await;
    page.says("✓ signed").await;
    page.look("operation-signed").await;
    let signed = page.at().await;
    assert!(!page.has("a[href$='/edit']").await, "what is signed has no way to edit it");
    page.click("a[href$='/amend']").await;
    page.arrive(&signed).await;
    page.fill("#complications", "None").await;
    page.click("main form button").await;
    page.says("This is an amendment").await;
    page.go(&signed).await;
    page.says("✓ record intact").await;
    signed
}

/// The front desk sees masks, and has no input for what is masked.
async fn masked_view(driver: &Driver, demo: &Demo, places: &Places) -> Vec<String> {
    let patient = places.patient.as_str();
    let mut page = driver.browser(demo).await;
    page.sign_in(demo, "staff.north").await;
    page.go(patient).await;
    let text = page.text().await;
    assert!(text.contains("***-**-0001") && !text.contains("900-10-0001"), "{text}");
    assert!(!text.contains("1980-02-29"), "{text}");
    assert!(page.has(".masked").await);
    page.look("chart-masked").await;
    page.go(&format!("{patient}/edit")).await;
    for name in ["ssn", "birth_date"] {
        assert!(!page.has(&format!("[name={name}]")).await, "{name}");
    }
    assert!(page.has("[name=family]").await);
    page.look("edit-masked").await;
    emergency(&mut page, places).await;
    page.go("/audit").await;
    page.says("You may not do this").await;
    finish(page).await
}

/// Somebody else judges.
async fn judge(page: &mut Page) {
    page.go("/emergency").await;
    page.says(REASON).await;
    page.says("Sam Whitlock").await;
    page.look("reviews").await;
    page.fill("main textarea", "Called the ward: it was so.").await;
    page.click("button[value=justified]").await;
    page.says("Nothing waits").await;
}

/// A row and the log are edited behind the application's back; badges and pages turn red and name the row.
async fn tampering(driver: &Driver, demo: &Demo, (mut chart, patient): (Page, &str)) -> Vec<String> {
    let record = patient.rsplit('/').next().unwrap();
    let mut officer = driver.browser(demo).await;
    officer.sign_in(demo, "privacy.north").await;
    judge(&mut officer).await;
    verify(&mut officer).await;
    assert_eq!(officer.read("#verdict").await, "✓ intact");
    officer.look("verify-intact").await;
    chart.go("/lab").await;
    chart.look("lab").await;
    chart.fill("#record-swap", record).await;
    chart.click("form:has([value=swap]) button").await;
    chart.says("1 row was changed").await;
    chart.go(patient).await;
    chart.says("✗ record altered").await;
    assert!(!chart.has("a[href$='/edit']").await, "what was altered is not written over");
    chart.look("chart-altered").await;
    verify(&mut officer).await;
    assert_eq!(officer.read("#verdict").await, "✗ tampered");
    assert!(officer.read("#findings").await.contains(record));
    officer.go("/tampered").await;
    officer.says(record).await;
    officer.look("tampered").await;
    chart.go("/lab").await;
    chart.click("form:has([value=rewrite]) button").await;
    chart.says("1 row was changed").await;
    verify(&mut officer).await;
    assert!(officer.has("svg.chain .block.bad").await, "{}", officer.text().await);
    assert!(officer.has("svg.chain .block:not(.bad)").await, "the picture shows where");
    officer.look("verify-tampered").await;
    officer.go("/audit").await;
    officer.says("Paul Verhoeven").await;
    officer.look("audit").await;
    officer.click("details summary").await;
    officer.look("audit-table").await;
    let mut visited = finish(officer).await;
    visited.extend(finish(chart).await);
    visited
}

pub(super) async fn verify(page: &mut Page) {
    page.go("/verify").await;
    page.mark().await;
    page.click("main form button").await;
    for _ in 0..600 {
        if page.is_another().await && page.has("#verdict").await && !page.has("progress").await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the examination came to no end: {}", page.text().await);
}
