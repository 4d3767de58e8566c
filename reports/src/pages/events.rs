//! The event table: the diagram in words.

use super::{heads, scroller};
use crate::text::{count, thousands, visible};
use crate::views::{self, COLOURS, Stay, Views};
use crate::words;
use maud::{Markup, html};
use pepperland_core::finding::Finding;
use pepperland_core::history::{Event, EventId, History};
use std::collections::BTreeSet;
use std::ops::Range;

/// More rows than this are cut to a window around the proof.
const ROWS: usize = 5_000;

/// The table, in the order of the history.
pub fn card_of(finding: &Finding) -> Markup {
    let history = &finding.history;
    let proof: BTreeSet<EventId> = finding.witness.events.iter().copied().collect();
    let shown = window(history.len(), &proof);
    html! {
        section.card {
            h2 { "Events" }
            @if shown.len() < history.len() {
                p.note {
                    (count(shown.len() as u64, "event", "events")) " of "
                    (thousands(history.len() as u64)) ", around the proof; the whole run is in "
                    "history.jsonl beside this page."
                }
            }
            div.tall { (scroller("Events", table(history, &proof, shown))) }
        }
    }
}

/// Which events have a row.
pub fn window(all: usize, proof: &BTreeSet<EventId>) -> Range<u32> {
    let last = proof.last().map_or(0, |id| id.index());
    let start = (last + ROWS / 10).saturating_sub(ROWS).min(all.saturating_sub(ROWS));
    start as u32..all.min(start + ROWS) as u32
}

fn table(history: &History, proof: &BTreeSet<EventId>, shown: Range<u32>) -> Markup {
    let views = Views::of(history);
    let heads = match views.stays.is_empty() {
        true => heads(&["##", "#ms", "Node", "Event", "Caused by"]),
        false => heads(&["##", "#ms", "Node", "View", "Event", "Caused by"]),
    };
    html! {
        table.events {
            (heads)
            tbody { @for id in shown.clone().map(EventId) { (row(&views, id, proof, &shown)) } }
        }
    }
}

fn row(views: &Views<'_>, id: EventId, proof: &BTreeSet<EventId>, shown: &Range<u32>) -> Markup {
    let history = views.history;
    let event = history.event(id);
    let node = event.node().map_or("–", |node| history.node_name(node));
    let (text, full) = (words::event(history, id), words::event_in_full(history, id));
    html! {
        tr id={ "e" (id.0) } class=[proof.contains(&id).then_some("hot")] {
            td.n { (id.0) }
            td.n { (event.time()) }
            td { (super::said(node, 24)) }
            @if !views.stays.is_empty() { td.in { (standing(views, event)) } }
            td title=[(text != full).then_some(&full)] { (text) }
            td {
                @for cause in event.causes() {
                    @if shown.contains(&cause.0) {
                        a href={ "#e" (cause.0) } { "#" (cause.0) } " "
                    } @else { "#" (cause.0) " " }
                }
            }
        }
    }
}

/// The view in which the node stands, and where it comes from if it installs it.
fn standing(views: &Views<'_>, event: Event<'_>) -> Markup {
    let groups = views.groups();
    let stands = |group: &u32| views.at(event.node()?, *group, event.id);
    let group = views::group(views.history, event);
    let groups = groups.iter().filter(|other| event.message().is_none() || **other == group);
    let stays: Vec<&Stay<'_>> = groups.filter_map(stands).collect();
    html! {
        @for stay in stays {
            @if let Some(from) = stay.from.filter(|_| stay.event == event.id) {
                span.dim { (views::name(&from.view)) " → " }
            }
            span class={ "stand v" (views.number(stay) % COLOURS) } {
                (views::name(&stay.install.view))
            }
            " "
        }
    }
}

/// Links to rows of the table.
pub fn links(history: &History, ids: &[EventId]) -> Markup {
    const SHOWN: usize = 12;
    let known = ids.iter().filter(|id| id.index() < history.len());
    html! {
        @for id in known.take(SHOWN) {
            a href={ "#e" (id.0) } title=(visible(&words::event(history, *id))) { "#" (id.0) } " "
        }
        @if ids.len() > SHOWN { "and " (ids.len() - SHOWN) " more" }
    }
}
