//! No duplication by links: a frame that is sent once is received once.
//!
//! # Definition
//! On perfect channels no frame is received more often than it was sent (Cachin, Guerraoui &
//! Rodrigues: *No duplication* of perfect links). A frame is its transmission id on its link; one
//! whose sending is not recorded was sent once. What Byzantine nodes send is not judged.
//! # Cost
//! O(events).
//! # Witness
//! The sendings and the receipts.

use crate::environment::frames::{self, Frames};
use crate::environment::{UNKNOWN_CHANNEL, promised};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Channel, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "link-no-duplication",
    number: "ENV1-dup",
    statement: "a frame is received no more often than it was sent",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Recv],
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
    for frame in frames.all.iter().filter(|frame| frame.arrived(history)) {
        let (begin, end) = frame.span(history);
        tally.count(begin, end);
        let (sent, received) = (frame.at(history, Kind::Send), frame.at(history, Kind::Recv));
        let most = sent.clone().count().max(1);
        if received.clone().count() <= most || witness.is_some() {
            continue;
        }
        let (from, to) = (frames::name(history, frame.from), frames::name(history, frame.to));
        let id = frame.id;
        let told = format!("{to} received frame {id} from {from} more often than it was sent");
        witness = Some(
            Proof::default()
                .yes(format!("{from} sent {to} frame {id}"), frames::events(sent))
                .no(
                    format!("{to} received it no more often"),
                    frames::events(received.take(most + 1)),
                )
                .because(told),
        );
    }
    tally.verdict(witness, "no frame arrived")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const PERFECT: &str = r#""contract":{"channel":"perfect"}"#;
    const SEND: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":1}"#;
    const RECV: &str = r#"{"t":2,"n":"n2","k":"recv","from":"n1","x":1}"#;

    #[test]
    fn receipts_are_counted_against_sendings() {
        assert_eq!(ruling(&ENTRY, &file(PERFECT, &[SEND, RECV])), Ruling::Held);
        let told = "n2 received frame 1 from n1 more often than it was sent";
        assert_eq!(because(&ENTRY, &file(PERFECT, &[SEND, RECV, RECV])), told);
        let again = [SEND, SEND, RECV, RECV];
        assert_eq!(ruling(&ENTRY, &file(PERFECT, &again)), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &file("\"end\":9", &[SEND, RECV, RECV])), UNKNOWN_CHANNEL);
    }
}
