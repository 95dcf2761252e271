//! The way of a record from the vault to the wire, by a route of the tests' own that is declared as every other.

use super::client::{Browser, Reply};
use super::scene::{Scene, frame, listen};
use axum::Router;
use axum::extract::Path;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use hipaa_core::audit::{Actor, EventName};
use hipaa_core::clock::Timestamp;
use hipaa_core::identity::Use;
use hipaa_core::schema::{RecordId, TenantId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Operation, Permissions, Row, TenantVault};
use hipaa_sqlite::Error;
use reference_app::schema::{MRN, PATIENT};
use reference_app::web::gate::guard;
use reference_app::web::{Access, Audit, Gate, Mask, Need, Problem, Route, SignedIn};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(|| {
    let access = Access::Session(Use::WORK, Need::Table(&PATIENT, Operation::Read));
    let audit = Audit::Entry(&[EventName::PHI_READ]);
    let route = |path| Route { method: Method::GET, path, access, audit, mask: Mask::Vault };
    ["/test/patients/{id}", "/test/forgetful", "/test/deaf", "/test/stubborn"].map(route).to_vec()
});

async fn read(signed_in: SignedIn, Path(id): Path<String>) -> Result<String, Problem> {
    let id = RecordId::parse(&id).map_err(|_| reference_app::web::Kind::NotFound)?;
    let record = signed_in.disclose(move |unit, vault| Ok(vault.read(unit, &PATIENT, id)?)).await?.open()?;
    Ok(record.get(MRN).unwrap().unwrap().iter().map(|mrn| mrn.to_string()).collect())
}

/// A handler that forgot to ask who asks.
async fn forgetful() -> &'static str {
    "MRN-4399"
}

/// A handler that asks, and goes on whatever the answer is.
async fn deaf(signed_in: SignedIn) -> &'static str {
    let _refused = signed_in.disclose(|_, _| Ok(())).await;
    "MRN-4399"
}

/// A handler that asks again when it is refused, and goes elsewhere with what it got.
async fn stubborn(signed_in: SignedIn) -> (StatusCode, [(HeaderName, &'static str); 1], &'static str) {
    let _refused = signed_in.disclose(|_, _| Ok(())).await;
    let got = signed_in.disclose(|_, _| Ok(())).await.map_or("nothing", |_| "MRN-4399");
    (StatusCode::SEE_OTHER, [(LOCATION, got)], got)
}

fn careless() -> Router {
    let router = Router::new().route("/test/forgetful", get(forgetful)).route("/test/deaf", get(deaf));
    router.route("/test/stubborn", get(stubborn))
}

struct Ward {
    scene: Scene,
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Ward {
    fn new() -> Self {
        let (scene, runtime) = (Scene::new(), tokio::runtime::Runtime::new().unwrap());
        let gate = Gate { routes: &ROUTES, ..scene.app.gate.clone() };
        let address = listen(&runtime, |address| {
            let routes = careless().route("/test/patients/{id}", get(read));
            frame(address).around(routes.route_layer(from_fn_with_state(gate, guard)), "/api/")
        });
        scene.user("maria", "CLINICIAN");
        scene.user("otto", "VOLUNTEER");
        Self { scene, address, _runtime: runtime }
    }

    fn patient(&self, tenant: TenantId, mrn: &'static str) -> RecordId {
        let actor = Actor::new(tenant, "admin", "ORG_ADMIN").unwrap();
        let vault = TenantVault::new(actor, Permissions::everything());
        let write = self.scene.app.gate.bridge.write(move |unit| {
            let row = Row::new().set(MRN, &[mrn][..]);
            Ok::<_, Error>(vault.create(unit, &PATIENT, &row)?)
        });
        self.scene.block(write).unwrap().into_inner()
    }

    /// The session of the application, at the tests' own port.
    fn browser(&self, login: &str) -> Browser {
        let cookies = self.scene.signed_in(login).cookies;
        Browser { cookies, ..Browser::new(self.address) }
    }

    fn read(&self, browser: &mut Browser, id: RecordId) -> Reply {
        browser.get(&format!("/test/patients/{id}"))
    }

    fn noted(&self, name: &str) -> usize {
        self.scene.trail(500).iter().filter(|noted| *noted == name).count()
    }
}

#[test]
fn a_read_over_http_leaves_its_entry_and_one_without_permission_a_denial() {
    let ward = Ward::new();
    let id = ward.patient(ward.scene.tenant, "MRN-4399");
    assert_eq!(ward.read(&mut ward.browser("maria"), id).is(200).body, "MRN-4399");
    assert_eq!(ward.noted("PHI_READ"), 1);
    assert_eq!(ward.read(&mut ward.browser("otto"), id).is(403).problem(), "denied");
    assert_eq!((ward.noted("PHI_READ"), ward.noted("PERMISSION_DENIED")), (1, 1));
    ward.read(&mut Browser::new(ward.address), id).is(401);
}

#[test]
fn a_look_whose_handler_does_not_ask_or_does_not_listen_is_refused_all_the_same() {
    let ward = Ward::new();
    for (path, status) in [("/test/forgetful", 200), ("/test/deaf", 200), ("/test/stubborn", 303)] {
        let before = ward.noted("PERMISSION_DENIED");
        assert_eq!(ward.browser("maria").get(path).is(status).body, "MRN-4399");
        let refused = ward.browser("otto").get(path).is(403);
        assert_eq!((refused.problem().as_str(), refused.says("4399")), ("denied", false), "{path}");
        assert_eq!(ward.noted("PERMISSION_DENIED"), before + 1, "{path}");
        let mut gone = ward.browser("maria");
        let mut there = Browser { cookies: gone.cookies.clone(), ..ward.scene.browser() };
        there.post("/api/auth/logout", &serde_json::json!({}));
        assert!(!gone.get(path).is(401).says("4399"), "{path}");
    }
    // The red twin: without the gate both answer whoever asks, but for the one that has nobody to ask.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bare = listen(&runtime, |address| frame(address).around(careless(), "/api/"));
    assert_eq!(Browser::new(bare).get("/test/forgetful").is(200).body, "MRN-4399");
}

#[test]
fn a_handler_without_the_gate_gets_nothing() {
    let ward = Ward::new();
    let id = ward.patient(ward.scene.tenant, "MRN-4399");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let bare = listen(&runtime, |address| {
        frame(address).around(Router::new().route("/test/patients/{id}", get(read)), "/api/")
    });
    let browser = ward.browser("maria");
    let reply = Browser { address: bare, ..browser }.get(&format!("/test/patients/{id}")).is(500);
    assert!(!reply.says("4399"));
    assert_eq!(ward.noted("PHI_READ"), 0);
}

#[test]
fn another_tenants_record_is_not_found_and_that_is_on_record() {
    let ward = Ward::new();
    let operator = Actor::new(TenantId::DEPLOYMENT, "test", "operator").unwrap();
    let make = ward.scene.app.gate.bridge.write(move |unit| Ok::<_, Error>(create_tenant(unit, &operator, "South")?));
    let south = ward.scene.block(make).unwrap().into_inner().id;
    let id = ward.patient(south, "MRN-4399");
    let before = ward.scene.trail(500).len();
    let reply = ward.read(&mut ward.browser("maria"), id).is(404);
    assert_eq!(reply.problem(), "not-found");
    assert!(!reply.says("4399"));
    let entries = ward.scene.trail(500);
    let more = &entries[before..];
    assert!(more.iter().any(|name| name == "PHI_READ" || name == "PERMISSION_DENIED"), "{more:?}");
}

#[test]
fn a_full_disk_shows_nothing_and_loses_nothing() {
    let ward = Ward::new();
    let id = ward.patient(ward.scene.tenant, "MRN-4399");
    let mut browser = ward.browser("maria");
    let pages = |unit: &mut hipaa_sqlite::Unit<'_>, pages: i64| {
        let sql = unit.sql();
        let now: i64 = sql.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let most = if pages == 0 { now } else { pages };
        let most: i64 = sql.query_row(&format!("PRAGMA max_page_count = {most}"), [], |row| row.get(0))?;
        Ok::<_, Error>(most)
    };
    let set = |most| ward.scene.block(ward.scene.app.gate.bridge.write(move |unit| pages(unit, most)));
    set(0).unwrap().into_inner();
    let (mut shown, mut refused) = (0, 0);
    for _ in 0..400 {
        let reply = ward.read(&mut browser, id);
        match reply.status {
            200 => shown += 1,
            _ => {
                assert_eq!(reply.clone().is(503).problem(), "unavailable");
                assert!(!reply.says("4399"));
                refused += 1;
            }
        }
        if refused == 3 {
            break;
        }
    }
    assert_eq!(refused, 3, "the file never was full");
    set(1_000_000).unwrap().into_inner();
    assert_eq!(ward.read(&mut browser, id).is(200).body, "MRN-4399");
    assert_eq!(ward.noted("PHI_READ"), shown + 1);
}

#[test]
fn a_clock_that_jumps_ends_sessions_early_and_never_late() {
    let ward = Ward::new();
    let id = ward.patient(ward.scene.tenant, "MRN-4399");
    let (mut browser, clock) = (ward.browser("maria"), ward.scene.app.clock.clone());
    let start = clock.now();
    clock.set(Timestamp::from_micros(start.micros() - 3_600_000_000));
    let back = ward.read(&mut browser, id).status;
    assert!([200, 401, 503].contains(&back), "{back}");
    clock.set(start.after(Duration::from_secs(24 * 3600)));
    ward.read(&mut browser, id).is(401);
    // Back where it was, a session that was seen as ended may be live again, but never beyond its own end.
    clock.set(start.after(Duration::from_secs(12 * 3600 + 1)));
    ward.read(&mut browser, id).is(401);
    ward.scene.browser().get("/readyz").is(204);
}

/// Reads one record over one connection that stays open, until the time is over; how often, and the slowest in order.
fn keep_reading(
    browser: &Browser,
    id: RecordId,
    until: &hipaa_core::clock::Stopwatch,
    time: Duration,
) -> Vec<Duration> {
    let cookies = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let request = format!("GET /test/patients/{id} HTTP/1.1\r\nhost: a\r\ncookie: {cookies}\r\n\r\n");
    let mut stream = TcpStream::connect(browser.address).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let (mut times, mut buffer) = (Vec::new(), [0; 8192]);
    while until.elapsed() < time {
        let one = hipaa_core::clock::Stopwatch::start();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"MRN-4399") {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0 && answer.len() < 65_536, "{}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&buffer[..read]);
            assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        }
        times.push(one.elapsed());
    }
    times
}

/// `HIPAA_LOAD_SECONDS` is how long; one second by default.
#[test]
fn under_load_every_answered_read_is_in_the_log() {
    let seconds = std::env::var("HIPAA_LOAD_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let ward = Ward::new();
    let id = ward.patient(ward.scene.tenant, "MRN-4399");
    let (browser, watch) = (ward.browser("maria"), hipaa_core::clock::Stopwatch::start());
    let time = Duration::from_secs(seconds);
    let mut times = std::thread::scope(|threads| {
        let readers = (0..64).map(|_| threads.spawn(|| keep_reading(&browser, id, &watch, time))).collect::<Vec<_>>();
        readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    let took = watch.elapsed();
    times.sort();
    let connection = hipaa_sqlite::rusqlite::Connection::open(ward.scene.database()).unwrap();
    let noted = "SELECT count(*) FROM hipaa_audit WHERE name = 'PHI_READ'";
    let noted: i64 = connection.query_row(noted, [], |row| row.get(0)).unwrap();
    assert_eq!(usize::try_from(noted).unwrap(), times.len());
    println!(
        "64 connections, {took:?}: {} audited reads, {:.0} a second, half within {:?}, 99 of 100 within {:?}",
        times.len(),
        times.len() as f64 / took.as_secs_f64(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}
