//! Disks of nodes that fail: each node's folder is served by the harness, where a schedule says so.

mod modes;
mod server;

use crate::kept::Enclosure;
use crate::live::world::World;
use modes::{modes, survives};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Schedule, Trouble};
use pepperland_disk::Disk;
use server::Server;
use std::io;
use std::path::Path;

/// A disk for each node; none where the schedule leaves disks alone.
#[derive(Default)]
pub struct Disks(Vec<Served>);

struct Served {
    disk: Disk,
    server: Server,
    /// How many times it has lost something.
    losses: u64,
}

impl Disks {
    /// Disks for the nodes of a schedule, if one is to fail. Their sockets are below the folder.
    ///
    /// # Errors
    /// If there can be no sockets or threads.
    pub fn of(schedule: &Schedule, folder: &Path) -> io::Result<Disks> {
        if !schedule.disturbances.iter().any(|disturbance| fails_a_disk(&disturbance.trouble)) {
            return Ok(Disks::default());
        }
        let serve = |node: NodeId| {
            let disk = Disk::new(Default::default());
            let server = Server::start(&disk, &folder.join(format!("disk-of-{node}")))?;
            Ok(Served { disk, server, losses: 0 })
        };
        let nodes = NodeId::first(schedule.header.nodes as usize);
        nodes.map(serve).collect::<io::Result<_>>().map(Disks)
    }

    /// A node is about to be started in this enclosure.
    pub fn begin(&self, node: NodeId, enclosure: &mut Enclosure) {
        if let (Some(served), Some(private)) = (self.0.get(node.index()), &mut enclosure.private) {
            private.disk = Some(served.server.socket().to_owned());
        }
    }
}

/// Whether a disk must be in our hand for it.
fn fails_a_disk(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Disk { .. } => true,
        Trouble::Starve { ration, .. } => ration.is_of_the_disk(),
        _ => false,
    }
}

impl World<'_> {
    /// What befalls the disk of a node has changed.
    pub fn behave(&self, id: NodeId) {
        if let Some(served) = self.disks.0.get(id.index()) {
            served.disk.behave(modes(self.schedule, id, self.now));
        }
    }

    /// The node has crashed: a disk that fails takes with it what it has not kept.
    pub fn lose_power(&mut self, id: NodeId) {
        let Some(served) = self.disks.0.get_mut(id.index()) else { return };
        let Some(survives) = survives(self.schedule, id, self.now) else { return };
        let incarnation = u64::from(self.nodes[id.index()].incarnation);
        let draw = self.schedule.header.seed.child(&format!("disk of {id}"), incarnation);
        let loss = served.disk.power_loss(survives, draw.0);
        served.losses += u64::from(loss.is_some());
    }

    /// How many crashes have found something to lose, of a disk that fails no longer.
    pub fn losses(&mut self, id: NodeId) -> u64 {
        let served = self.disks.0.get_mut(id.index());
        served.map_or(0, |served| std::mem::take(&mut served.losses))
    }
}
