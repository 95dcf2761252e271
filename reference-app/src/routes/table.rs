//! Every route, and what it declares. A reviewer reads this page; the gate enforces it.

mod pages;

use crate::web::{Access, Audit, Mask, Need, Route};
use axum::http::Method;
use hipaa_core::audit::EventName;
use hipaa_core::identity::Use;
use std::sync::LazyLock;

/// Every route.
#[must_use]
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| [health(), auth(), password(), own_account(), pages::pages()].concat());
    &ROUTES
}

/// Every route of the demo, its tamper lab included.
#[must_use]
pub fn demo_routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| [routes().to_vec(), pages::lab()].concat());
    &ROUTES
}

const fn route(method: Method, path: &'static str, access: Access, audit: Audit, mask: Mask) -> Route {
    Route { method, path, access, audit, mask }
}

fn health() -> Vec<Route> {
    let says = |path, why| route(Method::GET, path, Access::Public, Audit::Exempt(why), Mask::NoPhi);
    vec![
        says("/healthz", "says that the process runs, and nothing else"),
        says("/readyz", "says whether database, keys and log serve, and nothing else"),
        says("/metrics", "counts and times without PHI, for monitors of named networks alone"),
        says("/api/openapi.json", "describes the API; the same for everybody"),
    ]
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

fn password() -> Vec<Route> {
    const FORGOT: Audit = Audit::Entry(&[EventName::PASSWORD_RESET_REQUESTED]);
    const RESET: Audit = Audit::Entry(&[EventName::PASSWORD_RESET, EventName::LOGIN_FAILED]);
    const CHANGE: Audit = Audit::Entry(&[EventName::PASSWORD_CHANGED, EventName::LOGIN_FAILED]);
    let post = |path, access, audit| route(Method::POST, path, access, audit, Mask::NoPhi);
    vec![
        post("/api/auth/forgot-password", Access::Public, FORGOT),
        post("/api/auth/reset-password", Access::Public, RESET),
        post("/api/auth/activate", Access::Public, CHANGE),
        post("/api/account/password", account(Use::CHANGE_PASSWORD), CHANGE),
    ]
}

fn own_account() -> Vec<Route> {
    const ENTRY: fn(&'static [EventName]) -> Audit = Audit::Entry;
    let work = |method, path, audit| route(method, path, account(Use::WORK), audit, Mask::NoPhi);
    let (get, post, put, delete) = (Method::GET, Method::POST, Method::PUT, Method::DELETE);
    let ended = ENTRY(&[EventName::SESSION_ENDED]);
    let totp = "/api/account/totp";
    vec![
        work(post.clone(), "/api/account/step-up", ENTRY(&[EventName::SESSION_STEPPED_UP, EventName::LOGIN_FAILED])),
        work(get.clone(), totp, ENTRY(&[EventName::LOGIN_TOTP_STARTED])),
        work(post.clone(), totp, ENTRY(&[EventName::LOGIN_TOTP_ENROLLED, EventName::LOGIN_FAILED])),
        work(delete.clone(), totp, ENTRY(&[EventName::LOGIN_TOTP_REMOVED, EventName::LOGIN_FAILED])),
        work(post, "/api/account/recovery-codes", ENTRY(&[EventName::RECOVERY_CODES_CREATED])),
        work(put, "/api/account/contact", ENTRY(&[EventName::CONTACT_CHANGED])),
        work(get, "/api/account/sessions", Audit::Exempt("the user's own sessions, without PHI")),
        work(delete.clone(), "/api/account/sessions", ended),
        work(delete, "/api/account/sessions/{id}", ended),
    ]
}

/// A route that is about the user's own account.
const fn account(wanted: Use) -> Access {
    Access::Session(wanted, Need::Account)
}
