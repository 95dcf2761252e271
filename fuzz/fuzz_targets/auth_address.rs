//! No forwarded header makes finding the client panic; without named proxies it changes nothing.
#![no_main]

use hipaa_core::auth::network::{ClientNetwork, TrustedProxies};
use libfuzzer_sys::fuzz_target;
use std::net::IpAddr;

fuzz_target!(|text: &str| {
    let peer = IpAddr::from([10, 0, 0, 1]);
    let stranger = ClientNetwork::of_request(peer, text.lines(), &TrustedProxies::default());
    assert!(stranger == ClientNetwork::from_address(peer));
    let proxies = TrustedProxies::parse(["10.0.0.0/8"]).expect("a network");
    let _ = ClientNetwork::of_request(peer, text.lines(), &proxies);
    let _ = TrustedProxies::parse(text.lines());
});
