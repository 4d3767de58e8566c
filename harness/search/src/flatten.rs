//! Making the network's own choices explicit: every message takes the same time, but for those
//! that are named. What was drawn becomes a list, and a list can be shrunk.

use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Fate, Harm, Schedule, Transit, Trouble};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// The same run with one latency for all messages: those that took another time, were lost,
/// doubled or late by chance are named one by one. `history` is the run with its network events.
pub fn flatten(schedule: &Schedule, history: &History) -> Schedule {
    let mut flat = schedule.clone();
    let plain = schedule.header.network.min_latency;
    flat.header.network.max_latency = plain;
    flat.disturbances.retain(|d| !by_chance(&d.trouble));
    for (at, transit) in transits(history) {
        let mut late = transit.latency(schedule.header.seed, &schedule.header.network);
        for harm in chances(schedule, at, &transit) {
            match harm {
                Harm::Lost => strike(&mut flat, transit, Fate::Lose),
                Harm::Late(by) => late = late + by,
                Harm::Doubled(by) => strike(&mut flat, transit, Fate::Duplicate { by }),
                Harm::Corrupted(_) | Harm::Garbled(_) => {}
                Harm::Lied(draw) => strike(&mut flat, transit, Fate::Lie { draw: draw as u32 }),
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
    let at_work = move |d: &&Disturbance| {
        let (begin, end) = d.window(&schedule.header);
        by_chance(&d.trouble) && begin <= at && end.is_none_or(|end| at < end)
    };
    let seed = schedule.header.seed;
    schedule.disturbances.iter().filter(at_work).filter_map(move |d| transit.harm(seed, d))
}

fn strike(schedule: &mut Schedule, transit: Transit, fate: Fate) {
    let Transit { from, to, number } = transit;
    let trouble = Trouble::Strike { from, to, number, fate };
    schedule.disturbances.push(Disturbance::from(Time::ZERO, trouble));
}

/// Every message of the run, with the instant it was sent.
fn transits(history: &History) -> Vec<(Time, Transit)> {
    let mut counts: BTreeMap<(NodeId, NodeId), u32> = BTreeMap::new();
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    sends
        .filter_map(|event| {
            let (from, to) = (event.node()?, event.transmission()?.peer);
            let number = counts.entry((from, to)).or_default();
            *number += 1;
            Some((event.time(), Transit { from, to, number: *number }))
        })
        .collect()
}
