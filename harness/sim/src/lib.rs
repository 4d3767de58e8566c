//! The discrete-event runtime: a schedule in, a history out, deterministic and fast.
//!
//! Virtual time jumps from event to event, so idle time costs nothing. At one instant, disturbances
//! begin and end first; then the nodes take turns, and each does all that is due. The network's
//! choices come from a hash of (seed, link, message number), unless the schedule names another order
//! of arrival. A crash may fall between any two effects of one handler.

mod calendar;
mod disturb;
mod due;
mod effects;
pub mod explore;
mod flights;
mod flood;
mod links;
mod nodes;
mod order;
mod queue;
mod record;
mod registers;
mod twins;
mod world;

use pepperland_core::fault::Fault;
use pepperland_core::history::{Header, History};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Build, Detail, Refused, Runtime, no_starvation, within_limits};
use pepperland_core::schedule::Schedule;

/// The runtime's name.
const NAME: &str = "sim";

/// Beyond this many nodes one multicast alone fills the memory.
const MOST_NODES: u32 = 100_000;

/// The simulator.
#[derive(Copy, Clone, Debug, Default)]
pub struct Simulator;

impl Runtime for Simulator {
    fn name(&self) -> &'static str {
        NAME
    }

    fn statement(&self) -> &'static str {
        "discrete events in virtual time: deterministic, and the fastest"
    }

    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused> {
        within_limits(self.name(), schedule, MOST_NODES)?;
        no_starvation(self.name(), schedule)
    }

    fn lacks(&self) -> &'static [Fault] {
        &[Fault::Starvation]
    }

    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused> {
        self.accepts(schedule)?;
        let header = Header::of_run(NAME, schedule, implementation);
        Ok(run_nodes(schedule, header, &implementation.build, implementation.model.views, detail))
    }

    fn orders(&self) -> bool {
        true
    }
}

/// Runs a schedule with nodes that somebody else builds: whatever answers at once to what it is
/// given can live in virtual time. `in_views`: their applications multicast only in views.
pub fn run_nodes(
    schedule: &Schedule,
    header: Header,
    build: Build<'_>,
    in_views: bool,
    detail: Detail,
) -> History {
    world::World::new(schedule, header, build, in_views, detail).run()
}
