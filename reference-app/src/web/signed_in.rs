//! What a handler of a signed-in route gets. There is no way to the data but through a unit, and every unit begins with the
//! check of the session: what ended in the meantime does nothing any more.

use super::caller::Caller;
use super::gate::Gate;
use super::problem::{Kind, Problem};
use super::route::Need;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use core::fmt;
use hipaa_core::auth::role::Ability;
use hipaa_core::auth::session::Request;
use hipaa_core::auth::token::SessionToken;
use hipaa_core::identity::{Active, Client, Identity, Use};
use hipaa_core::unit::Committed;
use hipaa_core::vault::{TenantVault, VaultError};
use hipaa_sqlite::Unit;
use std::sync::{Arc, OnceLock};

/// A user with a live session, and the way to what the user may see.
#[derive(Clone)]
pub struct SignedIn(Arc<Inner>);

struct Inner {
    gate: Gate,
    token: SessionToken,
    caller: Caller,
    wanted: Use,
    need: Need,
    /// What the first unit found: whether activity is to be stored, or why the request is refused.
    found: OnceLock<Result<bool, Kind>>,
}

impl SignedIn {
    pub(super) fn new(gate: Gate, (token, caller): (SessionToken, Caller), (wanted, need): (Use, Need)) -> Self {
        Self(Arc::new(Inner { gate, token, caller, wanted, need, found: OnceLock::new() }))
    }

    /// Checks session and permission in a unit of its own; a refusal is on record before it is answered. Only where activity
    /// is to be stored does it wait for the writer.
    pub(super) async fn ask(&self) -> Result<(), Problem> {
        if self.0.found.get().is_none() {
            self.0.gate.bridge.look(self.checked(|_, _, _| Ok(()))).await?;
        }
        let due = self.0.found.get().copied().ok_or(Kind::Internal)??;
        if due && self.0.wanted.request == Request::Active {
            let this = self.clone();
            let renew = move |unit: &mut Unit<'_>| this.authorize(unit, Request::Active).map(drop);
            let renewed: Result<Committed<()>, Problem> = self.0.gate.bridge.write(renew).await;
            renewed?.into_inner();
        }
        Ok(())
    }

    /// The answer of a handler that looked at records, if session and permission were found to hold; else the refusal.
    pub(super) async fn settle(&self, response: Response) -> Response {
        let refused = matches!(self.0.found.get(), Some(Err(_)));
        let status = response.status();
        match self.ask().await {
            Ok(()) => response,
            // The handler passed the refusal on and says more of it; the frame writes what such an answer says.
            Err(_) if refused && (status.is_client_error() || status.is_server_error()) => response,
            Err(problem) => problem.into_response(),
        }
    }

    /// Where the session was checked.
    #[must_use]
    pub fn gate(&self) -> &Gate {
        &self.0.gate
    }

    fn authorize(&self, unit: &mut Unit<'_>, request: Request) -> Result<Active, Problem> {
        let wanted = Use { request, ..self.0.wanted };
        Ok(self.0.gate.identity.authorize(unit, &self.0.token, &self.0.caller.client(), wanted)?)
    }

    /// The session and, in the first unit of the request, the permission of its route. What was refused once stays refused.
    fn admit(&self, unit: &mut Unit<'_>) -> Result<Active, Problem> {
        match self.0.found.get() {
            Some(Ok(_)) => return self.authorize(unit, Request::Passive),
            Some(Err(refused)) => return Err((*refused).into()),
            None => {}
        }
        let active = self.authorize(unit, Request::Passive);
        let admitted = active.and_then(|active| self.0.require(unit, &active).map(|due| (active, due)));
        let found = admitted.as_ref().map(|(_, due)| *due).map_err(Problem::kind);
        self.0.found.get_or_init(|| found);
        admitted.map(|(active, _)| active)
    }

    /// Work behind the check of the session, in one unit.
    fn checked<T>(
        &self,
        work: impl FnOnce(&mut Unit<'_>, Active, &Inner) -> Result<T, Problem> + Send + 'static,
    ) -> impl FnOnce(&mut Unit<'_>) -> Result<T, Problem> + Send + 'static {
        let this = self.clone();
        move |unit: &mut Unit<'_>| {
            let active = this.admit(unit)?;
            work(unit, active, &this.0)
        }
    }

    /// One unit of work on the user's vault. Open what it gives.
    ///
    /// # Errors
    /// [`Kind::NotSignedIn`] if the session has ended; that of `work`; or why the unit did not commit.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Unit<'_>, &TenantVault) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Committed<T>, Problem> {
        let checked = self.checked(move |unit, active, inner| work(unit, &inner.gate.vault(&active)));
        self.0.gate.bridge.write(checked).await
    }

    /// Reads beside the writer, and writes nothing but the entries of what was seen. Open what it gives.
    ///
    /// # Errors
    /// As [`SignedIn::write`].
    pub async fn disclose<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Unit<'_>, &TenantVault) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Committed<T>, Problem> {
        self.disclose_under(None, work).await
    }

    /// The same under an emergency grant of the user, where one is given: every entry names it.
    ///
    /// # Errors
    /// As [`SignedIn::write`]; [`Kind::Denied`] where the grant has ended.
    pub async fn disclose_under<T: Send + 'static>(
        &self,
        grant: Option<[u8; 16]>,
        work: impl FnOnce(&mut Unit<'_>, &TenantVault) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Committed<T>, Problem> {
        let checked = self.checked(move |unit, active, inner| {
            let vault = match grant {
                None => inner.gate.vault(&active),
                Some(grant) => inner.vault_under(unit, &active, grant)?,
            };
            work(unit, &vault)
        });
        self.0.gate.bridge.disclose(checked).await
    }

    /// One unit of work on the user's own account. Open what it gives.
    ///
    /// # Errors
    /// As [`SignedIn::write`].
    pub async fn account<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Unit<'_>, &Identity, Active, &Client<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Committed<T>, Problem> {
        let checked =
            self.checked(move |unit, active, inner| work(unit, &inner.gate.identity, active, &inner.caller.client()));
        self.0.gate.bridge.write(checked).await
    }
}

impl Inner {
    /// That the user may what the route needs; whether activity is to be stored.
    fn require(&self, unit: &mut Unit<'_>, active: &Active) -> Result<bool, Problem> {
        let vault = self.gate.vault(active);
        match self.need {
            Need::Account | Need::Grant => {}
            Need::TableOrGrant(..) if !self.gate.identity.emergencies(unit, active)?.is_empty() => {}
            Need::Table(table, operation) | Need::TableOrGrant(table, operation) => {
                vault.require_operation(unit, table, operation)?;
            }
            Need::Trail => vault.require(unit, Ability::ReadTrail)?,
            Need::Able(ability) => vault.require(unit, ability)?,
        }
        Ok(self.gate.identity.is_renewal_due(unit, active))
    }

    fn vault_under(&self, unit: &mut Unit<'_>, active: &Active, grant: [u8; 16]) -> Result<TenantVault, Problem> {
        TenantVault::in_emergency(unit, active, &self.gate.policy, grant).map_err(|error| match error {
            // The session is live: it is the grant that ended.
            VaultError::Ended => Problem::from(Kind::Denied).caused_by(&error),
            error => error.into(),
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // None: the route was declared as one that needs no session.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::Internal.into())
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedIn(…)")
    }
}
