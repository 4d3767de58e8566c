//! What each node has, in the form that suits the property.

use super::said;
use crate::text::ms;
use maud::{Markup, html};
use pepperland_core::finding::Finding;
use pepperland_core::history::{Event, EventId, History, Kind, ViewName};
use pepperland_core::id::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// Lists longer than this are cut around the proof.
const SHOWN: usize = 24;

/// The three forms.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Form {
    /// The order of deliveries at each node.
    Order,
    /// Who delivered each message, and who did not.
    Matrix,
    /// What was delivered in each view.
    Views,
}

/// A title and what each node has; nothing if no node has anything of the sort.
pub fn panel(finding: &Finding) -> Option<(&'static str, Markup)> {
    let history = &finding.history;
    let has = |wanted: Kind| history.has(wanted);
    if !has(Kind::Deliver) && !has(Kind::View) {
        return None;
    }
    let proof: BTreeSet<EventId> = finding.witness.events.iter().copied().collect();
    Some(match form(&finding.property) {
        Form::Views if has(Kind::View) => ("Deliveries by view", views(history, &proof)),
        Form::Matrix => ("Who has, who lacks", matrix(history, &proof)),
        _ => (
            "Order of delivery at each node",
            html! {
                @if finding.property.contains("fifo") { (senders(history, &proof)) }
                (order(history, &proof))
            },
        ),
    })
}

fn form(property: &str) -> Form {
    let any = |parts: &[&str]| parts.iter().any(|part| property.contains(part));
    match () {
        () if any(&["view", "primary-", "virtual-", "transitional", "successor", "excluded"]) => {
            Form::Views
        }
        () if any(&[
            "agreement",
            "validity",
            "creation",
            "duplication",
            "integrity",
            "totality",
        ]) =>
        {
            Form::Matrix
        }
        () => Form::Order,
    }
}

fn deliveries(history: &History) -> impl Iterator<Item = (NodeId, u32, Event<'_>)> {
    let delivered = history.events().filter(|event| event.kind() == Kind::Deliver);
    delivered.filter_map(|event| Some((event.node()?, event.message()?, event)))
}

fn chip(history: &History, row: u32, event: Event<'_>, proof: &BTreeSet<EventId>) -> Markup {
    let hot = if proof.contains(&event.id) { " hot" } else { "" };
    html! {
        a href={ "#e" (event.id.0) } class={ "chip m" (row % 8) (hot) } {
            (said(&history.message_name(row), 16))
        }
    }
}

/// The order in which the senders of the proof multicast.
fn senders(history: &History, proof: &BTreeSet<EventId>) -> Markup {
    let origins = history.message_table().origins();
    let known = proof.iter().filter(|id| id.index() < history.len());
    let rows = known.filter_map(|id| history.event(*id).message());
    let senders: BTreeSet<u32> = rows.map(|row| origins[row as usize]).collect();
    let casts = |sender: u32| -> Vec<(u32, Event<'_>)> {
        let own = history.events().filter(|event| event.kind() == Kind::Broadcast);
        let own = own.filter(|event| event.node() == Some(NodeId(sender)));
        own.filter_map(|event| Some((event.message()?, event))).collect()
    };
    html! {
        dl.order.senders {
            @for sender in senders {
                dt { (said(history.node_name(NodeId(sender)), 16)) " casts" }
                dd { (sequence(history, &casts(sender), proof)) }
            }
        }
    }
}

/// At each node, its deliveries one after the other.
fn order(history: &History, proof: &BTreeSet<EventId>) -> Markup {
    let mut at: BTreeMap<NodeId, Vec<(u32, Event<'_>)>> = BTreeMap::new();
    NodeId::first(history.node_count()).for_each(|node| {
        at.insert(node, Vec::new());
    });
    deliveries(history)
        .for_each(|(node, row, event)| at.entry(node).or_default().push((row, event)));
    html! {
        dl.order {
            @for (node, list) in at {
                dt { (said(history.node_name(node), 16)) }
                dd { (sequence(history, &list, proof)) }
            }
        }
    }
}

fn sequence(history: &History, list: &[(u32, Event<'_>)], proof: &BTreeSet<EventId>) -> Markup {
    let proven = list.iter().rposition(|(_, event)| proof.contains(&event.id)).unwrap_or(0);
    let from = (proven + 4).saturating_sub(SHOWN).min(list.len().saturating_sub(SHOWN));
    let to = list.len().min(from + SHOWN);
    html! {
        @if from > 0 { span.dim { "… " (from) " before" } }
        @for (row, event) in &list[from..to] {
            span { (chip(history, *row, *event, proof)) " " span.dim { (ms(event.time())) " ms" } }
        }
        @if to < list.len() { span.dim { "… " (list.len() - to) " more" } }
        @if list.is_empty() { span.dim { "delivers nothing" } }
    }
}

/// For each message, when each node delivered it.
fn matrix(history: &History, proof: &BTreeSet<EventId>) -> Markup {
    let mut at: BTreeMap<u32, BTreeMap<NodeId, Vec<Event<'_>>>> = BTreeMap::new();
    let broadcast = history.events().filter(|event| event.kind() == Kind::Broadcast);
    broadcast.filter_map(|event| event.message()).for_each(|row| {
        at.entry(row).or_default();
    });
    for (node, row, event) in deliveries(history) {
        at.entry(row).or_default().entry(node).or_default().push(event);
    }
    let proven = |row: &u32| {
        let speaks = |id: &EventId| id.index() < history.len();
        let mut named = proof.iter().filter(|id| speaks(id));
        named.any(|id| history.event(*id).message() == Some(*row))
    };
    let mut rows: Vec<u32> = at.keys().copied().collect();
    rows.sort_by_key(|row| !proven(row));
    let fallen = fallen(history);
    let left_out = rows.len().saturating_sub(SHOWN);
    html! {
        (super::scroller("Deliveries of each message", html! {
            table {
                thead {
                    tr {
                        th { "Message" }
                        @for node in NodeId::first(history.node_count()) {
                            th { (said(history.node_name(node), 12)) }
                        }
                    }
                }
                tbody {
                    @for row in rows.iter().take(SHOWN) {
                        tr class=[proven(row).then_some("hot")] {
                            td { span class={ "chip m" (row % 8) } {
                                (said(&history.message_name(*row), 16))
                            } }
                            @for node in NodeId::first(history.node_count()) {
                                (cell(at[row].get(&node), fallen.contains(&node), proof))
                            }
                        }
                    }
                }
            }
        }))
        @if left_out > 0 { p.note { (left_out) " more messages left out" } }
        (footnote(history, &fallen))
    }
}

fn cell(delivered: Option<&Vec<Event<'_>>>, fallen: bool, proof: &BTreeSet<EventId>) -> Markup {
    let Some(events) = delivered else {
        return html! { td class=(if fallen { "dim" } else { "no" }) { "lacks" } };
    };
    let hot = events.iter().any(|event| proof.contains(&event.id));
    html! {
        td class=[hot.then_some("no")] {
            @for (i, event) in events.iter().enumerate() {
                @if i > 0 { ", " }
                a href={ "#e" (event.id.0) } { (ms(event.time())) }
            }
            @if events.len() > 1 { b { " (" (events.len()) "×)" } }
        }
    }
}

/// Nodes that crashed, which need not deliver.
fn fallen(history: &History) -> BTreeSet<NodeId> {
    let crashed = history.events().filter(|event| event.kind() == Kind::Crash);
    crashed.filter_map(|event| event.node()).collect()
}

fn footnote(history: &History, fallen: &BTreeSet<NodeId>) -> Markup {
    let nodes: Vec<NodeId> = fallen.iter().copied().collect();
    html! {
        p.note {
            "Times in ms."
            @if !nodes.is_empty() { " Crashed: " (crate::words::nodes(history, &nodes)) "." }
        }
    }
}

/// At each node, its views and what it delivered in each.
fn views(history: &History, proof: &BTreeSet<EventId>) -> Markup {
    type Epoch<'h> = (Option<(&'h ViewName, EventId)>, Vec<(u32, Event<'h>)>);
    let mut at: BTreeMap<NodeId, Vec<Epoch<'_>>> = BTreeMap::new();
    for event in history.events() {
        let Some(node) = event.node() else { continue };
        let epochs = at.entry(node).or_default();
        if let Some(install) = event.view() {
            epochs.push((Some((&install.view, event.id)), Vec::new()));
        } else if let (Kind::Deliver, Some(row)) = (event.kind(), event.message()) {
            if epochs.is_empty() {
                epochs.push((None, Vec::new()));
            }
            epochs.last_mut().expect("one was pushed").1.push((row, event));
        }
    }
    html! {
        dl.order {
            @for (node, epochs) in at {
                @for (view, list) in epochs {
                    dt { (said(history.node_name(node), 16)) }
                    dd {
                        @if let Some((view, id)) = view {
                            a href={ "#e" (id.0) } class=[proof.contains(&id).then_some("no")] {
                                "view " (crate::views::name(view))
                            }
                        } @else { span.dim { "before any view" } }
                        (sequence(history, &list, proof))
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_property_has_its_form() {
        for property in ["total-order", "fifo", "causal", "prefix-order", "acyclic-order"] {
            assert_eq!(form(property), Form::Order, "{property}");
        }
        for property in ["agreement", "validity-self", "no-creation", "no-duplication"] {
            assert_eq!(form(property), Form::Matrix, "{property}");
        }
        for property in ["view-agreement", "virtual-synchrony", "sending-view-delivery"] {
            assert_eq!(form(property), Form::Views, "{property}");
        }
    }
}
