//! When nodes are down or stand still.

use pepperland_core::history::{History, Kind};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// A stretch of a lane.
#[derive(Debug)]
pub struct Stretch {
    pub node: u32,
    pub from: Time,
    pub to: Time,
    /// Whether the node is down; else it stands still.
    pub down: bool,
}

/// Every stretch that touches the given time.
pub fn stretches(history: &History, first: Time, last: Time) -> Vec<Stretch> {
    let mut open: BTreeMap<(u32, bool), Time> = BTreeMap::new();
    let mut all = Vec::new();
    for event in history.events() {
        let (Some(node), at) = (event.node(), event.time()) else { continue };
        let (down, begins) = match event.kind() {
            Kind::Crash => (true, true),
            Kind::Recover => (true, false),
            Kind::Pause => (false, true),
            Kind::Resume => (false, false),
            _ => continue,
        };
        if begins {
            open.insert((node.0, down), at);
        } else if let Some(from) = open.remove(&(node.0, down)) {
            all.push(Stretch { node: node.0, from, to: at, down });
        }
    }
    let unended =
        open.into_iter().map(|((node, down), from)| Stretch { node, from, to: last, down });
    all.extend(unended);
    all.retain(|stretch| stretch.from <= last && stretch.to >= first);
    all.iter_mut().for_each(|stretch| {
        stretch.from = stretch.from.max(first);
        stretch.to = stretch.to.min(last);
    });
    all
}
