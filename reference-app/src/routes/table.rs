//! Every route, and what it declares. A reviewer reads this page; the gate enforces it.

use crate::web::{Access, Audit, Mask, Need, Route};
use axum::http::Method;
use hipaa_core::audit::EventName;
use hipaa_core::identity::Use;
use std::sync::LazyLock;

/// Every route.
#[must_use]
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| [health(), auth()].concat());
    &ROUTES
}

const fn route(method: Method, path: &'static str, access: Access, audit: Audit, mask: Mask) -> Route {
    Route { method, path, access, audit, mask }
}

fn health() -> Vec<Route> {
    let says = |path, why| route(Method::GET, path, Access::Public, Audit::Exempt(why), Mask::NoPhi);
    vec![says("/healthz", "says that the process runs, and nothing else")]
}

const LOGIN: Audit = Audit::Entry(&[
    EventName::LOGIN_SUCCESS,
    EventName::LOGIN_PENDING,
    EventName::LOGIN_FAILED,
    EventName::ACCOUNT_LOCKED,
]);

fn auth() -> Vec<Route> {
    let post = |path, access, audit| route(Method::POST, path, access, audit, Mask::NoPhi);
    vec![
        post("/api/auth/login", Access::Public, LOGIN),
        post("/api/auth/verify-2fa", Access::Pending, LOGIN),
        post("/api/auth/logout", Access::Public, Audit::Entry(&[EventName::LOGOUT])),
    ]
}

/// The need of a route that is about the user's own account.
#[must_use]
pub const fn account(wanted: Use) -> Access {
    Access::Session(wanted, Need::Account)
}
