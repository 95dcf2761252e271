//! The whole way without a script: signing in with a code, finding, reading, editing, signing, signing out.

use super::driver::Demo;
use super::work::find;
use super::{driver, run};

#[test]
fn a_browser_without_script_does_the_work_of_a_clinician() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&[]);
        let mut page = driver.browser_without_script(&demo).await;
        page.sign_in(&demo, "clinician.north").await;
        let patient = find(&mut page).await;
        page.says("✓ record intact").await;
        page.click("a[href$='/edit']").await;
        page.arrive(&format!("{patient}/edit")).await;
        page.fill("#language", "Danish").await;
        page.click("main form button").await;
        page.arrive(&patient).await;
        page.says("Danish").await;
        page.click("a[href$='/encounters/new']").await;
        page.arrive(&format!("{patient}/encounters/new")).await;
        page.fill("#started", "2026-11-20").await;
        page.fill("#plan", "Rest").await;
        page.click("main form button").await;
        page.arrive("/encounters/").await;
        assert_eq!(page.read("#signed").await, "draft");
        // A script would ask first, and the alert would stop what follows.
        page.click("form[action$='/sign'] button").await;
        page.says("✓ signed").await;
        page.look("encounter-without-script").await;
        page.go(&patient).await;
        page.click("a[href^='/prescriptions/']").await;
        page.arrive("/prescriptions/").await;
        page.click("form[action$='/print'] button").await;
        page.says("Printed").await;
        assert!(page.has("[data-print][hidden]").await, "the script did not run: its button is hidden");
        page.click("#sign-out button").await;
        page.arrive("/sign-in").await;
        page.go("/dashboard").await;
        page.arrive("/sign-in").await;
        page.close().await;
    });
}
