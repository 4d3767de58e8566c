//! The properties of replication once more, straight from their definitions.

mod clients;
mod replicas;

use crate::crosscheck::draft::{any_overlap, certainly_before, holds, honest, ruling};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    match property {
        "single-primary" => {
            let leads = leads(history);
            let clash = any_overlap(history, &leads, |lead| (lead.what.clone(), lead.epoch));
            ruling(&leads.iter().map(|_| !clash).collect::<Vec<_>>())
        }
        "primary-only-requests" => primary_only_requests(history),
        "bounded-outages" => clients::bounded_outages(history),
        "no-lost-update" => clients::no_lost_update(history),
        "no-phantom" => clients::no_phantom(history),
        "read-your-writes" => clients::session(history, "write", "read"),
        "monotonic-reads" => clients::session(history, "read", "read"),
        "monotonic-writes" => clients::session(history, "write", "write"),
        "writes-follow-reads" => clients::session(history, "read", "write"),
        other => replicas::rule(other, history),
    }
}

fn leads(history: &History) -> Vec<crate::crosscheck::draft::Hold> {
    holds(history, "g", |kind, _| match kind {
        Kind::Lead => Some(true),
        Kind::Unlead => Some(false),
        _ => None,
    })
}

/// Some lead of the node that served may have touched the time of the request.
fn primary_only_requests(history: &History) -> Ruling {
    let leads = leads(history);
    if leads.is_empty() {
        return Ruling::Undecided;
    }
    let served: Vec<clients::Op> = clients::ops(history)
        .into_iter()
        .filter(|op| op.status == "ok")
        .filter(|op| honest(history, Kind::Response).contains(&op.response.unwrap_or(usize::MAX)))
        .collect();
    let met = served.iter().filter_map(|op| {
        let response = op.response?;
        let node = history.nodes()[response] as usize;
        let late = |begin| certainly_before(history, response, begin);
        let over = |end| certainly_before(history, end, op.invoke);
        let mut own = leads.iter().filter(|lead| lead.node == node);
        let led = own.any(|lead| !late(lead.begin) && !lead.end.is_some_and(over));
        (node < history.node_count()).then_some(led)
    });
    ruling(&met.collect::<Vec<_>>())
}

/// A bound of the header.
fn bound(history: &History, name: &str) -> Option<u64> {
    history.header.about.get("bounds")?.get(name)?.as_u64()
}

fn text(value: Option<&Value>) -> String {
    value.map(Value::to_string).unwrap_or_default()
}
