//! Schedules drawn at random: what is written is read, and no change to the text makes reading panic.

use crate::history::Channel;
use crate::id::{GroupId, NodeId};
use crate::schedule::{
    Ask, Controlled, Deceit, Disturbance, FORMAT, Failing, Fate, Frame, InFlight, Links,
    NetworkOptions, Ration, Reseed, Schedule, Step, Trouble, Way, When,
};
use crate::seed::{PerMillion, Seed};
use crate::time::{Span, Time};
use proptest::prelude::*;

const NODES: u32 = 5;
const GROUPS: u32 = 12;

fn node() -> impl Strategy<Value = NodeId> {
    (0..NODES).prop_map(NodeId)
}

fn span() -> impl Strategy<Value = Span> {
    any::<u64>().prop_map(Span)
}

fn rate() -> impl Strategy<Value = PerMillion> {
    (0..=1_000_000u32).prop_map(PerMillion)
}

fn links() -> impl Strategy<Value = Links> {
    let side = || prop::option::of(prop::collection::vec(node(), 0..4));
    (side(), side(), any::<bool>()).prop_map(|(from, to, both_ways)| Links { from, to, both_ways })
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        Just(Fate::Lose),
        span().prop_map(|by| Fate::Delay { by }),
        span().prop_map(|by| Fate::Duplicate { by }),
        Just(Fate::Corrupt),
        Just(Fate::Garble),
        any::<u32>().prop_map(|draw| Fate::Lie { draw }),
        (node(), 1..=u32::MAX, any::<u32>()).prop_map(|(meant_for, earlier, draw)| Fate::Earlier {
            meant_for,
            earlier,
            draw
        }),
        (node(), 1..=u32::MAX, any::<bool>())
            .prop_map(|(meant_for, earlier, besides)| Fate::Replay { meant_for, earlier, besides }),
        Just(Fate::Withhold),
        span().prop_map(|by| Fate::Stall { by }),
        any::<u32>().prop_map(|entries| Fate::Spoil { entries }),
    ]
}

prop_compose! {
    fn deceit()(
        way in prop::sample::select(&Way::ALL[..]),
        to in some_nodes(),
        kind in prop::option::of(1..=u32::MAX),
        label in prop::option::of("[A-Z][a-z]{0,5}"),
        most in span(),
    ) -> Deceit {
        Deceit { way, to, kind, label, most }
    }
}

fn some_nodes() -> impl Strategy<Value = Option<Vec<NodeId>>> {
    prop::option::of(prop::collection::vec(node(), 0..4))
}

fn failing() -> impl Strategy<Value = Failing> {
    prop_oneof![
        span().prop_map(|unsynced| Failing::Lost { unsynced }),
        rate().prop_map(|keep| Failing::Torn { keep }),
        Just(Failing::Lying),
    ]
}

prop_compose! {
    fn omit()(links in links(), rate in rate(), degree in 1..=u32::MAX) -> Trouble {
        Trouble::Omit { links, rate, degree }
    }
}

prop_compose! {
    fn delay()(links in links(), a in span(), b in span(), rate in rate()) -> Trouble {
        Trouble::Delay { links, least: a.min(b), most: a.max(b), rate }
    }
}

fn ration() -> impl Strategy<Value = Ration> {
    prop_oneof![
        rate().prop_map(|share| Ration::Processor { share }),
        any::<u64>().prop_map(|bytes| Ration::Memory { bytes }),
        any::<u64>().prop_map(|bytes| Ration::Disk { bytes }),
        Just(Ration::ReadOnly),
    ]
}

prop_compose! {
    fn strike()(from in node(), to in node(), number in 1..=u32::MAX, fate in fate()) -> Trouble {
        Trouble::strike(from, to, number, fate)
    }
}

fn trouble() -> impl Strategy<Value = Trouble> {
    let jump = -i64::MAX..=i64::MAX;
    let drift = -i32::MAX..=i32::MAX;
    prop_oneof![
        links().prop_map(|links| Trouble::Cut { links }),
        (links(), rate()).prop_map(|(links, rate)| Trouble::Lose { links, rate }),
        delay(),
        (links(), rate(), span()).prop_map(|(links, rate, most)| Trouble::Duplicate {
            links,
            rate,
            most
        }),
        (links(), rate()).prop_map(|(links, rate)| Trouble::Corrupt { links, rate }),
        strike(),
        (node(), any::<Option<u32>>()).prop_map(|(node, effects)| Trouble::Crash { node, effects }),
        node().prop_map(|node| Trouble::Pause { node }),
        (node(), jump, drift).prop_map(|(node, jump, drift)| Trouble::Skew { node, jump, drift }),
        (node(), rate(), deceit()).prop_map(|(node, rate, how)| Trouble::Lie { node, rate, how }),
        (node(), some_nodes(), some_nodes()).prop_map(|(node, first, second)| Trouble::Twin {
            node,
            first,
            second
        }),
        omit(),
        (links(), rate()).prop_map(|(links, rate)| Trouble::Garble { links, rate }),
        (links(), span()).prop_map(|(links, every)| Trouble::Throttle { links, every }),
        (node(), failing()).prop_map(|(node, how)| Trouble::Disk { node, how }),
        (node(), ration()).prop_map(|(node, ration)| Trouble::Starve { node, ration }),
    ]
}

prop_compose! {
    fn disturbance()(at: u64, length: Option<u64>, trouble in trouble()) -> Disturbance {
        let until = length.map(|length| Time(at) + Span(length));
        Disturbance { at: Time(at), until, trouble }
    }
}

fn ask() -> impl Strategy<Value = Ask> {
    let group = || (0..GROUPS).prop_map(GroupId);
    prop_oneof![
        (group(), any::<String>()).prop_map(|(group, body)| Ask::Multicast { group, body }),
        any::<String>().prop_map(|body| Ask::Multicast { group: GroupId::ALL, body }),
        group().prop_map(|group| Ask::Join { group }),
        group().prop_map(|group| Ask::Leave { group }),
        (any::<u64>(), any::<String>())
            .prop_map(|(instance, body)| Ask::Propose { instance, body }),
        any::<String>().prop_map(|body| Ask::Invoke { body }),
    ]
}

/// Steps with ids of their own, some of which wait for an earlier one.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (any::<u64>(), any::<bool>(), prop::sample::select(vec![0, 7, u64::MAX]), node());
    prop::collection::vec((step, ask()), 0..6).prop_map(|all| {
        let number = |(i, ((time, waits, after, node), ask)): (usize, _)| {
            let id = 3 * i as u32;
            let upon = When::Upon { of: id.saturating_sub(3), after: Span(after) };
            let when = if waits && id > 0 { upon } else { When::At(Time(time)) };
            Step { id, when, node, ask }
        };
        all.into_iter().enumerate().map(number).collect()
    })
}

/// So many groups that one has a name of two digits.
fn groups() -> impl Strategy<Value = Vec<Vec<NodeId>>> {
    let members = prop::collection::btree_set(node(), 1..4);
    let members = members.prop_map(|members| members.into_iter().collect());
    prop::collection::vec(members, GROUPS as usize)
}

prop_compose! {
    fn frame()(
        implementation: String,
        flaw: Option<String>,
        seed: u64,
        (lo, hi, heal, end) in any::<(u64, u64, u64, u64)>(),
        channel in prop::sample::select(vec![Channel::Perfect, Channel::FairLoss, Channel::Lossy]),
        in_flight in prop::sample::select(vec![InFlight::Kept, InFlight::Lost]),
        groups in groups(),
        open: bool,
        changing: bool,
        stops_within: u64,
    ) -> Frame {
        let (min_latency, max_latency) = (Span(lo.min(hi)), Span(lo.max(hi)));
        let promised = open.then_some(max_latency);
        let per_kib = Span(if changing { stops_within } else { 0 });
        let controlled = open.then_some(Controlled { min_latency, max_latency });
        let again = Reseed { at: Time(heal), seed: Seed(lo), min_latency, max_latency };
        Frame {
            format: FORMAT.to_owned(),
            version: 1,
            implementation,
            flaw,
            nodes: NODES,
            clients: 0,
            groups,
            open,
            changing,
            stops_within: Span(stops_within),
            seed: Seed(seed),
            network: NetworkOptions { min_latency, max_latency, promised, per_kib, channel, in_flight },
            controlled,
            order: Default::default(),
            reseed: changing.then_some(again),
            heal_at: Time(heal.min(end)),
            end: Time(heal.max(end)),
        }
    }
}

prop_compose! {
    fn schedule()(
        header in frame(),
        steps in steps(),
        disturbances in prop::collection::vec(disturbance(), 0..6),
    ) -> Schedule {
        Schedule { header, steps, disturbances }
    }
}

/// The text with one of its bytes changed, or cut off.
fn mutated(text: &str, at: usize, with: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = at % bytes.len();
    if with == 0 {
        bytes.truncate(at)
    } else {
        bytes[at] = with
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(schedule in schedule()) {
        let text = schedule.to_text();
        let read = Schedule::from_text(&text);
        let read = read.map_err(|e| TestCaseError::fail(format!("{e} in\n{text}")))?;
        prop_assert_eq!(read.to_text(), text);
        prop_assert_eq!(read, schedule);
    }

    #[test]
    fn nothing_makes_it_panic(schedule in schedule(), at: usize, with in 0..128u8) {
        let text = mutated(&schedule.to_text(), at, with);
        match Schedule::from_text(&text) {
            Ok(read) => prop_assert_eq!(Schedule::from_text(&read.to_text()), Ok(read)),
            Err(error) => {
                let line = text.lines().nth(error.line - 1).unwrap_or_default();
                prop_assert!(error.column <= line.chars().count() + 1, "{}", error);
            }
        }
    }
}
