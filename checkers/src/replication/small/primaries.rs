//! Nodes that lead, and clients that ask them.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Op {
    /// The others step down, and the node leads the next epoch.
    Follow(usize),
    /// The node leads the next epoch, whoever else leads.
    Rise(usize),
    /// The node leads an epoch that was led before.
    Usurp(usize),
    /// The node leads without saying which epoch.
    Plain(usize),
    Unlead(usize),
    Crash(usize),
    Recover(usize),
    Pause(usize),
    /// A client asks.
    Ask(usize),
    /// A client is answered: by the node that leads, or by that node.
    Answer(usize, Option<usize>, bool),
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let by = || prop_oneof![7 => Just(None), 2 => node().prop_map(Some)];
    prop_oneof![
        12 => node().prop_map(Op::Follow),
        3 => node().prop_map(Op::Rise),
        2 => node().prop_map(Op::Usurp),
        1 => node().prop_map(Op::Plain),
        3 => node().prop_map(Op::Unlead),
        4 => node().prop_map(Op::Crash),
        5 => node().prop_map(Op::Recover),
        1 => node().prop_map(Op::Pause),
        12 => (0..3_usize).prop_map(Op::Ask),
        16 => (0..3_usize, by(), prop::bool::weighted(0.85)).prop_map(|(c, n, ok)| {
            Op::Answer(c, n, ok)
        }),
    ]
}

/// Any such history.
pub fn primaries() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..24);
    (setup(), ops).prop_map(|(setup, ops)| play(setup, &ops)).boxed()
}

fn play(setup: Setup, ops: &[Op]) -> Small {
    let nodes = setup.nodes;
    let mut draft = Draft::new(setup);
    let (mut epoch, mut leader, mut open) = (0_u64, None, [false; 3]);
    let mut last: Option<usize> = None;
    for op in ops {
        match op {
            Op::Follow(node) => {
                if let Some(old) = leader {
                    draft.say(old, Kind::Unlead, json!({}));
                }
                epoch += 1;
                draft.say(*node, Kind::Lead, json!({"epoch": epoch}));
                (leader, last) = (Some(node % nodes), Some(node % nodes));
            }
            Op::Rise(node) => {
                epoch += 1;
                draft.say(*node, Kind::Lead, json!({"epoch": epoch}));
                (leader, last) = (Some(node % nodes), Some(node % nodes));
            }
            Op::Usurp(node) => draft.say(*node, Kind::Lead, json!({"epoch": epoch})),
            Op::Plain(node) => draft.say(*node, Kind::Lead, json!({})),
            Op::Unlead(node) => {
                draft.say(*node, Kind::Unlead, json!({"epoch": epoch}));
                leader = leader.filter(|leader| leader != node);
            }
            Op::Crash(node) => draft.crash(*node),
            Op::Recover(node) => {
                draft.recover(*node);
            }
            Op::Pause(node) => draft.say(*node, Kind::Pause, json!({})),
            Op::Ask(client) if !open[*client] => {
                open[*client] = true;
                let client = format!("c{client}");
                draft.client(Kind::Invoke, json!({"client": client, "op": {"f": "read"}}));
            }
            Op::Answer(client, node, ok) if open[*client] => {
                open[*client] = false;
                let status = if *ok { "ok" } else { "fail" };
                let answer: Value = json!({"client": format!("c{client}"), "status": status});
                match node.or(leader).or(last) {
                    Some(node) if draft.is_up(node) => draft.say(node, Kind::Response, answer),
                    _ => draft.client(Kind::Response, answer),
                }
            }
            Op::Ask(_) | Op::Answer(..) => {}
        }
    }
    draft.record()
}
