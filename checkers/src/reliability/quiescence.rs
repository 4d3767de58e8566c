//! Quiescence: when nothing happens any more, data stops travelling.
//!
//! # Definition
//! Eventually the correct nodes send no more frames that carry messages (Aguilera, Chen & Toueg
//! 1997: *quiescent* reliable communication). Frames that name no message, as heartbeats do, may go
//! on for ever.
//!
//! On a finite run: let `T` be the last instant at which something happened that could call for
//! data (a request, a delivery, a view, a crash or restart, the beginning or end of a disturbance).
//! Then no correct node sends data in the second half of the time from `T` to the end. That time
//! must be one second at least, or `about.bounds.quiet` ns, else the run ended too soon to tell.
//! # Cost
//! O(events + messages named by frames).
//! # Witness
//! The last event that could call for data, and the first frame of the second half that carries
//! some; that this will not end cannot be shown by an event.

use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, bound};
use pepperland_core::history::{EventId, Kind, QUIET};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "quiescence",
    number: "RB12",
    statement: "when nothing calls for data any more, correct nodes stop sending it",
    source: "Aguilera, Chen & Toueg 1997",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Send],
    given: &[],
    check,
};

/// The reason where the end comes too soon.
pub const TOO_SOON: &str = "the run ended too soon after the last thing that could call for data";

fn check(case: &Case<'_>) -> Verdict {
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let (call, last) = last_call(&scene);
    let left = scene.history.end().since(last).0;
    if left < bound(scene.history, "quiet").unwrap_or(QUIET.0) {
        return Verdict::undecided(TOO_SOON);
    }
    let half = Time(last.0.saturating_add(left / 2).saturating_add(scene.clock_error()));
    let mut span = vec![None; scene.table.len()];
    let mut late = None;
    for (event, row) in data(&scene) {
        let now = scene.time(event);
        let (first, _) = span[row as usize].unwrap_or((now, now));
        span[row as usize] = Some((first.min(now), now.max(first)));
        if now > half && late.is_none() {
            late = Some((event, row));
        }
    }
    let mut tally = Tally::of(&scene);
    span.into_iter().flatten().for_each(|(from, to)| tally.count(from, to));
    let witness = late.map(|(event, row)| restless(&scene, call, last, event, row));
    tally.verdict(witness, "no frame of a correct node names a message")
}

/// The last event that could call for data, and that instant: not before the faults stopped.
fn last_call(scene: &Scene<'_>) -> (Option<EventId>, Time) {
    let events = (0..scene.history.len()).filter(|e| calls_for_data(scene.history.kinds()[*e]));
    let last = events.max_by_key(|event| (scene.history.times()[*event], *event));
    let at = last.map_or(Time::ZERO, |event| scene.history.times()[event]);
    let healed = scene.history.header.heal_at.unwrap_or(Time::ZERO);
    (last.map(|event| EventId(event as u32)), at.max(healed))
}

fn calls_for_data(kind: Kind) -> bool {
    let free = matches!(
        kind,
        Kind::Suspect
            | Kind::Trust
            | Kind::Discard
            | Kind::Lead
            | Kind::Unlead
            | Kind::Token
            | Kind::Enter
            | Kind::Exit
            | Kind::Clock
            | Kind::Note
    );
    !free && !kind.is_transmission()
}

/// Each message in each frame sent by a correct node, with the event of the frame.
fn data<'s>(scene: &'s Scene<'_>) -> impl Iterator<Item = (u32, u32)> + 's {
    let columns = scene.history.kinds().iter().zip(scene.history.nodes()).enumerate();
    let sends = columns.filter(|(_, (kind, node))| {
        **kind == Kind::Send && scene.case.correct.get(**node as usize) == Some(&true)
    });
    sends.flat_map(|(event, _)| {
        let frame = scene.history.event(EventId(event as u32)).transmission();
        let rows = frame.map_or(&[][..], |frame| &frame.messages);
        rows.iter().map(move |row| (event as u32, *row))
    })
}

fn restless(scene: &Scene<'_>, call: Option<EventId>, last: Time, event: u32, row: u32) -> Witness {
    let sender = scene.node_name(scene.history.nodes()[event as usize]);
    let message = scene.name(row);
    let late = scene.time(event).since(last).0;
    Proof::default()
        .yes("the last thing that could call for data happened", call)
        .yes(format!("{sender} is correct"), [])
        .no("data travels only in the first half of the time after that", [EventId(event)])
        .because(format!("{sender} still sent {message} {late} ns after anything called for data"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    fn file(sent: u64, end: u64) -> History {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"end":END,
            "complete":true,"clock":"virtual","about":{"bounds":{"quiet":100}}}"#;
        let events = r#"
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":1,"n":"n1","k":"send","to":"n2","x":1,"m":"n1:0:1"}
{"t":AT,"n":"n1","k":"send","to":"n2","x":2,"m":"n1:0:1"}
"#;
        let text = header.replace('\n', " ").replace("END", &end.to_string()) + events;
        History::read(text.replace("AT", &sent.to_string()).as_bytes()).unwrap()
    }

    #[test]
    fn data_stops_in_the_first_half() {
        assert_eq!(ruling(&ENTRY, &file(90, 201)), Ruling::Held);
        let told = "n1 still sent n1:0:1 101 ns after anything called for data";
        assert_eq!(because(&ENTRY, &file(102, 201)), told);
    }

    #[test]
    fn a_short_end_tells_nothing() {
        assert_eq!(undecided(&ENTRY, &file(90, 100)), TOO_SOON);
        let mut history = file(90, 201);
        history.header.complete = false;
        assert_eq!(undecided(&ENTRY, &history), INCOMPLETE);
    }

    #[test]
    fn faults_that_stop_late_call_for_data() {
        let mut history = file(102, 301);
        history.header.heal_at = Some(Time(150));
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}
