//! What the kernel has dropped, by its own count.

use super::netlink::{Message, Netlink, attribute};
use super::tap::CARD;
use crate::errors::at;
use nix::libc;
use std::io;

/// Where `tx_dropped` stands in `struct rtnl_link_stats64`, in words of 64 bits.
const SENDS_DROPPED: usize = 7;

/// Length of `struct ifinfomsg`.
const FIXED: usize = 16;

/// How many frames the card has not handed to whoever reads it, since nobody read in time.
pub fn of_card(netlink: &Netlink) -> io::Result<u64> {
    let name = [CARD.as_bytes(), &[0]].concat();
    let question = Message::new(libc::RTM_GETLINK, 0, &[0; FIXED]).with(libc::IFLA_IFNAME, &name);
    let answer = netlink.ask(question).map_err(|error| at("asking for the drops", error))?;
    answer
        .get(FIXED..)
        .and_then(|attributes| attribute(attributes, libc::IFLA_STATS64))
        .and_then(|counts| counts.get(8 * SENDS_DROPPED..)?.first_chunk())
        .map(|count| u64::from_ne_bytes(*count))
        .ok_or_else(|| io::Error::other("the kernel counts no drops of this card"))
}
