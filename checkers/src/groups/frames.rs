//! Frames on the network and the messages that they carry: who takes part in what.

use crate::scene::Scene;
use pepperland_core::collections::Set;
use pepperland_core::history::{Event, EventId, Kind, Transmission};

/// One end of a frame, at a node that does not lie.
#[derive(Copy, Clone)]
pub struct Frame<'h> {
    /// The send, or the receipt.
    pub event: EventId,
    /// Where it happened.
    pub node: u32,
    /// Whether it is a receipt.
    pub is_receipt: bool,
    /// The frame.
    pub told: &'h Transmission,
}

/// Every send and receipt at nodes that do not lie.
pub fn frames<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = Frame<'s>> + 's {
    let kinds = scene.history.kinds().iter().enumerate();
    let ends = kinds.filter(|(_, kind)| matches!(kind, Kind::Send | Kind::Recv));
    ends.filter_map(|(event, kind)| {
        let event: Event<'s> = scene.history.event(EventId(event as u32));
        let node = event.node()?.0;
        let honest = scene.case.byzantine.get(node as usize) == Some(&false);
        let is_receipt = *kind == Kind::Recv;
        let told = event.transmission().filter(|_| honest)?;
        Some(Frame { event: event.id, node, is_receipt, told })
    })
}

impl Frame<'_> {
    /// The messages it carries whose destinations are known.
    pub fn messages<'s>(&'s self, scene: &'s Scene<'_>) -> impl Iterator<Item = u32> + 's {
        let known = |row: &u32| {
            (*row as usize) < scene.table.len()
                && scene.is_broadcast(*row)
                && scene.group(*row).is_some()
        };
        self.told.messages.iter().copied().filter(known)
    }

    /// The other end, if it is a node of the history.
    pub fn peer(&self, scene: &Scene<'_>) -> Option<u32> {
        Some(self.told.peer.0).filter(|peer| (*peer as usize) < scene.history.node_count())
    }

    /// What happened, in words, up to the message.
    pub fn says(&self, scene: &Scene<'_>) -> String {
        let (node, peer) = (scene.node_name(self.node), scene.node_name(self.told.peer.0));
        match self.is_receipt {
            true => format!("{node} received a frame from {peer}"),
            false => format!("{node} sent {peer} a frame"),
        }
    }
}

/// The frames of which somebody recorded the send, or that they were corrupted on the way: their
/// receipts say nothing new of the sender, or nothing that could be trusted.
pub fn sent_or_corrupted(scene: &Scene<'_>) -> Set<u64> {
    let kinds = scene.history.kinds().iter().enumerate();
    let ends = kinds.filter(|(_, kind)| matches!(kind, Kind::Send | Kind::Corrupt));
    let frame = |(event, _): (usize, &Kind)| {
        scene.history.event(EventId(event as u32)).transmission().map(|told| told.id)
    };
    ends.filter_map(frame).collect()
}

/// Whether the node broadcast the message, or is in the group that it is for.
pub fn takes_part(scene: &Scene<'_>, row: u32, node: u32) -> bool {
    let member = scene.group(row).is_none_or(|group| scene.is_member(group, node));
    member || scene.table.origins()[row as usize] == node
}

/// The name of the group that a message is for.
pub fn group_name<'s>(scene: &'s Scene<'_>, row: u32) -> &'s str {
    let group = scene.group(row).unwrap_or(0) as usize;
    scene.history.groups().get(group).map_or("?", |(name, _)| name)
}

/// For each group, whether some node is not in it.
pub fn has_outsiders(scene: &Scene<'_>) -> Vec<bool> {
    let nodes = 0..scene.history.node_count() as u32;
    let groups = 0..scene.group_count() as u32;
    groups.map(|group| nodes.clone().any(|node| !scene.is_member(group, node))).collect()
}
