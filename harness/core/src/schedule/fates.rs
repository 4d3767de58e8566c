//! What happens to one message, and to one disk.

use crate::id::NodeId;
use crate::schedule::named;
use crate::seed::PerMillion;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// What a crash takes with it of what a failing disk has taken.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "lowercase")]
pub enum Failing {
    /// What was written last, up to this long before the crash; zero: by the handler in the middle
    /// of which the node crashes.
    Lost {
        /// How long writes take to reach the disk.
        unsynced: Span,
    },
    /// The end of the last write: what is left of its value does not decode.
    Torn {
        /// How much of the value is left.
        keep: PerMillion,
    },
    /// Everything since the disk began to fail, though it said that it was safe.
    Lying,
}

impl Failing {
    /// The word for it, as in a schedule file.
    pub fn word(self) -> &'static str {
        match self {
            Failing::Lost { .. } => "lost",
            Failing::Torn { .. } => "torn",
            Failing::Lying => "lying",
        }
    }
}

/// What happens to one message.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "lowercase")]
pub enum Fate {
    /// It is lost.
    Lose,
    /// It takes this much longer.
    Delay {
        /// How much longer.
        by: Span,
    },
    /// It arrives again this much later.
    Duplicate {
        /// How much later.
        by: Span,
    },
    /// One bit of it is changed.
    Corrupt,
    /// Its end is missing.
    Garble,
    /// Its sender says something else, and is Byzantine for the whole run.
    Lie {
        /// Which of the changes that its structure allows.
        draw: u32,
    },
    /// Its sender lies: one field of it takes the value that it had in an earlier message of the
    /// sender, to whomever.
    Earlier {
        /// The receiver of that message.
        #[serde(with = "named::node")]
        meant_for: NodeId,
        /// The how-manieth it was on its link.
        earlier: u32,
        /// Which of the fields that differ.
        draw: u32,
    },
    /// Its sender lies: an earlier message of the sender, to whomever, comes instead.
    Replay {
        /// The receiver of that message.
        #[serde(with = "named::node")]
        meant_for: NodeId,
        /// The how-manieth it was on its link.
        earlier: u32,
        /// Whether this one comes as well.
        #[serde(default, skip_serializing_if = "named::is_default")]
        besides: bool,
    },
    /// Its sender, who is Byzantine for the whole run, does not send it.
    Withhold,
    /// Its sender, who is Byzantine for the whole run, sends it so much later.
    Stall {
        /// How much later.
        by: Span,
    },
    /// Its sender lies: of its authenticators, one for each node, some are spoilt.
    Spoil {
        /// Which: that of the i-th node if bit i (modulo 32) is set, counted from 0.
        entries: u32,
    },
}

impl Fate {
    /// Whether whoever sends such a message lies.
    pub fn is_a_lie(self) -> bool {
        use Fate::{Earlier, Lie, Replay, Spoil, Stall, Withhold};
        matches!(
            self,
            Lie { .. } | Earlier { .. } | Replay { .. } | Withhold | Stall { .. } | Spoil { .. }
        )
    }
}
