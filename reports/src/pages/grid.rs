//! Property by scenario, one table for each implementation.

use super::index::link;
use super::{said, scroller};
use crate::bound;
use crate::rates;
use crate::text::{thousands, visible};
use maud::{Markup, html};
use pepperland_core::finding::{Campaign, Row};
use pepperland_core::verdict::Ruling;

/// A card for each implementation, flawed ones apart.
pub fn cards(campaign: &Campaign) -> Markup {
    let groups = unique(campaign.rows.iter().map(subject));
    html! {
        @for group in groups {
            @let rows: Vec<&Row> = campaign.rows.iter().filter(|r| subject(r) == group).collect();
            @let shared = common(&unique(rows.iter().map(|row| row.scenario.clone())));
            section.card {
                h2 {
                    (said(&group, 80))
                    @if let Some(workload) = workload(&rows[0].scenario[..shared]) {
                        span.dim { ", workload " (said(workload, 60)) }
                    }
                }
                (scroller(&group, table(&rows)))
            }
        }
    }
}

/// The implementation, its flaw and its runtime.
fn subject(row: &Row) -> String {
    let flaw = row.flaw.as_ref().map(|flaw| format!(" with flaw {flaw}")).unwrap_or_default();
    let runtime = if row.runtime == "sim" { String::new() } else { format!(" on {}", row.runtime) };
    format!("{}{flaw}{runtime}", row.implementation)
}

fn table(rows: &[&Row]) -> Markup {
    let scenarios = unique(rows.iter().map(|row| row.scenario.clone()));
    let properties = unique(rows.iter().map(|row| row.property.clone()));
    let common = common(&scenarios);
    let find = |scenario: &str, property: &str| {
        rows.iter().find(|row| row.scenario == scenario && row.property == property)
    };
    html! {
        table.grid {
            thead {
                tr {
                    th { "Property" }
                    @for scenario in &scenarios { th scope="col" { (parts(&scenario[common..])) } }
                }
            }
            tbody {
                @for property in &properties {
                    tr {
                        th scope="row" { (said(property, 48)) }
                        @for scenario in &scenarios { (cell(find(scenario, property).copied())) }
                    }
                }
            }
        }
    }
}

/// The workload, if it is among the shared parts of the names.
fn workload(shared: &str) -> Option<&str> {
    shared.split('/').nth(1).filter(|workload| !workload.is_empty())
}

/// How many bytes of leading parts the names share, which then say nothing.
fn common(scenarios: &[String]) -> usize {
    let first = scenarios.first().map_or("", String::as_str);
    let ends = first.match_indices('/').map(|(at, _)| at + 1);
    let shared = |end: &usize| scenarios.iter().all(|name| name.starts_with(&first[..*end]));
    ends.take_while(shared).last().unwrap_or(0)
}

/// A name that may be broken where its parts meet.
fn parts(name: &str) -> Markup {
    if name.chars().count() > 60 {
        return said(name, 60);
    }
    let mut pieces = name.split_inclusive(['/', ':', ',', '+']);
    html! {
        (visible(pieces.next().unwrap_or_default()))
        @for piece in pieces { wbr; (visible(piece)) }
    }
}

fn cell(row: Option<&Row>) -> Markup {
    let Some(row) = row else { return html! { td.dim { "–" } } };
    let runs = format!("{} of {}", thousands(row.effective), thousands(row.runs));
    let runs = match rates::unclean_runs(row) {
        Some(unclean) => format!("{runs}, {unclean}"),
        None => runs,
    };
    match row.outcome {
        Ruling::Held if bound::not_tested(row) => html! {
            td { span.untested { "held, not tested" } span.sub { (runs) } }
        },
        Ruling::Held => html! {
            td { span.held { "held" } span.sub { (runs) " · < " (bound::percent(row.effective)) } }
        },
        Ruling::Violated => html! {
            td {
                span.violated { "violated" }
                @if row.beyond_model { " " span.dim { "outside the model" } }
                span.sub { @if let Some(id) = &row.finding { (link(id)) } @else { (runs) } }
                @if let Some(unclean) = rates::unclean_runs(row) { span.sub { (unclean) } }
            }
        },
        Ruling::Undecided => html! { td { span.undecided { "undecided" } span.sub { (runs) } } },
    }
}

/// Each once, in the order met.
fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for item in items {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}
