//! What replays tell of a finding: what it needs, from when on its run was lost, and the nearest
//! run that passes.

use super::{card, heads, said, scroller};
use crate::terminal::{lost, replay_passing};
use crate::text::ms;
use maud::{Markup, html};
use pepperland_core::finding::{Chance, Finding, Need};

/// What each piece of the schedule is needed for.
pub fn needs(finding: &Finding) -> Markup {
    let pieces = finding.schedule.steps.len() + finding.schedule.disturbances.len();
    if finding.explained.needs.is_empty() {
        return html! { p.note { "No piece was taken away on trial." } };
    }
    html! {
        p.note { "Each piece taken away, everything else kept, and the run replayed." }
        @if finding.explained.needs.len() < pieces {
            p.note { (pieces - finding.explained.needs.len()) " more were left out: time was up." }
        }
        (scroller("What the failure needs", html! {
            table {
                (heads(&["Without", "#Fails", "So it is"]))
                tbody { @for need in &finding.explained.needs { (need_row(need)) } }
            }
        }))
    }
}

fn need_row(need: &Need) -> Markup {
    let (class, word) = match need.failing {
        0 => ("needed", "needed"),
        n if n < need.replays => ("undecided", "needed at times"),
        _ => ("dim", "not needed"),
    };
    html! {
        tr {
            td { (said(&need.piece, 200)) }
            td.n { (need.failing) " of " (need.replays) }
            td class=(class) { (word) }
        }
    }
}

/// The cards of what is known beside that; none of what is not.
pub fn cards(finding: &Finding) -> Markup {
    let explained = &finding.explained;
    html! {
        @if !explained.chances.is_empty() || explained.passing.is_some() {
            div.columns {
                @if !explained.chances.is_empty() {
                    (card("When the run was lost", chances(finding)))
                }
                @if let Some(passing) = &explained.passing {
                    (card("The nearest run that passes", html! {
                        p { "It passes if " (said(&passing.change, 300)) "." }
                        pre.command tabindex="0" aria-label="Command that runs what passes" {
                            (replay_passing(finding))
                        }
                    }))
                }
            }
        }
    }
}

fn chances(finding: &Finding) -> Markup {
    html! {
        p.note {
            "The run up to an instant as it was, and from there as chance has it: latencies are "
            "drawn anew, requests and faults stay."
        }
        @if let Some(lost) = lost(&finding.explained) { p { (lost) } }
        (scroller("How many runs fail from each instant", html! {
            table {
                (heads(&["#From", "#Fails", ""]))
                tbody { @for chance in &finding.explained.chances { (chance_row(chance)) } }
            }
        }))
    }
}

/// How wide a bar is at most, in characters.
const BAR: u64 = 20;

fn chance_row(chance: &Chance) -> Markup {
    let full = u64::from(chance.failing) * BAR / u64::from(chance.replays.max(1));
    html! {
        tr {
            td.n { (ms(chance.at)) " ms" }
            td.n { (chance.failing) " of " (chance.replays) }
            td.no aria-hidden="true" { ("█".repeat(full.min(BAR) as usize)) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::pages::finding_page;
    use pepperland_core::finding::Passing;
    use pepperland_core::time::Time;

    #[test]
    fn the_page_says_when_the_run_was_lost_and_what_passes() {
        let mut finding = fixtures::crashed_sender();
        assert!(!finding_page(&finding).contains("When the run was lost"));
        let at = |ms, failing| Chance { at: Time::millis(ms), failing, replays: 20 };
        finding.explained.chances = vec![at(0, 3), at(7, 18)];
        let (change, schedule) = ("<b>n1</b> is late".to_owned(), finding.schedule.clone());
        finding.explained.passing = Some(Passing { change, schedule });
        let page = finding_page(&finding);
        for told in [
            "When the run was lost",
            "The run was lost between 0 and 7 ms: from there 3 and 18 of 20 fail.",
            "██████████████████</td>",
            "It passes if &lt;b&gt;n1&lt;/b&gt; is late.",
            "passing.jsonl --properties",
        ] {
            assert!(page.contains(told), "{told}");
        }
    }
}
