//! Making the network's own choices explicit: every message takes the same time, but for those
//! that are named. What was drawn becomes a list, and a list can be shrunk.

use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::drawn_lie;
use pepperland_core::schedule::{Disturbance, Fate, Harm, Order, Schedule, Transit, Trouble};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// The same run with one latency for all messages: those that took another time, were lost,
/// doubled or late by chance are named one by one. `history` is the run with its network events.
pub fn flatten(schedule: &Schedule, history: &History) -> Schedule {
    let mut flat = schedule.clone();
    let header = &schedule.header;
    let plain = header.network.min_latency;
    flat.header.network.max_latency = plain;
    flat.header.order = Order::Uniform;
    flat.disturbances.retain(|d| !by_chance(&d.trouble));
    let ends = ends(history);
    let mut stalled = BTreeMap::new();
    for (transit, fate) in history.events().filter_map(|event| drawn_lie(&event)) {
        strike(&mut flat, transit, fate);
        if let Fate::Stall { by } = fate {
            stalled.insert((transit.from, transit.to, transit.number), by);
        }
    }
    for Sent { at, transit, frame } in sent(history) {
        // The usual order can be drawn again, also where a run took real time or a pause hides when
        // a frame came; any other is read.
        let usual = header.order.is_uniform();
        let mut late = match usual {
            true => transit.latency(header.seed, &header.network),
            false if is_held(schedule, at, &transit) => plain,
            false => ends.get(&frame).map_or(plain, |end| {
                let name = (transit.from, transit.to, transit.number);
                let stalled = stalled.get(&name).copied().unwrap_or_default();
                end.since(at).max(stalled) - stalled
            }),
        };
        for harm in chances(schedule, at, &transit) {
            match harm {
                Harm::Lost => strike(&mut flat, transit, Fate::Lose),
                Harm::Late(by) if usual => late = late + by,
                Harm::Late(_) => {}
                Harm::Doubled(by) => strike(&mut flat, transit, Fate::Duplicate { by }),
                // What a liar made of it, the history tells.
                Harm::Lied(_) | Harm::Corrupted(_) | Harm::Garbled(_) => {}
            }
        }
        if late > plain {
            strike(&mut flat, transit, Fate::Delay { by: late - plain });
        }
    }
    flat
}

/// Whether the disturbance strikes messages by chance. Corruption stays as it is: which bit is
/// changed cannot be named.
fn by_chance(trouble: &Trouble) -> bool {
    use Trouble::{Delay, Duplicate, Lie, Lose};
    matches!(trouble, Lose { .. } | Delay { .. } | Duplicate { .. } | Lie { .. })
}

fn chances<'a>(
    schedule: &'a Schedule,
    at: Time,
    transit: &'a Transit,
) -> impl Iterator<Item = Harm> + 'a {
    let striking = move |d: &&Disturbance| by_chance(&d.trouble) && is_at_work(schedule, d, at);
    let seed = schedule.header.seed;
    schedule.disturbances.iter().filter(striking).filter_map(move |d| transit.harm(seed, d))
}

fn strike(schedule: &mut Schedule, transit: Transit, fate: Fate) {
    let Transit { from, to, number } = transit;
    let trouble = Trouble::Strike { from, to, number, fate };
    schedule.disturbances.push(Disturbance::from(Time::ZERO, trouble));
}

/// A message of the run.
struct Sent {
    /// When it was sent.
    at: Time,
    transit: Transit,
    /// The frame's id.
    frame: u64,
}

/// Every message of the run.
fn sent(history: &History) -> Vec<Sent> {
    let mut counts: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    sends
        .filter_map(|event| {
            let frame = event.transmission()?;
            let (from, to) = (event.node()?, frame.peer);
            let number = counts.entry((from, to)).or_default();
            *number += 1;
            let transit = Transit { from, to, number: *number };
            Some(Sent { at: event.time(), transit, frame: frame.id })
        })
        .collect()
}

/// When each frame first arrived, or was lost on arriving.
fn ends(history: &History) -> BTreeMap<u64, Time> {
    let mut ends = BTreeMap::new();
    for event in history.events().filter(|e| matches!(e.kind(), Kind::Recv | Kind::Drop)) {
        if let Some(frame) = event.transmission() {
            ends.entry(frame.id).or_insert(event.time());
        }
    }
    ends
}

/// Whether a cut is at work on the link as the message is sent: how long it then takes is not for
/// the message to say.
fn is_held(schedule: &Schedule, at: Time, transit: &Transit) -> bool {
    let cut = |d: &Disturbance| match &d.trouble {
        Trouble::Cut { links } => links.contain(transit.from, transit.to),
        _ => false,
    };
    schedule.disturbances.iter().any(|d| cut(d) && is_at_work(schedule, d, at))
}

fn is_at_work(schedule: &Schedule, disturbance: &Disturbance, at: Time) -> bool {
    let (begin, end) = disturbance.window(&schedule.header);
    begin <= at && end.is_none_or(|end| at < end)
}
