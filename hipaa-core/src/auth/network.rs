//! Which network a request comes from: what limits and lockouts count by.
//!
//! The peer's own address counts unless the peer is a proxy that the operator has named. Then the addresses that proxies
//! have appended to `X-Forwarded-For` are read from the *right*: the first that is not a named proxy is the client. What
//! stands further left was sent by the client and may be anything.

use crate::red::{Safeguard, removed};
use std::net::{IpAddr, Ipv6Addr};

/// The most entries of `X-Forwarded-For` that are read.
pub const MAX_HOPS: usize = 32;

/// A client as limits see it: one IPv4 address, or one /64 of IPv6, which is what one host can have all of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientNetwork(Net);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Net {
    V4([u8; 4]),
    V6([u8; 16]),
}

impl ClientNetwork {
    /// The network of an address. IPv4 mapped into IPv6 is IPv4.
    #[must_use]
    pub fn from_address(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => Net::V4(v4.octets()),
            IpAddr::V6(v6) if removed(Safeguard::NetworkPrefix) => Net::V6(v6.octets()),
            IpAddr::V6(v6) => Net::V6((u128::from(v6) >> 64 << 64).to_be_bytes()),
        })
    }

    /// The network of a request: `peer` is the address of the connection, `forwarded` the values of its
    /// `X-Forwarded-For` headers in the order in which they came.
    ///
    /// An entry that is no address ends the walk: the last named proxy is then the client, so that nonsense shares one
    /// count.
    #[must_use]
    pub fn of_request<'a>(
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
        proxies: &TrustedProxies,
    ) -> Self {
        Self::from_address(client_address(peer, forwarded, proxies))
    }

    /// The bytes that stand for the network in keys: 4 for IPv4, the 8 of the prefix for IPv6.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match &self.0 {
            Net::V4(octets) => octets.to_vec(),
            Net::V6(octets) if removed(Safeguard::NetworkPrefix) => octets.to_vec(),
            Net::V6(octets) => octets.iter().take(8).copied().collect(),
        }
    }
}

/// The address behind a request, as [`ClientNetwork::of_request`] finds it: what entries name.
#[must_use]
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
    proxies: &TrustedProxies,
) -> IpAddr {
    let mut client = peer.to_canonical();
    let entries = forwarded.rev().flat_map(|value| value.rsplit(','));
    for entry in entries.take(MAX_HOPS) {
        if !proxies.contains(client) && !removed(Safeguard::TrustedProxy) {
            break;
        }
        let Some(next) = address(entry.trim_matches([' ', '\t'])) else { break };
        client = next;
    }
    client
}

/// An address as proxies write it: bare, in brackets, with or without a port.
fn address(entry: &str) -> Option<IpAddr> {
    let bracketed = entry.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inner, _)| inner);
    let bare = bracketed.unwrap_or(entry);
    let parsed =
        bare.parse().ok().or_else(|| bare.parse::<std::net::SocketAddr>().ok().map(|with_port| with_port.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

/// The proxies in front of the application: networks in CIDR notation. Empty, nothing that is forwarded is believed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<(u128, u8)>);

/// Text that is not a network in CIDR notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a network in CIDR notation, such as 10.0.0.0/8 or 2001:db8::/32")]
pub struct NetworkError;

impl TrustedProxies {
    /// Networks such as `10.0.0.0/8` and `2001:db8::/32`; a bare address is one host.
    ///
    /// # Errors
    /// [`NetworkError`] for anything else, and for a network with bits set beyond its prefix.
    pub fn parse<'a>(networks: impl IntoIterator<Item = &'a str>) -> Result<Self, NetworkError> {
        networks.into_iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether the address is one of theirs.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let bits = wide(address);
        self.0.iter().any(|(base, prefix)| (bits ^ base).leading_zeros() >= u32::from(*prefix))
    }
}

/// The network's bits and prefix in the space of IPv6, in which IPv4 is the mapped /96.
fn network(text: &str) -> Result<(u128, u8), NetworkError> {
    let (host, prefix) = text.split_once('/').map_or((text, None), |(host, prefix)| (host, Some(prefix)));
    let host: IpAddr = host.parse().map_err(|_| NetworkError)?;
    let (width, offset) = if host.is_ipv4() { (32, 96) } else { (128, 0) };
    let prefix = prefix.map_or(Ok(width), |digits| canonical(digits).filter(|p| *p <= width).ok_or(NetworkError))?;
    let (bits, prefix) = (wide(host), prefix + offset);
    let host_bits = bits.checked_shl(u32::from(prefix)).unwrap_or(0);
    if host_bits == 0 { Ok((bits, prefix)) } else { Err(NetworkError) }
}

/// A decimal number without sign and leading zeros.
fn canonical(digits: &str) -> Option<u8> {
    digits.parse().ok().filter(|number: &u8| number.to_string() == digits)
}

fn wide(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().into(),
        IpAddr::V6(v6) => Ipv6Addr::into(v6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::red::without;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn net(text: &str) -> ClientNetwork {
        ClientNetwork::from_address(ip(text))
    }

    fn seen(peer: &str, forwarded: &[&str]) -> ClientNetwork {
        let proxies = TrustedProxies::parse(["10.0.0.0/8", "2001:db8:ff::/48"]).unwrap();
        ClientNetwork::of_request(ip(peer), forwarded.iter().copied(), &proxies)
    }

    #[test]
    fn l7_a_header_from_a_stranger_is_not_believed() {
        let rotating = || seen("203.0.113.9", &["1.2.3.4"]) == seen("203.0.113.9", &["5.6.7.8"]);
        assert!(rotating());
        assert_eq!(seen("203.0.113.9", &["1.2.3.4"]), net("203.0.113.9"));
        assert!(!without(Safeguard::TrustedProxy, rotating));
    }

    #[test]
    fn l7_behind_a_proxy_the_rightmost_stranger_is_the_client() {
        let client = net("203.0.113.9");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9"]), client);
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 7.7.7.7, 203.0.113.9"]), client);
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "203.0.113.9, 10.9.9.9"]), client);
        assert_eq!(seen("10.0.0.1", &["203.0.113.9:4711"]), client);
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:203.0.113.9"]), client);
        assert_eq!(seen("2001:db8:ff::1", &["[2001:db8:1::5]:443"]), net("2001:db8:1::77"));
    }

    #[test]
    fn l7_nonsense_behind_a_proxy_counts_as_the_proxy() {
        for nonsense in ["", "unknown", "203.0.113.9, for=x", "203.0.113.9, 999.1.1.1", "[::1"] {
            assert_eq!(seen("10.0.0.1", &[nonsense]), net("10.0.0.1"), "{nonsense}");
        }
        assert_eq!(seen("10.0.0.1", &[]), net("10.0.0.1"));
        let endless = vec!["10.1.1.1"; 10_000].join(",");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", &endless]), net("10.1.1.1"), "the walk is bounded");
    }

    #[test]
    fn l7_the_addresses_of_one_ipv6_host_are_one_client() {
        let rotated = || net("2001:db8:1:2:aaaa::1") == net("2001:db8:1:2:ffff:1:2:3");
        assert!(rotated());
        assert!(!without(Safeguard::NetworkPrefix, rotated));
        assert_ne!(net("2001:db8:1:2::1"), net("2001:db8:1:3::1"));
        assert_eq!(net("2001:db8:1:2::1").to_bytes(), [0x20, 1, 0xD, 0xB8, 0, 1, 0, 2]);
        assert_ne!(net("203.0.113.9"), net("203.0.113.10"));
        assert_eq!(net("::ffff:203.0.113.9"), net("203.0.113.9"));
    }

    #[test]
    fn networks_are_read_strictly() {
        for wrong in ["", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.0/08", "10.0.0.0/+8", "::/129", "proxy", "10.0.0.0/"] {
            assert_eq!(TrustedProxies::parse([wrong]), Err(NetworkError), "{wrong}");
        }
        let all = TrustedProxies::parse(["0.0.0.0/0"]).unwrap();
        assert!(all.contains(ip("203.0.113.9")) && !all.contains(ip("2001:db8::1")));
        let host = TrustedProxies::parse(["192.0.2.7", "::1/128"]).unwrap();
        assert!(host.contains(ip("192.0.2.7")) && !host.contains(ip("192.0.2.6")) && host.contains(ip("::1")));
    }
}
