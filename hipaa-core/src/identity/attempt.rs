//! The first two steps: count, then hash.

use super::count::{Counter, write};
use super::login::Refusal;
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, Event, EventName, Outcome};
use crate::auth::limit::Reservation;
use crate::auth::lockout::Admission;
use crate::auth::login_name::{LoginName, LoginNameHash};
use crate::auth::password::{HashError, HashingPermit, Password, PasswordHash, Verdict};
use crate::authority::user::User;
use crate::authority::{Authority, AuthorityError, AuthorityKind, Lookup, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::red::{Safeguard, removed};
use crate::schema::{RecordId, TenantId};
use crate::unit::{Held, Unit};
use core::fmt;
use secrecy::SecretString;

/// The label under which entries name a login name that was typed: by its keyed hash.
pub const LOGIN_NAME_LABEL: &str = "hipaa.login_name";
pub(super) const PASSWORD: &str = "password";

/// An attempt that is counted and not hashed yet. Verify it outside the unit.
pub struct Attempt {
    pub(super) identity: Identity,
    pub(super) permit: HashingPermit,
    pub(super) subject: Subject,
    pub(super) release: Timestamp,
    /// The place that this attempt takes in its network's limit.
    pub(super) place: Option<Reservation>,
}

/// Whose password it is to be.
pub(super) enum Subject {
    /// Nothing is hashed: locked, delayed or stopped.
    Barred,
    /// A name that nobody has, or nobody who may log in; and whether this failure locks it.
    Nobody(Authority, Lookup, bool),
    /// A user.
    Known(Box<Known>),
}

pub(super) struct Known {
    pub(super) door: Authority,
    pub(super) user: User,
    pub(super) counter: Counter,
    /// None where there is no password yet.
    pub(super) credential: Option<(Row, PasswordHash)>,
    /// Whether this failure, if it is one, locks.
    pub(super) last: bool,
}

/// An attempt whose password has been hashed.
pub struct Verified {
    pub(super) identity: Identity,
    pub(super) subject: Subject,
    pub(super) proof: Proof,
    pub(super) release: Timestamp,
    pub(super) place: Option<Reservation>,
}

/// What hashing came to.
pub(super) enum Proof {
    Wrong,
    Right(Option<PasswordHash>),
    /// Right as far as an earlier system looked: it must be changed.
    Partly,
}

impl Identity {
    /// Begins a login: finds the user and counts the attempt as failed, before anything is hashed.
    ///
    /// An unknown name, a locked or a disabled user give an attempt like any other; only the last step refuses.
    ///
    /// # Errors
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn begin(
        &self,
        unit: &mut dyn Unit,
        login: &str,
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<Attempt>, IdentityError> {
        let now = unit.parts().1.wall();
        let any = client.login(TenantId::DEPLOYMENT)?;
        // A text that is no name is nobody's: all such texts count together.
        let form = LoginName::parse(login).ok();
        let lookup =
            Authority::lookup(unit, AuthorityKind::User, form.as_ref().map_or(b"", |f| f.expose().as_bytes()))?;
        let found = match form {
            Some(name) => denied(any.user_named(unit, name.expose()).map_err(IdentityError::from))?,
            None => Found::None,
        };
        let place = self.limit(&self.settings().login_per_network.of_network(&client.network), now).ok();
        let subject = match found {
            _ if place.is_none() => {
                unit.refuse(named(failed(&any, None).outcome(Outcome::Denied), &lookup));
                Subject::Barred
            }
            Found::One(Some(user)) if !user.is_disabled() => {
                let door = client.login(user.tenant())?;
                self.known(unit, door, user, client)?
            }
            Found::Denied => Subject::Barred,
            _ => self.nobody(unit, any, lookup, client),
        };
        Ok(unit.hold(Attempt {
            identity: self.clone(),
            permit,
            subject,
            release: now.after(self.settings().padding),
            place,
        }))
    }

    /// Counts an attempt on a user's password.
    pub(super) fn known(
        &self,
        unit: &mut dyn Unit,
        door: Authority,
        user: User,
        client: &Client<'_>,
    ) -> Result<Subject, IdentityError> {
        let counter = Counter::new(&self.settings().lockout, PASSWORD, user.id(), &client.network);
        let origin = self.origin(unit, &door, &user, client)?;
        let counted = match counter.admit(unit, &door, origin) {
            Err(AuthorityError::Integrity) => return Ok(Subject::Barred),
            other => other?,
        };
        let Admission::Admitted { last } = counted.admission else {
            write(unit, &door, failed(&door, Some(&user)).outcome(Outcome::Denied), counted.changes)?;
            return Ok(Subject::Barred);
        };
        let event = door.event(EventName::LOGIN_ATTEMPTED, Action::Execute).records("hipaa.user", &[user.id().into()]);
        write(unit, &door, event, counted.changes)?;
        let credential = match denied(credential(unit, &door, &user))? {
            Found::One(found) => found,
            Found::None => None,
            Found::Denied => return Ok(Subject::Barred),
        };
        Ok(Subject::Known(Box::new(Known { door, user, counter, credential, last })))
    }

    fn nobody(&self, unit: &mut dyn Unit, any: Authority, lookup: Lookup, client: &Client<'_>) -> Subject {
        let now = unit.parts().1.wall();
        let name = LoginNameHash::from_bytes(lookup);
        let admission = match removed(Safeguard::UnknownNames) {
            false => self.0.unknown.admit(&self.settings().lockout, &name, &client.network, now),
            true => Admission::Admitted { last: false },
        };
        match admission {
            Admission::Admitted { last } => {
                // As many entries as a known name costs: what waits for the disk tells nothing.
                unit.refuse(named(any.event(EventName::LOGIN_ATTEMPTED, Action::Execute), &lookup));
                Subject::Nobody(any, lookup, last)
            }
            _ => {
                unit.refuse(named(failed(&any, None).outcome(Outcome::Denied), &lookup));
                Subject::Barred
            }
        }
    }
}

impl Attempt {
    /// Hashes: one Argon2id for every attempt that is not barred, whether there is such a user or not. Never call it inside
    /// a unit of work.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn verify(self, typed: SecretString) -> Result<Verified, HashError> {
        self.prove(typed).map(|(verified, _)| verified)
    }

    /// The same, for whom hashes more under the same permit.
    pub(super) fn prove(self, typed: SecretString) -> Result<(Verified, HashingPermit), HashError> {
        let Self { identity, permit, subject, release, place } = self;
        let typed = Password::new(typed).ok();
        let proof = match &subject {
            Subject::Barred => Proof::Wrong,
            Subject::Known(known) => match &known.credential {
                Some((_, hash)) => identity.prove(hash, typed.as_ref(), &permit)?,
                None => identity.pretend(typed.as_ref(), &permit)?,
            },
            Subject::Nobody(..) => identity.pretend(typed.as_ref(), &permit)?,
        };
        Ok((Verified { identity, subject, proof, release, place }, permit))
    }
}

impl Identity {
    fn prove(&self, hash: &PasswordHash, typed: Option<&Password>, permit: &HashingPermit) -> Result<Proof, HashError> {
        let Some(typed) = typed else { return self.pretend(None, permit) };
        Ok(match hash.verify(typed, &self.settings().hash, permit)? {
            Verdict::Wrong => Proof::Wrong,
            Verdict::Right => Proof::Right(None),
            Verdict::MustChange => Proof::Partly,
            // Best effort: without randomness or memory the old hash stays.
            Verdict::Rehash(rehash) => {
                let salt = generate_from_system::<16>().ok();
                Proof::Right(salt.and_then(|salt| rehash.hash(*salt, permit).ok()))
            }
        })
    }

    /// The work of a check for which there is no hash.
    fn pretend(&self, typed: Option<&Password>, permit: &HashingPermit) -> Result<Proof, HashError> {
        if removed(Safeguard::Decoy) {
            return Ok(Proof::Wrong);
        }
        let stand_in = Password::new("no password".to_owned().into()).ok();
        if let Some(typed) = typed.or(stand_in.as_ref()) {
            let _ = self.0.decoy.verify(typed, &self.settings().hash, permit)?;
        }
        Ok(Proof::Wrong)
    }
}

impl Verified {
    /// Notes the failure; the answer that every failure gets.
    pub(super) fn refuse(&self, unit: &mut dyn Unit) -> Refusal {
        match &self.subject {
            Subject::Barred => {}
            Subject::Nobody(any, lookup, last) => {
                unit.refuse(named(failed(any, None), lookup));
                if *last {
                    let event = any.event(EventName::ACCOUNT_LOCKED, Action::Execute).outcome(Outcome::Denied);
                    unit.refuse(named(event, lookup));
                }
            }
            Subject::Known(known) => {
                unit.refuse(failed(&known.door, Some(&known.user)));
                if known.last {
                    unit.refuse(locked(&known.door, &known.user));
                }
            }
        }
        Refusal { release: self.release }
    }
}

/// What was found, where a row that fails its check denies instead of ending the unit: its finding is noted.
pub(super) enum Found<T> {
    One(T),
    None,
    Denied,
}

pub(super) fn denied<T>(found: Result<T, IdentityError>) -> Result<Found<T>, IdentityError> {
    match found {
        Ok(found) => Ok(Found::One(found)),
        Err(IdentityError::Authority(AuthorityError::Integrity)) => Ok(Found::Denied),
        Err(IdentityError::Authority(AuthorityError::Expired | AuthorityError::Void)) => Ok(Found::None),
        Err(error) => Err(error),
    }
}

/// The user's hash, as it is stored; none where there is none that could be read.
pub(super) fn credential(
    unit: &mut dyn Unit,
    door: &Authority,
    user: &User,
) -> Result<Option<(Row, PasswordHash)>, IdentityError> {
    let Some(row) = door.read(unit, AuthorityKind::Credential, user.id().into())? else { return Ok(None) };
    let hash = row.secret().and_then(parse_hash);
    Ok(hash.map(|hash| (row, hash)))
}

pub(super) fn parse_hash(text: &[u8]) -> Option<PasswordHash> {
    let text = core::str::from_utf8(text).ok()?;
    PasswordHash::parse(text.to_owned().into()).ok()
}

pub(super) fn failed(door: &Authority, user: Option<&User>) -> Event {
    let event = door.event(EventName::LOGIN_FAILED, Action::Execute).outcome(Outcome::Failed);
    match user {
        Some(user) => event.records("hipaa.user", &[user.id().into()]),
        None => event,
    }
}

pub(super) fn locked(door: &Authority, user: &User) -> Event {
    let event = door.event(EventName::ACCOUNT_LOCKED, Action::Execute).outcome(Outcome::Denied);
    event.records("hipaa.user", &[user.id().into()])
}

pub(super) fn named(event: Event, lookup: &Lookup) -> Event {
    event.records(LOGIN_NAME_LABEL, &[RecordId::from_hash(lookup)])
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt(…)")
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Verified(…)")
    }
}
