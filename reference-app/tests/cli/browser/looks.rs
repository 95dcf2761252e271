//! The red twin of what looks at every page: it reports a page that was made wrong on purpose, and nothing else of it.

use super::driver::Demo;
use super::page::Page;
use super::{driver, run};

/// What is done to the page, and what must be said of it.
const WRONG: [(&str, &str); 9] = [
    ("document.querySelector('label[for=login]').remove()", "no label: input#login"),
    (
        "document.querySelector('main h1').classList.add('hint'); document.querySelector('main h1').replaceChildren(Object.assign(document.createElement('span'), {id: 'pale', textContent: 'Hard to read'})); document.styleSheets[0].insertRule('#pale { color: #999; font-size: 1rem }')",
        "contrast 2.",
    ),
    ("document.styleSheets[0].insertRule('main form { width: 4000px }')", "scrolls horizontally"),
    ("document.querySelector('main button').textContent = ''", "no name: button"),
    ("document.querySelector('.brand svg').removeAttribute('aria-hidden')", "no text for a picture: svg"),
    ("document.querySelector('main').insertAdjacentHTML('beforeend', '<h1>Another</h1>')", "not exactly one h1"),
    ("document.querySelector('#password').id = 'login'", "id login twice"),
    ("document.documentElement.lang = ''", "no language"),
    ("document.querySelector('main form').setAttribute('style', 'margin: 1px')", "inline style"),
];

async fn at_sign_in(page: &mut Page) {
    page.go("/sign-in").await;
    assert_eq!(page.faults().await, Vec::<String>::new());
    assert_eq!(page.messages().await, Vec::<String>::new());
}

#[test]
fn what_looks_at_pages_reports_each_fault_of_a_page_made_wrong() {
    let Some(driver) = driver() else { return };
    run(async {
        let demo = Demo::start(&[]);
        let mut page = driver.browser(&demo).await;
        for (script, wanted) in WRONG {
            at_sign_in(&mut page).await;
            page.spoil(script).await;
            let faults = page.faults().await;
            assert!(faults.iter().any(|fault| fault.starts_with(wanted)), "{wanted}: {faults:?}");
            // The policy of the page refuses a style that stands in it: that is a message of the browser.
            page.messages().await;
        }
        at_sign_in(&mut page).await;
        page.spoil("console.error('something went wrong')").await;
        assert_eq!(page.messages().await.len(), 1, "a message of a script");
        at_sign_in(&mut page).await;
        let inline = "document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))";
        page.spoil(inline).await;
        let said = page.messages().await;
        assert!(said.iter().any(|said| said.contains("Content Security Policy")), "{said:?}");
        page.close().await;
    });
}
