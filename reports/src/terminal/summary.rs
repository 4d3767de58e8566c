//! The summary of a campaign.

use crate::bound;
use crate::rates;
use crate::style::{Style, Tone};
use crate::text::{count, short, thousands};
use pepperland_core::finding::{Campaign, Canary, Row};
use pepperland_core::verdict::Ruling;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many lines of one sort are printed before the rest is only counted.
const LINES: usize = 40;

/// What held and how much that says, what was violated, what could not be decided and why, what
/// was never tested under fault, and whether the planted flaws were found.
pub fn summary(campaign: &Campaign, style: Style) -> String {
    let rows = &campaign.rows;
    let of = |ruling| rows.iter().filter(move |row| row.outcome == ruling);
    let mut out = String::new();
    section(
        &mut out,
        style,
        Tone::Good,
        "held",
        held(of(Ruling::Held).filter(|row| !bound::not_tested(row))),
    );
    section(&mut out, style, Tone::Bad, "violated", of(Ruling::Violated).map(violated).collect());
    let undecided = of(Ruling::Undecided).map(undecided).collect();
    section(&mut out, style, Tone::Warning, "undecided", undecided);
    let untested = rows.iter().filter(|row| bound::not_tested(row)).map(untested).collect();
    section(&mut out, style, Tone::Warning, "not tested", untested);
    section(&mut out, style, Tone::Strong, "canaries", canaries(&campaign.canaries));
    writeln!(out, "{}", totals(campaign)).expect("a string grows");
    if of(Ruling::Held).next().is_some() {
        writeln!(out, "{}", style.paint(Tone::Faint, MEANING)).expect("a string grows");
    }
    out
}

const MEANING: &str = "bounds: if runs fail independently with a fixed chance, it is below the \
    figure with 95 % confidence; under this workload, fault profile and build alone";

fn section(out: &mut String, style: Style, tone: Tone, title: &str, lines: Vec<String>) {
    let left_out = lines.len().saturating_sub(LINES);
    let mut title = format!("{title:<10}");
    for line in lines.into_iter().take(LINES) {
        let shown = style.paint(tone, &title);
        writeln!(out, "{shown}  {line}").expect("a string grows");
        title = " ".repeat(10);
    }
    if left_out > 0 {
        writeln!(out, "{title}  and {left_out} more, see the report").expect("a string grows");
    }
}

/// Rows that held, one line for each implementation. Unlike scenarios are not pooled: the bound is
/// that of the row with the fewest effective runs, and is true of each.
fn held<'a>(rows: impl Iterator<Item = &'a Row>) -> Vec<String> {
    let mut groups: Vec<Vec<&Row>> = Vec::new();
    for row in rows {
        match groups.iter_mut().find(|group| alike(group[0], row)) {
            Some(group) => group.push(row),
            None => groups.push(vec![row]),
        }
    }
    groups.iter().map(|group| held_line(group)).collect()
}

fn alike(a: &Row, b: &Row) -> bool {
    (&a.implementation, &a.flaw, &a.runtime) == (&b.implementation, &b.flaw, &b.runtime)
}

fn held_line(group: &[&Row]) -> String {
    let properties: BTreeSet<&str> = group.iter().map(|row| row.property.as_str()).collect();
    let scenarios: BTreeSet<&str> = group.iter().map(|row| row.scenario.as_str()).collect();
    let shown = match properties.len() {
        1..=3 => {
            let names: Vec<String> = properties.iter().map(|name| short(name, 40)).collect();
            names.join(", ")
        }
        n => format!("{n} properties"),
    };
    let place = match scenarios.len() {
        1 => place(group[0]),
        n => format!("{} in {n} scenarios", implementation(group[0])),
    };
    let least = group.iter().min_by_key(|row| row.effective).map_or(0, |row| row.effective);
    let runs = group.iter().map(|row| row.runs).min().unwrap_or(0);
    let each = if group.len() == 1 { "" } else { " each" };
    let unclean = unclean(&worst_of_each_scenario(group));
    format!(
        "{place}: {shown}: {}{each}, {}{} effective: chance per run below {}{each} (95 %){unclean}",
        count(runs, "run", "runs"),
        if group.len() == 1 { "" } else { "at least " },
        thousands(least),
        bound::percent(least),
    )
}

/// The implementation with its flaw, and the runtime if it is not the usual one.
fn implementation(row: &Row) -> String {
    let flaw = row.flaw.as_ref().map(|flaw| format!("+{flaw}")).unwrap_or_default();
    let name = short(&format!("{}{flaw}", row.implementation), 100);
    match row.runtime.as_str() {
        "sim" => name,
        runtime => format!("{name} on {}", short(runtime, 20)),
    }
}

fn violated(row: &Row) -> String {
    let finding =
        row.finding.as_ref().map(|id| format!("   {}", short(id, 40))).unwrap_or_default();
    let outside = if row.beyond_model { "   outside the model" } else { "" };
    let property = short(&row.property, 40);
    let runs = count(row.runs, "run", "runs");
    format!(
        "{}: {property}: at least once in {runs}{finding}{outside}{}",
        place(row),
        unclean(&[row])
    )
}

/// How many of the runs were unclean, set apart.
fn unclean(rows: &[&Row]) -> String {
    rates::unclean_runs_of(rows).map(|runs| format!("   {runs}")).unwrap_or_default()
}

/// Properties of one scenario are judged by the same runs: one row of each, that which knows of the
/// most unclean ones.
fn worst_of_each_scenario<'a>(group: &[&'a Row]) -> Vec<&'a Row> {
    let mut worst: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in group {
        let one = worst.entry(&row.scenario).or_insert(row);
        if row.unclean > one.unclean {
            *one = row;
        }
    }
    worst.into_values().collect()
}

fn undecided(row: &Row) -> String {
    let reason = row.reason.as_deref().unwrap_or("no run was effective");
    let property = short(&row.property, 40);
    format!("{}: {property}: {}{}", place(row), short(reason, 200), unclean(&[row]))
}

fn untested(row: &Row) -> String {
    let property = short(&row.property, 40);
    format!("{}: {property}: no obligation ever met a fault", place(row))
}

fn canaries(canaries: &[Canary]) -> Vec<String> {
    if canaries.is_empty() {
        return Vec::new();
    }
    let found = canaries.iter().filter(|canary| canary.found).count();
    let mut lines = vec![format!("{found} of {} planted flaws found", canaries.len())];
    let flaw =
        |c: &Canary| format!("{} --flaw {}", short(&c.implementation, 40), short(&c.flaw, 60));
    lines.extend(
        canaries.iter().filter(|c| !c.found).map(|c| {
            format!("NOT FOUND: {}, which must break {}", flaw(c), short(&c.property, 40))
        }),
    );
    lines.extend(canaries.iter().filter(|c| !c.collateral.is_empty()).map(|c| {
        format!("COLLATERAL: {} also broke {}", flaw(c), short(&c.collateral.join(", "), 120))
    }));
    lines
}

fn totals(campaign: &Campaign) -> String {
    let of = |ruling| campaign.rows.iter().filter(|row| row.outcome == ruling).count();
    format!(
        "{} held, {} violated, {} undecided   {}, {}, seed {}",
        of(Ruling::Held),
        of(Ruling::Violated),
        of(Ruling::Undecided),
        count(campaign.runs, "run", "runs"),
        count(campaign.events, "event", "events"),
        campaign.seed,
    )
}

/// The scenario, and the runtime if it is not the usual one.
fn place(row: &Row) -> String {
    let scenario = short(&row.scenario, 100);
    match row.runtime.as_str() {
        "sim" => scenario,
        runtime => format!("{scenario} on {}", short(runtime, 20)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn of_a_mixed_campaign() {
        insta::assert_snapshot!(summary(&fixtures::campaign(), Style::Plain));
    }

    #[test]
    fn unclean_runs_are_counted_beside_the_row() {
        let mut campaign = fixtures::campaign();
        campaign.rows[16].unclean = 3;
        campaign.rows[16].lapse = Some("a frame was 9 ms late".to_owned());
        let text = summary(&campaign, Style::Plain);
        let told = "F-5eed52fe   3 of 100 runs unclean (a frame was 9 ms late)\n";
        assert!(text.contains(told), "{text}");
        assert_eq!(text.matches("unclean").count(), 1);
    }

    #[test]
    fn unclean_runs_of_several_scenarios_are_added_up() {
        let row = |property: &str, scenario: &str, unclean| Row {
            unclean,
            lapse: (unclean > 0).then(|| format!("{scenario} was late")),
            ..fixtures::held_row("basic", scenario, property)
        };
        let rows = [row("a", "s", 1), row("b", "s", 1), row("a", "t", 2), row("a", "u", 0)];
        let line = held_line(&rows.iter().collect::<Vec<_>>());
        assert!(line.contains("   3 of "), "{line}");
        assert!(line.ends_with(" runs unclean (s was late)"), "{line}");
    }

    #[test]
    fn of_nothing() {
        let text = summary(&Campaign::default(), Style::Plain);
        assert_eq!(text, "0 held, 0 violated, 0 undecided   0 runs, 0 events, seed 0x0\n");
    }

    #[test]
    fn many_lines_are_counted() {
        let mut campaign = fixtures::campaign();
        let row = campaign.rows.iter().find(|row| row.outcome == Ruling::Undecided).unwrap();
        campaign.rows = vec![row.clone(); LINES + 7];
        assert!(summary(&campaign, Style::Plain).contains("and 7 more, see the report"));
    }
}
