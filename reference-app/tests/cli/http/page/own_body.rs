//! Of all bodies of errors, those of our own pages stay; every other one is replaced.

use crate::cli::http::client::Browser;
use crate::cli::http::scene::{frame, listen};
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use reference_app::web::frame::OwnBody;
use tokio::runtime::Runtime;

const TEXT: &str = "<p>Mr. Smith is not here</p>";

fn refused(own: bool) -> Response {
    let mut response = (StatusCode::UNPROCESSABLE_ENTITY, TEXT).into_response();
    if own {
        response.extensions_mut().insert(OwnBody);
    }
    response
}

#[test]
fn a_body_stays_where_a_page_says_that_it_is_its_own_and_nowhere_else() {
    let runtime = Runtime::new().unwrap();
    let routes = || {
        let page = get(|| async { refused(true) });
        Router::new().route("/page", page).route("/other", get(|| async { refused(false) }))
    };
    let address = listen(&runtime, |address| frame(address).around(routes(), "/api/"));
    let mut browser = Browser::new(address);
    let page = browser.get("/page").is(422);
    assert_eq!((page.body.as_str(), page.header("content-type")), (TEXT, Some("text/plain; charset=utf-8")));
    assert!(page.header("content-security-policy").is_some() && page.header("x-request-id").is_some());
    let other = browser.get("/other").is(422);
    assert_eq!(other.header("content-type"), Some("application/problem+json"));
    assert!(!other.body.contains("Smith"), "{}", other.body);
}
