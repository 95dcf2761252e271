//! The way from a cookie to an actor, once for all routes: what a route declares is enforced before its handler runs.

use super::caller::Caller;
use super::cookie;
use super::frame::Matched;
use super::problem::{Kind, Problem};
use super::route::{Access, Need, Route};
use super::signed_in::SignedIn;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hipaa_core::auth::role::RolePolicy;
use hipaa_core::auth::token::{PendingToken, SessionToken};
use hipaa_core::identity::{Active, Identity};
use hipaa_core::unit::Release;
use hipaa_core::vault::TenantVault;
use hipaa_sqlite::Unit;
use hipaa_sqlite::bridge::Bridge;
use std::sync::Arc;

/// What every route needs: the database, the login, and what routes declare.
#[derive(Debug, Clone)]
pub struct Gate {
    /// The way to the database.
    pub bridge: Bridge,
    /// The login.
    pub identity: Identity,
    /// What a role may do and see.
    pub policy: Arc<RolePolicy>,
    /// Every route.
    pub routes: &'static [Route],
}

impl Gate {
    /// The vault of whoever is signed in.
    #[must_use]
    pub fn vault(&self, active: &Active) -> TenantVault {
        TenantVault::signed_in(active, &self.policy)
    }

    /// One unit of work before anybody is known; what it holds opens with its commit.
    ///
    /// # Errors
    /// That of `work`, or why the unit did not commit.
    pub async fn write<T: Release + Send + 'static>(
        &self,
        work: impl FnOnce(&mut Unit<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<T::Output, Problem> {
        Ok(self.bridge.write(work).await?.open()?)
    }

    /// Lets a request in. Of one that looks at records, [`SignedIn::settle`] then has the last word on its answer.
    async fn admit(&self, request: &mut Request, route: &Route) -> Result<Option<SignedIn>, Problem> {
        match route.access {
            Access::Public => Ok(None),
            Access::Pending => {
                let pending = cookie::read(request.headers(), cookie::PENDING);
                let pending = pending.and_then(|text| PendingToken::parse(text).ok()).ok_or(Kind::NotSignedIn)?;
                request.extensions_mut().insert(PendingLogin(Arc::new(pending)));
                Ok(None)
            }
            Access::Session(wanted, need) => {
                let session = cookie::read(request.headers(), cookie::SESSION);
                let session = session.and_then(|text| SessionToken::parse(text).ok()).ok_or(Kind::NotSignedIn)?;
                let caller = request.extensions().get::<Caller>().cloned().ok_or(Kind::Internal)?;
                let signed_in = SignedIn::new(self.clone(), (session, caller), (wanted, need));
                request.extensions_mut().insert(signed_in.clone());
                // A look at records asks the same in its own unit: it is not asked twice, and its answer waits for that.
                if request.method().is_safe() && matches!(need, Need::Table(..) | Need::TableOrGrant(..)) {
                    return Ok(Some(signed_in));
                }
                signed_in.ask().await?;
                Ok(None)
            }
        }
    }
}

/// Lets a request through to its handler if its route is declared and what it declares is given.
pub async fn guard(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let here = gate.routes.iter().filter(|route| path.as_ref().is_some_and(|path| path.as_str() == route.path));
    let Some(route) = here.clone().find(|route| route.takes(request.method())) else {
        let methods = here.map(|route| route.method.as_str()).collect::<Vec<_>>().join(", ");
        let allow = HeaderValue::from_str(&methods).ok().filter(|_| !methods.is_empty());
        return match allow {
            Some(allow) => ([(header::ALLOW, allow)], Problem::new(Kind::MethodNotAllowed)).into_response(),
            None => Problem::new(Kind::NotFound).into_response(),
        };
    };
    let mut response = match gate.admit(&mut request, route).await {
        Ok(None) => next.run(request).await,
        Ok(Some(signed_in)) => {
            let response = next.run(request).await;
            signed_in.settle(response).await
        }
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(Matched(route.path));
    response
}

/// A login whose code is outstanding: no session, and no way to data.
#[derive(Debug, Clone)]
pub struct PendingLogin(Arc<PendingToken>);

impl PendingLogin {
    /// Its token.
    #[must_use]
    pub fn token(&self) -> &PendingToken {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PendingLogin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::Internal.into())
    }
}
