//! Bounded buffers: in the end no node keeps more messages than was promised.
//!
//! # Definition
//! At the end of a complete run a correct node retains at most `about.bounds.buffer` messages:
//! those that it received in its last incarnation and has not discarded in it. (A protocol that
//! learns of losses from later traffic alone needs infinite storage when the traffic ends.)
//!
//! Which messages a node buffers is read off its discards: one that discards others' messages keeps
//! what it receives, one that discards its own alone keeps its own, and one that never discards is
//! not known to keep any. A restart empties the buffer.
//! # Cost
//! O(events).
//! # Witness
//! The first receipts of messages that are retained, one more than the bound, at most five; that
//! the discard never came cannot be shown by an event.

use crate::reliability::owed::INCOMPLETE;
use crate::reliability::receipts;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "buffer-boundedness",
    number: "RB12b",
    statement: "in the end no correct node keeps more messages than the bound",
    source: "Aguilera, Chen & Toueg 1997",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Discard],
    given: &[Given::Bound("buffer")],
    check,
};

/// The reason where no bound is stated.
pub const UNBOUNDED: &str = "the header states no about.bounds.buffer";

fn check(case: &Case<'_>) -> Verdict {
    let Some(most) = bound(case.history, "buffer") else { return Verdict::undecided(UNBOUNDED) };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (node, buffer) in Buffers::of(&scene).nodes.into_iter().enumerate() {
        let node = node as u32;
        if !buffer.discards || !case.correct[node as usize] {
            continue;
        }
        tally.count(Time::ZERO, scene.history.end());
        let kept = buffer.kept(&scene, node);
        if kept.len() as u64 > most && witness.is_none() {
            witness = Some(too_many(&scene, node, &kept, most));
        }
    }
    tally.verdict(witness, "no correct node ever discarded anything")
}

/// What each node has received and discarded since its last restart.
struct Buffers {
    nodes: Vec<Buffer>,
}

#[derive(Clone, Default)]
struct Buffer {
    discards: bool,
    /// Whether it ever discarded what it had not sent itself.
    discards_others: bool,
    received: Map<u32, u32>,
    discarded: Set<u32>,
}

impl Buffers {
    fn of(scene: &Scene<'_>) -> Buffers {
        let mut nodes = vec![Buffer::default(); scene.history.node_count()];
        let mut restart = vec![0; nodes.len()];
        for (event, kind) in scene.history.kinds().iter().enumerate() {
            let (node, row) = (scene.history.nodes()[event], scene.history.messages()[event]);
            let Some(buffer) = nodes.get_mut(node as usize) else { continue };
            match kind {
                Kind::Crash | Kind::Recover => {
                    restart[node as usize] = event as u32;
                    buffer.discarded.clear();
                }
                Kind::Discard if row != NONE => {
                    buffer.discards = true;
                    buffer.discards_others |= scene.table.origins()[row as usize] != node;
                    buffer.discarded.insert(row);
                }
                _ => {}
            }
        }
        receipts::each(scene, |event, node, row| {
            if event >= restart[node as usize] {
                nodes[node as usize].received.entry(row).or_insert(event);
            }
        });
        Buffers { nodes }
    }
}

impl Buffer {
    /// The receipts of what is retained, in order.
    fn kept(&self, scene: &Scene<'_>, node: u32) -> Vec<u32> {
        let own = |row: u32| scene.table.origins()[row as usize] == node;
        let kept = |row: u32| !self.discarded.contains(&row) && (self.discards_others || own(row));
        let kept = self.received.iter().filter(|(row, _)| kept(**row));
        let mut events: Vec<u32> = kept.map(|(_, event)| *event).collect();
        events.sort_unstable();
        events
    }
}

/// How many receipts a witness names.
const SHOWN: usize = 5;

fn too_many(scene: &Scene<'_>, node: u32, kept: &[u32], most: u64) -> Witness {
    let (who, count) = (scene.node_name(node), kept.len());
    let shown = kept.iter().take(SHOWN.min(most as usize + 1)).map(|event| EventId(*event));
    Proof::default()
        .yes(format!("{who} received {count} messages that it has not discarded"), shown)
        .no(format!("that is at most {most}"), [])
        .because(format!("{who} still keeps {count} messages in the end; the bound is {most}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    fn file(bounds: &str, discarded: &str) -> History {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
            "complete":true,"clock":"virtual","about":{"bounds":{BOUNDS}}}"#;
        let events = r#"
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"broadcast","m":"n1:0:2"}
{"t":3,"n":"n2","k":"recv","from":"n1","x":1,"ms":["n1:0:1","n1:0:2"]}
{"t":4,"n":"n1","k":"discard","m":"n1:0:1"}
"#;
        let text = header.replace('\n', " ").replace("BOUNDS", bounds) + events + discarded;
        History::read(text.as_bytes()).unwrap()
    }

    const ANOTHER: &str = "{\"t\":5,\"n\":\"n1\",\"k\":\"discard\",\"m\":\"n1:0:2\"}\n";

    #[test]
    fn what_is_left_in_the_end_is_counted() {
        let told = "n1 still keeps 1 messages in the end; the bound is 0";
        assert_eq!(because(&ENTRY, &file("\"buffer\":0", "")), told);
        assert_eq!(ruling(&ENTRY, &file("\"buffer\":0", ANOTHER)), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &file("\"buffer\":1", "")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &file("", ANOTHER)), UNBOUNDED);
    }

    #[test]
    fn who_discards_what_others_sent_keeps_it() {
        let discard = ANOTHER.replace("n1\",\"k", "n2\",\"k") + ANOTHER;
        let told = "n2 still keeps 1 messages in the end; the bound is 0";
        assert_eq!(because(&ENTRY, &file("\"buffer\":0", &discard)), told);
    }
}
