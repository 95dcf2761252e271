//! Errors as problem+json: a stable kind, the request's id, and which rule a field broke. Never a word of the input.
//!
//! A [`Problem`] becomes a response without a body; the [frame](super::frame) writes the body, because it knows the
//! request's id. It does so for every error that has no problem, too, so that no other text gets out.
//!
//! # Source
//! RFC 9457.

mod library;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use core::time::Duration;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response as Described, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:ident, $slug:literal, $title:literal;)*) => {
        /// What is wrong. The names in `type` are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Kind { $($(#[$doc])* $kind,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            const fn entry(self) -> (StatusCode, &'static str, &'static str) {
                match self { $(Self::$kind => (StatusCode::$status, concat!("/problems/", $slug), $title),)* }
            }
        }
    };
}

kinds! {
    /// The request is not what the API describes.
    Malformed = BAD_REQUEST, "malformed", "The request does not have the documented form.";
    /// There is no session, or it has ended.
    NotSignedIn = UNAUTHORIZED, "not-signed-in", "Sign in first.";
    /// Name, password, code or token: which of them is not said.
    WrongCredentials = UNAUTHORIZED, "wrong-credentials", "What was given does not sign anybody in.";
    /// The session may only change the password.
    MustChange = FORBIDDEN, "password-must-change", "The password must be changed first.";
    /// Password, and code where enrolled, again.
    StepUpNeeded = FORBIDDEN, "step-up-needed", "Give the password again first.";
    /// No permission.
    Denied = FORBIDDEN, "denied", "You may not do this.";
    /// A page of another site sent the request.
    CrossSite = FORBIDDEN, "cross-site", "The request does not come from a page of this application.";
    /// HTTPS only.
    HttpsRequired = FORBIDDEN, "https-required", "Use HTTPS.";
    /// There is none, or not for this actor.
    NotFound = NOT_FOUND, "not-found", "There is nothing here.";
    /// Another method.
    MethodNotAllowed = METHOD_NOT_ALLOWED, "method-not-allowed", "This cannot be done here.";
    /// The request took too long to arrive.
    Slow = REQUEST_TIMEOUT, "slow", "The request took too long to arrive.";
    /// It stands in the way of something that is there.
    Conflict = CONFLICT, "conflict", "This does not go with what is there.";
    /// The record was altered behind the application's back.
    Altered = CONFLICT, "altered", "The record was altered behind the application's back; it is not changed.";
    /// Another version.
    Stale = PRECONDITION_FAILED, "stale", "It was changed in between: read it again.";
    /// No `If-Match`.
    PreconditionRequired = PRECONDITION_REQUIRED, "precondition-required", "Say which version is changed, with If-Match.";
    /// Too long.
    TooLarge = PAYLOAD_TOO_LARGE, "too-large", "The request is too long.";
    /// No JSON.
    MediaType = UNSUPPORTED_MEDIA_TYPE, "media-type", "Send application/json.";
    /// A field breaks a rule.
    Invalid = UNPROCESSABLE_ENTITY, "invalid", "A field breaks a rule.";
    /// Too many of them.
    TooMany = TOO_MANY_REQUESTS, "too-many", "Too many requests.";
    /// A mistake of the application.
    Internal = INTERNAL_SERVER_ERROR, "internal", "This did not work; it is not your fault.";
    /// Too much at once.
    Busy = SERVICE_UNAVAILABLE, "busy", "Too much at once: try again later.";
    /// Database, log, key or witness fails. Nothing was done that is not on record.
    Unavailable = SERVICE_UNAVAILABLE, "unavailable", "This is out of service for now.";
}

impl Kind {
    /// The status.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        self.entry().0
    }

    /// The name that stays.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.entry().1
    }

    /// The kind of an error response that has none.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        let same = Self::ALL.iter().find(|kind| kind.status() == status);
        let other = if status.is_server_error() { Self::Internal } else { Self::Malformed };
        same.copied().unwrap_or(other)
    }
}

/// A field and the rule that it breaks; never its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field.
    pub field: &'static str,
    /// The rule.
    pub rule: String,
}

/// An error on its way to the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    kind: Kind,
    retry_after: Option<Duration>,
    errors: Vec<FieldError>,
    cause: Option<String>,
}

/// The body of an error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// What is wrong, as a name that stays.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The same for people.
    pub title: &'static str,
    /// The status.
    pub status: u16,
    /// By which the log names the request.
    pub request_id: String,
    /// The fields that break a rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem of this kind.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, retry_after: None, errors: Vec::new(), cause: None }
    }

    /// The same, with when to try again.
    #[must_use]
    pub fn retry_after(self, after: Duration) -> Self {
        Self { retry_after: Some(after), ..self }
    }

    /// The same, with a field and the rule that it breaks.
    #[must_use]
    pub fn field(mut self, field: &'static str, rule: impl Into<String>) -> Self {
        self.errors.push(FieldError { field, rule: rule.into() });
        self
    }

    /// The same, with the text of one of our own errors, for the log alone.
    #[must_use]
    pub fn caused_by(self, error: &impl ToString) -> Self {
        Self { cause: Some(error.to_string()), ..self }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// For the log.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    /// The response with its body.
    #[must_use]
    pub fn render(&self, request_id: &str) -> Response {
        let (status, kind, title) = self.kind.entry();
        let (request_id, errors) = (request_id.to_owned(), self.errors.clone());
        let body = ProblemBody { kind, title, status: status.as_u16(), request_id, errors };
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let kind = HeaderValue::from_static("application/problem+json");
        let mut response = (status, [(header::CONTENT_TYPE, kind)], body).into_response();
        if let Some(after) = self.retry_after {
            let seconds = after.as_secs() + u64::from(after.subsec_nanos() > 0);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

/// In a description, every error that there is: the gate and the frame answer for every route.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<Described>> {
        let schema = Ref::from_schema_name(ProblemBody::name());
        let answer = |kind: &Kind| {
            let content = ContentBuilder::new().schema(Some(schema.clone())).build();
            let titles = Kind::ALL.iter().filter(|other| other.status() == kind.status()).map(|kind| kind.entry().2);
            let described = ResponseBuilder::new().description(titles.collect::<Vec<_>>().join(" Or: "));
            let described = described.content("application/problem+json", content).build();
            (kind.status().as_str().to_owned(), RefOr::T(described))
        };
        Kind::ALL.iter().map(answer).collect()
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.kind.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
