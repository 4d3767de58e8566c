//! Nodes that get less of their machine.

use crate::kept::{Exit, Limits};
use crate::live::world::World;
use nix::sys::signal::Signal;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Ration;
use std::io::ErrorKind;

impl World<'_> {
    /// What a node may use of its machine now: of several rations, the least.
    pub fn limits(&self, id: NodeId) -> Limits {
        let mut limits = Limits::default();
        for ration in self.schedule.rations(id, self.now) {
            match ration {
                Ration::Processor { share } => {
                    let percent = share.0.div_ceil(10_000).max(1);
                    let least = limits.cpu_percent.map_or(percent, |other| other.min(percent));
                    limits.cpu_percent = Some(least);
                }
                Ration::Memory { bytes } => {
                    let least = limits.memory_bytes.map_or(bytes, |other| other.min(bytes));
                    limits.memory_bytes = Some(least);
                }
                Ration::Disk { .. } | Ration::ReadOnly => {}
            }
        }
        limits
    }

    /// A ration of the node has begun or ended.
    pub fn ration(&mut self, id: NodeId, ration: Ration) {
        self.behave(id);
        let limits = self.limits(id);
        let Some(kept) = &self.nodes[id.index()].kept else { return };
        let set = match (kept.cgroup(), ration) {
            (_, Ration::Disk { .. } | Ration::ReadOnly) => Ok(()),
            (None, _) => limits.none_needed(),
            (Some(cgroup), Ration::Processor { .. }) => cgroup.limit_cpu(limits.cpu_percent),
            (Some(cgroup), Ration::Memory { .. }) => cgroup.limit_memory(limits.memory_bytes),
        };
        match (set, ration) {
            (Ok(()), _) => {}
            // The older control groups refuse what the newer ones kill for: it has more already.
            (Err(error), Ration::Memory { .. }) if error.kind() == ErrorKind::ResourceBusy => {
                self.crash(id);
            }
            (Err(error), _) => {
                self.health.failed(format!("{id} got no less of its machine: {error}"));
            }
        }
    }

    /// Whether a node that has ended so was starved to death, and not at fault: the kernel kills who
    /// takes too much memory, and who cannot write may end itself.
    pub fn was_starved(&self, id: NodeId, exit: Option<Exit>) -> bool {
        let killed = exit == Some(Exit::Signal(Signal::SIGKILL as i32));
        self.schedule.rations(id, self.now).any(|ration| match ration {
            Ration::Processor { .. } => false,
            Ration::Memory { .. } => killed,
            Ration::Disk { .. } | Ration::ReadOnly => exit.is_some(),
        })
    }
}
