//! What happens to one message, and to one disk.

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
}
