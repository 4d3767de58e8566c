//! The state on its way: who gives it takes a snapshot and sends it in two halves, and who lacks it
//! installs it and executes what came meanwhile.

use crate::groups::transfer::protocol::StateTransfer;
use crate::groups::transfer::state::{Packet, State};
use pepperland_core::contract::{Cx, Indication, Layer, Protocol, Snapshot, SnapshotTurn, ViewId};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;

impl<L: Layer<Payload = Packet>> StateTransfer<L> {
    pub(super) fn give(&mut self, view: ViewId, cx: &mut Cx<'_, Message>) {
        let snapshot = self.snapshot(SnapshotTurn::Taken, cx.me(), self.state.executed());
        cx.indicate(Indication::Snapshot(Box::new(snapshot)));
        let log = self.state.log();
        let whole = log.len() as u64;
        let log = match self.switches.diff_instead_of_state {
            true => &log[self.safe.min(log.len())..],
            false => log,
        };
        let (first, second) = log.split_at(log.len() / 2);
        let first = Packet::FirstHalf(view, whole, first.to_vec());
        self.giving = Some((whole as usize - second.len(), second.to_vec()));
        self.multicast_below(GroupId::ALL, first, cx);
    }

    pub(super) fn give_second_half(&mut self, view: ViewId, cx: &mut Cx<'_, Message>) {
        let Some((begins, taken)) = self.giving.take_if(|_| !self.ending) else { return };
        let torn = self.switches.torn_snapshot;
        let second = if torn { self.state.log()[begins..].to_vec() } else { taken };
        self.multicast_below(GroupId::ALL, Packet::SecondHalf(view, second), cx);
    }

    pub(super) fn get_first_half(
        &mut self,
        donor: NodeId,
        slot: u64,
        first: Vec<Message>,
        cx: &mut Cx<'_, Message>,
    ) {
        self.getting = Some((donor, slot, first.clone()));
        if self.switches.half_a_state {
            self.install(donor, slot, first, cx);
        }
    }

    pub(super) fn get_second_half(
        &mut self,
        from: NodeId,
        second: Vec<Message>,
        cx: &mut Cx<'_, Message>,
    ) {
        let from_donor = |(donor, ..): &mut (NodeId, u64, Vec<Message>)| *donor == from;
        if let Some((donor, slot, first)) = self.getting.take_if(from_donor) {
            self.install(donor, slot, [first, second].concat(), cx);
        }
    }

    /// The snapshot takes the place of whatever state was here.
    fn install(&mut self, donor: NodeId, slot: u64, log: Vec<Message>, cx: &mut Cx<'_, Message>) {
        self.state = State::after(log);
        self.standing = self.view.as_ref().map(|view| view.id);
        self.base = if self.switches.counters_not_transferred { 0 } else { slot };
        let snapshot = self.snapshot(SnapshotTurn::Installed, donor, slot);
        cx.indicate(Indication::Snapshot(Box::new(snapshot)));
        if self.switches.misses_in_flight {
            self.held.clear();
        }
        self.execute_held(cx);
    }

    fn snapshot(&self, turn: SnapshotTurn, from: NodeId, slot: u64) -> Snapshot<Message> {
        Snapshot {
            turn,
            from,
            view: self.view.as_ref().map(|view| view.id),
            slot: Some(slot),
            covers: self.state.log().to_vec(),
            hash: self.state.hash(),
        }
    }
}
