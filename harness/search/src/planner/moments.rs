//! Moments of a run that is known: what happened at a node, and how far the node was with what it
//! did then. What is rare is chosen as often as what is frequent: first whether it is one that the
//! application sees, then its kind, then the event (as crash points are chosen by what is accessed,
//! not by when; Lu et al., *CrashTuner*, SOSP 2019).

use crate::planner::coverage::word;
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// A moment of a node.
#[derive(Copy, Clone, Debug)]
pub struct Moment {
    /// When.
    pub at: Time,
    /// Where.
    pub node: NodeId,
    /// How many effects the node had on record at that instant, before the event.
    pub effects: u32,
}

/// A moment before an instant; none if nothing happened.
pub fn pick(history: &History, before: Time, stream: &mut Stream) -> Option<Moment> {
    let mut of_word: BTreeMap<u64, Vec<EventId>> = BTreeMap::new();
    let told = |event: &Event<'_>| is_told(event.kind()) && event.node().is_some();
    for event in history.events().take_while(|event| event.time() < before).filter(told) {
        of_word.entry(word(&event)).or_default().push(event.id);
    }
    let visible = |events: &&Vec<EventId>| !history.event(events[0]).kind().is_transmission();
    let mut words: Vec<&Vec<EventId>> = of_word.values().collect();
    if stream.chance(PerMillion::percent(50)) && words.iter().any(visible) {
        words.retain(visible);
    }
    let word = (!words.is_empty()).then(|| *stream.pick(&words))?;
    let event = history.event(*stream.pick(word));
    let effects = effects_before(history, event.id);
    Some(Moment { at: event.time(), node: event.node()?, effects })
}

/// How many effects a node had on record at the instant of an event, before it.
pub fn effects_before(history: &History, event: EventId) -> u32 {
    let index = event.index();
    let (at, node) = (history.times()[index], history.nodes()[index]);
    let same = (0..index).rev().take_while(|e| history.times()[*e] == at);
    let of_node = same.filter(|e| history.nodes()[*e] == node);
    of_node.filter(|e| is_effect(history.kinds()[*e])).count() as u32
}

fn is_told(kind: Kind) -> bool {
    use Kind::{Crash, Cut, Delay, Drop, Heal, Lose, Note, Pause, Recover, Resume, Skew};
    !matches!(
        kind,
        Crash | Cut | Delay | Drop | Heal | Lose | Note | Pause | Recover | Resume | Skew
    )
}

fn is_effect(kind: Kind) -> bool {
    let made_to_it = matches!(kind, Kind::Recv | Kind::Broadcast | Kind::Invoke | Kind::Propose);
    is_told(kind) && !made_to_it
}
