//! Bounded delay: frames that arrive take no longer than promised.
//!
//! # Definition
//! A frame that arrives does so at most `about.bounds.delay` ns after it was sent, or after the
//! instant from which times are promised, if that is later (Dwork, Lynch & Stockmeyer 1988): that
//! is `about.bounds.gst` ns, else when the faults stopped, else the beginning. A synchronous
//! system, which promises it always, states a `gst` of 0. Frames that never arrive are not judged
//! here. Of a frame that is sent several times the last sending counts, and on a real clock its
//! error is added.
//! # Cost
//! O(events).
//! # Witness
//! The sending and the receipt.

use crate::environment::frames::{self, Frames};
use crate::environment::unbounded;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "delay-bound",
    number: "ENV4",
    statement: "frames that arrive take no longer than the bound",
    source: "Dwork, Lynch & Stockmeyer 1988",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Send, Kind::Recv],
    given: &[Given::Bound("delay")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let history = case.history;
    let Some(most) = bound(history, "delay") else { return unbounded("delay") };
    let scene = Scene::of(case);
    let frames = case.once(|| Frames::of(case));
    let stable = frames::stable_from(history);
    let allowed = most.saturating_add(frames::clock_error(history));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in &frames.all {
        let Some(sending) = frame.at(history, Kind::Send).last() else { continue };
        for receipt in frame.at(history, Kind::Recv) {
            let (sent, received) = (scene.time(sending), scene.time(receipt));
            tally.count(sent.min(received), received);
            let took = received.since(sent.max(stable)).0;
            if took <= allowed || witness.is_some() {
                continue;
            }
            let (from, to) = (frames::name(history, frame.from), frames::name(history, frame.to));
            let id = frame.id;
            witness = Some(
                Proof::default()
                    .yes(format!("{from} sent {to} frame {id}"), [EventId(sending)])
                    .no(format!("it arrived within {most} ns"), [EventId(receipt)])
                    .because(format!(
                        "frame {id} from {from} to {to} took {took} ns; the bound is {most}"
                    )),
            );
        }
    }
    tally.verdict(witness, "no frame is known to have been sent and to have arrived")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const BOUND: &str = r#""clock":"virtual","about":{"bounds":{"delay":5}}"#;
    const SEND: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":1}"#;
    const RECV: &str = r#"{"t":7,"n":"n2","k":"recv","from":"n1","x":1}"#;

    #[test]
    fn a_passage_is_measured_once_times_are_promised() {
        let told = "frame 1 from n1 to n2 took 6 ns; the bound is 5";
        assert_eq!(because(&ENTRY, &file(BOUND, &[SEND, RECV])), told);
        let healed = BOUND.to_owned() + ",\"heal_at\":2";
        assert_eq!(ruling(&ENTRY, &file(&healed, &[SEND, RECV])), Ruling::Held);
        let always = healed.replace("\"delay\":5", "\"delay\":5,\"gst\":0");
        assert_eq!(because(&ENTRY, &file(&always, &[SEND, RECV])), told);
        let real = BOUND.replace("virtual", "real") + ",\"clock_error\":1";
        assert_eq!(ruling(&ENTRY, &file(&real, &[SEND, RECV])), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &file(BOUND, &[SEND])), Ruling::Undecided);
        assert!(undecided(&ENTRY, &file("\"end\":9", &[])).contains("about.bounds.delay"));
    }
}
