//! Small random histories of a service that evaluates expressions: some nodes serve, any asks.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup, setup};
use crate::services::expressions;
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

const EXPRESSIONS: &[&str] = &["1+2", "8/3", "7-", "2/0", "-(3*4)", "9223372036854775807+1"];

#[derive(Clone, Debug)]
enum Op {
    /// A client at a node asks, and is answered at once or not.
    Ask(usize, usize, bool),
    /// A node executes the latest request, and comes to the right answer or to another.
    Execute(usize, bool),
    /// A client is answered.
    Answer(usize, bool, bool),
    Crash(usize),
    Recover(usize),
    /// Time passes.
    Wait,
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let rightly = || prop::bool::weighted(0.9);
    prop_oneof![
        30 => (node(), 0..EXPRESSIONS.len(), rightly()).prop_map(|(n, e, s)| Op::Ask(n, e, s)),
        12 => (node(), rightly()).prop_map(|(n, r)| Op::Execute(n, r)),
        10 => (node(), rightly(), rightly()).prop_map(|(n, r, ok)| Op::Answer(n, r, ok)),
        1 => node().prop_map(Op::Crash),
        2 => node().prop_map(Op::Recover),
        10 => Just(Op::Wait),
    ]
}

/// Any such history.
pub fn services() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..24);
    let manner = (0..3_u64, prop::option::weighted(0.7, 1..3_usize), prop::bool::weighted(0.9));
    (setup(), manner, ops).prop_map(|(setup, manner, ops)| play(setup, manner, &ops)).boxed()
}

type Manner = (u64, Option<usize>, bool);

fn play(setup: Setup, (takeover, servers, bounded): Manner, ops: &[Op]) -> Small {
    let nodes = setup.nodes;
    let mut draft = Draft::new(setup);
    if bounded {
        draft.bounds(json!({ "takeover": takeover }));
    }
    if let Some(servers) = servers {
        let names = draft.header.nodes.clone();
        draft.header.groups.insert("g2".to_owned(), names[..servers].to_vec());
    }
    // What each node's client has asked for and not been told.
    let mut open: Vec<Option<usize>> = vec![None; nodes];
    let mut latest = None;
    for op in ops {
        match op {
            Op::Ask(node, expression, soon) => {
                let node = node % nodes;
                if open[node].is_some() || !draft.is_up(node) {
                    continue;
                }
                let asked = json!({"client": format!("c{node}"), "op": asked(*expression)});
                draft.say(node, Kind::Invoke, asked);
                (open[node], latest) = (Some(*expression), Some((node, *expression)));
                if *soon {
                    tell(&mut draft, node, open[node].take(), (true, true));
                }
            }
            Op::Execute(node, rightly) => {
                let Some((client, expression)) = latest else { continue };
                let mut op = asked(expression);
                op["client"] = format!("c{client}").into();
                let result = answer(expression, *rightly);
                draft.say(*node, Kind::Apply, json!({"op": op, "result": result}));
            }
            Op::Answer(node, rightly, ok) => {
                let node = node % nodes;
                let asked = open[node].take_if(|_| draft.is_up(node));
                tell(&mut draft, node, asked, (*rightly, *ok));
            }
            Op::Crash(node) => draft.crash(*node),
            Op::Recover(node) => drop(draft.recover(*node)),
            Op::Wait => {
                (0..4).for_each(|node| draft.say(node, Kind::Note, json!({"text": "tick"})));
            }
        }
    }
    draft.record()
}

/// The client of the node is answered, if it has asked.
fn tell(draft: &mut Draft, node: usize, asked: Option<usize>, (rightly, ok): (bool, bool)) {
    let Some(expression) = asked else { return };
    let (result, status) = (answer(expression, rightly), if ok { "ok" } else { "fail" });
    let client = format!("c{node}");
    let told = json!({"client": client, "result": result, "status": status});
    draft.say(node, Kind::Response, told);
}

fn asked(expression: usize) -> Value {
    json!({"f": "evaluate", "expression": EXPRESSIONS[expression]})
}

fn answer(expression: usize, rightly: bool) -> Value {
    match expressions::answer(EXPRESSIONS[expression]) {
        Ok(value) if rightly => json!({"value": value, "from": "n1"}),
        Ok(value) => json!({"value": format!("{value}0")}),
        Err(why) if rightly => json!({"error": why}),
        Err(_) => json!({"error": "tired"}),
    }
}
