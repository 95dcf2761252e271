//! The login of one process on one file, from many threads at once.

use super::fixture::kek;
use hipaa_core::audit::Actor;
use hipaa_core::auth::limit::Limit;
use hipaa_core::auth::password::HashingPermits;
use hipaa_core::auth::token::{PendingToken, ResetToken};
use hipaa_core::auth::totp::{CODE_DIGITS, STEP_SECONDS, TotpSeed};
use hipaa_core::authority::user::NewUser;
use hipaa_core::clock::{Clock, Timestamp};
use hipaa_core::identity::{Client, FactorChange, Finished, Identity, IdentityError, PasswordOutcome, Settings, Use};
use hipaa_core::outbox::{MAX_TAKEN, Outbox, OutboxError, Topic};
use hipaa_core::schema::{TenantId, UserId};
use hipaa_core::tenancy::{create_tenant, list_tenants};
use hipaa_core::unit::Release;
use hipaa_sqlite::{Database, Error, Options, Unit};
use std::sync::Barrier;
use std::thread::scope;
use std::time::Duration;
use tempfile::TempDir;

pub(super) const PASSWORD: &str = "Tidal-Marsh 47 heron";
pub(super) const START: i64 = 1_800_000_000_000_000;

pub(super) struct Ward {
    pub(super) folder: TempDir,
    pub(super) clock: Clock,
    permits: HashingPermits,
    pub(super) identity: Identity,
    pub(super) admin: Actor,
}

pub(super) fn client() -> Client<'static> {
    Client::from_address([192, 0, 2, 1].into())
}

pub(super) fn run<R: Release>(
    db: &mut Database,
    work: impl FnOnce(&mut Unit<'_>) -> Result<R, IdentityError>,
) -> Result<R::Output, Error> {
    Ok(db.write(|unit| work(unit).map_err(Error::from))?.open().unwrap())
}

/// The token of the last reset that waits in the outbox.
pub(super) fn mailed(db: &mut Database) -> Option<ResetToken> {
    let tenants = db.write(|unit| list_tenants(unit).map_err(Error::from)).unwrap().into_inner();
    let outbox = Outbox::new(Actor::new(tenants[0].id, "sender", "system").unwrap());
    let taken = db.write(|unit| outbox.take(unit, MAX_TAKEN)).map_err(|error: OutboxError| error);
    let taken = taken.unwrap().open().unwrap();
    let mail = taken.into_iter().rfind(|taken| taken.is(Topic::RESET_REQUESTED))?;
    Some(ResetToken::parse(mail.payload()?).unwrap())
}

impl Ward {
    /// Maria, with [`PASSWORD`].
    pub(super) fn open() -> Self {
        let ward = Self::empty();
        ward.hire(&mut ward.database(), "maria");
        ward
    }

    /// A tenant without users.
    pub(super) fn empty() -> Self {
        let (folder, clock) = (tempfile::tempdir().unwrap(), Clock::manual(Timestamp::from_micros(START)));
        let permits = HashingPermits::new(2.try_into().unwrap(), 300);
        let mut settings = Settings::default();
        settings.login_per_network = Limit::new("login.test", 10_000, Duration::from_secs(900));
        settings.patience = Duration::from_secs(300);
        let identity = Identity::new(settings, permits.clone()).unwrap();
        let options = Options { clock: clock.clone(), busy_timeout: Duration::from_secs(120), ..Options::default() };
        let mut db = Database::open_with(folder.path().join("emr.db"), kek(), &options).unwrap();
        let operator = Actor::new(TenantId::DEPLOYMENT, "setup", "operator").unwrap();
        let made = db.write(|unit| create_tenant(unit, &operator, "North clinic").map_err(Error::from)).unwrap();
        let admin = Actor::new(made.into_inner().id, "admin", "ADMIN").unwrap();
        Self { folder, clock, permits, identity, admin }
    }

    /// A user with [`PASSWORD`].
    pub(super) fn hire(&self, db: &mut Database, login: &str) -> UserId {
        let new = NewUser { login, display_name: "Maria Osei", role: "CLINICIAN", must_change: false };
        let invited = run(db, |unit| self.identity.create_user(unit, &self.admin, new)).unwrap();
        let permit = self.identity.permit().unwrap();
        let begun = run(db, |unit| self.identity.activate(unit, &invited.token, &client(), permit)).unwrap();
        let judged = begun.judge(PASSWORD.to_owned().into(), &[]).unwrap();
        let set = run(db, |unit| self.identity.finish_password(unit, judged)).unwrap();
        assert!(matches!(set, PasswordOutcome::Set));
        invited.user
    }

    /// Another connection to the same file.
    pub(super) fn database(&self) -> Database {
        let options =
            Options { clock: self.clock.clone(), busy_timeout: Duration::from_secs(120), ..Options::default() };
        Database::open_with(self.folder.path().join("emr.db"), kek(), &options).unwrap()
    }

    pub(super) fn login(&self, db: &mut Database, login: &str, password: &str) -> Finished {
        let permit = self.identity.permit().unwrap();
        let attempt = run(db, |unit| self.identity.begin(unit, login, &client(), permit)).unwrap();
        let verified = attempt.verify(password.to_owned().into()).unwrap();
        run(db, |unit| self.identity.finish(unit, verified, &client())).unwrap()
    }

    pub(super) fn pending(&self, db: &mut Database) -> PendingToken {
        match self.login(db, "maria", PASSWORD) {
            Finished::SecondFactor(pending) => pending.token,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn enrol(&self, db: &mut Database) -> TotpSeed {
        let Finished::Session(session) = self.login(db, "maria", PASSWORD) else { panic!("no session") };
        let active =
            db.write(|unit| self.identity.authorize(unit, &session.token, &client(), Use::WORK).map_err(Error::from));
        let active = active.unwrap().into_inner();
        let seed = run(db, |unit| self.identity.enrol_totp(unit, &active)).unwrap();
        let code = self.code(&seed);
        let done = run(db, |unit| self.identity.confirm_totp(unit, &active, &code, &client())).unwrap();
        assert!(matches!(done, FactorChange::Done(_)));
        seed
    }

    /// Asks for a reset, and reads the mail.
    pub(super) fn asked(&self, db: &mut Database) -> ResetToken {
        let asked = db.write(|unit| self.identity.request_reset(unit, "maria", &client()).map_err(Error::from));
        asked.unwrap().into_inner();
        mailed(db).unwrap()
    }

    pub(super) fn code(&self, seed: &TotpSeed) -> String {
        let seconds = u64::try_from(self.clock.now().micros()).unwrap() / 1_000_000;
        let digits = u32::try_from(CODE_DIGITS).unwrap();
        totp_lite::totp_custom::<totp_lite::Sha1>(STEP_SECONDS, digits, seed.expose(), seconds)
    }
}

/// So many threads, each with a connection of its own, that begin at once; what each came to.
fn at_once<T: Send>(ward: &Ward, threads: usize, work: impl Fn(&mut Database, usize) -> T + Sync) -> Vec<T> {
    let (start, work) = (&Barrier::new(threads), &work);
    scope(|scope| {
        let started = (0..threads).map(|number| {
            let mut db = ward.database();
            scope.spawn(move || {
                start.wait();
                work(&mut db, number)
            })
        });
        let started = started.collect::<Vec<_>>();
        started.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn l1_of_fifty_logins_at_once_with_wrong_passwords_five_reach_the_hasher() {
    let ward = Ward::open();
    let before = ward.permits.load().hashes;
    let refused = at_once(&ward, 50, |db, _| matches!(ward.login(db, "maria", "wrong"), Finished::Refused(_)));
    assert!(refused.into_iter().all(|refused| refused));
    assert_eq!(ward.permits.load().hashes - before, 5);
    assert!(matches!(ward.login(&mut ward.database(), "maria", PASSWORD), Finished::Refused(_)), "locked");
}

#[test]
fn t2_of_twenty_who_give_the_same_code_at_once_one_gets_in() {
    let ward = Ward::open();
    let mut db = ward.database();
    let seed = ward.enrol(&mut db);
    ward.clock.set(Timestamp::from_micros(START + 30_000_000));
    let code = ward.code(&seed);
    let pending = (0..20).map(|_| ward.pending(&mut db)).collect::<Vec<_>>();
    let outcomes = at_once(&ward, 20, |db, number| {
        let from = Client::from_address([198, 51, 100, u8::try_from(number).unwrap()].into());
        let token = &pending[number];
        run(db, |unit| ward.identity.second_factor(unit, token, &code, &from)).unwrap()
    });
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Finished::Session(_))).count(), 1);
}

#[test]
fn p9_two_hundred_logins_at_once_never_hash_more_at_once_than_permitted() {
    let ward = Ward::open();
    let before = ward.permits.load().hashes;
    let done = at_once(&ward, 200, |db, number| ward.login(db, &format!("user-{number}"), "wrong"));
    assert!(done.iter().all(|finished| matches!(finished, Finished::Refused(_))));
    let load = ward.permits.load();
    assert_eq!((load.hashes - before, load.running, load.waiting), (200, 0, 0));
    assert!(load.peak <= 2, "{}", load.peak);
}

#[test]
fn p8_the_files_hold_no_hash_seed_token_or_code() {
    use secrecy::ExposeSecret as _;
    let ward = Ward::open();
    let mut db = ward.database();
    let seed = ward.enrol(&mut db);
    ward.clock.set(Timestamp::from_micros(START + 30_000_000));
    let token = ward.pending(&mut db);
    let code = ward.code(&seed);
    let finished = run(&mut db, |unit| ward.identity.second_factor(unit, &token, &code, &client())).unwrap();
    let Finished::Session(session) = finished else { panic!("no session") };
    let reset = ward.asked(&mut db);
    let active =
        db.write(|unit| ward.identity.authorize(unit, &session.token, &client(), Use::WORK).map_err(Error::from));
    let active = active.unwrap().into_inner();
    let codes = run(&mut db, |unit| ward.identity.recovery_codes(unit, &active)).unwrap();
    let codes = codes.iter().map(|code| code.text().expose_secret().to_owned()).collect::<Vec<_>>();
    let new = NewUser { login: "dana", display_name: "Dana", role: "CLINICIAN", must_change: false };
    let invited = run(&mut db, |unit| ward.identity.create_user(unit, &ward.admin, new)).unwrap();
    let read = |entry: std::io::Result<std::fs::DirEntry>| std::fs::read(entry.unwrap().path()).unwrap();
    let files = std::fs::read_dir(ward.folder.path()).unwrap().map(read).collect::<Vec<_>>().concat();
    let texts = [&token.text(), &session.token.text(), &reset.text(), &session.device, &invited.token.text()];
    let texts = texts.map(|text| text.expose_secret().to_owned());
    // What a person sees of a code has dashes; what is compared has none.
    let bare = codes.iter().map(|code| code.replace('-', "")).collect::<Vec<_>>();
    let canaries = texts.iter().chain(&codes).chain(&bare).map(String::as_bytes);
    let canaries = canaries.chain([seed.expose().as_slice(), b"argon2", PASSWORD.as_bytes()]);
    for canary in canaries {
        assert!(!files.windows(canary.len()).any(|part| part == canary));
    }
    assert!(files.windows(13).any(|part| part == b"LOGIN_SUCCESS"), "the files are those of the login");
}

#[test]
fn what_is_to_be_hashed_moves_to_another_thread() {
    fn moves<T: Send + 'static>() {}
    moves::<hipaa_core::identity::Attempt>();
    moves::<hipaa_core::identity::Verified>();
    moves::<hipaa_core::identity::StepUpAttempt>();
    moves::<hipaa_core::identity::PasswordChange>();
    moves::<hipaa_core::identity::PasswordReset>();
    moves::<hipaa_core::identity::NewPassword>();
    moves::<Identity>();
}
