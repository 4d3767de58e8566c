//! The page of one finding: what broke, drawn, with the rule, what it needs and every event.

use super::{card, data, events, explained, heads, logs, page, panels, said, scroller, sets};
use crate::diagram::{Diagram, diagram};
use crate::ending::ending;
use crate::rates;
use crate::terminal::replay;
use crate::text::{count, ms, thousands};
use crate::words;
use maud::{Markup, PreEscaped, html};
use pepperland_core::finding::Finding;
use pepperland_core::history::{EventId, History};
use pepperland_core::runtime::Repeats;

/// The page as one file.
pub fn finding_page(finding: &Finding) -> String {
    let drawn = diagram(&finding.history, &finding.witness.events);
    let panel = panels::panel(finding)
        .map(|(title, panel)| card(title, html! { div.tall tabindex="0" { (panel) } }));
    let sets = sets::card_of(finding);
    let content = html! {
        (head(finding))
        (because(finding, &drawn))
        pre.command tabindex="0" aria-label="Command that repeats the finding" { (replay(finding)) }
        (facts(finding))
        @match (sets, panel) {
            (Some(sets), panel) => {
                (picture(&drawn))
                div.columns { (sets) @if let Some(panel) = panel { (panel) } }
            }
            (None, Some(panel)) => { div.columns.picture { (picture(&drawn)) (panel) } }
            (None, None) => { (picture(&drawn)) }
        }
        div.columns {
            (card("The rule, with this run's values", rule(finding)))
            (card("What the failure needs", explained::needs(finding)))
        }
        (how_it_ends(finding))
        (explained::cards(finding))
        (events::card_of(finding))
        (logs::cards(&finding.history))
        (schedule(finding))
        (data::block(finding))
    };
    page(&format!("{} {}: {}", finding.id, finding.property, finding.scenario.name()), content)
}

fn head(finding: &Finding) -> Markup {
    html! {
        nav.crumbs aria-label="Where this page belongs" {
            a href="../../index.html" { "run" } " › " (said(&finding.scenario.name(), 120))
            " › " (said(&finding.id, 40))
        }
        h1 {
            span.badge { "FAIL" }
            span { (said(&finding.property, 80)) }
            @if finding.beyond_model { span.badge.outside { "outside the model" } }
            @if finding.history.header.unclean().is_some() { span.badge.outside { "unclean run" } }
        }
        p.statement { (said(&finding.statement, 300)) }
        @if let Some(unclean) = rates::unclean(&finding.history) { p.note { (unclean) } }
    }
}

fn because(finding: &Finding, drawn: &Diagram) -> Markup {
    const LINKS: usize = 12;
    let proof = &finding.witness.events;
    html! {
        div.because {
            p { (said(&finding.witness.because, 600)) }
            ul {
                @for id in known(&finding.history, proof).take(LINKS) {
                    li {
                        a href={ "#e" (id.0) } { (words::event(&finding.history, id)) }
                        " at "
                        @let at = ms(finding.history.event(id).time());
                        @if let Some(place) = drawn.anchors.get(&id) {
                            a href={ "#d" (place.0) } title="in the diagram" { (at) " ms" }
                        } @else { (at) " ms" }
                    }
                }
                @if proof.len() > LINKS { li { "and " (proof.len() - LINKS) " more events" } }
            }
        }
    }
}

/// The events that the history has.
fn known(history: &History, ids: &[EventId]) -> impl Iterator<Item = EventId> {
    ids.iter().copied().filter(|id| id.index() < history.len())
}

fn facts(finding: &Finding) -> Markup {
    let (before, after) = (finding.before, finding.after);
    let number = |n: usize| thousands(n as u64);
    let flaw = finding.scenario.flaw.as_ref();
    html! {
        div.facts {
            span {
                "Shrunk to " b { (count(after.events as u64, "event", "events")) } " from "
                (number(before.events))
                @if finding.unfinished { " (shrinking stopped at its limit)" }
            }
            @if after.faults <= before.faults {
                span { "Faults left " b { (number(after.faults)) " of " (number(before.faults)) } }
            } @else {
                span title="Shrinking writes the network's own choices out as faults" {
                    "Faults " b { (number(after.faults)) } ", the network's choices written out"
                }
            }
            span { "Nodes " b { (number(after.nodes)) } }
            (rate(finding))
            span { "Run " b { (finding.run) } ", seed " b { (finding.seed) } }
            span {
                "Implementation " b { (said(&finding.scenario.implementation, 60)) }
                @if let Some(flaw) = flaw { " with flaw " b { (said(flaw, 60)) } }
            }
            span { "Runtime " b { (said(&finding.scenario.runtime, 30)) } }
            span title="The same for failures of one kind" {
                "Signature " code { (said(&finding.signature, 40)) }
            }
            span { "Digest " code { (said(&finding.digest, 40)) } }
        }
    }
}

fn rate(finding: &Finding) -> Markup {
    let (again, replays) = finding.reproduced;
    match finding.repeats {
        Repeats::Exactly => html! { span { "Reproduces " b { (again) " of " (replays) } } },
        Repeats::IfTheProgramDoes | Repeats::AtARate => {
            html! { span { "In other runs it " b { (rates::reproduces(finding)) } } }
        }
    }
}

fn picture(drawn: &Diagram) -> Markup {
    html! {
        section.card {
            h2 { "What happened" }
            @for notice in &drawn.notices { p.note { (notice) } }
            (scroller("Space-time diagram", html! { (PreEscaped(&drawn.svg)) }))
            (key(drawn))
        }
    }
}

/// What is drawn of views.
const VIEWS: [&str; 5] = [
    "wide band: in a view, with its own colour (dashed: not primary)",
    "hatched: blocked by a flush",
    "dotted lane: in no view",
    "+n4 −n3: who is new, who is gone",
    "△ snapshot taken, ▼ installed",
];

fn key(drawn: &Diagram) -> Markup {
    let line = match drawn.frames {
        true => "→ frame, in the colour of its message (those to oneself are not drawn)",
        false => "⇢ from multicast to delivery (frames were not recorded)",
    };
    let red = "thick red: the events that prove the violation";
    let shapes =
        ["● multicast", "○ send or receive", "▭ delivery", "□ view", "◇ other", "× crash or loss"];
    html! {
        ul.key aria-label="Key" {
            @for item in shapes { li { (item) } }
            li { (line) }
            li { (red) }
            @if drawn.views { @for item in VIEWS { li { (item) } } }
            @for (letter, name) in &drawn.letters { li { b { (letter) } " = " (name) } }
        }
    }
}

fn rule(finding: &Finding) -> Markup {
    html! {
        p { (said(&finding.statement, 600)) }
        p.argument { (said(&finding.witness.argument(&finding.statement), 1_200)) }
        @if !finding.witness.clauses.is_empty() {
            (scroller("Clauses of the rule", html! {
                table {
                    (heads(&["Clause", "Events", "Holds"]))
                    tbody {
                        @for clause in &finding.witness.clauses {
                            tr {
                                td { (said(&clause.says, 300)) }
                                td { (events::links(&finding.history, &clause.events)) }
                                @if clause.holds { td.yes { "yes" } } @else { td.no { "no" } }
                            }
                        }
                    }
                }
            }))
        }
    }
}

/// Who waits at the end, where the property speaks of it.
fn how_it_ends(finding: &Finding) -> Markup {
    let told = ending(finding);
    html! {
        @if !told.is_empty() {
            (card("Who waits at the end", html! { ul { @for line in &told { li { (said(line, 600)) } } } }))
        }
    }
}

fn schedule(finding: &Finding) -> Markup {
    let schedule = &finding.schedule;
    html! {
        section.card {
            details {
                summary {
                    "The shrunk schedule: "
                    (count(schedule.steps.len() as u64, "request", "requests")) ", "
                    (count(schedule.disturbances.len() as u64, "disturbance", "disturbances"))
                }
                ul {
                    @for step in schedule.steps.iter().take(200) { li { (words::step(step)) } }
                    @for fault in schedule.disturbances.iter().take(200) {
                        li { (words::disturbance(fault)) }
                    }
                    @if schedule.steps.len().max(schedule.disturbances.len()) > 200 {
                        li { "… in words up to 200 each; all of it below" }
                    }
                }
                pre tabindex="0" aria-label="Schedule file" { (super::lines(&schedule.to_text())) }
            }
        }
    }
}
