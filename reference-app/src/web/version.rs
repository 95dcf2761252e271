//! Versions of what is read and changed: `ETag` and `If-Match`; and bodies with an `Idempotency-Key`.
//!
//! # Source
//! RFC 9110 sections 8.8.3 and 13.1.1; draft-ietf-httpapi-idempotency-key-header.

use super::json::Json;
use super::problem::{Kind, Problem};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use core::fmt;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The header with the key of a request that may be sent again.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is that of an earlier request with the same key.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// What the answer with a chart has: a buffer of this size does not grow by halves.
const USUAL_BYTES: usize = 16 * 1024;

/// The version that a change is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut given = parts.headers.get_all(header::IF_MATCH).iter();
        let value = given.next().ok_or(Kind::PreconditionRequired)?;
        let text = value.to_str().ok().filter(|_| given.next().is_none()).ok_or(Kind::Malformed)?;
        let number = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
        let plain = |number: &&str| number.bytes().all(|byte| byte.is_ascii_digit());
        number.filter(plain).and_then(|number| number.parse().ok()).map(Self).ok_or_else(|| Kind::Malformed.into())
    }
}

/// The tag of a version.
#[must_use]
pub fn etag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// An answer with the version of what it shows.
#[derive(Debug)]
pub struct Versioned<T>(pub u64, pub T);

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL_BYTES);
        match serde_json::to_writer(&mut body, &self.1) {
            Ok(()) => ([(header::ETAG, etag(self.0)), (header::CONTENT_TYPE, JSON)], body).into_response(),
            Err(_) => Problem::new(Kind::Internal).into_response(),
        }
    }
}

/// The answer to a request that wrote: 201 with its place for something new, 204 else; and the version.
#[derive(Debug)]
pub struct Wrote {
    /// Where the new thing is.
    pub location: Option<String>,
    /// Its version.
    pub version: u64,
    /// Whether an earlier request wrote it.
    pub replayed: bool,
}

impl IntoResponse for Wrote {
    fn into_response(self) -> Response {
        let status = if self.location.is_some() { StatusCode::CREATED } else { StatusCode::NO_CONTENT };
        let mut response = (status, [(header::ETAG, etag(self.version))]).into_response();
        if let Some(place) = self.location.and_then(|place| HeaderValue::from_str(&place).ok()) {
            response.headers_mut().insert(header::LOCATION, place);
        }
        if self.replayed {
            response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

/// A body of JSON as it came and as it reads, and the key of the request, if it has one.
pub struct Keyed<T> {
    /// The body.
    pub body: T,
    /// Its bytes.
    pub bytes: Bytes,
    /// The key.
    pub key: Option<String>,
}

/// Without the body, which may be about a patient.
impl<T> fmt::Debug for Keyed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyed(…)")
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Keyed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mut given = parts.headers.get_all(&IDEMPOTENCY_KEY).iter();
        let key = given.next().map(|key| key.to_str().map(str::to_owned).map_err(|_| Kind::Malformed)).transpose()?;
        if given.next().is_some() {
            return Err(Kind::Malformed.into());
        }
        let bytes = Bytes::from_request(Request::from_parts(parts.clone(), body), state).await;
        let bytes = bytes.map_err(|error| match error.into_response().status() {
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            _ => Kind::Malformed,
        })?;
        let again = Request::from_parts(parts, Body::from(bytes.clone()));
        let Json(body) = Json::from_request(again, state).await?;
        Ok(Self { body, bytes, key })
    }
}
