//! Who delivered what in each view that a violation concerns, as sets.

use super::{card, said, scroller};
use crate::text::{count, ms};
use crate::views::{self, Cell, Column, Sets, Went};
use maud::{Markup, html};
use pepperland_core::finding::Finding;
use pepperland_core::history::{EventId, History, ViewName};
use std::collections::BTreeSet;

/// More views, nodes or messages than these are counted only.
const VIEWS: usize = 6;
const COLUMNS: usize = 16;
const ROWS: usize = 24;

/// The tables; nothing if the property is not about deliveries in views.
pub fn card_of(finding: &Finding) -> Option<Markup> {
    let history = &finding.history;
    let proof = &finding.witness.events;
    let all = views::concerned(history, &finding.property, proof);
    let proof: BTreeSet<EventId> = proof.iter().copied().collect();
    let tables = html! {
        @for sets in all.iter().take(VIEWS) { (table(history, sets, &proof)) }
        @if all.len() > VIEWS {
            p.note { (count((all.len() - VIEWS) as u64, "more view", "more views")) " left out" }
        }
        p.note {
            "Nodes under one arrow went on together; what they lack where they differ is red. "
            "Times in ms."
        }
    };
    (!all.is_empty()).then(|| card("Who delivered what in a view", tables))
}

fn table(history: &History, sets: &Sets<'_>, proof: &BTreeSet<EventId>) -> Markup {
    let columns = sets.shown(COLUMNS);
    let title = format!("Deliveries in view {}", views::name(sets.view));
    html! {
        h3 {
            "Delivered in view " (views::name(sets.view))
            @if let Some(group) = sets.group { " of " (said(group, 16)) }
        }
        (scroller(&title, html! {
            table.sets {
                thead {
                    tr {
                        td {}
                        @for (went, width) in ways(sets, &columns) {
                            th.way scope="colgroup" colspan=(width) { (way(went)) }
                        }
                    }
                    tr {
                        th scope="col" { "Message" }
                        @for at in &columns {
                            th scope="col" { (head(history, &sets.columns[*at])) }
                        }
                    }
                }
                tbody {
                    @for row in sets.rows.iter().take(ROWS) {
                        tr class=[(row.proves || row.differs).then_some("hot")] {
                            th scope="row" {
                                span class={ "chip m" (row.message % 8) } {
                                    (said(&history.message_name(row.message), 16))
                                }
                                (sent(row.sent, sets.view))
                            }
                            @for at in &columns {
                                (cell(history, row.cells[*at], row.differs, proof))
                            }
                        }
                    }
                }
            }
        }))
        (left_out(sets, columns.len()))
    }
}

/// Neighbours that went the same way, and how many they are.
fn ways<'h>(sets: &Sets<'h>, columns: &[usize]) -> Vec<(Went<'h>, usize)> {
    let mut ways: Vec<(Went<'h>, usize)> = Vec::new();
    for went in columns.iter().map(|at| sets.columns[*at].went) {
        match ways.last_mut() {
            Some((last, width)) if *last == went => *width += 1,
            _ => ways.push((went, 1)),
        }
    }
    ways
}

fn way(went: Went<'_>) -> String {
    match went {
        Went::To(view) => format!("→ view {}", views::name(view)),
        Went::Nowhere => "still in it".to_owned(),
        Went::Crashed => "× crashed".to_owned(),
    }
}

fn head(history: &History, column: &Column<'_>) -> Markup {
    html! {
        (said(history.node_name(column.node), 12))
        @if column.restarts > 0 {
            span.dim { " after " (count(column.restarts.into(), "restart", "restarts")) }
        }
    }
}

/// In which view it was multicast, if not in this one.
fn sent(sent: Option<&ViewName>, view: &ViewName) -> Markup {
    html! {
        @if let Some(sent) = sent.filter(|sent| *sent != view) {
            span.dim { " sent in view " (views::name(sent)) }
        }
    }
}

fn cell(history: &History, cell: Cell<'_>, differs: bool, proof: &BTreeSet<EventId>) -> Markup {
    let link = |event: EventId| {
        let at = ms(history.event(event).time());
        html! { a href={ "#e" (event.0) } class=[proof.contains(&event).then_some("no")] { (at) } }
    };
    let absent = if differs { "no" } else { "dim" };
    match cell {
        Cell::Delivered(event) => html! { td.has { (link(event)) } },
        Cell::Elsewhere(Some(view), event) => html! {
            td class=(absent) { "in view " (views::name(view)) ": " (link(event)) }
        },
        Cell::Elsewhere(None, event) => html! {
            td class=(absent) { "in no view: " (link(event)) }
        },
        Cell::Snapshot => html! {
            td.dim title="It installed a snapshot after the multicast, which may stand for it" {
                "snapshot"
            }
        },
        Cell::Lacks => html! { td class=(absent) { "lacks" } },
    }
}

fn left_out(sets: &Sets<'_>, columns: usize) -> Markup {
    let (nodes, rows) = (sets.columns.len() - columns, sets.rows.len().saturating_sub(ROWS));
    let differing = sets.rows.iter().skip(ROWS).filter(|row| row.differs).count();
    html! {
        @if nodes > 0 { p.note { (count(nodes as u64, "node", "nodes")) " left out" } }
        @if rows > 0 {
            p.note {
                (count(rows as u64, "more message", "more messages")) " left out, "
                "of which nodes that went on together differ in " (differing)
            }
        }
    }
}
