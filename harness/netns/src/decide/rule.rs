//! What a disturbance does to the frames of a link.

use super::Chance;
use std::time::Duration;

/// One thing that befalls frames. Several may lie on a link at once: first those that stop a frame
/// are asked, then those that change it, then those that say when it arrives.
///
/// ARP, IGMP and whatever is not IPv4 are no traffic of the system under test: only cuts stop
/// them, nothing is drawn for them, and they have no number.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Rule {
    /// Nothing crosses: neither what is sent while the cut lasts, nor what would arrive then.
    Cut,
    /// Frames are lost.
    Lose {
        /// How many.
        rate: Chance,
    },
    /// Frames are lost, but never more of them than the degree one after the other, over all
    /// links of the disturbance together.
    Omit {
        /// How many.
        rate: Chance,
        /// At most so many in a row.
        degree: u32,
    },
    /// Frames are changed.
    Corrupt {
        /// How many.
        rate: Chance,
        /// In which way.
        what: Corruption,
    },
    /// Datagrams of UDP lose the end of what they carry, with lengths and checksums made right.
    Garble {
        /// How many.
        rate: Chance,
    },
    /// Frames arrive under the address of a node that is neither the sender nor the receiver.
    Forge {
        /// How many.
        rate: Chance,
    },
    /// Frames take longer; if not all by as much, they overtake each other.
    Delay {
        /// At least this much longer.
        least: Duration,
        /// At most this much longer.
        most: Duration,
        /// How many.
        rate: Chance,
    },
    /// Frames are held back, so that those behind overtake them.
    HoldBack {
        /// How many.
        rate: Chance,
        /// For how long.
        by: Duration,
    },
    /// Frames jump the queue: neither a throttle nor a delay of the link applies to them.
    Jump {
        /// How many.
        rate: Chance,
    },
    /// Frames arrive twice.
    Duplicate {
        /// How many.
        rate: Chance,
        /// The second comes at most this much later.
        most: Duration,
    },
    /// Frames leave one after the other; those that come sooner queue.
    Throttle {
        /// How fast.
        pace: Pace,
        /// How many may wait at each link, the one that is leaving included; further ones are lost.
        queue: u32,
    },
}

/// How a frame is changed.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Corruption {
    /// One bit behind the Ethernet header; the kernel of the receiver sees it by the checksum and
    /// drops the frame.
    AnyBit,
    /// One bit of what UDP or TCP carries, with the checksums made right: it reaches the
    /// application.
    PayloadBit,
    /// What UDP or TCP carries, by the switch's [`crate::frame::Rewriter`]; of what that cannot
    /// rewrite, one bit, as by [`PayloadBit`](Corruption::PayloadBit).
    Structured,
}

/// How fast frames leave.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Pace {
    /// One in so long.
    Every(Duration),
    /// So many bits in a second, the Ethernet header counted.
    BitsPerSecond(u64),
}

impl Pace {
    /// How long a frame of this many bytes takes to leave, ns.
    pub(super) fn of(self, bytes: usize) -> u64 {
        match self {
            Pace::Every(time) => nanoseconds(time),
            Pace::BitsPerSecond(rate) => (bytes as u64 * 8_000_000_000) / rate.max(1),
        }
    }
}

/// In 64 bits, which hold 584 years; more is as much.
pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
