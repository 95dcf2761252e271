//! The security headers. A handler may set a policy of its own for content and caching; the rest is not its choice.
//!
//! # Source
//! 45 CFR § 164.312(e)(1); OWASP ASVS 5.0, 3.4.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const fn name(name: &'static str) -> HeaderName {
    HeaderName::from_static(name)
}

const fn value(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

/// On every response, whatever its handler says.
#[must_use]
pub fn fixed() -> [(HeaderName, HeaderValue); 8] {
    [
        (header::STRICT_TRANSPORT_SECURITY, value("max-age=63072000; includeSubDomains; preload")),
        (header::X_FRAME_OPTIONS, value("DENY")),
        (header::X_CONTENT_TYPE_OPTIONS, value("nosniff")),
        (header::X_XSS_PROTECTION, value("1; mode=block")),
        (header::REFERRER_POLICY, value("strict-origin-when-cross-origin")),
        (name("permissions-policy"), value("camera=(self), geolocation=(), microphone=(), payment=(), usb=()")),
        (name("cross-origin-opener-policy"), value("same-origin")),
        (name("cross-origin-resource-policy"), value("same-origin")),
    ]
}

/// On every response that has no other.
#[must_use]
pub fn fallback() -> [(HeaderName, HeaderValue); 2] {
    let policy = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    [(header::CONTENT_SECURITY_POLICY, value(policy)), (header::CACHE_CONTROL, value("no-store"))]
}

/// Puts them on.
pub fn apply(headers: &mut HeaderMap) {
    for (name, value) in fixed() {
        headers.insert(name, value);
    }
    for (name, value) in fallback() {
        headers.entry(name).or_insert(value);
    }
}
