//! Pages: what a person sees of the application. Each handler is a few lines: the gate has decided who gets in, the vault
//! decides what is shown, a template says how.

pub mod account;
mod activity;
pub mod assets;
pub mod audit;
mod chain;
pub mod chart;
pub mod edit;
pub mod emergency;
pub mod factor;
pub mod lab;
pub mod notes;
pub mod password;
mod people;
pub mod prescriptions;
pub mod search;
mod shown;
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
        search::router(),
        chart::router(),
        edit::router(),
        emergency::router(),
        notes::router(),
        prescriptions::router(),
        audit::router(),
        verify::router(),
    ];
    let lab = app.demo.then(lab::router);
    areas.into_iter().chain(lab).fold(Router::new(), Router::merge)
}
