//! What replicas executed, from the events that tell of it.
//!
//! An operation is identified by its message (`m` in the operation or beside it), else by its
//! client and the client's number for it (`client` and `id`, `op_id` or `msg_id`, in the operation
//! or beside it). An operation without either is not told apart from another one of the same words,
//! and no property that needs to know them apart judges it.
//!
//! A replica has a **life** for as long as it remembers, and within it a **lineage** for as long as
//! its state comes from what it executed itself: a snapshot begins a new one.

use pepperland_core::checker::Case;
use pepperland_core::history::{DeliveryContract, Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use serde_json::Value;
use std::sync::Arc;

/// One execution.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Applied {
    /// The event.
    pub event: u32,
    /// Where.
    pub node: u32,
    /// In which life, numbered over all nodes.
    pub life: u32,
    /// In which lineage, numbered over all nodes.
    pub lineage: u32,
}

/// The executions at nodes that are not Byzantine, in the order of the history.
pub fn applied(case: &Case<'_>) -> Arc<Vec<Applied>> {
    case.once(|| read(case))
}

fn read(case: &Case<'_>) -> Vec<Applied> {
    let history = case.history;
    let forgets = history.header.contract.delivery != DeliveryContract::Logged;
    let nodes = history.node_count() as u32;
    let mut now: Vec<(u32, u32)> = (0..nodes).map(|node| (node, node)).collect();
    let (mut lives, mut lineages) = (nodes, nodes);
    let mut found = Vec::new();
    for (event, (kind, node)) in history.kinds().iter().zip(history.nodes()).enumerate() {
        let Some((life, lineage)) = now.get_mut(*node as usize) else { continue };
        let forgot = *kind == Kind::Recover && forgets;
        if forgot {
            *life = lives;
            lives += 1;
        }
        if forgot || *kind == Kind::StateSet {
            *lineage = lineages;
            lineages += 1;
        }
        if *kind == Kind::Apply && !case.byzantine[*node as usize] {
            let (event, node) = (event as u32, *node);
            found.push(Applied { event, node, life: *life, lineage: *lineage });
        }
    }
    found
}

impl Applied {
    /// The event itself.
    pub fn of<'h>(&self, history: &'h History) -> Event<'h> {
        history.event(EventId(self.event))
    }

    /// Its place in the history.
    pub fn id(&self) -> EventId {
        EventId(self.event)
    }

    /// The name of the replica.
    pub fn who<'h>(&self, history: &'h History) -> &'h str {
        history.node_name(NodeId(self.node))
    }

    /// The position of the operation, with the group it is a position in.
    pub fn slot(&self, history: &History) -> Option<(String, u64)> {
        let event = self.of(history);
        let group = event.field("g").map(Value::to_string).unwrap_or_default();
        Some((group, event.field("slot")?.as_u64()?))
    }
}

/// What identifies the operation of an event, if something does.
pub fn identity(event: Event<'_>) -> Option<String> {
    let key = |key| event.field("op").and_then(|op| op.get(key)).or_else(|| event.field(key));
    if let Some(message) = key("m").and_then(Value::as_str) {
        return Some(message.to_owned());
    }
    let client = key("client").and_then(Value::as_str)?;
    let number = ["id", "op_id", "msg_id"].into_iter().find_map(key)?;
    Some(format!("{client} #{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_known_by_its_message_or_by_its_client() {
        let history = crate::replication::tests::history(
            &[],
            &[
                r#"{"t":1,"n":"n1","k":"apply","op":{"m":"n1:0:1","client":"c","id":1}}"#,
                r#"{"t":1,"n":"n1","k":"apply","op":{"client":"c","msg_id":2}}"#,
                r#"{"t":1,"n":"n1","k":"apply","op":{"id":3},"client":"c"}"#,
                r#"{"t":1,"n":"n1","k":"apply","op":{"id":3}}"#,
                r#"{"t":1,"n":"n1","k":"apply","op":"add"}"#,
            ],
        );
        let found: Vec<_> = history.events().map(identity).collect();
        let named = ["n1:0:1", "c #2", "c #3"].map(|name| Some(name.to_owned()));
        assert_eq!(found[..3], named);
        assert_eq!(found[3..], [None, None]);
    }

    #[test]
    fn restarts_and_snapshots_begin_lineages() {
        let events = [
            r#"{"t":1,"n":"n1","k":"apply","slot":1}"#,
            r#"{"t":1,"n":"n1","k":"state_set","slot":4}"#,
            r#"{"t":1,"n":"n1","k":"apply","slot":5}"#,
            r#"{"t":1,"n":"n1","k":"crash"}"#,
            r#"{"t":1,"n":"n1","k":"recover"}"#,
            r#"{"t":1,"n":"n1","k":"apply","slot":1}"#,
        ];
        let history = crate::replication::tests::history(&[], &events);
        let found = read(&Case::new(&history));
        let lines: Vec<_> = found.iter().map(|a| (a.life, a.lineage)).collect();
        assert_eq!(lines, [(0, 0), (0, 4), (4, 5)]);
    }
}
