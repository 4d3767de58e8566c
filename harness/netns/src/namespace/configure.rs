//! How the network of a node is set up: addresses, routes, and who the others are.

use super::address::{PREFIX, ip, mac};
use super::netlink::{Message, Netlink};
use super::tap::CARD;
use crate::errors::at;
use nix::libc;
use std::io;

/// How many frames may wait in a card for the switch; the kernel's own default is 1000.
const QUEUE: u32 = 10_000;

/// The first interface of every namespace.
const LOOPBACK: u32 = 1;

/// From <linux/if_addr.h>, of which libc has not all.
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;

/// Sets up the card of a node among `nodes` of them. The calling thread and the socket are in its
/// namespace.
pub fn configure(netlink: &Netlink, node: usize, nodes: usize) -> io::Result<()> {
    without_ipv6();
    let card = netlink.index_of(CARD);
    let card = card.map_err(|error| at("looking for the card of a node", error))?;
    let step = |what: &str, done: io::Result<()>| done.map_err(|error| at(what, error));
    step("setting lo up", netlink.request(up(LOOPBACK)))?;
    step("setting the hardware address of a card", netlink.request(identity(card, node)))?;
    step("giving a card its address", netlink.request(address(card, node)))?;
    step("setting a card up", netlink.request(up(card)))?;
    step("making a default route", netlink.request(default_route(card)))?;
    for other in (0..nodes).filter(|other| *other != node) {
        step("making a neighbour known", netlink.request(neighbour(card, other)))?;
    }
    Ok(())
}

/// IPv6 would talk by itself, in frames that nobody asked for. Where it cannot be switched off
/// (/proc/sys read-only, as in many containers) the switch carries it undisturbed and uncounted.
fn without_ipv6() {
    let _ = std::fs::write(format!("/proc/sys/net/ipv6/conf/{CARD}/disable_ipv6"), "1");
}

/// `struct ifinfomsg`: family, type, index, flags, which flags.
fn interface(index: u32, flags: u32, changed: u32) -> [u8; 16] {
    let mut fixed = [0; 16];
    fixed[4..8].copy_from_slice(&index.to_ne_bytes());
    fixed[8..12].copy_from_slice(&flags.to_ne_bytes());
    fixed[12..].copy_from_slice(&changed.to_ne_bytes());
    fixed
}

fn up(index: u32) -> Message {
    let flag = libc::IFF_UP as u32;
    Message::new(libc::RTM_NEWLINK, libc::NLM_F_ACK, &interface(index, flag, flag))
}

fn identity(card: u32, node: usize) -> Message {
    Message::new(libc::RTM_NEWLINK, libc::NLM_F_ACK, &interface(card, 0, 0))
        .with(libc::IFLA_ADDRESS, &mac(node))
        .with(libc::IFLA_TXQLEN, &QUEUE.to_ne_bytes())
}

/// With `struct ifaddrmsg`: family, prefix, flags, scope, index.
fn address(card: u32, node: usize) -> Message {
    let mut fixed = [libc::AF_INET as u8, PREFIX, 0, 0, 0, 0, 0, 0];
    fixed[4..].copy_from_slice(&card.to_ne_bytes());
    let flags = libc::NLM_F_ACK | libc::NLM_F_CREATE | libc::NLM_F_EXCL;
    Message::new(libc::RTM_NEWADDR, flags, &fixed)
        .with(IFA_LOCAL, &ip(node).octets())
        .with(IFA_ADDRESS, &ip(node).octets())
        .with(IFA_BROADCAST, &[10, 77, 255, 255])
}

/// Without a route, sending to a multicast group or to 255.255.255.255 fails. With `struct rtmsg`:
/// family, two prefixes, tos, table, protocol, scope, type, flags.
fn default_route(card: u32) -> Message {
    let fixed = [
        libc::AF_INET as u8,
        0,
        0,
        0,
        libc::RT_TABLE_MAIN,
        libc::RTPROT_STATIC,
        libc::RT_SCOPE_LINK,
        libc::RTN_UNICAST,
        0,
        0,
        0,
        0,
    ];
    let flags = libc::NLM_F_ACK | libc::NLM_F_CREATE;
    Message::new(libc::RTM_NEWROUTE, flags, &fixed).with(libc::RTA_OIF, &card.to_ne_bytes())
}

/// Known for good: were it asked for by ARP, a cut of one direction would end the other after a
/// minute too. With `struct ndmsg`: family, padding, index, state, flags, type.
fn neighbour(card: u32, other: usize) -> Message {
    let mut fixed = [0; 12];
    fixed[0] = libc::AF_INET as u8;
    fixed[4..8].copy_from_slice(&card.to_ne_bytes());
    fixed[8..10].copy_from_slice(&libc::NUD_PERMANENT.to_ne_bytes());
    let flags = libc::NLM_F_ACK | libc::NLM_F_CREATE | libc::NLM_F_REPLACE;
    Message::new(libc::RTM_NEWNEIGH, flags, &fixed)
        .with(libc::NDA_DST, &ip(other).octets())
        .with(libc::NDA_LLADDR, &mac(other))
}
