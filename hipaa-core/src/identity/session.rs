//! Sessions: rows under the digest of a token, and the one way from a token to an actor.
//!
//! Body: 1 rights, 2 login, 3 last activity, 4 last step-up, 5 public id (16 bytes). The row expires at the nearer of both
//! ends, so that every row is out of date by itself.
//!
//! A session runs by two times and ends by whichever ends it first. The times of its body are the clock's: a log that once
//! ran ahead stands still until the clock has caught up, and by it no session would idle out. The row expires by the log's
//! time, which never goes back: a clock that is set back brings no session back.

use super::active::Active;
use super::device::{Device, Room};
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, Event, EventName, Outcome};
use crate::auth::session::{Request, RotationEvent, Session, SessionAction, SessionRights};
use crate::auth::token::{SessionToken, TokenDigest};
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Body, Change, Draft, MAX_ROWS, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, TenantId, UserId};
use crate::unit::{Unit, UnitError};
use core::fmt;
use core::time::Duration;
use secrecy::SecretString;

/// Activity sooner than this after the last that was stored is not stored again: a session may end so much earlier than
/// its idle time, never later.
pub const RENEWAL_GRAIN: Duration = Duration::from_secs(30);

mod tag {
    pub(super) const RIGHTS: u8 = 1;
    pub(super) const CREATED: u8 = 2;
    pub(super) const RENEWED: u8 = 3;
    pub(super) const STEPPED_UP: u8 = 4;
    pub(super) const PUBLIC: u8 = 5;
}

/// What a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Use {
    /// Whether somebody is there, or a page polls.
    pub request: Request,
    /// What it does.
    pub action: SessionAction,
}

impl Use {
    /// A person works.
    pub const WORK: Self = Self { request: Request::Active, action: SessionAction::Work };
    /// A page polls.
    pub const POLL: Self = Self { request: Request::Passive, action: SessionAction::Work };
    /// A person changes the password.
    pub const CHANGE_PASSWORD: Self = Self { request: Request::Active, action: SessionAction::ChangePassword };
    /// A person logs out.
    pub const LOG_OUT: Self = Self { request: Request::Passive, action: SessionAction::LogOut };
}

/// A session that has just begun or got a new token. The token is nowhere else.
pub struct NewSession {
    /// For the cookie.
    pub token: SessionToken,
    /// What it may do.
    pub rights: SessionRights,
    /// Whose it is.
    pub user: UserId,
    /// Of which tenant.
    pub tenant: TenantId,
    /// The id by which entries and lists name it.
    pub id: [u8; 16],
    /// The cookie that makes this a [known device](crate::auth::device); set it apart from the session's.
    pub device: SecretString,
    /// When it ends whatever happens.
    pub ends: Timestamp,
}

/// A live session: its row, itself, and its public id.
pub(super) type LiveSession = (Row, Session, [u8; 16]);

/// One of a user's sessions, as a list shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionInfo {
    /// The id by which to end it.
    pub id: [u8; 16],
    /// When the user logged in.
    pub created: Timestamp,
    /// The last activity that was stored.
    pub renewed: Timestamp,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Identity {
    /// The session of a token, if it is live and may be used so; activity renews it.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`], [`IdentityError::MustChange`], or the unit's.
    pub fn authorize(
        &self,
        unit: &mut dyn Unit,
        token: &SessionToken,
        client: &Client<'_>,
        wanted: Use,
    ) -> Result<Active, IdentityError> {
        unit.parts().1.hold_time();
        let now = unit.parts().1.wall();
        let any = client.login(TenantId::DEPLOYMENT)?;
        let found = any.read_with_user(unit, AuthorityKind::Session, id_of(&token.digest())).map_err(ended)?;
        let (row, user) = found.ok_or(IdentityError::NoSession)?;
        if has_run_out(unit, &row)? || user.is_disabled() && !removed(Safeguard::Disabled) {
            return Err(IdentityError::NoSession);
        }
        let (session, public) = decode(&row).ok_or(IdentityError::NoSession)?;
        let checked = self.settings().session.check(&session, user.auth_version(), wanted.request, now);
        let checked = checked.map_err(|_| IdentityError::NoSession)?;
        let door = client.user(&user, Some(public))?;
        if !session.rights.allow(wanted.action) {
            unit.refuse(door.event(EventName::PERMISSION_DENIED, Action::Execute).outcome(Outcome::Denied));
            return Err(IdentityError::MustChange);
        }
        let row = self.renew(unit, (&door, &user), row, (&session, &checked))?;
        let active = Active::new((user, door), (checked, public), row);
        unit.vouch(active.warrant());
        Ok(active)
    }

    /// Whether activity now has to be stored: [`Identity::authorize`] for an active request would write. Where it says no, a
    /// request may be authorised as a passive one, in a transaction that only reads.
    #[must_use]
    pub fn is_renewal_due(&self, unit: &mut dyn Unit, active: &Active) -> bool {
        unit.parts().1.wall().since(active.session.renewed) >= RENEWAL_GRAIN
    }

    /// Ends the session; a token without one is no error.
    ///
    /// # Errors
    /// The unit's.
    pub fn log_out(&self, unit: &mut dyn Unit, token: &SessionToken, client: &Client<'_>) -> Result<(), IdentityError> {
        match self.authorize(unit, token, client, Use::LOG_OUT) {
            Ok(active) => {
                let event = active.door.event(EventName::LOGOUT, Action::Execute);
                Ok(active.door.delete(unit, event, active.row)?)
            }
            Err(IdentityError::NoSession) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The live sessions of the user, newest first.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] if the asking session has ended meanwhile, or the unit's.
    pub fn sessions(&self, unit: &mut dyn Unit, active: &Active) -> Result<Vec<SessionInfo>, IdentityError> {
        active.require_live(unit)?;
        let now = unit.parts().1.wall();
        let mut found = Vec::new();
        for (_, session, id) in self.live(unit, &active.door, (&active.user, now))? {
            let current = session.digest == active.session.digest;
            found.push(SessionInfo { id, created: session.created, renewed: session.renewed, current });
        }
        found.sort_by_key(|info| core::cmp::Reverse(info.created));
        Ok(found)
    }

    /// How long the session lasts if nobody does anything; asking does not make it longer.
    pub fn remaining(&self, unit: &mut dyn Unit, active: &Active) -> Duration {
        self.end_of(&active.session).since(unit.parts().1.wall())
    }

    /// Ends one of the user's sessions by its id; one that has ended is no error.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] if the asking session has ended meanwhile, or the unit's.
    pub fn end_session(&self, unit: &mut dyn Unit, active: &Active, id: [u8; 16]) -> Result<(), IdentityError> {
        self.end_where(unit, active, |_, public| *public == id)
    }

    /// Ends every session of the user but the one that asks.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] if the asking session has ended meanwhile, or the unit's.
    pub fn end_others(&self, unit: &mut dyn Unit, active: &Active) -> Result<(), IdentityError> {
        self.end_where(unit, active, |session, _| session.digest != active.session.digest)
    }

    fn end_where(
        &self,
        unit: &mut dyn Unit,
        active: &Active,
        which: impl Fn(&Session, &[u8; 16]) -> bool,
    ) -> Result<(), IdentityError> {
        active.require_live(unit)?;
        let now = unit.parts().1.wall();
        let live = self.live(unit, &active.door, (&active.user, now))?.into_iter();
        let ended = live.filter(|(_, session, id)| which(session, id)).map(|(row, ..)| row);
        end_rows(unit, &active.door, ended.collect())
    }

    fn renew(
        &self,
        unit: &mut dyn Unit,
        (door, user): (&Authority, &User),
        row: Row,
        (stored, checked): (&Session, &Session),
    ) -> Result<Row, IdentityError> {
        if checked.renewed.since(stored.renewed) < RENEWAL_GRAIN {
            return Ok(row);
        }
        let (_, public) = decode(&row).ok_or(IdentityError::NoSession)?;
        let (id, draft) = (row.id(), self.draft(unit, user, checked, public)?);
        door.replace(unit, door.event(EventName::SESSION_RENEWED, Action::Update), row, draft)?;
        door.read(unit, AuthorityKind::Session, id)?.ok_or(IdentityError::NoSession)
    }

    /// The live sessions of a user with their rows.
    pub(super) fn live(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        (user, now): (&User, Timestamp),
    ) -> Result<Vec<LiveSession>, IdentityError> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = door.list(unit, (AuthorityKind::Session, user.id()), after, MAX_ROWS)?;
            for row in page.rows {
                let Some((session, public)) = decode(&row) else { continue };
                let checked = self.settings().session.check(&session, user.auth_version(), Request::Passive, now);
                if checked.is_ok() {
                    found.push((row, session, public));
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(found);
            }
        }
    }

    /// Begins a session of a login that is complete; the oldest end so that it fits.
    pub(super) fn open_session(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        (user, Room { live, device }): (&User, Room),
        rights: SessionRights,
    ) -> Result<NewSession, IdentityError> {
        let now = unit.parts().1.wall();
        let sessions = live.iter().map(|(_, session, _)| *session).collect::<Vec<_>>();
        let surplus = self.settings().session.surplus(&sessions);
        let ended = live.into_iter().filter(|(_, session, _)| surplus.contains(&session.digest)).map(|(row, ..)| row);
        end_rows(unit, door, ended.collect())?;
        let token = SessionToken::new(&generate_from_system().map_err(UnitError::from)?);
        let session = Session::begin(&token, rights, user.auth_version(), now);
        let event = door.event(EventName::LOGIN_SUCCESS, Action::Execute);
        self.insert(unit, (door, event, Vec::new()), (user, device), (token, session))
    }

    /// The session under a new token, in place of its old row, which is gone already or deleted by `changes`.
    pub(super) fn rotate(
        &self,
        unit: &mut dyn Unit,
        (door, event, changes): (&Authority, Event, Vec<Change>),
        user: &User,
        (session, how): (&Session, RotationEvent),
    ) -> Result<NewSession, IdentityError> {
        let device = self.renew_device(unit, door, user)?;
        let now = unit.parts().1.wall();
        let token = SessionToken::new(&generate_from_system().map_err(UnitError::from)?);
        let session = session.rotate(how, &token, user.auth_version(), now);
        self.insert(unit, (door, event, changes), (user, device), (token, session))
    }

    fn insert(
        &self,
        unit: &mut dyn Unit,
        (door, event, mut changes): (&Authority, Event, Vec<Change>),
        (user, device): (&User, Device),
        (token, session): (SessionToken, Session),
    ) -> Result<NewSession, IdentityError> {
        let id = *generate_from_system::<16>()?;
        changes.extend(device.changes);
        changes.push(Change::Insert(self.draft(unit, user, &session, id)?));
        door.apply(unit, event.records("hipaa.session", &[id.into()]), changes)?;
        Ok(NewSession {
            token,
            rights: session.rights,
            user: user.id(),
            tenant: user.tenant(),
            id,
            device: device.cookie,
            ends: session.created.after(self.settings().session.absolute),
        })
    }

    fn draft(&self, unit: &mut dyn Unit, user: &User, session: &Session, public: [u8; 16]) -> Result<Draft, UnitError> {
        let mut body = Body::new()
            .with_number(tag::RIGHTS, u64::from(session.rights as u8))
            .with_time(tag::CREATED, session.created)
            .with_time(tag::RENEWED, session.renewed)
            .with_bytes(tag::PUBLIC, &public);
        if let Some(at) = session.stepped_up {
            body = body.with_time(tag::STEPPED_UP, at);
        }
        let left = self.end_of(session).since(unit.parts().1.wall());
        let ends = unit.time_of(user.tenant())?.after(left);
        Ok(Draft::new(AuthorityKind::Session, id_of(&session.digest), user.id()).expires(ends).body(body))
    }

    /// When a session ends by the clock if nobody does anything.
    pub(super) fn end_of(&self, session: &Session) -> Timestamp {
        let policy = &self.settings().session;
        session.created.after(policy.absolute).min(session.renewed.after(policy.idle))
    }
}

fn end_rows(unit: &mut dyn Unit, door: &Authority, rows: Vec<Row>) -> Result<(), IdentityError> {
    if rows.is_empty() {
        return Ok(());
    }
    let event = door.event(EventName::SESSION_ENDED, Action::Delete);
    Ok(door.apply(unit, event, rows.into_iter().map(Change::Delete).collect())?)
}

/// Whether a row has expired by the log of its tenant, which a read of a row by nobody yet does not look at.
pub(super) fn has_run_out(unit: &mut dyn Unit, row: &Row) -> Result<bool, UnitError> {
    let now = unit.time_of(row.tenant())?;
    Ok(row.expires().is_some_and(|ends| ends <= now) && !removed(Safeguard::AuthorityExpiry))
}

/// A row that fails its check, has expired or is void is no session; the finding is an entry.
pub(super) fn ended(error: AuthorityError) -> IdentityError {
    match error {
        AuthorityError::Integrity | AuthorityError::Expired | AuthorityError::Void => IdentityError::NoSession,
        error => error.into(),
    }
}

pub(super) fn id_of<K>(digest: &TokenDigest<K>) -> RecordId {
    RecordId::from_hash(digest.as_bytes())
}

fn decode(row: &Row) -> Option<(Session, [u8; 16])> {
    let body = row.body();
    let digest = TokenDigest::from_bytes(row.id().as_bytes().try_into().ok()?);
    let rights = SessionRights::from_code(u8::try_from(body.number(tag::RIGHTS).ok()?).ok()?)?;
    let session = Session {
        digest,
        rights,
        created: body.time(tag::CREATED).ok()?,
        renewed: body.time(tag::RENEWED).ok()?,
        stepped_up: body.time(tag::STEPPED_UP).ok(),
        auth_version: row.auth_version(),
    };
    Some((session, body.bytes(tag::PUBLIC).ok()?.try_into().ok()?))
}

impl fmt::Debug for NewSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewSession").field("user", &self.user).field("rights", &self.rights).finish_non_exhaustive()
    }
}
