//! What a person reads at the end of a run: each failure with the command that repeats it, then
//! what held and how much that says.

mod explained;
mod lanes;
mod sets;
mod summary;

pub use explained::{explained, lost, replay_passing};
pub use summary::summary;

use crate::ending;
use crate::judged::Judged;
use crate::rates;
use crate::style::{Style, Tone};
use crate::text::{count, short, thousands};
use crate::words;
use pepperland_core::finding::{Campaign, Finding};
use pepperland_core::history::{EventId, History};
use pepperland_core::verdict::Outcome;
use std::fmt::Write;

/// Longest sentence that is printed.
const SENTENCE: usize = 600;
/// As much of an argument.
const ARGUMENT: usize = 1_200;

/// A failure: what broke, in a sentence and a picture, how small it is, and how to see it again.
pub fn finding(finding: &Finding, report: &str, style: Style) -> String {
    let mut out = picture(finding, style);
    writeln!(out, "  replay   {}", replay(finding)).expect("a string grows");
    writeln!(out, "  report   {}", short(report, SENTENCE)).expect("a string grows");
    out
}

/// A line that says which finding of the campaign this one is the same as; nothing if none.
pub fn same(campaign: &Campaign, finding: &Finding) -> String {
    let earlier = campaign.same_as(finding);
    earlier.map_or_else(String::new, |other| format!("  the same as {}\n", short(&other.id, 40)))
}

/// What broke, in a sentence and a picture, and how small it is.
pub fn picture(finding: &Finding, style: Style) -> String {
    let lanes = lanes::lanes(&finding.history, &finding.witness.events, style);
    let sets = sets::sets(&finding.history, &finding.property, &finding.witness.events, style);
    let gap = if sets.is_empty() { "" } else { "\n" };
    let (head, ending, size) = (head(finding, style), ending(finding), size(finding));
    format!("{head}\n{lanes}{gap}{sets}\n{ending}  {size}\n")
}

/// Who waits for what at the end of the run, a line each.
fn ending(finding: &Finding) -> String {
    ending::ending(finding).iter().map(|line| format!("  {}\n", short(line, SENTENCE))).collect()
}

/// The command that repeats a finding.
pub fn replay(finding: &Finding) -> String {
    format!("pepperland replay {}", short(&finding.id, 40))
}

/// What the finding shrank to: `shrunk 1,842 → 27 events, 23 → 1 faults, 4 nodes   reproduces …`.
pub fn size(finding: &Finding) -> String {
    let (before, after) = (finding.before, finding.after);
    let limit = if finding.unfinished { " (shrinking stopped at its limit)" } else { "" };
    let arrow =
        |from: usize, to: usize| format!("{} → {}", thousands(from as u64), thousands(to as u64));
    format!(
        "shrunk {} events, {} faults, {}{limit}   {}   {}",
        arrow(before.events, after.events),
        arrow(before.faults, after.faults),
        count(after.nodes as u64, "node", "nodes"),
        rates::reproduces(finding),
        short(&finding.signature, 40),
    )
}

/// The properties that one recorded history leaves undecided for one reason.
pub fn undecided(name: &str, reason: &str, properties: &[&str], style: Style) -> String {
    let undecided = style.paint(Tone::Warning, "undecided");
    let (properties, name) = (properties.join(", "), short(name, 200));
    format!("{undecided}  {properties}   {name}: {}\n", short(reason, SENTENCE))
}

/// The verdict of one property on one recorded history, with the events that prove a violation.
pub fn judged(judged: &Judged<'_>, history: &History, style: Style) -> String {
    let verdict = judged.verdict;
    let (property, name) = (short(judged.checker.property, 60), short(judged.name, 200));
    let counted = count(verdict.obligations, "obligation", "obligations");
    match &verdict.outcome {
        Outcome::Held => {
            let critical = verdict.critical;
            let held = style.paint(Tone::Good, "held");
            let outside = outside(judged.beyond_model, style);
            format!(
                "{held}       {property}   {name}: {counted}, {critical} under fault{outside}\n"
            )
        }
        Outcome::Undecided(reason) => undecided(judged.name, reason, &[property.as_str()], style),
        Outcome::Violated(witness) => {
            let violated = style.paint(Tone::Bad, "VIOLATED");
            let because = short(&witness.because, SENTENCE);
            let proof = proof(history, &witness.events);
            let argument = short(&witness.argument(judged.checker.statement), ARGUMENT);
            let outside = outside(judged.beyond_model, style);
            let unclean = unclean(history, style);
            let sets = sets::sets(history, judged.checker.property, &witness.events, style);
            format!(
                "{violated}   {property}   {name}{outside}\n  {because}\n{unclean}{proof}{sets}  \
                 {argument}\n"
            )
        }
    }
}

/// The events of a proof, one a line.
fn proof(history: &History, events: &[EventId]) -> String {
    const SHOWN: usize = 12;
    let known = events.iter().filter(|id| id.index() < history.len());
    let mut lines: String = known
        .take(SHOWN)
        .map(|id| {
            let at = crate::text::ms(history.event(*id).time());
            format!("  event {:<6} {at:>10} ms  {}\n", id.0, words::event(history, *id))
        })
        .collect();
    if events.len() > SHOWN {
        lines.push_str(&format!("  and {} more events\n", events.len() - SHOWN));
    }
    lines
}

/// A line that warns of an unclean run; nothing of a clean one.
fn unclean(history: &History, style: Style) -> String {
    let warning = rates::unclean(history).map(|text| style.paint(Tone::Warning, &text));
    warning.map_or_else(String::new, |text| format!("  {text}\n"))
}

fn outside(beyond_model: bool, style: Style) -> String {
    match beyond_model {
        true => format!("   {}", style.paint(Tone::Warning, "outside the model")),
        false => String::new(),
    }
}

fn head(finding: &Finding, style: Style) -> String {
    let outside = outside(finding.beyond_model, style);
    format!(
        "{} {}   {}   run {}, seed {}{outside}\n  {}\n{}",
        style.paint(Tone::Bad, "FAIL"),
        style.paint(Tone::Strong, &short(&finding.property, 60)),
        short(&finding.scenario.name(), 120),
        finding.run,
        finding.seed,
        short(&finding.witness.because, SENTENCE),
        unclean(&finding.history, style),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::judged::tests::TOTAL_ORDER;
    use pepperland_core::verdict::Verdict;

    #[test]
    fn a_broken_total_order() {
        let text = finding(&fixtures::two_sequencers(), "runs/latest/index.html", Style::Plain);
        insta::assert_snapshot!(text);
    }

    #[test]
    fn a_broken_virtual_synchrony() {
        let broken = fixtures::views::forgotten_in_a_flush();
        insta::assert_snapshot!(finding(&broken, "report.html", Style::Plain));
    }

    #[test]
    fn a_checked_history_tells_who_delivered_what() {
        let broken = fixtures::views::forgotten_in_a_flush();
        let entry =
            pepperland_core::checker::Checker { property: "virtual-synchrony", ..TOTAL_ORDER };
        let verdict = Verdict::violated(broken.witness, 12, 3);
        let judged =
            super::judged(&Judged::of("h", &entry, &verdict), &broken.history, Style::Plain);
        assert!(judged.contains("    n4:0:1  yes  no   yes  yes\n"), "{judged}");
    }

    #[test]
    fn outside_the_model_is_said() {
        let mut outside = fixtures::crashed_sender();
        outside.beyond_model = true;
        outside.unfinished = true;
        insta::assert_snapshot!(finding(&outside, "report.html", Style::Plain));
    }

    #[test]
    fn a_finding_at_a_rate_in_an_unclean_run() {
        insta::assert_snapshot!(finding(&fixtures::at_a_rate(), "report.html", Style::Plain));
    }

    #[test]
    fn colour_adds_only_codes() {
        let finding = &fixtures::two_sequencers();
        let plain = super::finding(finding, "r", Style::Plain);
        let ansi = super::finding(finding, "r", Style::Ansi);
        assert!(ansi.contains("\u{1b}[1;31mFAIL\u{1b}[0m"));
        let codes = ["\u{1b}[1;31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[2m", "\u{1b}[1m"];
        let stripped = codes.iter().fold(ansi, |text, code| text.replace(code, ""));
        assert_eq!(stripped.replace("\u{1b}[0m", ""), plain);
    }

    #[test]
    fn a_checked_history() {
        let fixture = fixtures::two_sequencers();
        let history = &fixture.history;
        let verdicts = [
            Verdict::held_or_vacuous(12, 3, "nothing"),
            Verdict::undecided("nothing was delivered"),
            Verdict::violated(fixture.witness.clone(), 4, 2),
        ];
        let lines: String = verdicts
            .iter()
            .map(|v| judged(&Judged::of("history.jsonl", &TOTAL_ORDER, v), history, Style::Plain))
            .collect();
        insta::assert_snapshot!(lines);
    }
}
