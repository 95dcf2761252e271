//! Nobody is there: the page says so, leaves, and shows nothing more; and the server had ended the session by itself.

use super::driver::Demo;
use super::{driver, run};
use hipaa_core::clock::Stopwatch;
use std::time::Duration;

#[test]
fn who_does_nothing_is_signed_out_by_page_and_server() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&["--idle", "45"]);
        let mut other = driver.browser(&demo).await;
        other.sign_in(&demo, "privacy.south").await;
        // Without its script the page goes nowhere; the server does not wait for it.
        other.go("/static/app.css").await;
        let alone = Stopwatch::start();
        // Where no script runs, the page leaves by itself all the same.
        let mut plain = driver.browser_without_script(&demo).await;
        plain.sign_in(&demo, "staff.south").await;
        let mut page = driver.browser(&demo).await;
        page.sign_in(&demo, "clinician.south").await;
        page.says("Are you still there?").await;
        page.look("idle-warning").await;
        page.click("#stay").await;
        tokio::time::sleep(Duration::from_secs(6)).await;
        page.go("/patients").await;
        page.says("Find a patient").await;
        page.arrive("/sign-in/ended").await;
        page.look("idle-ended").await;
        page.go("/patients").await;
        page.arrive("/sign-in").await;
        page.close().await;
        plain.arrive("/sign-in/ended").await;
        plain.says("nothing was done for a while").await;
        plain.close().await;
        tokio::time::sleep(Duration::from_secs(46).saturating_sub(alone.elapsed())).await;
        other.go("/audit").await;
        other.arrive("/sign-in").await;
        other.close().await;
    });
}
