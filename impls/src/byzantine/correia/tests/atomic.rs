use super::{Planted, SOUND, holds, is_seen};
use crate::byzantine::correia::Rules;
use crate::byzantine::correia::atomic::{Atomic, Does, Part};
use crate::byzantine::correia::rehearsal::{Engine, Lies, Rehearsal};
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::seed::Stream;

impl Engine for Atomic<Message> {
    type Part = Part<Message>;
    type Result = (NodeId, Message);

    fn new(rules: Rules) -> Atomic<Message> {
        Atomic::new(rules)
    }

    fn hear(
        &mut self,
        origin: NodeId,
        part: Part<Message>,
        coin: &mut Stream,
    ) -> (Vec<Part<Message>>, Vec<(NodeId, Message)>) {
        let Does { say, delivered, .. } = self.upon(origin, part, coin);
        (say, delivered)
    }
}

fn message(actor: usize, name: usize, number: u32) -> Message {
    let id = MessageId { origin: NodeId(name as u32), incarnation: 0, number };
    Message { id, body: Body::new(format!("{actor}.{number}").as_bytes()) }
}

/// Everybody multicasts: the copies of one liar other things under one name.
fn play(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Option<String> {
    let mut run = Rehearsal::<Atomic<Message>>::new(n, planted, lies, seed);
    for actor in run.everybody() {
        let name = if actor < n { actor } else { actor - (n - 1) / 3 };
        run.broadcast(actor, vec![Part::Message(message(actor, name, 1))]);
    }
    run.play();
    wrong(&run)
}

fn wrong(run: &Rehearsal<Atomic<Message>>) -> Option<String> {
    let first = run.results(0);
    for actor in run.honest() {
        let delivered = run.results(actor);
        let common = first.len().min(delivered.len());
        if first[..common] != delivered[..common] {
            return Some(format!("total order: {first:?}, {delivered:?}"));
        }
        if let Some(unheard) = run.honest().find(|by| !has(delivered, *by)) {
            return Some(format!("validity: {actor} has nothing of {unheard}"));
        }
        if delivered.len() != first.len() {
            return Some(format!("agreement: {first:?}, {delivered:?}"));
        }
        let mut names: Vec<MessageId> = delivered.iter().map(|(_, m)| m.id).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() < delivered.len() {
            return Some(format!("no duplication: {delivered:?}"));
        }
    }
    None
}

fn has(delivered: &[(NodeId, Message)], by: usize) -> bool {
    delivered.iter().any(|(_, m)| *m == message(by, by, 1))
}

#[test]
fn all_that_are_honest_deliver_one_sequence_with_all_that_is_theirs() {
    holds(play, 6, 1);
}

#[test]
fn a_hash_in_one_cell_may_be_of_nothing() {
    let planted = Planted { one_cell: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Invents), 60, "validity");
}
