//! Structured logs: one JSON object a line, of fields that are on a list. A field that is not on it is not written, whoever
//! logs it; nor is anything that another crate logs.

use super::frame::Outcome;
use core::fmt::Debug;
use serde_json::{Map, Value};
use std::io::Write as _;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

/// The fields that may be written.
pub const FIELDS: &[&str] =
    &["cause", "count", "event", "method", "micros", "problem", "request_id", "route", "sequence", "status"];
/// Whose events are written.
const TARGETS: &[&str] = &["hipaa_core", "hipaa_sqlite", "reference_app"];

/// Writes logs to standard error, from now on and for the whole process. Once is enough; later calls change nothing.
pub fn start() {
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Lines));
}

/// Notes a request.
pub fn request(outcome: &Outcome<'_>) {
    let (route, micros) =
        (outcome.route.unwrap_or("none"), u64::try_from(outcome.took.as_micros()).unwrap_or(u64::MAX));
    let (problem, cause) = (outcome.problem.map_or("", super::Kind::slug), outcome.cause.unwrap_or_default());
    let (request_id, method, status) = (outcome.request_id, outcome.method, outcome.status);
    tracing::info!(event = "request", request_id, method, route, status, micros, problem, cause);
}

/// What a panic says may be about a patient: only where it happened is written.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line())).unwrap_or_default();
        tracing::error!(event = "panic", cause = %place);
    }));
}

struct Lines;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let data = event.metadata();
        let ours = TARGETS.iter().any(|target| data.target().split("::").next() == Some(target));
        if !ours || *data.level() > Level::INFO {
            return;
        }
        let mut fields = Fields(Map::new());
        event.record(&mut fields);
        let line = line(data.level(), fields.0);
        // Nobody is left to tell.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

fn line(level: &Level, mut fields: Map<String, Value>) -> String {
    fields.insert("level".to_owned(), level.as_str().into());
    fields.insert("time".to_owned(), jiff::Timestamp::now().to_string().into());
    format!("{}\n", Value::Object(fields))
}

struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        if FIELDS.contains(&field.name()) {
            self.0.insert(field.name().to_owned(), value.into());
        }
    }
}

impl Visit for Fields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if !value.is_empty() {
            self.put(field, value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.put(field, format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w8_a_line_is_one_line_whatever_it_says() {
        let mut fields = Map::new();
        fields.insert("cause".to_owned(), "one\n{\"level\":\"INFO\"}".into());
        let line = line(&Level::INFO, fields);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.contains("one\\n"));
    }
}
