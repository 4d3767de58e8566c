//! What an exploration says.

use crate::commands::run::tell_people;
use crate::files::RunFolder;
use crate::options::{Explore, Format};
use crate::output::print;
use pepperland_core::finding::Campaign;
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
            print(&format!("explored   {}\n", asked(options)));
            print(&covered(explored));
            counterexamples(judged, campaign);
            tell_people(campaign, folder);
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
         runs       {whole}: {} that differ in what nodes tell, each run and judged; they stand for\n           \
         {} interleavings or more\n\n",
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

/// How short the shortest counterexamples are, before anything is shrunk.
fn counterexamples(judged: &Judged<'_, '_>, campaign: &Campaign) {
    let mut steps = campaign.rows.iter().filter_map(|row| {
        let steps = judged.steps(&row.property)?;
        Some(format!("shortest   {} violated in {}\n", row.property, count(steps, "step", "steps")))
    });
    let lines: String = steps.by_ref().collect();
    if !lines.is_empty() {
        print(&format!("{lines}\n"));
    }
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
