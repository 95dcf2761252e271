//! Which other sites may ask, and the defence against forged requests.
//!
//! A request that changes something must say that a page of this application, or of a listed origin, sent it: browsers say
//! so in `Origin`, which no script can set. One that says nothing is refused, so that the rule has no gap; a program that is
//! no browser sends the header itself.
//!
//! # Source
//! OWASP ASVS 5.0, 3.4.2 and 3.5.1 to 3.5.3.

use super::problem::{Kind, Problem};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts};
use core::time::Duration;
use std::sync::{Arc, PoisonError, RwLock};
use tower_http::cors::{AllowOrigin, CorsLayer};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const PREFLIGHT_AGE: Duration = Duration::from_secs(600);

/// Text that is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin is scheme://host or scheme://host:port, in lower case and without anything behind")]
pub struct OriginError;

/// One origin, as browsers write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin in the one form in which browsers send it.
    ///
    /// # Errors
    /// [`OriginError`] for anything else: `null`, `*`, a path, capitals, a default port.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let (scheme, rest) = text.split_once("://").ok_or(OriginError)?;
        let default_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(OriginError),
        };
        let host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
        let fine = !rest.is_empty() && rest.chars().all(host) && !rest.ends_with(['.', ':']);
        let parsed = format!("{text}/")
            .parse::<axum::http::Uri>()
            .ok()
            .filter(|uri| uri.host().is_some_and(|host| host.len() == rest.len() || uri.port_u16().is_some()));
        let fine = fine && parsed.is_some() && !rest.ends_with(default_port) && !rest.contains(".:");
        if fine { Ok(Self(text.to_owned())) } else { Err(OriginError) }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// The origins that may ask, which can be replaced while the application runs. Clones share them.
#[derive(Debug, Clone)]
pub struct Origins {
    own: Origin,
    listed: Arc<RwLock<Vec<Origin>>>,
}

impl Origins {
    /// The application's own origin, and others.
    #[must_use]
    pub fn new(own: Origin, listed: Vec<Origin>) -> Self {
        Self { own, listed: Arc::new(RwLock::new(listed)) }
    }

    /// The application's own.
    #[must_use]
    pub const fn own(&self) -> &Origin {
        &self.own
    }

    /// From the next request on, only these others may ask; none, if the list could not be read.
    pub fn replace(&self, listed: Vec<Origin>) {
        *self.listed.write().unwrap_or_else(PoisonError::into_inner) = listed;
    }

    /// Whether this is one of the others.
    #[must_use]
    pub fn lists(&self, origin: &HeaderValue) -> bool {
        let listed = self.listed.read().unwrap_or_else(PoisonError::into_inner);
        listed.iter().any(|known| known.0.as_bytes() == origin.as_bytes())
    }

    /// Refuses a request that changes something unless a page of ours sent it.
    ///
    /// # Errors
    /// [`Kind::CrossSite`].
    pub fn check(&self, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
        if method.is_safe() {
            return Ok(());
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let fine = match (origins.next(), origins.next()) {
            (Some(origin), None) => origin.as_bytes() == self.own.0.as_bytes() || self.lists(origin),
            (None, _) => headers.get(FETCH_SITE).is_some_and(|site| site.as_bytes() == b"same-origin"),
            _ => false,
        };
        if fine { Ok(()) } else { Err(Kind::CrossSite.into()) }
    }

    /// Answers preflights and echoes listed origins, for paths that begin with `prefix`.
    pub fn layer(&self, prefix: &'static str) -> CorsLayer {
        let origins = self.clone();
        let allowed =
            move |origin: &HeaderValue, parts: &Parts| parts.uri.path().starts_with(prefix) && origins.lists(origin);
        let idempotency = HeaderName::from_static("idempotency-key");
        let request_id = HeaderName::from_static("x-request-id");
        CorsLayer::new()
            .allow_origin(AllowOrigin::predicate(allowed))
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers([header::CONTENT_TYPE, header::IF_MATCH, idempotency])
            .expose_headers([header::ETAG, header::RETRY_AFTER, request_id])
            .max_age(PREFLIGHT_AGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_form_of_browsers_is_an_origin() {
        for fine in ["https://ok.example", "http://localhost:3000", "https://[::1]:8443"] {
            assert_eq!(Origin::parse(fine).unwrap().as_str(), fine);
        }
        let wrong = [
            "",
            "null",
            "*",
            "https://*",
            "ok.example",
            "https://OK.example",
            "https://ok.example/",
            "https://ok.example.",
            "https://ok.example:443",
            "http://ok.example:80",
            "ftp://ok.example",
            "https://a@ok.example",
            "https://",
            "https://ok.example:",
            "https://ok.example/path",
            "https://ok.example:99999",
        ];
        for text in wrong {
            assert_eq!(Origin::parse(text), Err(OriginError), "{text}");
        }
    }
}
