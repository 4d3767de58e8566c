//! Expressions: clients ask a group of servers to evaluate arithmetic expressions, some of which
//! have no value.

use crate::steps::operations_at;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Step;
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "expressions",
    statement: "clients ask up to five servers to evaluate expressions, some without a value",
    source: "",
    layout: Layout::Closed(all_and_servers),
    plan,
    last: Last::Planned(last),
    judged: &[],
};

/// A group of everybody, and one of the servers alone. The last node is a client, if there are two.
fn all_and_servers(nodes: usize) -> Vec<Vec<NodeId>> {
    const MOST: usize = 5;
    let servers = nodes.saturating_sub(1).clamp(1, MOST);
    vec![NodeId::first(nodes).collect(), NodeId::first(servers).collect()]
}

/// How many of the expressions come from the list of strange ones.
const STRANGE: PerMillion = PerMillion::percent(20);

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let servers = stage.groups.last().map_or(0, Vec::len);
    let clients: Vec<NodeId> =
        NodeId::first(stage.nodes).skip(servers.min(stage.nodes - 1)).collect();
    operations_at(&clients, stage, stream, |_, stream| match stream.chance(STRANGE) {
        true => evaluate(stream.pick::<&str>(STRANGE_ONES)),
        false => evaluate(&expression(stream, 3)),
    })
}

/// An expression whose operators stand at most so deep.
fn expression(stream: &mut Stream, depth: u32) -> String {
    if depth == 0 || stream.chance(PerMillion::percent(20)) {
        return stream.below(20).to_string();
    }
    let left = expression(stream, depth - 1);
    let right = expression(stream, depth - 1);
    match stream.below(8) {
        0 => format!("({left})*({right})"),
        1 => format!("-({left}-{right})"),
        _ => format!("{left}{}{right}", stream.pick(&["+", "-", "*", "/", " + ", " / "])),
    }
}

/// In the end each node asks, one after the other, for longer than the servers need to find out who
/// is left.
fn last(stage: &Stage) -> Vec<String> {
    const ASKED: usize = 80;
    let each = ASKED.div_ceil(stage.nodes.max(1));
    STRANGE_ONES.iter().cycle().take(each).map(|text| evaluate(text)).collect()
}

fn evaluate(expression: &str) -> String {
    format!(r#"{{"f":"evaluate","expression":"{expression}"}}"#)
}

/// What is easily got wrong, and what has no value.
const STRANGE_ONES: &[&str] = &[
    "3+5-4/3*4",
    "2+3*4",
    "1/0",
    "-7/2",
    "2*",
    "8/4/2",
    "9223372036854775807+1",
    "5/(3-3)",
    "--(1-4)*-2",
    "",
    "3 5",
    "2**3",
    "((1)",
    "1))",
    "10-4-3",
    "0.1+0.2",
    "9223372036854775807*9223372036854775807/9223372036854775807",
    "1/3+1/6",
];

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::schedule::Ask;
    use pepperland_core::seed::Seed;
    use pepperland_core::time::Time;

    fn steps(nodes: usize, broadcasts: usize) -> Vec<Step> {
        let groups = all_and_servers(nodes);
        let stage = Stage { nodes, groups, broadcasts, until: Time::millis(200) };
        plan(&stage, &mut Seed(7).stream("workload"))
    }

    #[test]
    fn clients_ask_and_servers_do_not_where_there_are_both() {
        let asking = |nodes| steps(nodes, 200).iter().map(|s| s.node.0).collect::<Vec<_>>();
        assert!(asking(1).iter().all(|node| *node == 0));
        assert!(asking(4).iter().all(|node| *node == 3));
        let many = asking(8);
        assert!(many.iter().all(|node| *node >= 5) && [5, 6, 7].iter().all(|n| many.contains(n)));
    }

    #[test]
    fn every_body_is_an_object_with_an_expression() {
        for step in steps(5, 300) {
            let Ask::Invoke { body } = step.ask else { panic!("{step:?}") };
            let body: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
            assert!(body["f"] == "evaluate" && body["expression"].is_string(), "{body}");
        }
    }
}
