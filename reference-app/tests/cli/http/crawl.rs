//! Every route as every role and as nobody, compared with a golden file: whoever changes who gets in changes that file.

use super::scene::Scene;
use reference_app::routes::openapi;
use reference_app::web::route::{Access, Audit, Mask, Route};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// Every role, and a user of it. The patient has no record of their own: then there is nothing to see.
pub(super) const ROLES: [(&str, &str); 7] = [
    ("CLINICIAN", "clinician"),
    ("STAFF", "staff"),
    ("BILLING", "billing"),
    ("ORG_ADMIN", "admin"),
    ("PRIVACY_OFFICER", "privacy"),
    ("SUPER_ADMIN", "super"),
    ("PATIENT", "patient"),
];

/// Compares with a committed file; `UPDATE=1` writes it.
pub(super) fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(committed, text, "{name} is out of date: look at the difference, then run with UPDATE=1");
}

fn audit(route: &Route) -> String {
    match route.audit {
        Audit::Entry(names) => names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" or "),
        Audit::Exempt(why) => format!("none: {why}"),
    }
}

/// Whatever shows PHI, or refuses to, has left what it declares, or a denial.
fn assert_entry(route: &Route, status: u16, noted: &[String]) {
    let Audit::Entry(names) = route.audit else { return };
    let mut names = names.iter().map(|name| name.as_str()).chain(["PERMISSION_DENIED"]);
    if route.mask == Mask::Vault && matches!(status, 200..=299 | 403) {
        assert!(names.any(|name| noted.iter().any(|noted| noted == name)), "{} {status}: {noted:?}", route.path);
    }
}

#[test]
fn the_table_and_the_crawl_are_as_committed() {
    let scene = Scene::new();
    let mut text = String::new();
    let mut routes = scene.app.gate.routes.iter().collect::<Vec<_>>();
    // What ends the session comes last.
    routes.sort_by_key(|route| route.path == "/api/auth/logout");
    let mut signed_in = Vec::new();
    for (role, login) in ROLES {
        scene.user(login, role);
        signed_in.push((role, scene.signed_in(login)));
    }
    for route in routes {
        let (mask, permission) = (if route.mask == Mask::Vault { "vault" } else { "no PHI" }, route.permission());
        writeln!(text, "{} {}\n  needs {permission}; masks: {mask}\n  log: {}", route.method, route.path, audit(route))
            .unwrap();
        let path = route.path.replace("{id}", &"0".repeat(32)).replace("{patient}", &"0".repeat(32));
        let ask = |mut browser: super::client::Browser| {
            let status = browser.send(route.method.as_str(), &path, Some("{}")).status;
            assert!(status < 500, "{} {path}", route.method);
            status
        };
        let nobody = ask(scene.browser());
        assert!(!matches!(route.access, Access::Session(..) | Access::Pending) || nobody == 401, "{path}");
        write!(text, "  nobody {nobody}").unwrap();
        for (role, browser) in &signed_in {
            let before = scene.size();
            let status = ask(browser.clone());
            write!(text, ", {role} {status}").unwrap();
            let more = usize::try_from(scene.size() - before).unwrap();
            assert_entry(route, status, &if more == 0 { Vec::new() } else { scene.trail(more) });
        }
        text.push('\n');
    }
    golden("routes.txt", &text);
}

#[test]
fn the_table_and_the_api_name_the_same_routes() {
    let described = openapi().paths.paths.into_iter().flat_map(|(path, item)| {
        let methods = [
            ("GET", item.get.is_some()),
            ("POST", item.post.is_some()),
            ("PUT", item.put.is_some()),
            ("PATCH", item.patch.is_some()),
            ("DELETE", item.delete.is_some()),
        ];
        let there = methods.into_iter().filter(|(_, there)| *there);
        there.map(move |(method, _)| format!("{method} {path}")).collect::<Vec<_>>()
    });
    let described = described.collect::<BTreeSet<_>>();
    let declared = reference_app::routes::table::routes().iter();
    let declared = declared.filter(|route| route.path.starts_with("/api/") && route.path != "/api/openapi.json");
    let declared = declared.map(|route| format!("{} {}", route.method, route.path)).collect::<BTreeSet<_>>();
    assert_eq!(described, declared);
}

#[test]
fn no_two_rows_are_for_the_same_route_and_no_path_takes_a_name() {
    let mut seen = BTreeSet::new();
    for route in reference_app::routes::table::routes() {
        assert!(seen.insert(format!("{} {}", route.method, route.path)), "{}", route.path);
        assert!(!route.path.contains('?'));
        if let Audit::Exempt(why) = route.audit {
            assert!(route.mask == Mask::NoPhi, "{}: what shows PHI leaves an entry: {why}", route.path);
        }
    }
}

#[test]
fn a_route_without_a_row_is_not_served() {
    let scene = Scene::new();
    let gate = reference_app::web::Gate { routes: &[], ..scene.app.gate.clone() };
    let app = reference_app::state::App { gate, ..scene.app.clone() };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let address = super::scene::listen(&runtime, |_| reference_app::routes::application(app));
    super::client::Browser::new(address).get("/healthz").is(404);
}
