//! The user's own account.

use crate::page::{Html, Shell, Told, Viewer, see, time};
use crate::state::App;
use crate::web::{Kind, Problem};
use askama::Template;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use hipaa_core::identity::SessionInfo;
use serde::Deserialize;

/// The routes of this area.
pub fn router() -> Router<App> {
    Router::new().route("/account", get(account)).route("/account/sessions/end", post(end))
}

struct Session {
    id: String,
    created: String,
    renewed: String,
    current: bool,
}

impl Session {
    fn of(info: &SessionInfo) -> Self {
        Self {
            id: hex::encode(info.id),
            created: time(info.created),
            renewed: time(info.renewed),
            current: info.current,
        }
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    shell: Shell,
    told: Told,
    enrolled: bool,
    codes_left: usize,
    sessions: Vec<Session>,
}

async fn account(viewer: Viewer) -> Result<impl IntoResponse, Problem> {
    Ok(Html(page(&viewer, None).await?))
}

/// The page, and what it tells at its top.
pub(super) async fn page(viewer: &Viewer, told: Told) -> Result<impl Template + use<>, Problem> {
    let look = viewer.signed_in.account(|unit, identity, active, _| {
        Ok((identity.sessions(unit, &active)?, identity.recovery_codes_left(unit, &active)?))
    });
    let (sessions, codes_left) = look.await?.into_inner();
    let sessions = sessions.iter().map(Session::of).collect();
    let (shell, enrolled) = (viewer.shell("/account"), viewer.enrolled);
    Ok(Account { shell, told, enrolled, codes_left, sessions })
}

/// Which session ends; empty for all others.
#[derive(Deserialize)]
struct End {
    id: String,
}

async fn end(viewer: Viewer, Form(End { id }): Form<End>) -> Result<Response, Problem> {
    let mut bytes = [0; 16];
    if !id.is_empty() {
        hex::decode_to_slice(&id, &mut bytes).map_err(|_| Kind::NotFound)?;
    }
    let ending = viewer.signed_in.account(move |unit, identity, active, _| match id.is_empty() {
        true => Ok(identity.end_others(unit, &active)?),
        false => Ok(identity.end_session(unit, &active, bytes)?),
    });
    ending.await?.into_inner();
    Ok(see("/account"))
}
