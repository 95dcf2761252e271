//! Password and code given again inside a session, for what a stolen session must not do.

use super::active::Active;
use super::attempt::{Attempt, Found, Subject, Verified, denied};
use super::count::write;
use super::factor::{Factor, used_up};
use super::login::Refusal;
use super::session::{NewSession, ended};
use super::{Client, Identity, IdentityError};
use crate::audit::{Action, EventName};
use crate::auth::password::{HashError, HashingPermit};
use crate::auth::session::RotationEvent;
use crate::authority::AuthorityKind;
use crate::unit::{Held, Unit};
use secrecy::SecretString;

/// A step-up that is counted and not hashed yet.
#[derive(Debug)]
pub struct StepUpAttempt {
    attempt: Attempt,
    active: Active,
}

/// A step-up whose password has been hashed.
#[derive(Debug)]
pub struct StepUpVerified {
    verified: Verified,
    active: Active,
}

/// What a step-up came to.
#[derive(Debug)]
#[must_use]
pub enum StepUp {
    /// The session goes on under a new token, and its step-up is fresh.
    Done(NewSession),
    /// Password or code was wrong, or not even checked. The session goes on as it was.
    Refused(Refusal),
}

impl StepUpAttempt {
    /// Hashes; never inside a unit of work.
    ///
    /// # Errors
    /// [`HashError`]: no memory.
    pub fn verify(self, typed: SecretString) -> Result<StepUpVerified, HashError> {
        Ok(StepUpVerified { verified: self.attempt.verify(typed)?, active: self.active })
    }
}

impl Identity {
    /// Begins a step-up; the attempt counts with those of the login.
    ///
    /// # Errors
    /// [`IdentityError::Authority`] when the unit fails.
    pub fn begin_step_up(
        &self,
        unit: &mut dyn Unit,
        active: Active,
        client: &Client<'_>,
        permit: HashingPermit,
    ) -> Result<Held<StepUpAttempt>, IdentityError> {
        let release = unit.parts().1.wall().after(self.settings().padding);
        let subject = self.known(unit, active.door.clone(), active.user.clone(), client)?;
        let attempt = Attempt { identity: self.clone(), permit, subject, release, place: None };
        Ok(unit.hold(StepUpAttempt { attempt, active }))
    }

    /// Ends a step-up. Where a second factor is enrolled, its code is needed, too.
    ///
    /// # Errors
    /// [`IdentityError::NoSession`] if the session has ended meanwhile, or the unit's.
    pub fn finish_step_up(
        &self,
        unit: &mut dyn Unit,
        verified: StepUpVerified,
        code: Option<&str>,
        client: &Client<'_>,
    ) -> Result<Held<StepUp>, IdentityError> {
        let StepUpVerified { verified, active } = verified;
        let outcome = match self.prove_step_up(unit, (&verified, &active), code, client)? {
            Some(session) => StepUp::Done(session),
            None => StepUp::Refused(verified.refuse(unit)),
        };
        Ok(unit.hold(outcome))
    }

    fn prove_step_up(
        &self,
        unit: &mut dyn Unit,
        (verified, active): (&Verified, &Active),
        code: Option<&str>,
        client: &Client<'_>,
    ) -> Result<Option<NewSession>, IdentityError> {
        let Subject::Known(known) = &verified.subject else { return Ok(None) };
        let Some((user, mut changes)) = self.right(unit, known, &verified.proof)? else { return Ok(None) };
        let door = &active.door;
        let row = door.read(unit, AuthorityKind::Session, active.row.id()).map_err(ended)?;
        let row = row.ok_or(IdentityError::NoSession)?;
        let Found::One(factor) = denied(Factor::read(unit, door, &user))? else { return Ok(None) };
        if factor.is_some_and(|factor| factor.is_active()) {
            let now = unit.parts().1.wall();
            let tried = self.try_code(unit, door, &user, (code.unwrap_or_default(), client, now))?;
            if !tried.right {
                let event = door.event(EventName::LOGIN_FAILED, Action::Execute);
                write(unit, door, event.outcome(crate::audit::Outcome::Failed), tried.changes)?;
                return Ok(None);
            }
            door.apply(unit, door.event(tried.name, Action::Execute), tried.changes)?;
        }
        changes.push(used_up(row));
        let event = door.event(EventName::SESSION_STEPPED_UP, Action::Update);
        let how = (&active.session, RotationEvent::StepUp);
        self.rotate(unit, (door, event, changes), &user, how).map(Some)
    }
}
