//! Pages: what a person sees of the application. Each handler is a few lines: the gate has decided who gets in, the vault
//! decides what is shown, a template says how.

pub mod account;
pub mod assets;
mod chain;
pub mod factor;
pub mod lab;
pub mod password;
pub mod sign_in;
pub mod start;
pub mod verify;

use crate::state::App;
use axum::Router;

/// The routes of all pages; the tamper lab is one of them in the demo alone.
pub fn router(app: &App) -> Router<App> {
    let areas = [
        assets::router(),
        sign_in::router(),
        password::router(),
        start::router(),
        account::router(),
        factor::router(),
        verify::router(),
    ];
    let lab = app.lab.is_some().then(lab::router);
    areas.into_iter().chain(lab).fold(Router::new(), Router::merge)
}
