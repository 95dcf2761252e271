//! Cookies that only this host gets back, over HTTPS alone, and that no script can read.
//!
//! # Source
//! RFC 6265bis, cookie prefix `__Host-`: Secure, Path=/, no Domain.

use axum::http::{HeaderMap, HeaderValue, header};
use core::time::Duration;
use hipaa_core::identity::{NewSession, Pending};
use secrecy::{ExposeSecret, SecretString};

/// The session.
pub const SESSION: &str = "__Host-session";
/// The login whose code is outstanding.
pub const PENDING: &str = "__Host-pending";
/// The known device.
pub const DEVICE: &str = "__Host-device";

const DEVICE_LIFE: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The value of a cookie, if it came exactly once: of two, one was planted.
#[must_use]
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    let value = found.next()?;
    found.next().is_none().then_some(value)
}

/// Sets or removes cookies on a response.
#[derive(Debug, Default)]
pub struct Cookies(HeaderMap);

impl Cookies {
    /// Those of a session: its token, and the device's. What was pending has ended.
    #[must_use]
    pub fn of_session(session: &NewSession) -> Self {
        let cookies = Self::default().set(SESSION, &session.token.text(), None);
        cookies.set(DEVICE, &session.device, Some(DEVICE_LIFE)).remove(PENDING)
    }

    /// That of a login whose code is outstanding. It is for a browser to forget it in time; the server does so by itself.
    #[must_use]
    pub fn of_pending(pending: &Pending) -> Self {
        Self::default().set(PENDING, &pending.token.text(), None)
    }

    /// The end of all but the device.
    #[must_use]
    pub fn end() -> Self {
        Self::default().remove(SESSION).remove(PENDING)
    }

    fn set(self, name: &str, value: &SecretString, life: Option<Duration>) -> Self {
        let age = life.map(|life| format!("; Max-Age={}", life.as_secs())).unwrap_or_default();
        self.push(&format!("{name}={}{age}{ATTRIBUTES}", value.expose_secret()))
    }

    fn remove(self, name: &str) -> Self {
        self.push(&format!("{name}=; Max-Age=0{ATTRIBUTES}"))
    }

    fn push(mut self, line: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(line) {
            value.set_sensitive(true);
            self.0.append(header::SET_COOKIE, value);
        }
        self
    }

    /// As headers, for the parts of a response.
    #[must_use]
    pub fn headers(self) -> HeaderMap {
        self.0
    }
}

const ATTRIBUTES: &str = "; Path=/; Secure; HttpOnly; SameSite=Strict";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_that_came_twice_is_none() {
        let read_of = |line: &'static str| {
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, HeaderValue::from_static(line));
            read(&headers, SESSION).map(str::to_owned)
        };
        assert_eq!(read_of("a=b; __Host-session=one"), Some("one".to_owned()));
        assert_eq!(read_of("__Host-session=one; __Host-session=two"), None);
        assert_eq!(read_of("__host-session=one; session=two"), None);
    }
}
