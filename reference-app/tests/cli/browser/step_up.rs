//! A first day by an activation token; and the password again, and a code, before what needs them.

use super::driver::Demo;
use super::page::Page;
use super::work::finish;
use super::{driver, run};
use std::time::Duration;

const PASSWORD: &str = "Walnut-6-harvest-compass";

#[test]
fn a_token_makes_the_first_password_and_an_emergency_asks_for_it_again() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&["--keep", "--step-up", "5"]);
        let mut page = driver.browser(&demo).await;
        activation(&mut page, &demo).await;
        finish(page).await;
        let mut page = driver.browser(&demo).await;
        page.sign_in(&demo, "staff.north").await;
        step_up(&mut page, &demo).await;
        finish(page).await;
    });
}

async fn activation(page: &mut Page, demo: &Demo) {
    let arguments = ["user", "create", "--tenant", "North clinic", "--login", "ivy.north", "--name", "Ivy Larsen"];
    let made = demo.run(&[&arguments[..], &["--role", "STAFF"]].concat());
    let token = made["activation"].as_str().unwrap().to_owned();
    page.go("/activate").await;
    page.look("activate").await;
    page.fill("#token", "not-a-token").await;
    page.fill("#password", PASSWORD).await;
    page.click("main form button").await;
    page.says("That token is not one").await;
    page.fill("#token", &token).await;
    page.fill("#password", PASSWORD).await;
    page.click("main form button").await;
    page.says("The password is set").await;
    page.give("ivy.north", PASSWORD).await;
    page.arrive("/dashboard").await;
    page.says("Ivy Larsen").await;
    page.go("/activate").await;
    page.fill("#token", &token).await;
    page.fill("#password", PASSWORD).await;
    page.click("main form button").await;
    page.says("does not work any more").await;
}

/// The way leads to the password, back to the form, and then to the chart.
async fn step_up(page: &mut Page, demo: &Demo) {
    page.go("/patients").await;
    page.fill("#mrn", "C0-0000000").await;
    page.click("form:has(#mrn) button").await;
    page.click("td a").await;
    page.arrive("/patients/").await;
    let patient = page.at().await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    ask(page).await;
    page.arrive("/step-up").await;
    page.look("step-up").await;
    let (password, secret) = demo.user("staff.north");
    page.fill("#password", "not the password").await;
    page.fill("#code", "000000").await;
    page.click("main form button").await;
    page.says("Password or code is not right").await;
    page.look("step-up-refused").await;
    let code = demo.code(&secret.unwrap()).await;
    page.fill("#password", &password).await;
    page.fill("#code", &code).await;
    page.click("main form button").await;
    page.arrive("/emergency/").await;
    ask(page).await;
    page.arrive(&patient).await;
    page.says("Emergency access is active").await;
}

/// Asks for emergency access, from the chart or from its form.
async fn ask(page: &mut Page) {
    if page.at().await.starts_with("/patients/") {
        page.click("a[href^='/emergency/']").await;
        page.arrive("/emergency/").await;
    }
    page.fill("#text", "unconscious at the front desk").await;
    page.click("main form button").await;
}
