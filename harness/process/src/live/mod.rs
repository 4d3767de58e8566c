//! Programs that live in real time: one process each, joined by a router that has every fault in
//! its hand.
//!
//! One thread, one loop: what is due happens, then whatever the nodes have written is read. All
//! events are recorded by that one observer, so the times of a history are instants of one clock.

mod agenda;
mod breach;
mod clock;
mod clocks;
mod desk;
mod disks;
mod disturb;
mod ending;
mod fabric;
mod health;
mod inbox;
mod json;
mod node;
mod outbox;
mod pump;
mod record;
mod requests;
mod route;
mod rules;
mod send;
mod starve;
mod told;
mod tongues;
mod world;
mod write;

pub(crate) use fabric::inside;

use crate::kept::Keeper;
use crate::program::Program;
use pepperland_core::history::{Clock, Header, History};
use pepperland_core::runtime::{Build, Detail};
use pepperland_core::schedule::Schedule;
use std::io;
use world::World;

/// What a run in real time needs besides its schedule.
pub struct Cast<'a> {
    /// What is started as each node.
    pub program: &'a Program,
    /// Who starts it, and ends all that it makes.
    pub keeper: &'a Keeper,
    /// What joins the nodes.
    pub joint: Joint,
    /// Builds a node, if they are nodes of the library: what liars say is then said with their keys.
    pub build: Option<Build<'a>>,
    /// Whether its applications multicast only in views.
    pub in_views: bool,
    /// How much is written down.
    pub detail: Detail,
}

/// What joins the nodes of a run.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Joint {
    /// The lines that they write: the harness routes each to its receiver.
    Lines,
    /// Sockets as well: each node is in a network namespace of its own.
    Sockets,
}

/// Runs a schedule. After the faults have ended, `enough` is asked now and then of the history so
/// far, taken as complete; the run ends when it has had enough, or at its bound.
///
/// # Errors
/// If the program cannot be started, or the machine has no namespaces to start it in.
pub fn run(
    cast: &Cast<'_>,
    schedule: &Schedule,
    header: Header,
    enough: &dyn Fn(&History) -> bool,
) -> io::Result<History> {
    let header = Header { clock: Clock::Real, ..header };
    let mut world = World::new(cast, schedule, header)?;
    world.start()?;
    world.live(enough);
    Ok(world.end())
}
