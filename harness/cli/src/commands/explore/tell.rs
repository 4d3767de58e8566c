//! What an exploration says.

use crate::commands::run::tell_findings;
use crate::files::RunFolder;
use crate::options::{Explore, Format};
use crate::output::print;
use pepperland_core::finding::{Campaign, Row};
use pepperland_core::verdict::Ruling;
use pepperland_reports::text::{count, thousands};
use pepperland_search::Explored as Judged;
use pepperland_sim::explore::Explored;

/// Prints what was explored, and the verdicts.
pub fn tell(
    options: &Explore,
    (explored, judged): (&Explored, &Judged<'_, '_>),
    campaign: &Campaign,
    folder: &RunFolder,
) {
    match options.format {
        Format::Json => {
            print(&pepperland_reports::json::rows(campaign));
            print(&format!("{}\n", json(explored)));
        }
        Format::Human => {
            tell_findings(campaign, folder);
            print(&format!("explored   {}\n{}", asked(options), covered(explored)));
            campaign.rows.iter().for_each(|row| print(&verdict(row, judged)));
            print(&undecided(&campaign.rows));
            print(&format!("report     {}\n", folder.index().display()));
        }
    }
}

/// `3 nodes, at most 2 multicasts and 1 crash`.
fn asked(options: &Explore) -> String {
    let crashes = (options.crashes > 0).then(|| count(options.crashes.into(), "crash", "crashes"));
    let losses = (options.losses > 0).then(|| count(options.losses.into(), "loss", "losses"));
    let faults = crashes.into_iter().chain(losses).map(|fault| format!(" and {fault}"));
    let nodes = count(options.nodes.into(), "node", "nodes");
    let multicasts = count(options.broadcasts.into(), "multicast", "multicasts");
    format!("{nodes}, at most {multicasts}{}", faults.collect::<String>())
}

fn covered(explored: &Explored) -> String {
    let Explored { states, moves, ends, interleavings, depth, cut, .. } = explored;
    let number = |n: &u64| thousands(*n);
    let whole = if cut.is_none() { "all" } else { "not all" };
    format!(
        "states     {}, by {} steps from one to another; no way is longer than {depth} steps\n\
         runs       {whole}: {} that differ in what nodes tell, each run and judged; they \
         stand for\n           {} interleavings or more\n",
        number(states),
        number(moves),
        number(ends),
        large(*interleavings),
    )
}

/// In full, or as a power of ten where nobody reads that.
fn large(number: u128) -> String {
    match u64::try_from(number) {
        Ok(number) => thousands(number),
        Err(_) => format!("{:.1e}", number as f64),
    }
}

/// What came of a property that is decided.
fn verdict(row: &Row, judged: &Judged<'_, '_>) -> String {
    let Row { property, runs, effective, .. } = row;
    match row.outcome {
        Ruling::Held => {
            let (runs, effective) = (count(*runs, "run", "runs"), thousands(*effective));
            format!("held       {property}: {runs}, {effective} of them with something to judge\n")
        }
        Ruling::Violated => {
            let steps = judged.steps(property).unwrap_or_default();
            let finding = row.finding.as_deref().unwrap_or_default();
            let beyond = if row.beyond_model { "   outside the model" } else { "" };
            let steps = count(steps, "step", "steps");
            format!("violated   {property}: the shortest way takes {steps}   {finding}{beyond}\n")
        }
        Ruling::Undecided => String::new(),
    }
}

/// The properties that are undecided, together where the reason is the same.
fn undecided(rows: &[Row]) -> String {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    for row in rows.iter().filter(|row| row.outcome == Ruling::Undecided) {
        let reason = row.reason.as_deref().unwrap_or("no run judged it");
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, properties)) => properties.push(&row.property),
            None => reasons.push((reason, vec![&row.property])),
        }
    }
    let line = |(reason, properties): (&str, Vec<&str>)| {
        format!("undecided  {}: {reason}\n", properties.join(", "))
    };
    reasons.into_iter().map(line).collect()
}

fn json(explored: &Explored) -> serde_json::Value {
    serde_json::json!({
        "v": 1,
        "explored": {
            "exhaustive": explored.cut.is_none(),
            "states": explored.states,
            "steps": explored.moves,
            "runs": explored.ends,
            // Beyond what numbers in JSON can tell.
            "interleavings": explored.interleavings.to_string(),
            "depth": explored.depth,
        }
    })
}
