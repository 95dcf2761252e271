//! Counts and times for Prometheus. Labels are declared paths, methods, statuses and kinds of problems: nothing that was
//! typed, and so nothing about patients, and never more of them than there are routes.

use super::frame::Outcome;
use hipaa_core::audit::Health;
use hipaa_sqlite::bridge::Bridge;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

type Labels = Vec<(&'static str, String)>;

/// Seconds.
const BUCKETS: [f64; 8] = [0.001, 0.005, 0.02, 0.05, 0.1, 0.5, 2.0, 10.0];

/// What has happened since the process started. Clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    requests: Family<Labels, Counter>,
    problems: Family<Labels, Counter>,
    seconds: Family<Labels, Histogram, fn() -> Histogram>,
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram: fn() -> Histogram = || Histogram::new(BUCKETS);
        Self {
            requests: Family::default(),
            problems: Family::default(),
            seconds: Family::new_with_constructor(histogram),
        }
    }
}

impl Metrics {
    /// Counts a request.
    pub fn count(&self, outcome: &Outcome<'_>) {
        let route = ("route", outcome.route.unwrap_or("none").to_owned());
        let method = if outcome.route.is_some() { outcome.method } else { "any" };
        let labels = vec![route.clone(), ("method", method.to_owned()), ("status", outcome.status.to_string())];
        self.requests.get_or_create(&labels).inc();
        self.seconds.get_or_create(&vec![route]).observe(outcome.took.as_secs_f64());
        if let Some(problem) = outcome.problem {
            self.problems.get_or_create(&vec![("type", problem.slug().to_owned())]).inc();
        }
    }

    /// The page that Prometheus reads.
    #[must_use]
    pub fn page(&self, bridge: &Bridge) -> String {
        let mut registry = Registry::default();
        registry.register("http_requests", "Requests that were answered", self.requests.clone());
        registry.register("http_problems", "Errors that were answered, by kind", self.problems.clone());
        let what = "From a request's head to its answer's head";
        registry.register_with_unit("http_request_duration", what, Unit::Seconds, self.seconds.clone());
        writer(&mut registry, bridge);
        let mut page = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut page, &registry);
        page
    }
}

fn writer(registry: &mut Registry, bridge: &Bridge) {
    let writer = bridge.metrics();
    let mut gauge = |name: &str, help: &str, value: u64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        registry.register(name, help, gauge);
    };
    gauge("writer_queued", "Callers that wait for the writer", writer.queued);
    gauge("writer_commits", "Commits since the start", writer.commits);
    gauge("writer_lost_batches", "Batches that were not committed since the start", writer.lost);
    gauge("audit_failed_rounds", "Rounds of looking after the logs that failed since the start", writer.failed_rounds);
    gauge("witness_failed_pushes", "Heads that a witness did not take since the start", writer.failed_pushes);
    gauge(
        "audit_health",
        "What is known of the log: 0 all is well, 1 it cannot be told, 2 it is broken",
        health(writer.health),
    );
    let micros = ConstGauge::new(writer.last_commit.as_secs_f64());
    registry.register_with_unit("writer_last_commit", "How long the last commit took", Unit::Seconds, micros);
    if let Some(since) = writer.since_round {
        let age = ConstGauge::new(since.as_secs_f64());
        registry.register_with_unit("audit_round_age", "Since heads were last taken up", Unit::Seconds, age);
    }
}

/// What is not known to be well is not well.
const fn health(health: Health) -> u64 {
    match health {
        Health::Ok => 0,
        Health::Broken(_) => 2,
        _ => 1,
    }
}
