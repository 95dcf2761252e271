//! The login, from outside: its public functions, a clock, threads, and values kept longer than meant.

mod clock;
mod factor;
mod mixed;
mod stale;

use super::{kek, operator};
use hipaa_core::audit::Actor;
use hipaa_core::auth::limit::Limit;
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::auth::token::{ActivationToken, PendingToken, ResetToken, SessionToken};
use hipaa_core::auth::totp::{CODE_DIGITS, STEP_SECONDS, TotpSeed};
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::identity::{
    Active, Client, FactorChange, Finished, Identity, IdentityError, NewSession, PasswordOutcome, Settings, Use,
};
use hipaa_core::outbox::{MAX_TAKEN, Outbox, Topic};
use hipaa_core::schema::{TenantId, UserId};
use hipaa_core::tenancy::{create_tenant, list_tenants};
use hipaa_core::unit::{Release, Unit as AnyUnit};
use hipaa_sqlite::rusqlite::Connection;
use hipaa_sqlite::{Database, Error, Options};
use secrecy::SecretString;
use std::path::PathBuf;
use std::time::Duration;

pub(super) const PASSWORD: &str = "Tidal-Marsh 47 heron";
pub(super) const OTHER: &str = "Granite!Window 93 lark";
const START: i64 = 1_800_000_000_000_000;

/// One file, one clinic, and people who have set their passwords.
pub(super) struct Ward {
    folder: tempfile::TempDir,
    pub(super) clock: Clock,
    pub(super) permits: HashingPermits,
    pub(super) identity: Identity,
    pub(super) admin: Actor,
    pub(super) db: Database,
}

pub(super) fn client() -> Client<'static> {
    Client::from_address([192, 0, 2, 1].into())
}

pub(super) fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

impl Ward {
    pub(super) fn new() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(Timestamp::from_micros(START)));
        let permits = HashingPermits::new(4.try_into().unwrap(), 300);
        let mut settings = Settings::default();
        // Failures of one network are not what is tried here.
        settings.login_per_network = Limit::new("login.test", 10_000, Duration::from_secs(900));
        settings.patience = Duration::from_secs(120);
        let identity = Identity::new(settings, permits.clone()).unwrap();
        let mut db = open(folder.path().join("emr.db"), &clock);
        let admin = admin_of(&mut db, "North clinic");
        Self { folder, clock, permits, identity, admin, db }
    }

    pub(super) fn path(&self) -> PathBuf {
        self.folder.path().join("emr.db")
    }

    /// Another connection to the same file, as another process has it.
    pub(super) fn another(&self) -> Database {
        open(self.path(), &self.clock)
    }

    /// A connection that knows no safeguard.
    pub(super) fn thief(&self) -> Connection {
        Connection::open(self.path()).unwrap()
    }

    pub(super) fn minutes(&self, minutes: i64) {
        self.clock.set(Timestamp::from_micros(START + minutes * 60_000_000));
    }

    pub(super) fn seconds(&self, seconds: i64) {
        self.clock.set(Timestamp::from_micros(START + seconds * 1_000_000));
    }

    /// A unit of work whose result is held.
    pub(super) fn run<R: Release>(
        &mut self,
        work: impl FnOnce(&mut dyn AnyUnit, &Identity) -> Result<R, IdentityError>,
    ) -> Result<R::Output, Error> {
        Ok(self.db.write(|unit| work(unit, &self.identity).map_err(Error::from))?.open()?)
    }

    /// A unit of work whose result is not.
    pub(super) fn plain<T>(
        &mut self,
        work: impl FnOnce(&mut dyn AnyUnit, &Identity) -> Result<T, IdentityError>,
    ) -> Result<T, Error> {
        Ok(self.db.write(|unit| work(unit, &self.identity).map_err(Error::from))?.into_inner())
    }

    pub(super) fn invite(&mut self, login: &str, must_change: bool) -> (UserId, ActivationToken) {
        let (admin, new) =
            (self.admin.clone(), NewUser { login, display_name: "A Person", role: "CLINICIAN", must_change });
        let made = self.run(|unit, identity| identity.create_user(unit, &admin, new)).unwrap();
        (made.user, made.token)
    }

    pub(super) fn activate(&mut self, token: &ActivationToken, password: &str) -> PasswordOutcome {
        let permit = self.identity.permit().unwrap();
        let begun = self.run(|unit, identity| identity.activate(unit, token, &client(), permit)).unwrap();
        let judged = begun.judge(secret(password), &[]).unwrap();
        self.run(|unit, identity| identity.finish_password(unit, judged)).unwrap()
    }

    pub(super) fn person(&mut self, login: &str) -> UserId {
        let (user, token) = self.invite(login, false);
        assert!(matches!(self.activate(&token, PASSWORD), PasswordOutcome::Set));
        user
    }

    /// Asks for a reset; what of it waits in the outbox.
    pub(super) fn reset(&mut self, login: &str) -> Option<Asked> {
        self.plain(|unit, identity| identity.request_reset(unit, login, &client())).unwrap();
        let tenants = self.db.write(|unit| list_tenants(unit).map_err(Error::from)).unwrap().into_inner();
        let outbox = Outbox::new(Actor::new(tenants[0].id, "sender", "system").unwrap());
        let taken = self.db.write(|unit| outbox.take(unit, MAX_TAKEN).map_err(Error::from)).unwrap().open().unwrap();
        let mail = taken.into_iter().rfind(|taken| taken.is(Topic::RESET_REQUESTED))?;
        Some(Asked { token: ResetToken::parse(mail.payload()?).unwrap() })
    }

    pub(super) fn login(&mut self, login: &str, password: &str) -> Finished {
        let permit = self.identity.permit().unwrap();
        let attempt = self.run(|unit, identity| identity.begin(unit, login, &client(), permit)).unwrap();
        let verified = attempt.verify(secret(password)).unwrap();
        self.run(|unit, identity| identity.finish(unit, verified, &client())).unwrap()
    }

    pub(super) fn session(&mut self, login: &str) -> NewSession {
        match self.login(login, PASSWORD) {
            Finished::Session(session) => session,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn pending(&mut self, login: &str) -> PendingToken {
        match self.login(login, PASSWORD) {
            Finished::SecondFactor(pending) => pending.token,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn authorize(&mut self, token: &SessionToken, wants: Use) -> Result<Active, Error> {
        self.plain(|unit, identity| identity.authorize(unit, token, &client(), wants))
    }

    pub(super) fn is_live(&mut self, token: &SessionToken) -> bool {
        match self.authorize(token, Use::POLL) {
            Ok(_) => true,
            Err(Error::Identity(IdentityError::NoSession)) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    pub(super) fn active(&mut self, login: &str) -> Active {
        let session = self.session(login);
        self.authorize(&session.token, Use::WORK).unwrap()
    }

    /// A factor, and the session that enrolled it.
    pub(super) fn enrol(&mut self, login: &str) -> (TotpSeed, NewSession) {
        let active = self.active(login);
        let seed = self.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
        let code = self.code(&seed);
        match self.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client())).unwrap() {
            FactorChange::Done(session) => (seed, session),
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn code(&self, seed: &TotpSeed) -> String {
        let seconds = u64::try_from(self.clock.now().micros()).unwrap() / 1_000_000;
        let digits = u32::try_from(CODE_DIGITS).unwrap();
        totp_lite::totp_custom::<totp_lite::Sha1>(STEP_SECONDS, digits, seed.expose(), seconds)
    }

    /// A code that is none now.
    pub(super) fn wrong_code(&self, seed: &TotpSeed) -> String {
        let now = self.clock.now().micros() / 1_000_000;
        let near = [-60, -30, 0, 30, 60].map(|away| {
            let seconds = u64::try_from(now + away).unwrap();
            totp_lite::totp_custom::<totp_lite::Sha1>(STEP_SECONDS, 6, seed.expose(), seconds)
        });
        (0..).map(|number: u32| format!("{number:06}")).find(|code| !near.contains(code)).unwrap()
    }

    pub(super) fn second(&mut self, token: &PendingToken, code: &str) -> Finished {
        self.run(|unit, identity| identity.second_factor(unit, token, code, &client())).unwrap()
    }
}

/// What a mail holds for whoever forgot the password.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) token: ResetToken,
}

fn open(path: PathBuf, clock: &Clock) -> Database {
    let options = Options { clock: clock.clone(), busy_timeout: Duration::from_secs(60), ..Options::default() };
    Database::open_with(path, kek(), &options).unwrap()
}

/// An administrator of a new clinic.
pub(super) fn admin_of(db: &mut Database, name: &str) -> Actor {
    let tenant = db.write(|unit| create_tenant(unit, &operator(), name).map_err(Error::from)).unwrap().into_inner();
    admin(tenant.id)
}

fn admin(tenant: TenantId) -> Actor {
    Actor::new(tenant, "admin", "ADMIN").unwrap()
}

fn refused(error: IdentityError) -> Option<Error> {
    Some(Error::Identity(error))
}
