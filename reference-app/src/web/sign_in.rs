//! Signing in, for async callers: each step a unit of work, hashing between them on a thread that may block.

use super::caller::Caller;
use super::gate::{Gate, PendingLogin};
use super::problem::{Kind, Problem};
use super::signed_in::SignedIn;
use hipaa_core::auth::token::{ActivationToken, ResetToken, SessionToken};
use hipaa_core::identity::{Finished, PasswordOutcome, StepUp};
use hipaa_core::unit::Committed;
use secrecy::{ExposeSecret as _, SecretString};

impl Gate {
    /// From name and password to a session, the wait for a code, or the refusal.
    ///
    /// # Errors
    /// [`Kind::Busy`] where too many passwords are being checked, or the database's.
    pub async fn login(
        &self,
        caller: Caller,
        login: SecretString,
        password: SecretString,
    ) -> Result<Finished, Problem> {
        let permit = self.blocking(|gate| Ok(gate.identity.permit()?)).await?;
        let (identity, from) = (self.identity.clone(), caller.clone());
        let begin = self.write(move |unit| Ok(identity.begin(unit, login.expose_secret(), &from.client(), permit)?));
        let attempt = begin.await?;
        let verified = self.blocking(move |_| Ok(attempt.verify(password)?)).await?;
        let identity = self.identity.clone();
        self.write(move |unit| Ok(identity.finish(unit, verified, &caller.client())?)).await
    }

    /// From a code to a session or the refusal.
    ///
    /// # Errors
    /// The database's.
    pub async fn second_factor(
        &self,
        caller: Caller,
        pending: PendingLogin,
        code: SecretString,
    ) -> Result<Finished, Problem> {
        let identity = self.identity.clone();
        let follow = self.write(move |unit| {
            Ok(identity.second_factor(unit, pending.token(), code.expose_secret(), &caller.client())?)
        });
        follow.await
    }

    /// Ends a session, if there is one.
    ///
    /// # Errors
    /// The database's.
    pub async fn log_out(&self, caller: Caller, token: SessionToken) -> Result<(), Problem> {
        let identity = self.identity.clone();
        let end = self.bridge.write(move |unit| Ok(identity.log_out(unit, &token, &caller.client())?));
        let ended: Result<Committed<()>, Problem> = end.await;
        ended.map(Committed::into_inner)
    }

    /// Waits or hashes on a thread that may block.
    ///
    /// # Errors
    /// That of `work`; [`Kind::Internal`] if it panicked.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let gate = self.clone();
        match tokio::task::spawn_blocking(move || work(&gate)).await {
            Ok(result) => result,
            Err(_) => Err(Kind::Internal.into()),
        }
    }
}

impl SignedIn {
    /// Password, and code where enrolled, given again: the session goes on under a new token.
    ///
    /// # Errors
    /// As [`Gate::login`], and [`Kind::NotSignedIn`].
    pub async fn step_up(&self, password: SecretString, code: Option<SecretString>) -> Result<StepUp, Problem> {
        let permit = self.gate().blocking(|gate| Ok(gate.identity.permit()?)).await?;
        let begin = self
            .account(move |unit, identity, active, client| Ok(identity.begin_step_up(unit, active, client, permit)?));
        let attempt = begin.await?.open()?;
        let verified = self.gate().blocking(move |_| Ok(attempt.verify(password)?)).await?;
        let end = self.account(move |unit, identity, _, client| {
            let code = code.as_ref().map(|code| code.expose_secret());
            Ok(identity.finish_step_up(unit, verified, code, client)?)
        });
        Ok(end.await?.open()?)
    }

    /// Another password in place of the current one; the session goes on under a new token, all others end.
    ///
    /// # Errors
    /// As [`SignedIn::step_up`], and [`Kind::StepUpNeeded`].
    pub async fn change_password(&self, current: SecretString, new: SecretString) -> Result<PasswordOutcome, Problem> {
        let permit = self.gate().blocking(|gate| Ok(gate.identity.permit()?)).await?;
        let begin = self
            .account(move |unit, identity, active, client| Ok(identity.change_password(unit, active, client, permit)?));
        let change = begin.await?.open()?;
        let judged = self.gate().blocking(move |_| Ok(change.judge(current, new, &[])?)).await?;
        let end = self.account(move |unit, identity, _, _| Ok(identity.finish_password(unit, judged)?));
        Ok(end.await?.open()?)
    }
}

impl Gate {
    /// A password set by the token of a reset or of an activation.
    ///
    /// # Errors
    /// As [`Gate::login`].
    pub async fn set_password(
        &self,
        caller: Caller,
        token: PasswordToken,
        new: SecretString,
    ) -> Result<PasswordOutcome, Problem> {
        let permit = self.blocking(|gate| Ok(gate.identity.permit()?)).await?;
        let identity = self.identity.clone();
        let begin = self.write(move |unit| {
            let client = caller.client();
            Ok(match token {
                PasswordToken::Reset(token) => identity.reset_password(unit, &token, &client, permit)?,
                PasswordToken::Activation(token) => identity.activate(unit, &token, &client, permit)?,
            })
        });
        let reset = begin.await?;
        let judged = self.blocking(move |_| Ok(reset.judge(new, &[])?)).await?;
        let identity = self.identity.clone();
        self.write(move |unit| Ok(identity.finish_password(unit, judged)?)).await
    }
}

/// What lets somebody set a password who has none to give.
#[derive(Debug)]
pub enum PasswordToken {
    /// From a mail.
    Reset(ResetToken),
    /// From an administrator.
    Activation(ActivationToken),
}
