//! The login as attackers meet it: guesses, replays, half-finished logins, stolen sessions and edited rows.

mod account;
mod factor;
mod flow;
mod guess;
mod notice;
mod refusal;
mod table;
mod twin;

use super::clinic::kek;
use crate::audit::{Actor, Body as Entry};
use crate::auth::limit::Limit;
use crate::auth::password::HashingPermits;
use crate::auth::token::{ResetToken, SessionToken, Token};
use crate::auth::totp::{CODE_DIGITS, STEP_SECONDS, TotpSeed};
use crate::authority::user::NewUser;
use crate::clock::{Clock, Timestamp};
use crate::identity::{
    Activation, Active, Client, FactorChange, Finished, Identity, IdentityError, NewSession, PasswordOutcome, Pending,
    Refusal, Settings, Use,
};
use crate::outbox::{MAX_TAKEN, Outbox, OutboxError, Taken, Topic};
use crate::schema::{TenantId, UserId};
use crate::store::memory::MemoryStore;
use crate::tenancy::create_tenant;
use crate::unit::{MemoryDatabase, MemoryUnit, Release};
use core::num::NonZeroUsize;
use core::time::Duration;
use secrecy::ExposeSecret;

pub(super) const START: i64 = 1_800_000_000_000_000;
pub(super) const PASSWORD: &str = "Tidal-Marsh 47 heron";
pub(super) const OTHER: &str = "Copper.Lantern 82 quay";
pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;

/// One tenant with the user Maria, whose password is [`PASSWORD`].
pub(super) struct Ward {
    pub(super) db: MemoryDatabase,
    pub(super) clock: Clock,
    pub(super) identity: Identity,
    pub(super) permits: HashingPermits,
    pub(super) admin: Actor,
    pub(super) maria: UserId,
}

pub(super) fn client(last: u8) -> Client<'static> {
    Client::from_address([192, 0, 2, last].into())
}

pub(super) fn settings() -> Settings {
    // Limits by network have tests of their own; here many attempts come from one.
    Settings { login_per_network: Limit::new("login.test", 10_000, Duration::from_secs(900)), ..Settings::default() }
}

pub(super) fn named(login: &str) -> NewUser<'_> {
    NewUser { login, display_name: "Maria Osei", role: "CLINICIAN", must_change: false }
}

/// The code of a seed at a time, as a phone shows it.
pub(super) fn code_at(seed: &TotpSeed, time: Timestamp) -> String {
    let seconds = u64::try_from(time.micros()).unwrap() / 1_000_000;
    let digits = u32::try_from(CODE_DIGITS).unwrap();
    totp_lite::totp_custom::<totp_lite::Sha1>(STEP_SECONDS, digits, seed.expose(), seconds)
}

impl Ward {
    pub(super) fn open() -> Self {
        Self::with(settings())
    }

    pub(super) fn with(settings: Settings) -> Self {
        let clock = Clock::manual(Timestamp::from_micros(START));
        let mut db = MemoryDatabase::open(MemoryStore::default(), kek(7), clock.clone()).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let tenant = db.write(|unit| create_tenant(unit, &operator, "North")).unwrap().into_inner();
        let admin = Actor::new(tenant.id, "admin", "ADMIN").unwrap();
        let permits = HashingPermits::new(NonZeroUsize::new(2).unwrap(), 64);
        let identity = Identity::new(settings, permits.clone()).unwrap();
        let mut ward = Self { db, clock, identity, permits, admin, maria: UserId::NOBODY };
        ward.maria = ward.hire("maria");
        ward
    }

    /// A user with [`PASSWORD`].
    pub(super) fn hire(&mut self, login: &str) -> UserId {
        let Activation { user, token, .. } = self.invite(login);
        assert!(matches!(self.activate(&token, PASSWORD), PasswordOutcome::Set));
        user
    }

    pub(super) fn invite(&mut self, login: &str) -> Activation {
        let admin = self.admin.clone();
        self.run(|unit, identity| identity.create_user(unit, &admin, named(login))).unwrap()
    }

    pub(super) fn activate(
        &mut self,
        token: &Token<crate::auth::token::ForActivation>,
        password: &str,
    ) -> PasswordOutcome {
        let permit = self.identity.permit().unwrap();
        let begun = self.run(|unit, identity| identity.activate(unit, token, &client(1), permit)).unwrap();
        let new = begun.judge(password.to_owned().into(), &[]).unwrap();
        self.run(|unit, identity| identity.finish_password(unit, new)).unwrap()
    }

    /// One unit, and what it holds released by its commit.
    pub(super) fn run<R: Release>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_>, &Identity) -> Result<R, IdentityError>,
    ) -> Result<R::Output, IdentityError> {
        let identity = self.identity.clone();
        Ok(self.db.write(|unit| work(unit, &identity))?.open().unwrap())
    }

    /// One unit whose result is not held.
    pub(super) fn plain<T>(
        &mut self,
        work: impl FnOnce(&mut MemoryUnit<'_>, &Identity) -> Result<T, IdentityError>,
    ) -> Result<T, IdentityError> {
        let identity = self.identity.clone();
        Ok(self.db.write(|unit| work(unit, &identity))?.into_inner())
    }

    pub(super) fn login_from(&mut self, from: &Client<'_>, login: &str, password: &str) -> Finished {
        let permit = self.identity.permit().unwrap();
        let attempt = self.run(|unit, identity| identity.begin(unit, login, from, permit)).unwrap();
        let verified = attempt.verify(password.to_owned().into()).unwrap();
        self.run(|unit, identity| identity.finish(unit, verified, from)).unwrap()
    }

    pub(super) fn login(&mut self, login: &str, password: &str) -> Finished {
        self.login_from(&client(1), login, password)
    }

    pub(super) fn session(&mut self) -> NewSession {
        match self.login("maria", PASSWORD) {
            Finished::Session(session) => session,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn pending(&mut self) -> Pending {
        match self.login("maria", PASSWORD) {
            Finished::SecondFactor(pending) => pending,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn answer(&mut self, pending: &Pending, code: &str) -> Finished {
        self.run(|unit, identity| identity.second_factor(unit, &pending.token, code, &client(1))).unwrap()
    }

    pub(super) fn active(&mut self, token: &SessionToken, wanted: Use) -> Result<Active, IdentityError> {
        self.plain(|unit, identity| identity.authorize(unit, token, &client(1), wanted))
    }

    pub(super) fn works(&mut self, token: &SessionToken) -> bool {
        match self.active(token, Use::WORK) {
            Ok(_) => true,
            Err(IdentityError::NoSession) => false,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// Enrols Maria; her session and her seed.
    pub(super) fn enrol(&mut self) -> (NewSession, TotpSeed) {
        let session = self.session();
        let active = self.active(&session.token, Use::WORK).unwrap();
        let seed = self.run(|unit, identity| identity.enrol_totp(unit, &active)).unwrap();
        let code = code_at(&seed, self.clock.now());
        let done = self.run(|unit, identity| identity.confirm_totp(unit, &active, &code, &client(1))).unwrap();
        match done {
            FactorChange::Done(session) => (session, seed),
            other @ FactorChange::Refused(_) => panic!("{other:?}"),
        }
    }

    pub(super) fn change(&mut self, token: &SessionToken, current: &str, new: &str) -> PasswordOutcome {
        let active = self.active(token, Use::CHANGE_PASSWORD).unwrap();
        let permit = self.identity.permit().unwrap();
        let begun = self.run(|unit, identity| identity.change_password(unit, active, &client(1), permit)).unwrap();
        let judged = begun.judge(current.to_owned().into(), new.to_owned().into(), &["maria"]).unwrap();
        self.run(|unit, identity| identity.finish_password(unit, judged)).unwrap()
    }

    /// Asks for a reset from this network, and reads the mail.
    pub(super) fn asked(&mut self, from: u8) -> ResetToken {
        self.plain(|unit, identity| identity.request_reset(unit, "maria", &client(from))).unwrap();
        let mail = self.mail().into_iter().rfind(|taken| taken.is(Topic::RESET_REQUESTED)).unwrap();
        ResetToken::parse(mail.payload().unwrap()).unwrap()
    }

    /// Every notice of the tenant that is due, as its sender gets it.
    pub(super) fn mail(&mut self) -> Vec<Taken> {
        let outbox = Outbox::new(self.admin.clone());
        self.db.write(|unit| outbox.take(unit, MAX_TAKEN)).map_err(|error: OutboxError| error).unwrap().open().unwrap()
    }

    pub(super) fn pass(&self, micros: i64) {
        self.clock.set(Timestamp::from_micros(self.clock.now().micros() + micros));
    }

    pub(super) fn hashes(&self) -> u64 {
        self.permits.load().hashes
    }

    /// The names of the entries of the tenant's log, or of the deployment's.
    pub(super) fn entries(&mut self, tenant: TenantId) -> Vec<String> {
        let log = self.db.store().heads[&tenant].log;
        let bodies = self.db.store().entries.range((log, 0)..=(log, u64::MAX));
        bodies.filter_map(|(_, (entry, _))| Entry::decode(&entry.body).unwrap().name().map(str::to_owned)).collect()
    }

    pub(super) fn noted(&mut self, name: &str) -> usize {
        let tenant = self.admin.tenant();
        self.entries(tenant).iter().filter(|entry| *entry == name).count()
    }
}

pub(super) fn refused(finished: Finished) -> Refusal {
    match finished {
        Finished::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

pub(super) fn text(token: &SessionToken) -> String {
    token.text().expose_secret().to_owned()
}
