//! No creation by links: what is received was sent before, and is unchanged.
//!
//! # Definition
//! On perfect channels, if `q` receives a frame from `p`, then `p` sent it to `q` before, and it
//! says what it said then (Cachin, Guerraoui & Rodrigues: *No creation* of perfect links). Judged
//! of senders whose sendings are recorded. That the sending came before is judged where the lines
//! are one true order. A frame was changed if its label, its length or its messages differ, where
//! both sides state them, or if more of its copies were corrupted than did not arrive.
//! # Cost
//! O(events).
//! # Witness
//! The receipt; the sendings and corruptions, if there are any.

use crate::environment::frames::{self, Frame, Frames};
use crate::environment::{UNKNOWN_CHANNEL, promised};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Channel, EventId, History, Kind, Transmission};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "link-no-creation",
    number: "ENV1-new",
    statement: "a frame that is received was sent before, and is unchanged",
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
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in frames.all.iter().filter(|frame| frames.sends[frame.from as usize]) {
        for receipt in frame.at(history, Kind::Recv) {
            let (begin, end) = frame.span(history);
            tally.count(begin, end);
            if witness.is_none() {
                witness =
                    wrong(&scene, frame, receipt).map(|how| told(history, frame, receipt, how));
            }
        }
    }
    tally.verdict(witness, "no frame arrived from a node whose sendings are recorded")
}

/// What is wrong with a receipt.
fn wrong(scene: &Scene<'_>, frame: &Frame, receipt: u32) -> Option<&'static str> {
    let history = scene.history;
    let count = |kind| frame.at(history, kind).count();
    let mut sent = frame.at(history, Kind::Send);
    let Some(first) = sent.clone().next() else { return Some("which was never sent") };
    if scene.is_virtual() && first > receipt {
        return Some("before it was sent");
    }
    let copies = count(Kind::Send) + count(Kind::Duplicate);
    if count(Kind::Recv) + count(Kind::Corrupt) > copies && count(Kind::Corrupt) > 0 {
        return Some("though it was corrupted");
    }
    let same = sent.any(|sending| says_the_same(history, sending, receipt));
    (!same).then_some("not as it was sent")
}

fn says_the_same(history: &History, sending: u32, receipt: u32) -> bool {
    let frame = |event| history.event(EventId(event)).transmission();
    let (Some(was), Some(is)) = (frame(sending), frame(receipt)) else { return true };
    let messages = |frame: &Transmission| {
        let mut rows = frame.messages.to_vec();
        rows.sort_unstable();
        rows
    };
    let stated = !was.messages.is_empty() && !is.messages.is_empty();
    let labels = was.label.is_none() || is.label.is_none() || was.label == is.label;
    let lengths = was.bytes.is_none() || is.bytes.is_none() || was.bytes == is.bytes;
    labels && lengths && (!stated || messages(was) == messages(is))
}

fn told(history: &History, frame: &Frame, receipt: u32, how: &str) -> Witness {
    let (from, to) = (frames::name(history, frame.from), frames::name(history, frame.to));
    let id = frame.id;
    let others = frame.at(history, Kind::Send).chain(frame.at(history, Kind::Corrupt));
    Proof::default()
        .yes(format!("{to} received frame {id} from {from}"), [EventId(receipt)])
        .no(format!("{from} sent it before, and it is unchanged"), frames::events(others))
        .because(format!("{to} received frame {id} from {from} {how}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const PERFECT: &str = r#""contract":{"channel":"perfect"},"clock":"virtual""#;
    const SEND: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":1,"m":"n1:0:1","bytes":9}"#;
    const OTHER: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":2}"#;
    const RECV: &str = r#"{"t":1,"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:1","bytes":9}"#;
    const CORRUPT: &str = r#"{"t":1,"n":"n1","k":"corrupt","to":"n2","x":1}"#;

    #[test]
    fn what_arrives_was_sent_as_it_is() {
        let told = |events: &[&str]| because(&ENTRY, &file(PERFECT, events));
        assert_eq!(ruling(&ENTRY, &file(PERFECT, &[SEND, RECV])), Ruling::Held);
        assert_eq!(told(&[OTHER, RECV]), "n2 received frame 1 from n1 which was never sent");
        assert_eq!(told(&[RECV, SEND]), "n2 received frame 1 from n1 before it was sent");
        let as_sent = "n2 received frame 1 from n1 not as it was sent";
        assert_eq!(told(&[SEND, &RECV.replace("0:1", "0:2")]), as_sent);
        assert_eq!(told(&[SEND, &RECV.replace('9', "8")]), as_sent);
        let corrupted = "n2 received frame 1 from n1 though it was corrupted";
        assert_eq!(told(&[SEND, CORRUPT, RECV]), corrupted);
    }

    #[test]
    fn senders_that_record_nothing_are_not_judged() {
        let nothing = "no frame arrived from a node whose sendings are recorded";
        assert_eq!(undecided(&ENTRY, &file(PERFECT, &[RECV])), nothing);
    }
}
