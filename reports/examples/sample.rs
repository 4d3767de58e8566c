//! Writes sample pages into the folder named as argument, to look at them.

#[path = "../src/fixtures/mod.rs"]
mod fixtures;

use pepperland_core::finding::{Campaign, Finding};
use pepperland_core::verdict::{Ruling, Witness};
use pepperland_reports::annotations::{Platform, annotations, step_summary};
use pepperland_reports::style::Style;
use pepperland_reports::{diagram, finding_page, index_page, json, junit, terminal};
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let Some(folder) = std::env::args_os().nth(1) else {
        return Err(io::Error::other("name a folder"));
    };
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text);
    let order = fixtures::two_sequencers();
    write("order.html", finding_page(&order))?;
    write("order.svg", diagram::standalone(&order.history, &order.witness.events))?;
    let views = fixtures::views::forgotten_in_a_flush();
    write("views.html", finding_page(&views))?;
    write("views.svg", diagram::standalone(&views.history, &views.witness.events))?;
    write("hostile-views.html", finding_page(&fixtures::views::evil_views()))?;
    write("agreement.html", finding_page(&fixtures::crashed_sender()))?;
    write("medium.html", finding_page(&long(order.clone(), 14)))?;
    write("long.html", finding_page(&long(order.clone(), 1_500)))?;
    write("hostile.html", finding_page(&fixtures::evil_finding()))?;
    let facts = [("Elapsed".into(), "41 s".into()), ("Machine".into(), "2 cores".into())];
    write("index.html", index_page(&fixtures::campaign(), "nightly", &facts))?;
    write("wide.html", index_page(&wide(), "nightly, wide", &facts))?;
    write("junit.xml", junit::junit(&fixtures::campaign()))?;
    write("verdicts.json", json::verdicts_json(&fixtures::campaign()))?;
    write("summary.md", step_summary(Platform::Github, &fixtures::campaign()))?;
    print!("{}", terminal::finding(&order, "order.html", Style::Ansi));
    print!("{}", terminal::finding(&views, "views.html", Style::Ansi));
    print!("{}", terminal::summary(&fixtures::campaign(), Style::Ansi));
    print!("{}", annotations(Platform::Github, &fixtures::campaign(), None));
    Ok(())
}

/// The same finding with a run of so many multicasts.
fn long(finding: Finding, casts: u32) -> Finding {
    let (history, events) = fixtures::long_run(casts);
    let witness = Witness { events, ..finding.witness.clone() };
    Finding { history, witness, ..finding }
}

/// Five implementations under nine profiles.
fn wide() -> Campaign {
    let mut campaign = fixtures::campaign();
    campaign.rows.clear();
    let profiles =
        "none crash omission loss delay partition:halves partition:one-way duplication pause";
    for implementation in ["basic", "reliable", "fifo", "causal", "sequencer"] {
        for faults in profiles.split(' ') {
            for property in ["no-creation", "no-duplication", "agreement", "fifo-order"] {
                let scenario = format!("{implementation}/steady/{faults}");
                campaign.rows.push(fixtures::held_row(implementation, &scenario, property));
            }
        }
    }
    campaign.rows[11].outcome = Ruling::Undecided;
    campaign.rows[11].reason = Some("nothing was delivered".into());
    campaign.rows[30].outcome = Ruling::Violated;
    campaign.rows[30].finding = Some("F-5eed52fe".into());
    campaign
}
