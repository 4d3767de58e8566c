//! Authentication: nobody speaks in the name of a correct node.
//!
//! # Definition
//! If a node receives a frame from `p` and `p` is correct, then `p` sent a frame with that
//! transmission id, to whomever (Cachin, Guerraoui & Rodrigues: *Authenticity* of authenticated
//! links). Every stated channel promises this, even a lossy one. Judged of correct senders whose
//! sendings are recorded.
//! # Cost
//! O(events).
//! # Witness
//! The receipt.

use crate::environment::frames::{self, Frames};
use crate::environment::{UNKNOWN_CHANNEL, promised};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Set;
use pepperland_core::history::{Channel, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "authentication",
    number: "ENV5",
    statement: "a frame that is received from a correct node, that node sent",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Send, Kind::Recv],
    given: &[Given::Channel(Channel::Lossy)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !promised(case, &ENTRY) {
        return Verdict::undecided(UNKNOWN_CHANNEL);
    }
    let (history, scene) = (case.history, Scene::of(case));
    let frames = case.once(|| Frames::of(case));
    let sent: Set<(u32, u64)> = history
        .events()
        .filter(|event| event.kind() == Kind::Send)
        .filter_map(|event| Some((event.node()?.0, event.transmission()?.id)))
        .collect();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in &frames.all {
        let sender = frame.from as usize;
        if !case.correct[sender] || !frames.sends[sender] || !frame.arrived(history) {
            continue;
        }
        let (begin, end) = frame.span(history);
        tally.count(begin, end);
        if sent.contains(&(frame.from, frame.id)) || witness.is_some() {
            continue;
        }
        let (from, to) = (frames::name(history, frame.from), frames::name(history, frame.to));
        let id = frame.id;
        let receipt = frames::events(frame.at(history, Kind::Recv).take(1));
        witness = Some(
            Proof::default()
                .yes(format!("{to} received frame {id} from {from}, which is correct"), receipt)
                .no(format!("{from} sent frame {id}"), [])
                .because(format!("{to} received frame {id} from {from}, which never sent it")),
        );
    }
    tally.verdict(witness, "no frame arrived from a correct node whose sendings are recorded")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const LOSSY: &str = r#""contract":{"channel":"lossy"}"#;
    const SEND: &str = r#"{"t":1,"n":"n1","k":"send","to":"n1","x":1}"#;
    const RECV: &str = r#"{"t":2,"n":"n2","k":"recv","from":"n1","x":1}"#;

    #[test]
    fn a_correct_node_sent_what_comes_from_it() {
        assert_eq!(ruling(&ENTRY, &file(LOSSY, &[SEND, RECV])), Ruling::Held);
        let told = "n2 received frame 7 from n1, which never sent it";
        assert_eq!(because(&ENTRY, &file(LOSSY, &[SEND, &RECV.replace("x\":1", "x\":7")])), told);
        assert_eq!(undecided(&ENTRY, &file("\"end\":9", &[SEND, RECV])), UNKNOWN_CHANNEL);
    }

    #[test]
    fn a_faulty_node_may_be_impersonated() {
        let liar = LOSSY.to_owned() + r#","byzantine":["n1"]"#;
        assert_eq!(ruling(&ENTRY, &file(&liar, &[SEND, RECV])), Ruling::Undecided);
    }
}
