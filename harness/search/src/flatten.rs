//! Making the network's own choices explicit: every message takes the same time, but for those
//! that are named. What was drawn becomes a list, and a list can be shrunk.

mod air;
mod arrivals;

use air::Air;
use arrivals::Arrivals;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::runtime::drawn_lie;
use pepperland_core::schedule::{Disturbance, Fate, Harm, Order, Schedule, Transit, Trouble, Way};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The same run with one latency for all messages: those that took another time, were lost,
/// doubled, late or lied about by chance are named one by one. `history` is the run with its
/// network events.
///
/// Corruption stays as it is, for which bit is changed cannot be named.
pub fn flatten(schedule: &Schedule, history: &History) -> Schedule {
    named(schedule, history, |d| by_chance(&d.trouble))
}

/// The same with each message named that was corrupted or cut short as well. Where it was changed
/// is drawn anew.
pub fn flatten_corruption(schedule: &Schedule, history: &History) -> Schedule {
    named(schedule, history, |d| by_chance(&d.trouble) || corrupts(&d.trouble))
}

/// Whether the disturbance strikes messages by chance, or as they come.
fn by_chance(trouble: &Trouble) -> bool {
    use Trouble::{Delay, Duplicate, Lie, Lose, Omit, Throttle};
    match trouble {
        // All time-outs of who is in haste come too soon, and no message is named by that.
        Lie { how, .. } => how.way != Way::Hasty,
        other => matches!(
            other,
            Lose { .. } | Delay { .. } | Duplicate { .. } | Omit { .. } | Throttle { .. }
        ),
    }
}

/// Whether the disturbance changes messages by chance.
pub fn corrupts(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Corrupt { .. } | Trouble::Garble { .. })
}

fn named(
    schedule: &Schedule,
    history: &History,
    is_replaced: impl Fn(&Disturbance) -> bool,
) -> Schedule {
    let mut flat = plain(schedule);
    flat.disturbances.retain(|d| !is_replaced(d));
    let mut air = Air::of(schedule);
    let arrivals = Arrivals::of(schedule, history);
    let lies = lies(history);
    for sent in sent(history) {
        let harms = air.harms(&sent);
        let goes = |(index, _): &(u32, Harm)| is_replaced(&schedule.disturbances[*index as usize]);
        let (gone, kept): (Vec<_>, Vec<_>) = harms.into_iter().partition(goes);
        if lose(&kept) {
            continue;
        }
        let mut strike = |fate| {
            let Transit { from, to, network, number } = sent.transit;
            let trouble = Trouble::Strike { from, to, network, number, fate };
            flat.disturbances.push(Disturbance::from(Time::ZERO, trouble));
        };
        if lose(&gone) {
            strike(Fate::Lose);
            continue;
        }
        gone.iter().filter_map(|(_, harm)| fate(*harm)).for_each(&mut strike);
        let told = lies.get(&sent.transit).map_or(&[][..], Vec::as_slice);
        told.iter().copied().for_each(&mut strike);
        if told.contains(&Fate::Withhold) {
            continue;
        }
        // When a write is read is drawn anew as it was: nothing but strikes makes it late.
        if sent.transit.is_controlled() {
            continue;
        }
        let stalled = told.iter().fold(kept_stall(schedule, &kept), |sum, lie| sum + stall(*lie));
        let by = arrivals.lateness(&sent, lateness(&gone), lateness(&kept) + stalled);
        if by > Span::ZERO {
            strike(Fate::Delay { by });
        }
    }
    flat
}

/// The schedule with the least latency for all messages. Nodes are told what they were told before.
fn plain(schedule: &Schedule) -> Schedule {
    let mut plain = schedule.clone();
    let network = &mut plain.header.network;
    let told = network.promised_latency();
    network.max_latency = network.min_latency;
    network.promised = (told > network.max_latency).then_some(told);
    plain.header.order = Order::Uniform;
    plain
}

fn lose(harms: &[(u32, Harm)]) -> bool {
    harms.iter().any(|(_, harm)| *harm == Harm::Lost)
}

/// How late they make the message, together.
fn lateness(harms: &[(u32, Harm)]) -> Span {
    harms.iter().fold(Span::ZERO, |late, (_, harm)| match harm {
        Harm::Late(by) => late + *by,
        _ => late,
    })
}

/// How late liars that are named already make the message.
fn kept_stall(schedule: &Schedule, kept: &[(u32, Harm)]) -> Span {
    let struck = |(index, _): &(u32, Harm)| match schedule.disturbances[*index as usize].trouble {
        Trouble::Strike { fate, .. } => stall(fate),
        _ => Span::ZERO,
    };
    kept.iter().map(struck).fold(Span::ZERO, |sum, by| sum + by)
}

fn stall(fate: Fate) -> Span {
    if let Fate::Stall { by } = fate { by } else { Span::ZERO }
}

/// The fate of one message to which this is done; lateness is added up, loss leaves nothing else,
/// and what a liar made of it, the history tells.
fn fate(harm: Harm) -> Option<Fate> {
    match harm {
        Harm::Lost | Harm::Late(_) | Harm::Lied(_) => None,
        Harm::Doubled(by) => Some(Fate::Duplicate { by }),
        Harm::Corrupted(_) => Some(Fate::Corrupt),
        Harm::Garbled(_) => Some(Fate::Garble),
    }
}

/// The lies that were drawn, by message: who lies in several ways may do so in one message.
fn lies(history: &History) -> BTreeMap<Transit, Vec<Fate>> {
    let mut lies: BTreeMap<Transit, Vec<Fate>> = BTreeMap::new();
    for (transit, fate) in history.events().filter_map(|event| drawn_lie(&event)) {
        lies.entry(transit).or_default().push(fate);
    }
    lies
}

/// A message of the run.
struct Sent {
    /// When it was sent.
    at: Time,
    transit: Transit,
    /// The frame's id.
    frame: u64,
    /// Whether a node sent it as it started: before anything else in the run.
    starting: bool,
}

/// Every message of the run.
fn sent(history: &History) -> Vec<Sent> {
    let mut counts: BTreeMap<(NodeId, NodeId, NetworkId), u32> = BTreeMap::new();
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    sends
        .filter_map(|event| {
            let frame = event.transmission()?;
            let (from, to, network) = (event.node()?, frame.peer, frame.network);
            let number = counts.entry((from, to, network)).or_default();
            *number += 1;
            let transit = Transit { from, to, network, number: *number };
            let at = event.time();
            let starting = at == Time::ZERO && event.causes().is_empty();
            Some(Sent { at, transit, frame: frame.id, starting })
        })
        .collect()
}
