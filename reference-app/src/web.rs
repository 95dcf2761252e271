//! Layers, extractors and replies for an axum application on `hipaa-core`. This room knows no route.
//!
//! | module | what it is for |
//! |---|---|
//! | `frame` | what every request passes and every response carries, errors and panics included |
//! | `headers` | the security headers |
//! | `problem` | errors as problem+json, without an echo of the input |
//! | `caller` | where a request comes from |
//! | `origin` | which other sites may ask, and the defence against forged requests |
//! | `cookie` | cookies that only this host gets back |
//! | `route` | what a route declares about itself |
//! | `gate` | the way from a cookie to an actor, once for all routes |
//! | `sign_in` | from a password to a session, in units of work |
//! | `signed_in` | what a handler gets: the vault, inside a unit in which the session is checked again |
//! | `json` | the body of a request |
//! | `version` | `ETag`, `If-Match`, `Idempotency-Key` |
//! | `log` | structured logs with an allow-list of fields |
//! | `metrics` | counts and times for Prometheus |
//! | `server` | connections: accepting, limiting, ending in order |
//!
//! May import `hipaa-core` and `hipaa-sqlite`. Must never enter: paths, tables and roles of an application.

pub mod caller;
pub mod cookie;
pub mod frame;
pub mod gate;
pub mod headers;
pub mod json;
pub mod log;
pub mod metrics;
pub mod origin;
pub mod problem;
pub mod route;
pub mod server;
pub mod sign_in;
pub mod signed_in;
pub mod version;

pub use caller::Caller;
pub use frame::{Frame, RequestId};
pub use gate::{Gate, PendingLogin};
pub use json::Json;
pub use problem::{Kind, Problem};
pub use route::{Access, Audit, Mask, Need, Route};
pub use signed_in::SignedIn;
