//! Where a node lives: in the harness's time, or in its own.

use crate::features::{OFFERED, OFFERED_IN_REAL_TIME, VIRTUAL_TIME};
use crate::node::Stopped;
use crate::node::disk::{self, Disk};
use crate::node::timers::{Timers, now};
use crate::words::Init;
use pepperland_core::contract::Stable;
use pepperland_core::time::{Span, Time};
use std::path::Path;

/// Where a node lives.
#[derive(Debug)]
pub enum Surroundings {
    /// The harness has the clock, the timers and the disk.
    Virtual,
    /// They are the node's own.
    Real(Own),
}

/// A node's own timers and disk.
#[derive(Debug)]
pub struct Own {
    /// What runs out when.
    pub timers: Timers,
    /// What a crash does not lose.
    pub disk: Disk,
}

impl Surroundings {
    /// Where a node lives that is offered this, and what was on its disk.
    ///
    /// # Errors
    /// If what is on the disk is not a node's.
    pub fn of(init: &Init, working_directory: &Path) -> Result<(Surroundings, Stable), Stopped> {
        if VIRTUAL_TIME.iter().all(|feature| init.features.iter().any(|offered| offered == feature))
        {
            return Ok((Surroundings::Virtual, disk::from_harness(&init.storage)?));
        }
        let (disk, stable) = Disk::open(working_directory)?;
        Ok((Surroundings::Real(Own { timers: Timers::default(), disk }), stable))
    }

    /// What the node asks for, whose groups have views or not.
    pub fn features(&self, init: &Init, views: bool) -> Vec<&'static str> {
        let wanted = match self {
            Surroundings::Virtual => &OFFERED[..],
            Surroundings::Real(_) => &OFFERED_IN_REAL_TIME[..],
        };
        let offered = |feature: &&str| init.features.iter().any(|name| name == feature);
        let useful = |feature: &&str| views || *feature != "views";
        wanted.iter().copied().filter(offered).filter(useful).collect()
    }

    /// Whether the harness drives it.
    pub fn is_virtual(&self) -> bool {
        matches!(self, Surroundings::Virtual)
    }

    /// What its clock shows, if a line said this.
    pub fn read_clock(&self, told: Option<u64>) -> Time {
        match self {
            Surroundings::Virtual => Time(told.unwrap_or_default()),
            Surroundings::Real(_) => now(),
        }
    }

    /// How long to wait for a line at most.
    pub fn patience(&self) -> Option<Span> {
        match self {
            Surroundings::Virtual => None,
            Surroundings::Real(own) => own.timers.wait(now()),
        }
    }
}
