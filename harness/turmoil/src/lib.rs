//! The runtime on turmoil: the same implementations, and async services of the user's own, on
//! simulated hosts with sockets.
//!
//! Every node is a turmoil host. Its frames cross turmoil's datagram sockets or its streams, and
//! its crash is turmoil's: tasks are dropped, sockets close. Latency, loss, duplication,
//! corruption, delay and cuts are applied frame by frame above the sockets, so that a schedule
//! means here what it means in the simulator: what happens at one instant has the same order, too.
//! turmoil's time goes in whole milliseconds: every instant and span is rounded up to them, and no
//! frame to another node takes less than one.

mod accepts;
pub mod bare;
mod clock;
mod director;
mod disturbances;
mod driver;
mod flights;
mod handlers;
mod network;
mod nodes;
mod registers;
mod sending;
mod services;
mod tcp;
mod udp;
mod whole;
mod wire;
mod world;

pub use accepts::MOST_NODES;
pub use services::{Indications, ServiceContext};
pub use whole::whole_millisecond;

use director::Director;
use pepperland_core::fault::Fault;
use pepperland_core::history::{Header, History};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Refused, Runtime};
use pepperland_core::schedule::Schedule;
use world::World;

/// What nodes send their frames over.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Transport {
    /// A datagram for each frame; a group send is one datagram to a multicast address.
    #[default]
    Udp,
    /// One stream for each ordered pair of nodes. Streams know no groups: a group send, which no
    /// crash falls into here either, is a frame on each. A node's host starts four milliseconds
    /// before the node restarts, to connect; what a node that was down for less sends, and is
    /// sent, right after its restart may come that much later.
    Tcp,
}

impl Transport {
    /// The name of the runtime over this transport.
    pub const fn runtime(self) -> &'static str {
        match self {
            Transport::Udp => "turmoil",
            Transport::Tcp => "turmoil-tcp",
        }
    }
}

/// The runtime on turmoil.
#[derive(Copy, Clone, Debug, Default)]
pub struct Turmoil {
    /// What nodes send their frames over.
    pub transport: Transport,
}

impl Runtime for Turmoil {
    fn name(&self) -> &'static str {
        self.transport.runtime()
    }

    fn statement(&self) -> &'static str {
        match self.transport {
            Transport::Udp => "turmoil's hosts and datagrams: deterministic, in whole milliseconds",
            Transport::Tcp => "turmoil's hosts and streams: deterministic, in whole milliseconds",
        }
    }

    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused> {
        accepts::check(self.name(), schedule)
    }

    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused> {
        self.accepts(schedule)?;
        let header = Header::of_run(self.name(), schedule, implementation);
        let world = World::new(schedule, header, implementation, detail);
        Ok(Director::new(world, self.transport).run())
    }

    fn lacks(&self) -> &'static [Fault] {
        &[Fault::Twin, Fault::Starvation]
    }
}
