//! Why a connection is of no more use.

use pepperland_core::contract::Garbled;
use std::io::{self, ErrorKind};

/// Why a connection is of no more use.
#[derive(Debug)]
pub enum Broken {
    /// It has ended.
    Ended,
    /// Nothing moves on it.
    Stalled,
    /// What came over it makes no sense.
    Garbled,
}

impl From<io::Error> for Broken {
    fn from(_: io::Error) -> Broken {
        Broken::Ended
    }
}

impl From<Garbled> for Broken {
    fn from(Garbled: Garbled) -> Broken {
        Broken::Garbled
    }
}

/// Whether a socket is as good as before, and only has nothing to read or to take.
pub fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
