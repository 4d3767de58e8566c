//! Counting: what one multicast costs in a run in which nothing goes wrong.

use super::rows::{Row, Size};
use crate::commands::bench::causes::{crosses, steps};
use crate::exit::Failure;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{
    Ask, Controlled, Disturbance, Fate, Frame, NetworkOptions, Schedule, Step, Trouble, When,
};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// What one multicast costs, the mean of several.
pub struct Counted {
    /// Messages from one node to another.
    pub messages: f64,
    /// The same by what the protocol calls them.
    pub labels: BTreeMap<String, f64>,
    /// The longest chain of messages, each the cause of the next, from the multicast to a delivery.
    pub steps: u32,
    /// How many turns each agreement took, where nodes say so.
    pub turns: f64,
}

/// Every message takes as long, and so does every write to a register.
const LATENCY: Span = Span::millis(10);
const REGISTER_LATENCY: Span = Span::millis(5);

/// How nodes say how many turns an agreement took.
const TURNS: &str = "agreed on a vector in ";

/// Counts what one multicast costs.
///
/// # Errors
/// What the runtime refuses; and multicasts that are not delivered.
pub fn count(
    runtime: &dyn Runtime,
    implementation: &Implementation,
    row: &Row,
    size: Size,
) -> Result<Counted, Failure> {
    let schedule = schedule(implementation, row, size);
    let history = runtime.run(&schedule, implementation, Detail::Network)?;
    let receivers = if size.clients > 0 { size.clients } else { size.nodes };
    let delivered = history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count() as u32;
    if delivered != receivers * row.asked.multicasts {
        return Err(Failure::Harness(format!(
            "{} with {size:?}: {delivered} deliveries of {} multicasts to {receivers} nodes",
            row.name, row.asked.multicasts
        )));
    }
    let each = |sum: u64| sum as f64 / f64::from(row.asked.multicasts);
    let labels = labels(&history, row.quiet);
    Ok(Counted {
        messages: each(labels.values().sum()),
        labels: labels.into_iter().map(|(label, sum)| (label, each(sum))).collect(),
        steps: steps(&history),
        turns: each(turns(&history)),
    })
}

/// How many messages there are of each label that counts, from one node to another.
fn labels(history: &History, quiet: &[&str]) -> BTreeMap<String, u64> {
    let mut labels = BTreeMap::new();
    let sends = history.events().filter(|event| event.kind() == Kind::Send && crosses(*event));
    for frame in sends.filter_map(|send| send.transmission()) {
        let label = frame.label.as_deref().unwrap_or("no label");
        if !quiet.contains(&label) {
            *labels.entry(label.to_owned()).or_default() += 1;
        }
    }
    labels
}

/// How many turns all agreements took together, as the first node says.
fn turns(history: &History) -> u64 {
    let first = |node: Option<NodeId>| node == Some(NodeId(0));
    let notes = history.events().filter(|e| e.kind() == Kind::Note && first(e.node()));
    let said = notes.filter_map(|note| {
        let text = note.field("text")?.as_str()?.strip_prefix(TURNS)?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    said.sum()
}

/// One node multicasts, and each time waits until it is over. It is not the first node, which is the
/// sequencer where every node is the same.
fn schedule(implementation: &Implementation, row: &Row, size: Size) -> Schedule {
    let sender = NodeId(u32::from(size.clients != 1));
    let at = |id: u32| Time(Span::seconds(row.asked.seconds).0 * u64::from(id + 1));
    let step = |id: u32| Step {
        id,
        when: When::At(at(id)),
        node: sender,
        ask: Ask::Multicast { group: GroupId::ALL, body: format!("{id:>8}") },
    };
    let network = NetworkOptions {
        channel: implementation.model.channel,
        ..NetworkOptions::perfect(LATENCY, LATENCY)
    };
    let controlled = implementation
        .model
        .controlled
        .map(|_| Controlled { min_latency: REGISTER_LATENCY, max_latency: REGISTER_LATENCY });
    let end = at(row.asked.multicasts);
    let header = Frame {
        seed: Seed(1),
        clients: size.clients,
        groups: groups(size),
        controlled,
        heal_at: end,
        end,
        ..Frame::of(implementation.name, size.nodes, network)
    };
    let steps = (0..row.asked.multicasts).map(step).collect();
    let disturbances = row.asked.is_unheard.then(|| unheard(sender, size)).into_iter().collect();
    Schedule { header, steps, disturbances }
}

/// The first message of the sender to the first server is lost.
fn unheard(sender: NodeId, size: Size) -> Disturbance {
    let trouble = Trouble::strike(sender, NodeId(size.clients), 1, Fate::Lose);
    Disturbance { at: Time::ZERO, until: None, trouble }
}

fn groups(size: Size) -> Vec<Vec<NodeId>> {
    if size.clients == 0 {
        return Vec::new();
    }
    let (clients, servers) =
        NodeId::first(size.nodes as usize).partition(|node| node.0 < size.clients);
    vec![clients, servers]
}
