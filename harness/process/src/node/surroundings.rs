//! Where a node lives: in the harness's time, or in its own, perhaps with sockets of its own.

use crate::features::{OFFERED, OFFERED_IN_REAL_TIME, VIRTUAL_TIME};
use crate::node::Stopped;
use crate::node::disk::{self, Disk};
use crate::node::host::host;
use crate::node::part::Part;
use crate::node::sockets::Sockets;
use crate::node::timers::{Timers, now};
use crate::words::Init;
use pepperland_core::contract::Host;
use pepperland_core::time::{Span, Time};
use std::path::Path;

/// Where a node lives.
#[derive(Debug)]
pub enum Surroundings {
    /// The harness has the clock, the timers and the disk.
    Virtual,
    /// They are the node's own.
    Real(Box<Own>),
}

/// A node's own timers, disk and sockets.
#[derive(Debug)]
pub struct Own {
    /// What runs out when.
    pub timers: Timers,
    /// What a crash does not lose.
    pub disk: Disk,
    /// How it reaches the others, if not by lines.
    pub sockets: Option<Sockets>,
}

const SOCKETS_IN_VIRTUAL_TIME: &str = "sockets know no virtual time: leave out \"addresses\", or \
    the features \"time\", \"timer\" and \"storage\"";

impl Surroundings {
    /// Where a node lives that is told this, and what it finds there.
    ///
    /// # Errors
    /// If what it is told makes no sense, what is on the disk is not a node's, or a socket cannot
    /// be opened.
    pub fn of(init: &Init, working_directory: &Path) -> Result<(Surroundings, Host), Stopped> {
        if VIRTUAL_TIME.iter().all(|feature| init.features.iter().any(|offered| offered == feature))
        {
            return match init.addresses.is_empty() {
                true => {
                    Ok((Surroundings::Virtual, host(init, disk::from_harness(&init.storage)?)?))
                }
                false => Err(Stopped::Senseless(SOCKETS_IN_VIRTUAL_TIME.to_owned())),
            };
        }
        let (disk, stable) = Disk::open(working_directory)?;
        let host = host(init, stable)?;
        let sockets = Sockets::open(init, &host, now())?;
        let own = Own { timers: Timers::default(), disk, sockets };
        Ok((Surroundings::Real(Box::new(own)), host))
    }

    /// What the node asks for, if it can use it.
    pub fn features(&self, init: &Init, part: &Part<'_>) -> Vec<&'static str> {
        let wanted = match self {
            Surroundings::Virtual => &OFFERED[..],
            Surroundings::Real(_) => &OFFERED_IN_REAL_TIME[..],
        };
        let offered = |feature: &&str| init.features.iter().any(|name| name == feature);
        let useful = |feature: &&str| match *feature {
            "views" => part.views,
            "registers" => part.registers,
            _ => true,
        };
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
            Surroundings::Real(own) => own.patience(now()),
        }
    }

    /// The node's own sockets, if it has any.
    pub fn sockets(&self) -> Option<&Sockets> {
        match self {
            Surroundings::Virtual => None,
            Surroundings::Real(own) => own.sockets.as_ref(),
        }
    }

    /// The same, to be written to.
    pub fn sockets_mut(&mut self) -> Option<&mut Sockets> {
        match self {
            Surroundings::Virtual => None,
            Surroundings::Real(own) => own.sockets.as_mut(),
        }
    }
}

impl Own {
    /// How long until it has something to do, whatever comes; none if nothing.
    fn patience(&self, now: Time) -> Option<Span> {
        let sockets = self.sockets.as_ref().and_then(|sockets| sockets.patience(now));
        self.timers.wait(now).into_iter().chain(sockets).min()
    }
}
