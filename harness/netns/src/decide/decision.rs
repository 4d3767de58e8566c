//! What becomes of a frame.

use std::fmt;
use std::time::Duration;

/// What becomes of one frame on one link.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Decision {
    /// The how-manieth frame of the link it is, from 0; none for what is not counted.
    pub number: Option<u64>,
    /// Whether it arrives, or what stops it.
    pub fate: Fate,
    /// What is done to it, in this order, each on behalf of a disturbance.
    pub changes: Vec<(u32, Change)>,
    /// How much later it arrives.
    pub delay: Duration,
    /// How much later than that its second copies arrive.
    pub copies: Vec<Duration>,
    /// The disturbances that have touched it so far; a change adds its own once it has been made.
    pub touched: Vec<u32>,
}

/// Whether a frame arrives.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Fate {
    /// It does.
    #[default]
    Carried,
    /// The link is cut.
    Cut,
    /// It is lost by chance.
    Lost,
    /// It is lost by chance, as one of not too many in a row.
    Omitted,
    /// The queue of a throttle is full.
    Overflowed,
}

/// What is done to a frame, with the random number that says how exactly.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Change {
    /// One bit of it.
    AnyBit(u64),
    /// One bit of what it carries.
    PayloadBit(u64),
    /// What it carries, as its structure allows.
    Structured(u64),
    /// It loses the end of what it carries.
    Truncated(u64),
    /// It gets the address of this node.
    Forged(usize),
}

impl Decision {
    /// Whether the frame crosses at once and as it is.
    pub fn is_plain(&self) -> bool {
        self.fate == Fate::Carried
            && self.delay.is_zero()
            && self.changes.is_empty()
            && self.copies.is_empty()
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fate::Carried => "carried",
            Fate::Cut => "cut",
            Fate::Lost => "lost",
            Fate::Omitted => "omitted",
            Fate::Overflowed => "lost: the queue is full",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::AnyBit(_) => f.write_str("one bit changed"),
            Change::PayloadBit(_) => f.write_str("one bit of the payload changed"),
            Change::Structured(_) => f.write_str("payload rewritten"),
            Change::Truncated(_) => f.write_str("payload cut short"),
            Change::Forged(node) => write!(f, "as if from n{}", node + 1),
        }
    }
}
