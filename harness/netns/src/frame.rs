//! Ethernet frames as the switch sees them: what they are, and how they are changed.
//!
//! Everything here is a pure function over bytes. Nodes may send any bytes, so a frame that is not
//! what it says it is, in any length or in any field, is left as it is: no function panics.
//!
//! What is known: ARP, and IPv4 with options and fragments, with UDP, TCP, ICMP and IGMP inside.
//! The interfaces of the nodes have neither VLANs nor IPv6.
//!
//! # Why not a library
//! Frames are changed in place, a hundred thousand a second, and everything that is not changed
//! must stay as it was, down to reserved bits and wrong checksums. `etherparse` is well kept, but
//! its views are for reading: to write, it builds headers anew, and knows no change that keeps the
//! checksum of a fragment. It checks our checksums in the tests.
#![forbid(unsafe_code)]

mod carried;
mod checksum;
mod draw;
mod field;
mod flip;
mod forge;
mod kind;
mod packet;
mod payload;
mod rewriter;
mod segment;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod samples;

pub use flip::{flip_any_bit, flip_payload_bit};
pub use forge::forge_source;
pub use kind::{Kind, is_exempt, kind};
pub use payload::{payload, replace_payload, truncate_payload};
pub use rewriter::Rewriter;
