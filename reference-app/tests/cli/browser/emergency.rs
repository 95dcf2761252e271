//! Emergency access: a reason, a banner with a countdown on every page, all that is about the one patient, and an end.

use super::page::Page;
use super::work::{COMPLAINT, FINDING, REASON};

/// Pages about one patient.
pub(super) struct Places {
    pub(super) patient: String,
    pub(super) encounter: String,
    pub(super) operation: String,
    pub(super) prescription: String,
}

/// The seconds that the banner counts down.
async fn left(page: &Page) -> u32 {
    page.says("Emergency access is active").await;
    let clock = page.read("[data-left]").await;
    let (minutes, seconds) = clock.split_once(':').unwrap_or_else(|| panic!("no countdown: {clock}"));
    minutes.parse::<u32>().unwrap() * 60 + seconds.parse::<u32>().unwrap()
}

/// What of these pages a masked role does not see.
async fn assert_masked(page: &mut Page, places: &Places) {
    for (path, hidden) in [(&places.encounter, COMPLAINT), (&places.operation, FINDING)] {
        page.go(path).await;
        let text = page.text().await;
        assert!(!text.contains(hidden) && page.has(".masked").await, "{text}");
        assert!(!page.has("main form").await, "and no way to change it");
    }
    page.go(&places.prescription).await;
    page.says("You may not do this").await;
}

pub(super) async fn emergency(page: &mut Page, places: &Places) {
    assert_masked(page, places).await;
    page.go(&places.patient).await;
    page.click("a[href^='/emergency/']").await;
    page.arrive("/emergency/").await;
    page.fill("#text", "short").await;
    page.click("main form button").await;
    page.says("at least 10 characters").await;
    page.look("emergency-form").await;
    page.fill("#text", REASON).await;
    page.click("main form button").await;
    page.arrive(&places.patient).await;
    page.says("1980-02-29").await;
    page.says("Problems").await;
    page.look("chart-emergency").await;
    let first = left(page).await;
    assert!((3000..=3600).contains(&first), "{first}");
    page.go(&places.encounter).await;
    page.says(COMPLAINT).await;
    assert!(left(page).await <= first);
    assert!(!page.has("main form, a[href$='/amend']").await, "a grant is for reading");
    page.look("encounter-emergency").await;
    page.go(&places.operation).await;
    page.says(FINDING).await;
    left(page).await;
    page.go(&places.prescription).await;
    left(page).await;
    let drug = page.read("dl.facts dd").await;
    assert!(!page.has(".masked").await && drug.len() > 3, "{drug}");
    page.click("form[action$='/print'] button").await;
    page.says("Printed").await;
    page.says("1980-02-29").await;
    left(page).await;
    page.click("form[action='/emergency/end'] button").await;
    page.arrive("/dashboard").await;
    page.go(&places.patient).await;
    assert!(!page.text().await.contains("1980-02-29"), "the end is an end");
    assert_masked(page, places).await;
}
