//! The pages, and what each declares.

use super::route;
use crate::schema::PATIENT;
use crate::schema::clinical::{ENCOUNTERS, MEDICATIONS};
use crate::schema::consultation::{OPERATIVE_RECORDS, TRANSMISSIONS};
use crate::web::{Access, Audit, Mask, Need, Route};
use axum::http::Method;
use hipaa_core::audit::EventName;
use hipaa_core::identity::Use;
use hipaa_core::schema::Table;
use hipaa_core::vault::Operation;

const LOGIN: Audit = Audit::Entry(&[
    EventName::LOGIN_SUCCESS,
    EventName::LOGIN_PENDING,
    EventName::LOGIN_FAILED,
    EventName::ACCOUNT_LOCKED,
]);
const FORM: Audit = Audit::Exempt("an empty form");
const OWN: Audit = Audit::Exempt("the user's own account, without PHI");

const fn own(wanted: Use) -> Access {
    Access::Session(wanted, Need::Account)
}

const fn patients(operation: Operation) -> Access {
    Access::Session(Use::WORK, Need::Table(&PATIENT, operation))
}

fn get(path: &'static str, access: Access, audit: Audit, mask: Mask) -> Route {
    route(Method::GET, path, access, audit, mask)
}

fn post(path: &'static str, access: Access, audit: Audit, mask: Mask) -> Route {
    route(Method::POST, path, access, audit, mask)
}

/// All pages but the demo's own.
pub(super) fn pages() -> Vec<Route> {
    let notes = [notes(&ENCOUNTERS, &ENCOUNTER), notes(&OPERATIVE_RECORDS, &OPERATION)].concat();
    [open(), account(), work(), notes, prescriptions(), emergency(), log()].concat()
}

fn open() -> Vec<Route> {
    let same = Audit::Exempt("the same for everybody");
    let files = ["/", "/static/app.css", "/static/app.js", "/static/icon.svg", "/coverage", "/sign-in/ended"];
    let forms = ["/sign-in", "/forgot", "/reset", "/activate"];
    let files = files.map(|path| get(path, Access::Public, same, Mask::NoPhi));
    let forms = forms.map(|path| get(path, Access::Public, FORM, Mask::NoPhi));
    let set = |name| Audit::Entry(if name { &[EventName::PASSWORD_RESET, EventName::LOGIN_FAILED] } else { CHANGE });
    let rest = [
        post("/sign-in", Access::Public, LOGIN, Mask::NoPhi),
        get("/sign-in/code", Access::Pending, FORM, Mask::NoPhi),
        post("/sign-in/code", Access::Pending, LOGIN, Mask::NoPhi),
        post("/sign-out", Access::Public, Audit::Entry(&[EventName::LOGOUT]), Mask::NoPhi),
        post("/forgot", Access::Public, Audit::Entry(&[EventName::PASSWORD_RESET_REQUESTED]), Mask::NoPhi),
        post("/reset", Access::Public, set(true), Mask::NoPhi),
        post("/activate", Access::Public, set(false), Mask::NoPhi),
    ];
    [files.to_vec(), forms.to_vec(), rest.to_vec()].concat()
}

const CHANGE: &[EventName] = &[EventName::PASSWORD_CHANGED, EventName::LOGIN_FAILED];

fn account() -> Vec<Route> {
    let entry = Audit::Entry;
    let (get, post) = (
        |path, audit| get(path, own(Use::WORK), audit, Mask::NoPhi),
        |path, audit| post(path, own(Use::WORK), audit, Mask::NoPhi),
    );
    let password = |method, audit| route(method, "/password", own(Use::CHANGE_PASSWORD), audit, Mask::NoPhi);
    vec![
        get("/dashboard", OWN),
        post("/session", Audit::Exempt("somebody is there: the session is renewed")),
        password(Method::GET, FORM),
        password(Method::POST, entry(CHANGE)),
        get("/step-up", FORM),
        post("/step-up", entry(&[EventName::SESSION_STEPPED_UP, EventName::LOGIN_FAILED])),
        get("/account", OWN),
        post("/account/sessions/end", entry(&[EventName::SESSION_ENDED])),
        post("/account/factor", entry(&[EventName::LOGIN_TOTP_STARTED])),
        post("/account/factor/confirm", entry(&[EventName::LOGIN_TOTP_ENROLLED, EventName::LOGIN_FAILED])),
        post("/account/factor/remove", entry(&[EventName::LOGIN_TOTP_REMOVED, EventName::LOGIN_FAILED])),
        get("/account/recovery-codes", FORM),
        post("/account/recovery-codes", entry(&[EventName::RECOVERY_CODES_CREATED])),
    ]
}

fn work() -> Vec<Route> {
    let found = Audit::Entry(&[EventName::PHI_SEARCH]);
    let read = Audit::Entry(&[EventName::PHI_READ, EventName::PHI_LIST]);
    let changed = Audit::Entry(&[EventName::PHI_UPDATE, EventName::PHI_READ]);
    vec![
        get("/patients", patients(Operation::Search), FORM, Mask::NoPhi),
        post("/patients", patients(Operation::Search), found, Mask::Vault),
        get("/patients/{id}", patients(Operation::Read), read, Mask::Vault),
        get("/patients/{id}/edit", patients(Operation::Update), read, Mask::Vault),
        post("/patients/{id}/edit", patients(Operation::Update), changed, Mask::Vault),
    ]
}

/// Paths of records that are drafted, signed and amended.
struct Paths {
    new: &'static str,
    one: &'static str,
    edit: &'static str,
    sign: &'static str,
    amend: &'static str,
}

const ENCOUNTER: Paths = Paths {
    new: "/patients/{id}/encounters/new",
    one: "/encounters/{id}",
    edit: "/encounters/{id}/edit",
    sign: "/encounters/{id}/sign",
    amend: "/encounters/{id}/amend",
};
const OPERATION: Paths = Paths {
    new: "/patients/{id}/operative-records/new",
    one: "/operative-records/{id}",
    edit: "/operative-records/{id}/edit",
    sign: "/operative-records/{id}/sign",
    amend: "/operative-records/{id}/amend",
};

fn notes(table: &'static Table, paths: &Paths) -> Vec<Route> {
    let on = |operation| Access::Session(Use::WORK, Need::Table(table, operation));
    let read = Audit::Entry(&[EventName::PHI_READ]);
    let made = Audit::Entry(&[EventName::PHI_CREATE]);
    let changed = Audit::Entry(&[EventName::PHI_UPDATE]);
    vec![
        get(paths.new, on(Operation::Create), FORM, Mask::NoPhi),
        post(paths.new, on(Operation::Create), made, Mask::Vault),
        get(paths.one, on(Operation::Read), read, Mask::Vault),
        get(paths.edit, on(Operation::Update), read, Mask::Vault),
        post(paths.edit, on(Operation::Update), changed, Mask::Vault),
        post(paths.sign, on(Operation::Sign), Audit::Entry(&[EventName::ENCOUNTER_SIGNED]), Mask::Vault),
        get(paths.amend, on(Operation::Amend), read, Mask::Vault),
        post(paths.amend, on(Operation::Amend), Audit::Entry(&[EventName::ENCOUNTER_AMENDED]), Mask::Vault),
    ]
}

fn prescriptions() -> Vec<Route> {
    let seen = Access::Session(Use::WORK, Need::TableOrGrant(&MEDICATIONS, Operation::Read));
    let send = Access::Session(Use::WORK, Need::Table(&TRANSMISSIONS, Operation::Create));
    let printed = Audit::Entry(&[EventName::PRESCRIPTION_PRINTED]);
    let sent = Audit::Entry(&[EventName::PRESCRIPTION_TRANSMITTED]);
    let read = Audit::Entry(&[EventName::PHI_READ]);
    vec![
        get("/prescriptions/{id}", seen, read, Mask::Vault),
        post("/prescriptions/{id}/print", seen, printed, Mask::Vault),
        post("/prescriptions/{id}/transmit", send, sent, Mask::Vault),
    ]
}

/// Who may is asked by the login itself, in the unit that opens, ends or reviews.
fn emergency() -> Vec<Route> {
    let on = |method, path, audit| route(method, path, own(Use::WORK), audit, Mask::NoPhi);
    let started = Audit::Entry(&[EventName::EMERGENCY_ACCESS_STARTED, EventName::PERMISSION_DENIED]);
    let reviewed = Audit::Entry(&[EventName::EMERGENCY_ACCESS_REVIEWED, EventName::PERMISSION_DENIED]);
    vec![
        on(Method::GET, "/emergency/{id}", FORM),
        on(Method::POST, "/emergency/{id}", started),
        on(Method::POST, "/emergency/end", Audit::Entry(&[EventName::EMERGENCY_ACCESS_ENDED])),
        on(Method::GET, "/emergency", Audit::Entry(&[EventName::AUDIT_READ, EventName::PERMISSION_DENIED])),
        on(Method::POST, "/emergency/review", reviewed),
    ]
}

fn log() -> Vec<Route> {
    const LOG: Access = Access::Session(Use::WORK, Need::Trail);
    // The page asks again by itself while an examination runs: that is nobody's activity.
    const POLL: Access = Access::Session(Use::POLL, Need::Trail);
    let read = Audit::Entry(&[EventName::AUDIT_READ]);
    let kept = Audit::Exempt("what the last examination found: places and record ids");
    vec![
        get("/audit", LOG, read, Mask::NoPhi),
        get("/verify", POLL, kept, Mask::NoPhi),
        post("/verify", LOG, Audit::Entry(&[EventName::AUDIT_STATUS]), Mask::NoPhi),
        get("/tampered", LOG, kept, Mask::NoPhi),
    ]
}

/// The tamper lab of the demo.
pub(super) fn lab() -> Vec<Route> {
    let behind = Audit::Exempt("it goes behind the application's back: that is what it shows");
    vec![get("/lab", own(Use::WORK), OWN, Mask::NoPhi), post("/lab", own(Use::WORK), behind, Mask::NoPhi)]
}
