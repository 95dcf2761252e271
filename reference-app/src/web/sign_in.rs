//! Signing in, for async callers: each step a unit of work, hashing between them on a thread that may block.

use super::caller::Caller;
use super::gate::{Gate, PendingLogin};
use super::problem::{Kind, Problem};
use hipaa_core::auth::token::SessionToken;
use hipaa_core::identity::Finished;
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
