//! What a page is made of: the frame with the navigation, the reply with its policy, errors as pages.
//!
//! | module | what it is for |
//! |---|---|
//! | `shell` | who is signed in, and what stands around every page |
//! | `viewer` | the extractor that knows it |
//! | `problem` | errors for people: a page or the way to sign in, where programs get problem+json |
//!
//! May import `web`, `state` and what stands below them. Must never enter: routes.

pub mod problem;
pub mod shell;
pub mod viewer;

use crate::web::frame::OwnBody;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

pub use shell::{Shell, Who};
pub use viewer::Viewer;

/// Everything comes from here, nothing is inline, no page is framed, forms go nowhere else.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What a page tells at its top: `good`, `warn` or `bad`, and a sentence.
pub type Told = Option<(&'static str, String)>;

/// A page.
#[derive(Debug, Clone, Copy)]
pub struct Html<T>(pub T);

impl<T: Template> IntoResponse for Html<T> {
    fn into_response(self) -> Response {
        let Ok(body) = self.0.render() else {
            return Problem::new(Kind::Internal).caused_by(&"a template").into_response();
        };
        let header = |name: HeaderName, value| (name, HeaderValue::from_static(value));
        let headers =
            [header(header::CONTENT_TYPE, "text/html; charset=utf-8"), header(header::CONTENT_SECURITY_POLICY, POLICY)];
        (headers, body).into_response()
    }
}

/// A page that says what is wrong with a form, under the status of a refusal.
pub fn refusal(status: StatusCode, page: impl Template) -> Response {
    let mut response = Html(page).into_response();
    if response.status() == StatusCode::OK {
        *response.status_mut() = status;
        response.extensions_mut().insert(OwnBody);
    }
    response
}

/// To another page, after a form.
#[must_use]
pub fn see(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// A reason of the library as a sentence.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).chain(['.']).collect()
}

/// A time as people read it, to the second, in UTC.
#[must_use]
pub fn time(time: hipaa_core::clock::Timestamp) -> String {
    let time = jiff::Timestamp::from_microsecond(time.micros());
    time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}
