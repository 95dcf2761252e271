//! Log lines without identifiers: a wrapper for single fields, a visitor for all of them.

use super::{Guard, Redaction};
use std::fmt;
use tracing::field::{Field, Visit};

/// A value that prints itself redacted: `tracing::info!(note = %guard.shield(&note))`.
#[derive(Clone, Copy)]
pub struct Shielded<'g, T> {
    guard: &'g Guard,
    value: T,
}

impl Guard {
    /// Wraps a value so that its `Display` and `Debug` outputs carry labels for identifiers.
    pub const fn shield<T>(&self, value: T) -> Shielded<'_, T> {
        Shielded { guard: self, value }
    }

    /// What a log may show of a text.
    fn for_log(&self, text: &str) -> String {
        self.redact(text, &Redaction::label()).into_text()
    }
}

impl<T: fmt::Display> fmt::Display for Shielded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.guard.for_log(&self.value.to_string()))
    }
}

impl<T: fmt::Debug> fmt::Debug for Shielded<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.guard.for_log(&format!("{:?}", self.value)))
    }
}

/// A `tracing` visitor that hands every field on to another one, redacted.
///
/// Field names are cues, as the keys of JSON are: `ssn = 536904399` is found. A field without
/// a finding keeps its type.
pub struct RedactingVisit<'g, 'v> {
    guard: &'g Guard,
    inner: &'v mut dyn Visit,
}

impl fmt::Debug for RedactingVisit<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RedactingVisit")
    }
}

impl<'g, 'v> RedactingVisit<'g, 'v> {
    /// Wraps a visitor, for instance inside a layer's `on_event`.
    pub fn new(guard: &'g Guard, inner: &'v mut dyn Visit) -> Self {
        Self { guard, inner }
    }

    /// The text for the field, or `None` when it may pass as it is.
    fn redacted(&self, field: &Field, text: &str) -> Option<String> {
        let label = format!("{}: ", field.name());
        let labelled = format!("{label}{text}");
        if self.guard.is_clean(&labelled) {
            return None;
        }
        let done = self.guard.for_log(&labelled);
        Some(done.strip_prefix(&label).map_or_else(|| "[REDACTED]".to_owned(), str::to_owned))
    }
}

impl Visit for RedactingVisit<'_, '_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match self.redacted(field, &format!("{value:?}")) {
            Some(text) => self.inner.record_debug(field, &format_args!("{text}")),
            None => self.inner.record_debug(field, value),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match self.redacted(field, value) {
            Some(text) => self.inner.record_str(field, &text),
            None => self.inner.record_str(field, value),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        match self.redacted(field, &value.to_string()) {
            Some(text) => self.inner.record_str(field, &text),
            None => self.inner.record_i64(field, value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match self.redacted(field, &value.to_string()) {
            Some(text) => self.inner.record_str(field, &text),
            None => self.inner.record_u64(field, value),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(error) = source {
            text = format!("{text}: {error}");
            source = error.source();
        }
        self.inner.record_str(field, &self.guard.for_log(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    #[derive(Clone)]
    struct Lines(Arc<Mutex<Vec<String>>>, Arc<Guard>);

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            self.0.push_str(&format!("{}={value:?} ", field.name()));
        }
    }

    impl Subscriber for Lines {
        fn enabled(&self, _: &Metadata<'_>) -> bool {
            true
        }
        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn event(&self, event: &Event<'_>) {
            let mut line = Line(String::new());
            event.record(&mut RedactingVisit::new(&self.1, &mut line));
            self.0.lock().unwrap().push(line.0);
        }
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    #[test]
    fn fields_reach_the_log_redacted() {
        let lines = Lines(Arc::default(), Arc::new(Guard::new()));
        tracing::subscriber::with_default(lines.clone(), || {
            tracing::info!(ssn = 536_904_399_u64, count = 7_u64, note = "call (212) 555-0187", "saved MRN 123456");
        });
        let line = lines.0.lock().unwrap().concat();
        assert!(
            line.contains("[SSN]")
                && line.contains("count=7")
                && line.contains("call [PHONE]")
                && line.contains("MRN [MRN]"),
            "{line}"
        );
        assert!(!line.contains("536904399") && !line.contains("0187") && !line.contains("123456"));
    }

    #[test]
    fn a_shielded_value_prints_labels() {
        let guard = Guard::new();
        assert_eq!(guard.shield("SSN 536-90-4399").to_string(), "SSN [SSN]");
        assert_eq!(format!("{:?}", guard.shield("SSN 536-90-4399")), "\"SSN [SSN]\"");
    }
}
