//! The application in this process, on a port of its own and under a clock that the test moves.

use super::client::{Browser, Reply};
use hipaa_core::audit::Actor;
use hipaa_core::authority::Authority;
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::identity::Settings;
use hipaa_core::keys::Kek;
use hipaa_core::schema::{RecordId, TenantId, UserId};
use hipaa_core::tenancy::create_tenant;
use hipaa_core::vault::{Permissions, TenantVault};
use hipaa_sqlite::{Database, Error, Options};
use reference_app::routes::{application, health};
use reference_app::schema::TABLES;
use reference_app::state::App;
use reference_app::web::frame::{Frame, Observer, TIME_LIMIT};
use reference_app::web::origin::{Origin, Origins};
use reference_app::web::server::{Limits, serve};
use secrecy::{ExposeSecret as _, SecretBox};
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(super) const PASSWORD: &str = "copper Lantern 58 drifts";
pub(super) const LISTED: &str = "https://ok.example";
/// 2026-11-22 08:00 UTC.
const START: i64 = 1_795_334_400_000_000;

pub(super) struct Scene {
    pub(super) folder: TempDir,
    pub(super) app: App,
    pub(super) address: SocketAddr,
    pub(super) tenant: TenantId,
    now: Timestamp,
    runtime: Runtime,
}

/// A frame as a development server has it.
pub(super) fn frame(address: SocketAddr) -> Frame {
    let own = Origin::parse(&format!("http://localhost:{}", address.port())).unwrap();
    Frame {
        proxies: Arc::default(),
        origins: Origins::new(own, vec![Origin::parse(LISTED).unwrap()]),
        https_only: false,
        probes: health::PROBES,
        time_limit: TIME_LIMIT,
        observer: Observer(Arc::new(|_| {})),
    }
}

/// Serves a router on a port of its own, until the runtime ends.
pub(super) fn listen(runtime: &Runtime, router: impl FnOnce(SocketAddr) -> axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let router = router(address);
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).unwrap();
        serve(listener, router, Limits::default(), core::future::pending()).await
    });
    address
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(|frame| frame)
    }

    pub(super) fn with(change: impl FnOnce(Frame) -> Frame) -> Self {
        let (folder, runtime) = (tempfile::tempdir().unwrap(), Runtime::new().unwrap());
        let now = Timestamp::from_micros(START);
        let clock = Clock::manual(now);
        let options = Options { clock: clock.clone(), busy_timeout: Duration::from_millis(300), ..Options::default() };
        let kek = Kek::from_bytes(SecretBox::new(Box::new([7; 32])));
        let mut database = Database::open_with(folder.path().join("app.db"), kek, &options).unwrap();
        database.declare(TABLES).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "test", "operator").unwrap();
        let tenant = database.write(|unit| Ok::<_, Error>(create_tenant(unit, &operator, "North")?));
        let tenant = tenant.unwrap().into_inner().id;
        let mut settings = Settings::default();
        settings.padding = Duration::ZERO;
        let mut app = None;
        let address = listen(&runtime, |address| {
            let _inside = runtime.enter();
            let made = App::start(
                database,
                change(frame(address)),
                (settings, reference_app::policy::policy().unwrap(), clock),
            )
            .unwrap();
            app = Some(made.clone());
            application(made)
        });
        Self { folder, app: app.unwrap(), address, tenant, now, runtime }
    }

    pub(super) fn block<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.folder.path().join("app.db")
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    /// Moves the clock.
    pub(super) fn wait(&mut self, time: Duration) {
        self.now = self.now.after(time);
        self.app.clock.set(self.now);
    }

    pub(super) fn seconds(&self) -> u64 {
        u64::try_from(self.now.micros() / 1_000_000).unwrap()
    }

    fn admin(&self) -> Actor {
        Actor::new(self.tenant, "admin", "ORG_ADMIN").unwrap()
    }

    /// Makes a user, who sets the first password over HTTP.
    pub(super) fn user(&self, login: &'static str, role: &'static str) {
        let (identity, actor) = (self.app.gate.identity.clone(), self.admin());
        let make = self.app.gate.bridge.write(move |unit| {
            let new = NewUser { login, display_name: "Maria Osei", role, must_change: false };
            Ok::<_, Error>(identity.create_user(unit, &actor, new)?)
        });
        let made = self.block(make).unwrap().open().unwrap();
        let body = json!({ "token": made.token.text().expose_secret(), "password": PASSWORD });
        self.browser().post("/api/auth/activate", &body).is(204);
    }

    /// The id of a user.
    pub(super) fn user_id(&self, login: &'static str) -> UserId {
        let door = Authority::new(self.admin());
        let find = self.app.gate.bridge.write(move |unit| {
            let unit: &mut dyn hipaa_core::unit::Unit = unit;
            Ok::<_, Error>(door.user_named(unit, login)?.unwrap().id())
        });
        self.block(find).unwrap().into_inner()
    }

    /// Makes a record the user's own; a browser with a session from then on.
    pub(super) fn patient_of(&self, login: &'static str, record: RecordId) -> Browser {
        let (identity, actor, user) = (self.app.gate.identity.clone(), self.admin(), self.user_id(login));
        let link =
            self.app.gate.bridge.write(move |unit| Ok::<_, Error>(identity.link_patient(unit, &actor, user, record)?));
        self.block(link).unwrap().into_inner();
        self.signed_in(login)
    }

    pub(super) fn try_login(&self, browser: &mut Browser, login: &str, password: &str) -> Reply {
        browser.post("/api/auth/login", &json!({ "login": login, "password": password }))
    }

    /// A browser with a session.
    pub(super) fn signed_in(&self, login: &str) -> Browser {
        let mut browser = self.browser();
        let reply = self.try_login(&mut browser, login, PASSWORD).is(200);
        assert_eq!(reply.json()["next"], "work");
        browser
    }

    /// How many entries the tenant's log has.
    pub(super) fn size(&self) -> u64 {
        let tenant = self.tenant;
        let read = self.app.gate.bridge.write(move |unit| {
            let unit: &mut dyn hipaa_core::unit::Unit = unit;
            Ok::<_, Error>(unit.parts().0.head(tenant)?.unwrap().size)
        });
        self.block(read).unwrap().into_inner()
    }

    /// The names of the last entries of the tenant's log, oldest first.
    pub(super) fn trail(&self, last: usize) -> Vec<String> {
        let vault = TenantVault::new(self.admin(), Permissions::everything());
        let tenant = self.tenant;
        let read = self.app.gate.bridge.write(move |unit| {
            let unit: &mut dyn hipaa_core::unit::Unit = unit;
            let size = unit.parts().0.head(tenant).map_err(Error::from)?.unwrap().size;
            Ok::<_, Error>(vault.trail(unit, size.saturating_sub(last as u64), last)?)
        });
        self.block(read).unwrap().open().unwrap().into_iter().filter_map(|entry| entry.name).collect()
    }
}

/// Whether a session of this browser is live. Asking does not renew it.
pub(super) fn is_live(browser: &mut Browser) -> bool {
    match browser.get("/api/account/session").status {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}
