//! The stylesheet, the script and the icon, out of the binary.

use crate::state::App;
use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use axum::routing::get;

const FILES: [(&str, &str, &str); 3] = [
    ("/static/app.css", "text/css; charset=utf-8", include_str!("../../../static/app.css")),
    ("/static/app.js", "text/javascript; charset=utf-8", include_str!("../../../static/app.js")),
    ("/static/icon.svg", "image/svg+xml", include_str!("../../../static/icon.svg")),
];

/// The routes of this area.
pub fn router() -> Router<App> {
    FILES.into_iter().fold(Router::new(), |router, (path, kind, text)| {
        router.route(path, get(move || async move { file(kind, text) }))
    })
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    let header = |name, value| (name, HeaderValue::from_static(value));
    ([header(header::CONTENT_TYPE, kind), header(header::CACHE_CONTROL, "public, max-age=300")], text)
}
