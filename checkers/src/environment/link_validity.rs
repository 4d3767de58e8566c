//! Link validity: what a correct node sends a correct node arrives.
//!
//! # Definition
//! On perfect channels, if `p` sends a frame to `q` and both are correct, `q` receives it in the
//! end (Cachin, Guerraoui & Rodrigues: *Reliable delivery* of perfect links). Judged for nodes that
//! never crash: a frame to or from one that did may be lost with it, though it comes back.
//!
//! A frame that the history says was dropped is lost for good. One of which nothing more is told is
//! missing if the history is complete and the frame had time to arrive: a second, or twice the
//! longest passage of any frame. A cut that never heals holds frames back for good; then only those
//! that were dropped are judged. A node that stands still in the end owes nothing.
//! # Cost
//! O(events).
//! # Witness
//! The sending, and the loss if it is told of.

use crate::environment::frames::{self, Frame, Frames};
use crate::environment::{UNKNOWN_CHANNEL, promised};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Channel, History, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "link-validity",
    number: "ENV1",
    statement: "what a correct node sends a correct node arrives",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Send, Kind::Recv],
    given: &[Given::Channel(Channel::Perfect)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !promised(case, &ENTRY) {
        return Verdict::undecided(UNKNOWN_CHANNEL);
    }
    let (history, scene) = (case.history, Scene::of(case));
    let frames = case.once(|| Frames::of(case));
    let waits = !history.header.complete || frames::is_cut_for_good(history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in frames.all.iter().filter(|frame| frames.is_steady(frame)) {
        let Some(sent) = frame.at(history, Kind::Send).last() else { continue };
        let overdue = !waits && frames.is_overdue(history, history.times()[sent as usize]);
        let lost = frame.lost(history);
        if !frame.arrived(history) && lost.is_none() && !overdue {
            continue;
        }
        let (from, to) = frame.span(history);
        tally.count(from, to);
        if !frame.arrived(history) && witness.is_none() {
            witness = Some(missing(history, frame, sent, lost));
        }
    }
    match (witness, history.header.complete) {
        (None, false) => Verdict::undecided(INCOMPLETE),
        (witness, _) => tally.verdict(witness, "no frame between nodes that never crash"),
    }
}

fn missing(history: &History, frame: &Frame, sent: u32, lost: Option<u32>) -> Witness {
    let (from, to) = (frames::name(history, frame.from), frames::name(history, frame.to));
    let id = frame.id;
    let how = if lost.is_some() { "was lost" } else { "never arrived" };
    Proof::default()
        .yes(format!("{from} sent {to} frame {id}"), frames::events([sent]))
        .yes(format!("{from} and {to} are correct and never crashed"), [])
        .no(format!("{to} received it"), frames::events(lost))
        .because(format!("frame {id} from {from} to {to} {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const PERFECT: &str = r#""complete":true,"contract":{"channel":"perfect"},"end":9000000000"#;
    const SEND: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":1}"#;
    const RECV: &str = r#"{"t":2,"n":"n2","k":"recv","from":"n1","x":1}"#;
    const DROP: &str = r#"{"t":2,"n":"n1","k":"drop","to":"n2","x":1,"why":"loss"}"#;
    const CRASH: &str = r#"{"t":3,"n":"n2","k":"crash"}"#;
    const CUT: &str = r#"{"t":3,"k":"cut","id":1}"#;
    const HEAL: &str = r#"{"t":4,"k":"heal","id":1}"#;

    #[test]
    fn frames_between_steady_nodes_arrive() {
        assert_eq!(ruling(&ENTRY, &file(PERFECT, &[SEND, RECV])), Ruling::Held);
        let told = |events: &[&str]| because(&ENTRY, &file(PERFECT, events));
        assert_eq!(told(&[SEND, DROP]), "frame 1 from n1 to n2 was lost");
        assert_eq!(told(&[SEND, CUT, HEAL]), "frame 1 from n1 to n2 never arrived");
    }

    #[test]
    fn crashes_cuts_and_the_end_excuse() {
        let judged = |header: &str, events: &[&str]| ruling(&ENTRY, &file(header, events));
        assert_eq!(judged(PERFECT, &[SEND, DROP, CRASH]), Ruling::Undecided);
        assert_eq!(judged(PERFECT, &[SEND, CUT]), Ruling::Undecided);
        let short = PERFECT.replace("9000000000", "900");
        assert_eq!(judged(&short, &[SEND]), Ruling::Undecided);
        let lossy = PERFECT.replace("perfect", "fair-loss");
        assert_eq!(undecided(&ENTRY, &file(&lossy, &[SEND, DROP])), UNKNOWN_CHANNEL);
        let incomplete = PERFECT.replace("true", "false");
        assert_eq!(judged(&incomplete, &[SEND, RECV]), Ruling::Undecided);
        assert_eq!(judged(&incomplete, &[SEND, DROP]), Ruling::Violated);
    }
}
