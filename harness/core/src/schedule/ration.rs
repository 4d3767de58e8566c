//! What a node is left with of its machine.

use crate::seed::PerMillion;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};

/// What a node is left with of its machine.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "lowercase")]
pub enum Ration {
    /// This share of one processor.
    Processor {
        /// The share.
        share: PerMillion,
    },
    /// So much room on its disk; a node that needs more may end, and stays down then.
    Disk {
        /// How much, in bytes.
        bytes: u64,
    },
    /// A disk that takes nothing; a node that must write may end, and stays down then.
    #[serde(rename = "read-only-disk")]
    ReadOnly,
    /// So much memory: a node that needs more is killed, and stays down.
    Memory {
        /// How much, in bytes.
        bytes: u64,
    },
}

impl Ration {
    /// Whether it is one of the disk.
    pub fn is_of_the_disk(&self) -> bool {
        matches!(self, Ration::Disk { .. } | Ration::ReadOnly)
    }
}

impl Display for Ration {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Ration::Processor { share } => {
                write!(f, "{} % of a processor", f64::from(share.0) / 10_000.0)
            }
            Ration::Disk { bytes } => write!(f, "{} KiB of its disk", bytes >> 10),
            Ration::ReadOnly => f.write_str("a disk that takes nothing"),
            Ration::Memory { bytes } => write!(f, "{} MiB of memory", bytes >> 20),
        }
    }
}
