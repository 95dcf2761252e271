//! Another password: against the current one, or by a token.
//!
//! Judging a new password hashes it against the last ones, so it stands between two units, as a login does. The change
//! itself is one transaction: credential, history, `auth_version`, the end of everything bound to it, entry.

use super::active::Active;
use super::attempt::{Attempt, Found, Proof, Subject, Verified, credential, denied, failed, parse_hash};
use super::contact::tell;
use super::factor::{Factor, change_account, used_up};
use super::login::Refusal;
use super::reset::token_is_live;
use super::session::{NewSession, ended, id_of};
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName};
use crate::auth::history::PasswordHistory;
use crate::auth::password::{HashError, HashingPermit, Password, PasswordError, PasswordHash};
use crate::auth::policy::{BrokenRule, PasswordContext, PolicyError};
use crate::auth::session::RotationEvent;
use crate::auth::token::{ActivationToken, ResetToken};
use crate::authority::user::{Revision, User};
use crate::authority::{Authority, AuthorityError, AuthorityKind, Change, Draft, Row};
use crate::clock::Timestamp;
use crate::entropy::generate_from_system;
use crate::outbox::Topic;
use crate::schema::{RecordId, TenantId};
use crate::unit::{Held, Unit};
use core::fmt;
use secrecy::SecretString;

/// What a new password is judged by.
#[derive(Default)]
struct Material {
    current: Option<PasswordHash>,
    earlier: Vec<PasswordHash>,
    display_name: String,
    second_factor: bool,
}

/// A change against the current password: counted, not hashed yet.
pub struct PasswordChange {
    attempt: Attempt,
    active: Active,
    material: Material,
}

/// A change by a token: found, not hashed yet.
pub struct PasswordReset {
    identity: Identity,
    permit: HashingPermit,
    found: Option<(Box<ByToken>, Material)>,
    release: Timestamp,
}

struct ByToken {
    door: Authority,
    user: User,
    token: Row,
    name: EventName,
}

/// A new password that has been judged and hashed.
pub struct NewPassword {
    by: By,
    judged: Judged,
    release: Timestamp,
}

enum By {
    Current(Box<(Verified, Active)>),
    Token(Box<ByToken>),
    Nothing,
}

enum Judged {
    Accepted {
        hash: PasswordHash,
        history: PasswordHistory,
        compared: bool,
    },
    Rejected(Vec<BrokenRule>),
    Unusable(PasswordError),
    /// The current password was wrong: nothing was judged.
    Nothing,
}

/// What setting another password came to.
#[derive(Debug)]
#[must_use]
pub enum PasswordOutcome {
    /// Changed: every other session has ended, and this one has a new token.
    Changed(NewSession),
    /// Set by a token: every session has ended, and the user logs in with it, second factor included.
    Set,
    /// The new password breaks these rules; the current one was right, and no failure counts.
    Rejected(Vec<BrokenRule>),
    /// The new password cannot be one.
    Unusable(PasswordError),
    /// The current password was wrong or not even checked; or the token is none.
    Refused(Refusal),
}

impl Identity {
    /// Begins a change of the user's own password; the attempt at the current one counts with those of the login.
    ///
    /// # Errors
    /// [`IdentityError::StepUpNeeded`] where a second factor is enrolled and its code was not given within minutes;
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn change_password(
        &self,
        unit: &mut dyn Unit,
        active: Active,
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<PasswordChange>, IdentityError> {
        let release = unit.parts().1.wall().after(self.settings().padding);
        let (material, subject) = match denied(material(unit, &active.door, &active.user))? {
            Found::One(material) => {
                if material.second_factor {
                    active.require_step_up(self, unit)?;
                }
                (material, self.known(unit, active.door.clone(), active.user.clone(), client)?)
            }
            _ => (Material::default(), Subject::Barred),
        };
        let attempt = Attempt { identity: self.clone(), permit, subject, release, place: None };
        Ok(unit.hold(PasswordChange { attempt, active, material }))
    }

    /// Begins to set a password by the token of a reset. A token that is none gives a reset like any other, which is refused
    /// at the end.
    ///
    /// # Errors
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn reset_password(
        &self,
        unit: &mut dyn Unit,
        token: &ResetToken,
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<PasswordReset>, IdentityError> {
        self.by_token(unit, (id_of(&token.digest()), EventName::PASSWORD_RESET), client, permit)
    }

    /// Begins to set the first password by the token of an activation.
    ///
    /// # Errors
    /// As [`Identity::reset_password`].
    pub fn activate(
        &self,
        unit: &mut dyn Unit,
        token: &ActivationToken,
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<PasswordReset>, IdentityError> {
        self.by_token(unit, (id_of(&token.digest()), EventName::PASSWORD_CHANGED), client, permit)
    }

    fn by_token(
        &self,
        unit: &mut dyn Unit,
        (id, name): (RecordId, EventName),
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<PasswordReset>, IdentityError> {
        let release = unit.parts().1.wall().after(self.settings().padding);
        let any = client.login(TenantId::DEPLOYMENT)?;
        let token = denied(any.read(unit, AuthorityKind::ResetToken, id).map_err(IdentityError::from))?;
        let found = match token {
            Found::One(Some(token)) => self.holder(unit, (&any, token, name), client)?,
            _ => None,
        };
        if found.is_none() {
            unit.refuse(failed(&any, None));
        }
        Ok(unit.hold(PasswordReset { identity: self.clone(), permit, found, release }))
    }

    /// Whose password a token sets; none where something of that user fails its check, or the user is disabled.
    fn holder(
        &self,
        unit: &mut dyn Unit,
        (any, token, name): (&Authority, Row, EventName),
        client: &Client<'_>,
    ) -> Result<Option<(Box<ByToken>, Material)>, IdentityError> {
        let user = denied(any.user(unit, token.owner()).map_err(IdentityError::from))?;
        let Found::One(Some(user)) = user else { return Ok(None) };
        if user.is_disabled() || !token_is_live(unit, &token)? {
            return Ok(None);
        }
        let door = client.user(&user, None)?;
        let Found::One(material) = denied(material(unit, &door, &user))? else { return Ok(None) };
        Ok(Some((Box::new(ByToken { door, user, token, name }), material)))
    }

    /// Writes the new password, if it was accepted.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] if the session has ended meanwhile, or the unit's.
    pub fn finish_password(
        &self,
        unit: &mut dyn Unit,
        new: NewPassword,
    ) -> Result<Held<PasswordOutcome>, IdentityError> {
        let NewPassword { by, judged, release } = new;
        let refused = PasswordOutcome::Refused(Refusal { release });
        let outcome = match by {
            By::Nothing => refused,
            By::Token(by) => self.set(unit, &by, judged)?.unwrap_or(refused),
            By::Current(both) => {
                let (verified, active) = *both;
                match self.change(unit, (&verified, &active), judged)? {
                    Some(outcome) => outcome,
                    None => PasswordOutcome::Refused(verified.refuse(unit)),
                }
            }
        };
        Ok(unit.hold(outcome))
    }

    fn change(
        &self,
        unit: &mut dyn Unit,
        (verified, active): (&Verified, &Active),
        judged: Judged,
    ) -> Result<Option<PasswordOutcome>, IdentityError> {
        let Subject::Known(known) = &verified.subject else { return Ok(None) };
        // Whatever hash the current password should get, it is about to be an earlier one.
        let proof = if matches!(verified.proof, Proof::Wrong) { Proof::Wrong } else { Proof::Right(None) };
        let Some((user, mut changes)) = self.right(unit, known, &proof)? else { return Ok(None) };
        let door = &active.door;
        let (hash, history, compared) = match judged {
            Judged::Accepted { hash, history, compared } => (hash, history, compared),
            other => {
                let event = door.event(EventName::PASSWORD_CHANGED, Action::Update);
                super::count::write(unit, door, event.outcome(crate::audit::Outcome::Failed), changes)?;
                return Ok(rejection(other));
            }
        };
        let session = door.read(unit, AuthorityKind::Session, active.row.id()).map_err(ended)?;
        session.ok_or(IdentityError::NoSession)?;
        let Found::One(rows) = denied(self.replacement(unit, door, &user, (hash, history)))? else { return Ok(None) };
        changes.extend(rows);
        changes.extend(tell(unit, door, user.id(), Topic::PASSWORD_CHANGED)?);
        let event = door.event(EventName::PASSWORD_CHANGED, Action::Update).compared(compared);
        let user = change_account(unit, door, &user, (event, changes), CHANGED)?;
        let event = door.event(EventName::SESSION_ROTATED, Action::Update);
        let how = (&active.session, RotationEvent::PasswordChange);
        let session = self.rotate(unit, (door, event, Vec::new()), &user, how)?;
        Ok(Some(PasswordOutcome::Changed(session)))
    }

    fn set(&self, unit: &mut dyn Unit, by: &ByToken, judged: Judged) -> Result<Option<PasswordOutcome>, IdentityError> {
        let door = &by.door;
        let token = denied(door.read(unit, AuthorityKind::ResetToken, by.token.id()).map_err(IdentityError::from))?;
        let user = denied(door.user(unit, by.user.id()).map_err(IdentityError::from))?;
        let (Found::One(Some(token)), Found::One(Some(user))) = (token, user) else {
            unit.refuse(failed(door, Some(&by.user)));
            return Ok(None);
        };
        let Judged::Accepted { hash, history, compared } = judged else { return Ok(rejection(judged)) };
        if user.auth_version() != by.user.auth_version() || !token_is_live(unit, &token)? {
            unit.refuse(failed(door, Some(&user)));
            return Ok(None);
        }
        let Found::One(mut changes) = denied(self.replacement(unit, door, &user, (hash, history)))? else {
            return Ok(None);
        };
        changes.push(used_up(token));
        changes.extend(tell(unit, door, user.id(), Topic::PASSWORD_RESET)?);
        let event = door.event(by.name, Action::Update).compared(compared);
        change_account(unit, door, &user, (event, changes), CHANGED)?;
        Ok(Some(PasswordOutcome::Set))
    }

    /// The rows of a new password.
    fn replacement(
        &self,
        unit: &mut dyn Unit,
        door: &Authority,
        user: &User,
        (hash, history): (PasswordHash, PasswordHistory),
    ) -> Result<Vec<Change>, IdentityError> {
        let history = history.after_change(hash, self.settings().password.history());
        let current = history.current().map(|hash| hash.expose().as_bytes()).unwrap_or_default();
        let mut changes = vec![put(unit, door, (AuthorityKind::Credential, user), current)?];
        if self.settings().password.history() > 0 {
            let lines = history.earlier().iter().map(PasswordHash::expose).collect::<Vec<_>>().join("\n");
            changes.push(put(unit, door, (AuthorityKind::PasswordHistory, user), lines.as_bytes())?);
        }
        Ok(changes)
    }
}

const CHANGED: Revision<'static> = Revision { role: None, must_change: Some(false) };

impl PasswordChange {
    /// Hashes: the current password, then the new one against the last ones. Never inside a unit of work. `names` are more
    /// names of the user, to compare the new password with.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn judge(self, current: SecretString, new: SecretString, names: &[&str]) -> Result<NewPassword, HashError> {
        let Self { attempt, active, material } = self;
        let (verified, permit) = attempt.prove(current)?;
        let identity = verified.identity.clone();
        let judged = match verified.proof {
            Proof::Wrong => Judged::Nothing,
            _ => identity.judge(material, (new, names), &permit)?,
        };
        let release = verified.release;
        Ok(NewPassword { by: By::Current(Box::new((verified, active))), judged, release })
    }
}

impl PasswordReset {
    /// Hashes the new password and judges it. Never inside a unit of work.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn judge(self, new: SecretString, names: &[&str]) -> Result<NewPassword, HashError> {
        let Self { identity, permit, found, release } = self;
        let Some((by, material)) = found else {
            return Ok(NewPassword { by: By::Nothing, judged: Judged::Nothing, release });
        };
        let judged = identity.judge(material, (new, names), &permit)?;
        Ok(NewPassword { by: By::Token(by), judged, release })
    }
}

impl Identity {
    fn judge(
        &self,
        material: Material,
        (new, names): (SecretString, &[&str]),
        permit: &HashingPermit,
    ) -> Result<Judged, HashError> {
        let new = match Password::new(new) {
            Ok(new) => new,
            Err(error) => return Ok(Judged::Unusable(error)),
        };
        let settings = self.settings();
        let names = [names, &[material.display_name.as_str()]].concat();
        let about = PasswordContext { names: &names, second_factor: material.second_factor, lists: &settings.lists };
        let history = PasswordHistory::new(material.current, material.earlier);
        match settings.password.judge(&new, &about, &history, permit) {
            Ok(accepted) => {
                let salt = generate_from_system::<16>().map_err(|_| HashError)?;
                let hash = PasswordHash::of_accepted(&accepted, &settings.hash, *salt, permit)?;
                Ok(Judged::Accepted { hash, history, compared: accepted.was_compared() })
            }
            Err(PolicyError::Refused(rules)) => Ok(Judged::Rejected(rules)),
            Err(PolicyError::Hash(error)) => Err(error),
        }
    }
}

fn rejection(judged: Judged) -> Option<PasswordOutcome> {
    match judged {
        Judged::Rejected(rules) => Some(PasswordOutcome::Rejected(rules)),
        Judged::Unusable(error) => Some(PasswordOutcome::Unusable(error)),
        Judged::Accepted { .. } | Judged::Nothing => None,
    }
}

fn material(unit: &mut dyn Unit, door: &Authority, user: &User) -> Result<Material, IdentityError> {
    let current = credential(unit, door, user)?.map(|(_, hash)| hash);
    let row = door.read(unit, AuthorityKind::PasswordHistory, user.id().into())?;
    let lines = row.as_ref().and_then(Row::secret).unwrap_or_default();
    let earlier = lines.split(|byte| *byte == b'\n').filter_map(parse_hash).collect();
    let second_factor = Factor::read(unit, door, user)?.is_some_and(|factor| factor.is_active());
    Ok(Material { current, earlier, display_name: user.display_name().to_owned(), second_factor })
}

fn put(
    unit: &mut dyn Unit,
    door: &Authority,
    (kind, user): (AuthorityKind, &User),
    secret: &[u8],
) -> Result<Change, AuthorityError> {
    let owner = user.id();
    Ok(match door.read(unit, kind, owner.into())? {
        Some(row) => {
            let draft = row.edit().secret(secret);
            Change::Replace(row, draft)
        }
        None => Change::Insert(Draft::new(kind, owner.into(), owner).secret(secret)),
    })
}

macro_rules! opaque {
    ($($name:ident)*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

opaque! { PasswordChange PasswordReset NewPassword }
