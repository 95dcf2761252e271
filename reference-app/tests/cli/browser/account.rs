//! What a user does with the own account: a password that was forgotten, other sessions, another password, the second factor.

use super::driver::Demo;
use super::page::Page;
use super::work::finish;
use super::{driver, run};

const LOGIN: &str = "clinician.south";
const SECOND: &str = "Marble-4-orchard-violin";
const THIRD: &str = "Copper-9-lantern-meadow";

#[test]
fn who_forgot_the_password_gets_in_again_and_keeps_the_account() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&[]);
        let mut other = driver.browser(&demo).await;
        other.sign_in(&demo, LOGIN).await;
        let mut page = driver.browser(&demo).await;
        forgotten(&mut page, &demo).await;
        ended(&mut other).await;
        sign_in(&mut page, &demo, SECOND).await;
        sessions(&mut page, &mut other, &demo).await;
        change(&mut page).await;
        without_factor(&mut page, &demo).await;
        finish(other).await;
        finish(page).await;
    });
}

async fn sign_in(page: &mut Page, demo: &Demo, password: &str) {
    page.give(LOGIN, password).await;
    page.arrive("/sign-in/code").await;
    page.fill("#code", &demo.code(&demo.user(LOGIN).1.unwrap()).await).await;
    page.click("main form button").await;
    page.arrive("/dashboard").await;
}

async fn ended(page: &mut Page) {
    page.go("/patients").await;
    page.arrive("/sign-in").await;
}

/// The link in the mail works once, and its token is in no address that a server sees.
async fn forgotten(page: &mut Page, demo: &Demo) {
    page.go("/sign-in").await;
    page.click("a[href='/forgot']").await;
    page.arrive("/forgot").await;
    page.fill("#login", LOGIN).await;
    page.click("main form button").await;
    page.says("If there is such a user").await;
    page.look("forgot-sent").await;
    let link = demo.reset_link().await;
    let token = link.strip_prefix("/reset#").unwrap().to_owned();
    page.go(&link).await;
    page.arrive("/reset").await;
    assert_eq!((page.at().await.as_str(), page.value("#token").await), ("/reset", token.clone()));
    page.look("reset").await;
    page.fill("#password", "password1234").await;
    page.click("main form button").await;
    page.says("guess").await;
    assert_eq!(page.value("#token").await, token, "the token is not to be typed again");
    page.look("reset-refused").await;
    page.fill("#password", SECOND).await;
    page.click("main form button").await;
    page.says("The password is set").await;
    page.look("reset-done").await;
    // From another page: only what stands behind '#' would change otherwise, and nothing be loaded.
    page.go("/sign-in").await;
    page.go(&link).await;
    page.arrive("/reset").await;
    page.fill("#password", THIRD).await;
    page.click("main form button").await;
    page.says("does not work any more").await;
    page.give(LOGIN, &demo.user(LOGIN).0).await;
    page.says("That did not sign you in").await;
    page.look("sign-in-refused").await;
}

/// One session ends another.
async fn sessions(page: &mut Page, other: &mut Page, demo: &Demo) {
    sign_in(other, demo, SECOND).await;
    page.go("/account").await;
    page.look("account-sessions").await;
    page.click("td form button").await;
    page.arrive("/account").await;
    ended(other).await;
    page.go("/account").await;
    assert!(!page.has("td form button").await, "one is left, and that is this one");
}

async fn change(page: &mut Page) {
    page.click("a[href='/password']").await;
    page.arrive("/password").await;
    for (current, next, again, told) in
        [(SECOND, THIRD, SECOND, "not the same"), (THIRD, THIRD, THIRD, "current password is not right")]
    {
        page.fill("#current", current).await;
        page.fill("#password", next).await;
        page.fill("#again", again).await;
        page.click("form[action='/password'] button").await;
        page.says(told).await;
    }
    page.fill("#current", SECOND).await;
    page.fill("#password", THIRD).await;
    page.fill("#again", THIRD).await;
    page.click("form[action='/password'] button").await;
    page.arrive("/account").await;
}

/// It takes a code to take the second factor away; then the password alone signs in, and the start page warns.
async fn without_factor(page: &mut Page, demo: &Demo) {
    page.click("details summary").await;
    page.fill("#remove", "000000").await;
    page.click("form[action='/account/factor/remove'] button").await;
    page.says("nothing was removed").await;
    page.look("factor-not-removed").await;
    page.click("details summary").await;
    page.fill("#remove", &demo.code(&demo.user(LOGIN).1.unwrap()).await).await;
    page.click("form[action='/account/factor/remove'] button").await;
    page.says("Not set up").await;
    page.look("account-without-factor").await;
    page.click("#sign-out button").await;
    page.arrive("/sign-in").await;
    page.give(LOGIN, THIRD).await;
    page.arrive("/dashboard").await;
    page.says("Your account has no second factor").await;
}
