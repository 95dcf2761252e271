//! Where a request comes from: the client, not the proxy in front.

use super::problem::{Kind, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use hipaa_core::auth::network::{ClientNetwork, TrustedProxies, client_address};
use hipaa_core::identity::Client;
use std::net::IpAddr;
use std::sync::Arc;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Where a request comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    address: IpAddr,
    secure: bool,
    user_agent: Option<Arc<str>>,
    device: Option<Arc<str>>,
}

impl Caller {
    /// The caller of a request that came from `peer`. What is forwarded is believed of named proxies only.
    #[must_use]
    pub fn of_request(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> Self {
        let forwarded = headers.get_all(FORWARDED_FOR).iter().map(|value| value.to_str().unwrap_or_default());
        let forwarded = forwarded.collect::<Vec<_>>();
        let proto = headers.get_all(FORWARDED_PROTO).iter().next_back();
        let https = proto.is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"));
        let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Self {
            address: client_address(peer, forwarded.iter().copied(), proxies),
            secure: https && proxies.contains(peer),
            user_agent: user_agent.map(Into::into),
            device: super::cookie::read(headers, super::cookie::DEVICE).map(Into::into),
        }
    }

    /// The address of the client.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.address
    }

    /// Whether a named proxy says that the client uses HTTPS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// For the login.
    #[must_use]
    pub fn client(&self) -> Client<'_> {
        Client {
            network: ClientNetwork::from_address(self.address),
            address: Some(self.address),
            user_agent: self.user_agent.as_deref(),
            device: self.device.as_deref(),
        }
    }
}

/// Of a request that passed the frame.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Kind::Internal.into())
    }
}
