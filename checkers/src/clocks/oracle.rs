//! Clocks and deadlines once more, straight from their definitions.

use crate::crosscheck::definition::{Act, Oracle};
use crate::crosscheck::draft::{field, honest, ruling};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    let bound = |name: &str| history.header.about.get("bounds")?.get(name)?.as_i64();
    match property {
        "clock-precision" => {
            bound("precision").map_or(Ruling::Undecided, |b| precision(&oracle, b))
        }
        "clock-accuracy" => bound("accuracy").map_or(Ruling::Undecided, |b| accuracy(&oracle, b)),
        "clock-monotonicity" => monotonicity(&oracle),
        "clock-rate" => bound("rate").map_or(Ruling::Undecided, |b| rate(&oracle, b)),
        "delivery-deadline" => bound("deadline").map_or(Ruling::Undecided, |bound| {
            let in_time = |took: i64| took <= bound + error(&oracle);
            ruling(&counting(&oracle).iter().map(|d| in_time(took(&oracle, d))).collect::<Vec<_>>())
        }),
        "not-too-early" => bound("min-delay").map_or(Ruling::Undecided, |bound| {
            let in_time = |took: i64| took + error(&oracle) >= bound;
            ruling(&counting(&oracle).iter().map(|d| in_time(took(&oracle, d))).collect::<Vec<_>>())
        }),
        "tightness" => bound("tightness").map_or(Ruling::Undecided, |b| tightness(&oracle, b)),
        "bounded-termination" => {
            bound("termination").map_or(Ruling::Undecided, |b| termination(&oracle, b))
        }
        other => panic!("no oracle for {other}"),
    }
}

fn error(oracle: &Oracle<'_>) -> i64 {
    let error = oracle.history.header.clock_error.unwrap_or(0) as i64;
    if oracle.is_virtual() { 0 } else { error }
}

fn time(oracle: &Oracle<'_>, event: usize) -> i64 {
    oracle.history.times()[event].0 as i64
}

fn local(oracle: &Oracle<'_>, event: usize) -> i64 {
    field(oracle.history, event, "local").and_then(Value::as_i64).unwrap_or(0)
}

fn instant(oracle: &Oracle<'_>, event: usize) -> i64 {
    let stated = field(oracle.history, event, "true").and_then(Value::as_i64);
    stated.unwrap_or(time(oracle, event))
}

fn node(oracle: &Oracle<'_>, event: usize) -> usize {
    oracle.history.nodes()[event] as usize
}

/// Readings at correct nodes.
fn correct(oracle: &Oracle<'_>) -> Vec<usize> {
    let all = honest(oracle.history, Kind::Clock).into_iter();
    all.filter(|e| oracle.correct(node(oracle, *e))).collect()
}

fn precision(oracle: &Oracle<'_>, bound: i64) -> Ruling {
    let all = correct(oracle);
    let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
    let met = pairs.filter_map(|(a, b)| {
        let at_once =
            instant(oracle, a) == instant(oracle, b) && node(oracle, a) != node(oracle, b);
        let difference = (local(oracle, a) - local(oracle, b)).abs();
        at_once.then_some(difference <= bound + 2 * error(oracle))
    });
    ruling(&met.collect::<Vec<_>>())
}

fn accuracy(oracle: &Oracle<'_>, bound: i64) -> Ruling {
    let near = |e: &usize| (local(oracle, *e) - instant(oracle, *e)).abs() <= bound + error(oracle);
    ruling(&correct(oracle).iter().map(near).collect::<Vec<_>>())
}

/// Readings of one clock that follow each other, with no restart between.
fn following(oracle: &Oracle<'_>) -> Vec<(usize, usize)> {
    let all = honest(oracle.history, Kind::Clock);
    let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
    let follows = |(a, b): &(usize, usize)| {
        let own = |e: &usize| node(oracle, *e) == node(oracle, *a);
        let mut between = (a + 1..*b).filter(own);
        let parts = |e: usize| matches!(oracle.history.kinds()[e], Kind::Clock | Kind::Recover);
        a < b && own(b) && !between.any(parts)
    };
    pairs.filter(follows).collect()
}

fn monotonicity(oracle: &Oracle<'_>) -> Ruling {
    let onward = |(a, b): &(usize, usize)| local(oracle, *a) <= local(oracle, *b);
    ruling(&following(oracle).iter().map(onward).collect::<Vec<_>>())
}

fn rate(oracle: &Oracle<'_>, bound: i64) -> Ruling {
    let steady = |(a, b): &(usize, usize)| {
        let passed = instant(oracle, *b) - instant(oracle, *a);
        let shown = local(oracle, *b) - local(oracle, *a);
        let judged = passed > 0 && oracle.correct(node(oracle, *a));
        let granted = 1 + 2 * error(oracle);
        let share = |part: i64| part * 1_000_000 <= passed * bound;
        judged.then(|| share(shown - passed - granted) && share(passed - shown - granted))
    };
    ruling(&following(oracle).iter().filter_map(steady).collect::<Vec<_>>())
}

/// First deliveries at correct nodes that do not catch up.
fn counting(oracle: &Oracle<'_>) -> Vec<Act> {
    let catches_up = |d: &Act, broadcast: usize| {
        let mut starts = oracle.starts.iter();
        starts.any(|(n, l, start)| {
            (*n, *l) == (d.node, d.life) && *start < d.event && oracle.precedes(broadcast, *start)
        })
    };
    let counts = |d: &Act| {
        let broadcast = oracle.broadcast(d.row).map(|b| b.event);
        oracle.correct(d.node) && broadcast.is_some_and(|b| !catches_up(d, b))
    };
    oracle.counting().into_iter().filter(counts).collect()
}

fn took(oracle: &Oracle<'_>, delivery: &Act) -> i64 {
    let broadcast = oracle.broadcast(delivery.row).map_or(0, |b| b.event);
    time(oracle, delivery.event) - time(oracle, broadcast)
}

fn tightness(oracle: &Oracle<'_>, bound: i64) -> Ruling {
    let all = counting(oracle);
    let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (a, b)));
    let others = pairs.filter(|(a, b)| a.event != b.event && a.row == b.row);
    let near = others.map(|(a, b)| {
        (time(oracle, a.event) - time(oracle, b.event)).abs() <= bound + error(oracle)
    });
    ruling(&near.collect::<Vec<_>>())
}

fn termination(oracle: &Oracle<'_>, bound: i64) -> Ruling {
    if !oracle.is_virtual() && !oracle.history.header.complete {
        return Ruling::Undecided;
    }
    let end = oracle.history.end().0 as i64;
    let mut met = Vec::new();
    for broadcast in &oracle.broadcasts {
        let due = time(oracle, broadcast.event) + bound + error(oracle);
        let falls = oracle.at(broadcast.node, Kind::Crash).any(|crash| crash > broadcast.event);
        if falls || !oracle.correct(broadcast.node) || due >= end {
            continue;
        }
        for node in oracle.debtors(broadcast.row) {
            let mut own = oracle.deliveries.iter().filter(|d| d.node == node);
            met.push(own.any(|d| d.row == broadcast.row && time(oracle, d.event) <= due));
        }
    }
    ruling(&met)
}
