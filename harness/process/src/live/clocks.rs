//! The time of day of the nodes, where a schedule sets their clocks.

use crate::kept::Enclosure;
use crate::kept::faketime::{Faketime, Library};
use crate::live::world::World;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Schedule, Trouble};
use std::io;
use std::path::Path;

/// A clock for each node; none where the schedule leaves clocks alone.
#[derive(Default)]
pub struct DialedClocks(Vec<Faketime>);

impl DialedClocks {
    /// Clocks for the nodes of a schedule, if it sets any. What they show is written below the
    /// folder.
    ///
    /// # Errors
    /// If nothing here can set a program's clock, with the mend.
    pub fn of(schedule: &Schedule, folder: &Path) -> io::Result<DialedClocks> {
        let sets = |trouble: &Trouble| matches!(trouble, Trouble::Skew { .. });
        if !schedule.disturbances.iter().any(|disturbance| sets(&disturbance.trouble)) {
            return Ok(DialedClocks::default());
        }
        let library = Library::found().map_err(io::Error::other)?;
        let clock = |node: NodeId| {
            let folder = folder.join(format!("clock-of-{node}"));
            std::fs::create_dir(&folder)?;
            Faketime::new(library.clone(), &folder)
        };
        let nodes = NodeId::first(schedule.header.nodes as usize);
        nodes.map(clock).collect::<io::Result<_>>().map(DialedClocks)
    }

    /// A node is about to be started in this enclosure.
    ///
    /// # Errors
    /// If what its clock shows cannot be written.
    pub fn begin(&mut self, node: NodeId, enclosure: &mut Enclosure) -> io::Result<()> {
        let Some(clock) = self.0.get_mut(node.index()) else { return Ok(()) };
        clock.rule(enclosure);
        clock.begin()
    }
}

impl World<'_> {
    /// The clock of a node jumps, ns, and gains so many millionths from now on.
    pub fn skew(&mut self, id: NodeId, jump: i64, drift: i32) {
        let dial = |clock: &mut Faketime| clock.step(jump).and_then(|()| clock.drift(drift));
        self.dial(id, dial);
    }

    /// A skew of the node's clock has ended: it is right again, unless another is at work.
    pub fn unskew(&mut self, id: NodeId) {
        if !self.schedule.skews(id, self.now) {
            self.dial(id, Faketime::restore);
        }
    }

    fn dial(&mut self, id: NodeId, set: impl FnOnce(&mut Faketime) -> io::Result<()>) {
        let Some(clock) = self.clocks.0.get_mut(id.index()) else { return };
        if let Err(error) = set(clock) {
            self.health.failed(format!("the clock of {id} could not be set: {error}"));
        }
    }
}
