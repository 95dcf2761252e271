//! The pages in a real browser, against the demo as a child process. Skipped, and said so, where there is no chromium and no
//! chromedriver.
//!
//! Every page that a test comes to is looked at: no message of the browser, a label for every field, enough contrast, no
//! horizontal scrolling, wide and narrow; and its picture is kept in `target/screens`.

mod account;
mod canary;
mod driver;
mod emergency;
mod idle;
mod looks;
mod page;
mod plain;
mod roles;
mod step_up;
mod work;

use driver::Driver;

/// A browser driver, if there is one on this machine.
fn driver() -> Option<Driver> {
    let driver = Driver::start();
    if driver.is_none() {
        println!("SKIP browser: chromedriver or chromium is missing");
    }
    driver
}

/// Waits for what an async test does, on a runtime of its own.
fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(test);
}
