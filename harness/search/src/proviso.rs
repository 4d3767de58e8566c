//! What must be true of a run for a claim to bind, held against the run.

use pepperland_core::history::{Clock, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Proviso;
use pepperland_core::schedule::{Fate, InFlight, NetworkOptions, Schedule, Trouble, Way};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// Where what a node has sent may die with it.
pub const SENDS_DO_NOT_SURVIVE: &str =
    "claimed only where messages in flight survive their sender's crash";

/// Why what the claim is made for is not so in this run, if it is not.
pub fn unmet(proviso: Proviso, schedule: &Schedule, history: &History) -> Option<String> {
    match proviso {
        Proviso::Always => None,
        Proviso::SendsSurvive => (schedule.header.network.in_flight == InFlight::Lost)
            .then(|| SENDS_DO_NOT_SURVIVE.into()),
        Proviso::OneGroup => {
            (history.groups().len() > 1).then(|| "claimed only where there is one group".into())
        }
        Proviso::SeveralGroups => (history.groups().len() < 2)
            .then(|| "claimed only where there are several groups".into()),
        Proviso::NobodyCrashes => {
            let mut crashes = history.kinds().iter().filter(|kind| **kind == Kind::Crash);
            crashes.next().map(|_| "claimed only while nobody crashes".into())
        }
        Proviso::KeepsSending => silent_after(schedule.header.heal_at, history)
            .map(|silent| format!("claimed only while every node keeps sending, and {silent}")),
        Proviso::InTime => {
            let mut late = schedule
                .disturbances
                .iter()
                .filter(|d| makes_late(&d.trouble, &schedule.header.network));
            late.next().map(|_| "claimed only while nothing is late".into())
        }
        Proviso::HonestInTime => honest_late(schedule)
            .then(|| "claimed only while nothing is late but what liars send".into()),
        Proviso::Calm if honest_late(schedule) => {
            Some("claimed only while nothing is late but what liars send".into())
        }
        Proviso::Calm => unmet(Proviso::NobodyCrashes, schedule, history),
        Proviso::AskedAtOnce => (history.header.clock == Clock::Real)
            .then(|| "claimed only where requests reach their node at once".into()),
        Proviso::Lives(node) => {
            let crash = |(kind, at): (&Kind, &u32)| *kind == Kind::Crash && *at == node.0;
            let crashed = history.kinds().iter().zip(history.nodes()).any(crash);
            crashed.then(|| format!("claimed only while {node} lives"))
        }
    }
}

/// Whether something may be late that no liar has sent.
fn honest_late(schedule: &Schedule) -> bool {
    let honest = schedule.disturbances.iter().filter(|d| d.trouble.liar().is_none());
    honest.into_iter().any(|d| makes_late(&d.trouble, &schedule.header.network))
}

/// Whether a message may come later than the network by itself would bring it, or a node may think
/// so.
pub fn makes_late(trouble: &Trouble, network: &NetworkOptions) -> bool {
    match trouble {
        Trouble::Cut { .. }
        | Trouble::Lose { .. }
        | Trouble::Omit { .. }
        | Trouble::Garble { .. }
        | Trouble::Delay { .. }
        | Trouble::Throttle { .. }
        | Trouble::Pause { .. }
        | Trouble::Starve { .. }
        | Trouble::Twin { .. }
        | Trouble::Skew { .. } => true,
        Trouble::Lie { how, .. } => matches!(how.way, Way::Silent | Way::Late),
        // Where latencies are named one by one, they are the network's own up to what it promises.
        Trouble::Strike { fate: Fate::Delay { by }, .. } => {
            network.max_latency + *by > network.promised_latency()
        }
        Trouble::Strike { fate, .. } => {
            matches!(fate, Fate::Lose | Fate::Garble | Fate::Withhold | Fate::Stall { .. })
        }
        Trouble::Duplicate { .. }
        | Trouble::Corrupt { .. }
        | Trouble::Crash { .. }
        | Trouble::Disk { .. } => false,
    }
}

/// Who falls silent after the heal, in half a sentence: a correct node that multicasts nothing, or
/// all correct nodes that have delivered a crashed node's message, of which nobody else can learn.
fn silent_after(heal_at: Time, history: &History) -> Option<String> {
    let nodes = history.node_count();
    let (mut correct, mut last) = (vec![true; nodes], vec![None; nodes]);
    for (event, (kind, node)) in history.kinds().iter().zip(history.nodes()).enumerate() {
        let healed = history.times()[event] >= heal_at;
        match kind {
            Kind::Crash => correct[*node as usize] = false,
            Kind::Broadcast if healed => last[*node as usize] = Some(event),
            _ => {}
        }
    }
    let silent = (0..nodes).find(|node| correct[*node] && last[*node].is_none());
    let silent = silent.map(|node| format!("{} does not", NodeId(node as u32)));
    silent.or_else(|| untold(history, &correct, &last))
}

/// A message of a crashed node that correct nodes delivered after their last multicast alone.
fn untold(history: &History, correct: &[bool], last: &[Option<usize>]) -> Option<String> {
    let origins = history.message_table().origins();
    let mut told = BTreeMap::new();
    let columns = history.kinds().iter().zip(history.nodes()).zip(history.messages()).enumerate();
    for (event, ((kind, node), row)) in columns {
        if *kind == Kind::Deliver && correct[*node as usize] {
            *told.entry(*row).or_insert(false) |= last[*node as usize] > Some(event);
        }
    }
    let crashed = |row: u32| correct.get(origins[row as usize] as usize) == Some(&false);
    let untold = told.into_iter().find(|(row, told)| !told && crashed(*row));
    untold.map(|(row, _)| format!("nobody who has {} does", history.message_name(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::lanes;

    fn silent(picture: &str) -> Option<String> {
        silent_after(Time::ZERO, &lanes(picture))
    }

    #[test]
    fn every_correct_node_must_speak_and_whoever_has_a_crashed_nodes_message() {
        assert_eq!(silent("n1: !a   a\nn2: a !b b"), None);
        assert_eq!(silent("n1: !a a\nn2:    a").as_deref(), Some("n2 does not"));
        assert_eq!(silent("n1: !a a #\nn2:    a !b\nn3: !c"), None);
        let late = silent("n1: !a a #\nn2: !b a\nn3: !c");
        assert_eq!(late.as_deref(), Some("nobody who has n1:0:1 does"));
        let early = silent_after(Time::NEVER, &lanes("n1: !a a\nn2: !b a"));
        assert_eq!(early.as_deref(), Some("n1 does not"));
    }
}
