//! The page of a run: the verdict, every property and scenario, and the findings.

use super::{card, grid, heads, page, said, scroller};
use crate::bound;
use crate::rates;
use crate::text::count;
use maud::{Markup, html};
use pepperland_core::finding::{Campaign, Canary, Finding};
use pepperland_core::verdict::Ruling;

/// The page as one file. `facts` are what the caller knows of the run and this crate cannot:
/// budget, elapsed time, machine, configuration.
pub fn index_page(campaign: &Campaign, title: &str, facts: &[(String, String)]) -> String {
    let content = html! {
        nav.crumbs aria-label="Where this page belongs" { (said(title, 120)) }
        (verdict(campaign))
        (facts_line(campaign, facts))
        @if !campaign.findings.is_empty() { (card("Findings", findings(campaign))) }
        (grid::cards(campaign))
        @if !campaign.canaries.is_empty() { (card("Planted flaws", canaries(&campaign.canaries))) }
        (reasons(campaign))
        p.note {
            "Below each outcome: effective runs of all runs, and the bound. If runs fail "
            "independently with a fixed chance, it is below the bound with 95 % confidence: under "
            "this workload, fault profile and build, and not over all faults."
        }
    };
    page(title, content)
}

fn verdict(campaign: &Campaign) -> Markup {
    let of = |ruling| campaign.rows.iter().filter(|row| row.outcome == ruling).count() as u64;
    let (held, bad) = (of(Ruling::Held), of(Ruling::Violated));
    let open = of(Ruling::Undecided);
    let (class, word, line) = match (campaign.rows.is_empty(), bad, open) {
        (true, ..) => ("open", "NOTHING RAN", "no property was judged".to_owned()),
        (_, 1.., _) => ("", "FAIL", format!("{bad} violated, {open} undecided, {held} held")),
        (_, 0, 1..) => ("open", "UNDECIDED", format!("{open} undecided, {held} held")),
        (_, 0, 0) => ("good", "HELD", format!("{}, every one held", rows(held))),
    };
    html! { h1 { span class={ "badge " (class) } { (word) } span { (line) } } }
}

fn rows(number: u64) -> String {
    count(number, "property of a scenario", "properties of scenarios")
}

fn facts_line(campaign: &Campaign, facts: &[(String, String)]) -> Markup {
    html! {
        div.facts {
            span { "Seed " b { (campaign.seed) } }
            span { b { (count(campaign.runs, "run", "runs")) } }
            span { b { (count(campaign.events, "event", "events")) } }
            @for (name, value) in facts {
                span { (said(name, 60)) " " b { (said(value, 200)) } }
            }
        }
    }
}

fn findings(campaign: &Campaign) -> Markup {
    html! {
        (scroller("Findings", html! {
            table.short {
                (heads(&["Finding", "Property", "Scenario", "Because"]))
                tbody { @for finding in &campaign.findings { (finding_row(campaign, finding)) } }
            }
        }))
    }
}

fn finding_row(campaign: &Campaign, finding: &Finding) -> Markup {
    html! {
        tr.hot {
            td style="padding-left:10px" { (link(&finding.id)) }
            td {
                (said(&finding.property, 60))
                @if finding.beyond_model { " " span.undecided { "outside the model" } }
                @if !finding.repeats.is_exactly() {
                    " " span.dim { (rates::reproduces(finding)) }
                }
                @if let Some(unclean) = rates::unclean(&finding.history) {
                    " " span.undecided title=(unclean) { "unclean run" }
                }
            }
            td { (said(&finding.scenario.name(), 80)) }
            td {
                (said(&finding.witness.because, 300))
                @if let Some(same) = campaign.same_as(finding) {
                    " " span.dim { "the same as " (link(&same.id)) }
                }
            }
        }
    }
}

/// A link to the page of a finding.
pub fn link(id: &str) -> Markup {
    html! { a href={ "findings/" (encoded(id)) "/report.html" } { (said(id, 20)) } }
}

/// An id as part of a path: anything but letters, digits, `-` and `_` is escaped.
fn encoded(id: &str) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    id.bytes()
        .map(|b| if keep(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn canaries(canaries: &[Canary]) -> Markup {
    let found = canaries.iter().filter(|canary| canary.found).count();
    html! {
        p {
            b { (found) " of " (canaries.len()) }
            " found: what finds nothing must prove that it could."
        }
        (scroller("Planted flaws", html! {
            table {
                (heads(&["Implementation", "Flaw", "Must break", "Found", "Also broke"]))
                tbody { @for canary in canaries { (canary_row(canary)) } }
            }
        }))
    }
}

fn canary_row(canary: &Canary) -> Markup {
    html! {
        tr {
            td { (said(&canary.implementation, 40)) }
            td { (said(&canary.flaw, 60)) }
            td { (said(&canary.property, 60)) }
            @if canary.found { td.yes { "yes" } } @else { td.no { "no" } }
            td.no { (said(&canary.collateral.join(", "), 120)) }
        }
    }
}

/// What was not decided and why, and what was never tested under fault.
fn reasons(campaign: &Campaign) -> Markup {
    let open: Vec<_> =
        campaign.rows.iter().filter(|row| row.outcome == Ruling::Undecided).collect();
    let untested: Vec<_> = campaign.rows.iter().filter(|row| bound::not_tested(row)).collect();
    if open.is_empty() && untested.is_empty() {
        return html! {};
    }
    card(
        "Undecided, and not tested",
        scroller(
            "Undecided, and not tested",
            html! {
                table {
                    (heads(&["Scenario", "Property", "Why"]))
                    tbody {
                        @for row in open {
                            tr {
                                td { (said(&row.scenario, 100)) }
                                td { (said(&row.property, 60)) }
                                @let reason = row.reason.as_deref();
                            td { (said(reason.unwrap_or("no run was effective"), 300)) }
                            }
                        }
                        @for row in untested {
                            tr {
                                td { (said(&row.scenario, 100)) }
                                td { (said(&row.property, 60)) }
                                td { "held, but no obligation ever met a fault: not tested" }
                            }
                        }
                    }
                }
            },
        ),
    )
}
