//! Every route, and what it declares. A reviewer reads this page; the gate enforces it.

mod pages;

use crate::schema::PATIENT;
use crate::schema::clinical::{ENCOUNTERS, MEDICATIONS};
use crate::schema::consultation::{OPERATIVE_RECORDS, TRANSMISSIONS};
use crate::web::{Access, Audit, Mask, Need, Route};
use axum::http::Method;
use hipaa_core::audit::EventName;
use hipaa_core::auth::role::Ability;
use hipaa_core::identity::Use;
use hipaa_core::schema::Table;
use hipaa_core::vault::Operation;
use std::sync::LazyLock;

/// Every route.
#[must_use]
pub fn routes() -> &'static [Route] {
    static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
        [health(), auth(), password(), own_account(), charts(), emergency(), audit(), pages::pages()].concat()
    });
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
        route(
            get.clone(),
            "/api/account/session",
            account(Use::POLL),
            Audit::Exempt("how long the session lasts, which pages ask for every minute"),
            Mask::NoPhi,
        ),
        work(get, "/api/account/sessions", Audit::Exempt("the user's own sessions, without PHI")),
        work(delete.clone(), "/api/account/sessions", ended),
        work(delete, "/api/account/sessions/{id}", ended),
    ]
}

/// A route that is about the user's own account.
const fn account(wanted: Use) -> Access {
    Access::Session(wanted, Need::Account)
}

const READ: Audit = Audit::Entry(&[EventName::PHI_READ]);
const SEARCHED: Audit = Audit::Entry(&[EventName::PHI_SEARCH]);
const CREATED: Audit = Audit::Entry(&[EventName::PHI_CREATE]);
const UPDATED: Audit = Audit::Entry(&[EventName::PHI_UPDATE]);
const SIGNED: Audit = Audit::Entry(&[EventName::ENCOUNTER_SIGNED]);
const AMENDED: Audit = Audit::Entry(&[EventName::ENCOUNTER_AMENDED]);

/// A route on the records of a table.
const fn on(
    method: Method,
    path: &'static str,
    (table, operation): (&'static Table, Operation),
    audit: Audit,
) -> Route {
    route(method, path, Access::Session(Use::WORK, Need::Table(table, operation)), audit, Mask::Vault)
}

fn charts() -> Vec<Route> {
    let (get, post, patch) = (Method::GET, Method::POST, Method::PATCH);
    let prescriptions = (&MEDICATIONS, Operation::Search);
    let printed = Audit::Entry(&[EventName::PRESCRIPTION_PRINTED]);
    let transmitted = Audit::Entry(&[EventName::PRESCRIPTION_TRANSMITTED]);
    let mut all = vec![
        on(post.clone(), "/api/patients/search", (&PATIENT, Operation::Search), SEARCHED),
        on(post.clone(), "/api/patients", (&PATIENT, Operation::Create), CREATED),
        on(get.clone(), "/api/patients/{id}", (&PATIENT, Operation::Read), READ),
        on(patch, "/api/patients/{id}", (&PATIENT, Operation::Update), UPDATED),
        on(get.clone(), "/api/patients/{id}/chart", (&PATIENT, Operation::Read), READ),
        on(get, "/api/patients/{id}/prescriptions", prescriptions, READ),
        on(post.clone(), "/api/prescriptions/{id}/print", (&MEDICATIONS, Operation::Read), printed),
        on(post, "/api/prescriptions/{id}/transmit", (&TRANSMISSIONS, Operation::Create), transmitted),
    ];
    let (of_patient, one) = ("/api/patients/{id}/encounters", "/api/encounters/{id}");
    let steps = ("/api/encounters/{id}/sign", "/api/encounters/{id}/amend");
    all.extend(signable(&ENCOUNTERS, (of_patient, one), steps));
    let (of_patient, one) = ("/api/patients/{id}/operative-records", "/api/operative-records/{id}");
    let steps = ("/api/operative-records/{id}/sign", "/api/operative-records/{id}/amend");
    all.extend(signable(&OPERATIVE_RECORDS, (of_patient, one), steps));
    all
}

/// The routes on a table whose records are drafted, signed and amended.
fn signable(
    table: &'static Table,
    (of_patient, one): (&'static str, &'static str),
    (sign, amend): (&'static str, &'static str),
) -> [Route; 6] {
    [
        on(Method::GET, of_patient, (table, Operation::Search), READ),
        on(Method::POST, of_patient, (table, Operation::Create), CREATED),
        on(Method::GET, one, (table, Operation::Read), READ),
        on(Method::PATCH, one, (table, Operation::Update), UPDATED),
        on(Method::POST, sign, (table, Operation::Sign), SIGNED),
        on(Method::POST, amend, (table, Operation::Amend), AMENDED),
    ]
}

fn emergency() -> Vec<Route> {
    const STARTED: Audit = Audit::Entry(&[EventName::EMERGENCY_ACCESS_STARTED, EventName::PERMISSION_DENIED]);
    const REVIEWED: Audit = Audit::Entry(&[EventName::EMERGENCY_ACCESS_REVIEWED, EventName::PERMISSION_DENIED]);
    const INVOKE: Access = Access::Session(Use::WORK, Need::Able(Ability::InvokeEmergency));
    const REVIEW: Access = Access::Session(Use::WORK, Need::Able(Ability::ReviewEmergency));
    const GRANT: Access = Access::Session(Use::WORK, Need::Grant);
    let own = Audit::Exempt("the user's own grants, without PHI");
    let ended = Audit::Entry(&[EventName::EMERGENCY_ACCESS_ENDED]);
    let (get, post) = (Method::GET, Method::POST);
    vec![
        route(post.clone(), "/api/emergency", INVOKE, STARTED, Mask::NoPhi),
        route(get.clone(), "/api/emergency", account(Use::WORK), own, Mask::NoPhi),
        route(Method::DELETE, "/api/emergency/{id}", account(Use::WORK), ended, Mask::NoPhi),
        route(get.clone(), "/api/emergency/{id}/patients/{patient}/chart", GRANT, READ, Mask::Vault),
        route(get, "/api/emergency/reviews", REVIEW, Audit::Entry(&[EventName::AUDIT_READ]), Mask::NoPhi),
        route(post, "/api/emergency/{id}/review", REVIEW, REVIEWED, Mask::NoPhi),
    ]
}

fn audit() -> Vec<Route> {
    let on = |method, path, audit| {
        route(method, path, Access::Session(Use::WORK, Need::Trail), Audit::Entry(audit), Mask::NoPhi)
    };
    vec![
        on(Method::POST, "/api/audit/search", &[EventName::AUDIT_READ]),
        on(Method::GET, "/api/audit/activity", &[EventName::AUDIT_READ]),
        on(Method::POST, "/api/audit/verify", &[EventName::AUDIT_STATUS]),
    ]
}
