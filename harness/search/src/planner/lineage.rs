//! Lineage-driven: out of a run in which a message was delivered, what the delivery rests on is
//! read, and taken away (Alvaro, Rosen & Hellerstein, *Lineage-driven Fault Injection*, SIGMOD
//! 2015). A delivery rests on the frames that brought the message; what may be taken away are those
//! frames, their senders just before they send them, or their links, whichever the plan's own
//! faults are.

use crate::planner::corpus::Lesson;
use crate::planner::moments::effects_before;
use crate::planner::mutation::exchange;
use crate::planner::{Strategy, Turn};
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Class;
use pepperland_core::schedule::{Disturbance, Schedule, Trouble};
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};
use std::collections::BTreeSet;

/// The record.
pub const ENTRY: Strategy = Strategy {
    name: "lineage",
    statement: "what a delivery of an earlier run rests on is taken away",
    source: "Alvaro, Rosen & Hellerstein 2015",
    orders: false,
    learns: true,
    plan,
};

fn plan(turn: &mut Turn<'_, '_>) -> Schedule {
    let fresh = turn.run.is_multiple_of(4);
    let lesson = turn.corpus.pick(&mut turn.stream);
    let cut = lesson.filter(|_| !fresh).and_then(|lesson| without_support(turn, lesson));
    cut.unwrap_or_else(|| turn.planned())
}

/// The lesson's schedule without what one of its deliveries rests on.
pub fn without_support(turn: &mut Turn<'_, '_>, lesson: &Lesson) -> Option<Schedule> {
    let heal_at = lesson.schedule.header.heal_at;
    let sends = support(&lesson.history, heal_at, &mut turn.stream)?;
    let mut schedule = lesson.schedule.clone();
    let crashes = |d: &Disturbance| matches!(d.trouble, Trouble::Crash { .. });
    let cuts = |d: &Disturbance| matches!(d.trouble, Trouble::Cut { .. });
    if schedule.disturbances.iter().any(crashes) {
        let classes = turn.trial.plan.implementation.classes(schedule.header.nodes as usize);
        crash_senders(&mut schedule, &lesson.history, (&sends, &classes), &mut turn.stream);
    } else if schedule.disturbances.iter().any(cuts) {
        begin_before(&mut schedule, cuts, &sends[0]);
    } else {
        return None;
    }
    Some(schedule)
}

/// A frame that brought a message.
struct Support {
    event: EventId,
    at: Time,
    from: NodeId,
}

/// The frames that brought one message to one node, or those that brought it to their senders.
fn support(history: &History, before: Time, stream: &mut Stream) -> Option<Vec<Support>> {
    let delivered = |event: &Event<'_>| event.kind() == Kind::Deliver && event.time() < before;
    let deliveries: Vec<Event<'_>> = history.events().filter(delivered).collect();
    let delivery = (!deliveries.is_empty()).then(|| stream.pick(&deliveries))?;
    let (node, row) = (delivery.node()?, delivery.message()?);
    let brought = |event: &Event<'_>| {
        let frame = event.transmission().filter(|_| event.kind() == Kind::Send);
        frame.is_some_and(|frame| frame.peer == node && frame.messages.contains(&row))
    };
    let sends = history.events().filter(brought).filter(|event| event.node() != Some(node));
    let support: Vec<Support> = sends
        .filter_map(|event| {
            Some(Support { event: event.id, at: event.time(), from: event.node()? })
        })
        .collect();
    (!support.is_empty()).then_some(support)
}

/// Whoever may crash does so just before the frame: the first senders first. Nodes change places,
/// so that there are no more victims than before, in no class of them.
fn crash_senders(
    schedule: &mut Schedule,
    history: &History,
    (sends, classes): (&[Support], &[Class]),
    stream: &mut Stream,
) {
    let heal_at = schedule.header.heal_at;
    let mut crashed = BTreeSet::new();
    let first = sends.iter().filter(|send| crashed.insert(send.from));
    let mut left: Vec<&Support> = first.collect();
    for index in 0..schedule.disturbances.len() {
        let Trouble::Crash { node, .. } = schedule.disturbances[index].trouble else { continue };
        let is_alike = |send: &&Support| {
            classes.iter().any(|class| class.holds(node) && class.holds(send.from))
        };
        let Some(place) = left.iter().position(is_alike) else { continue };
        let send = left.remove(place);
        exchange(schedule, node, send.from);
        let d = &mut schedule.disturbances[index];
        let lasts = d.until.map(|until| until.since(d.at));
        let effects = effects_before(history, send.event) + stream.below(3) as u32;
        d.at = send.at;
        d.until = lasts.map(|lasts| (send.at + lasts).min(heal_at).max(send.at));
        d.trouble = Trouble::Crash { node: send.from, effects: Some(effects) };
    }
}

/// What is cut is cut just before the frame is sent, for as long as before.
fn begin_before(schedule: &mut Schedule, cuts: fn(&Disturbance) -> bool, send: &Support) {
    let heal_at = schedule.header.heal_at;
    for d in schedule.disturbances.iter_mut().filter(|d| cuts(d)) {
        let lasts = d.until.map_or(Span::ZERO, |until| until.since(d.at));
        d.at = send.at;
        d.until = Some((send.at + lasts).min(heal_at).max(send.at));
    }
}
