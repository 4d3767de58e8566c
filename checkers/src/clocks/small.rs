//! Small random histories of clocks that are read, and multicasts with deadlines.

use crate::crosscheck::draft::{Draft, Setup, setup};
use crate::crosscheck::{Small, multicast};
use pepperland_core::history::lanes::lanes;
use pepperland_core::history::{History, Kind};
use proptest::prelude::*;
use serde_json::json;

/// A history in a picture, with a bound.
pub fn bounded(name: &str, bound: u64, picture: &str) -> History {
    let mut history = lanes(picture);
    history.header.about.insert("bounds".to_owned(), json!({name: bound}));
    history
}

/// Multicasts with bounds on how long they take.
pub fn deliveries() -> BoxedStrategy<Small> {
    let bounds = (0..12_u64, 0..8_u64, 0..2_u64, 0..9_u64, 0..3_u64);
    (multicast::history(), bounds)
        .prop_map(|(mut small, (deadline, termination, min_delay, tightness, error))| {
            let header = &mut small.0.header;
            let bounds = json!({"deadline": deadline, "termination": termination,
                "min-delay": min_delay, "tightness": tightness});
            header.about.insert("bounds".to_owned(), bounds);
            header.clock_error = Some(error);
            small
        })
        .boxed()
}

#[derive(Clone, Debug)]
enum Op {
    /// All clocks are read, and each is off by so much.
    All([i64; 4]),
    /// One clock is read.
    One(usize, i64),
    Crash(usize),
    Recover(usize),
}

fn op() -> impl Strategy<Value = Op> {
    let off = || prop_oneof![20 => -1..=1_i64, 1 => -6..=6_i64];
    prop_oneof![
        6 => [off(), off(), off(), off()].prop_map(Op::All),
        4 => (0..4_usize, off()).prop_map(|(n, o)| Op::One(n, o)),
        1 => (0..4_usize).prop_map(Op::Crash),
        2 => (0..4_usize).prop_map(Op::Recover),
    ]
}

/// Any history of clocks.
pub fn clocks() -> BoxedStrategy<Small> {
    let bounds = (0..4_u64, 0..4_u64, 0..900_000_u64);
    let ops = prop::collection::vec(op(), 0..10);
    (setup(), bounds, ops).prop_map(|(setup, bounds, ops)| play(setup, bounds, &ops)).boxed()
}

fn play(setup: Setup, (precision, accuracy, rate): (u64, u64, u64), ops: &[Op]) -> Small {
    let (nodes, stated) = (setup.nodes, setup.real || !setup.logged);
    let mut draft = Draft::new(setup);
    draft.bounds(json!({"precision": precision, "accuracy": accuracy, "rate": rate}));
    for (at, op) in (0_i64..).zip(ops) {
        let read = |draft: &mut Draft, node: usize, off: i64| {
            let instant = 3 * at;
            let mut fields = json!({"local": instant + off});
            if stated {
                fields["true"] = json!(instant);
            }
            draft.say(node, Kind::Clock, fields);
        };
        match op {
            Op::All(offs) => (0..nodes).for_each(|node| read(&mut draft, node, offs[node])),
            Op::One(node, off) => read(&mut draft, *node, *off),
            Op::Crash(node) => draft.crash(*node),
            Op::Recover(node) => {
                draft.recover(*node);
            }
        }
    }
    draft.record()
}
