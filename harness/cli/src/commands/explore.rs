//! `pepperland explore`: every schedule of a small scope, up to equivalence.

mod scope;
mod tell;

use crate::catalog::Catalog;
use crate::commands::run::outcome;
use crate::exit::{Failure, Outcome};
use crate::files::RunFolder;
use crate::options::Explore;
use crate::progress::{Campaign as Watch, interruption};
use crate::threads::Threads;
use pepperland_core::finding::Campaign;
use pepperland_core::runtime::Refused;
use pepperland_core::scenario::Scenario;
use pepperland_search::{Explored as Judged, Foreseen, Progress};
use pepperland_sim::explore::{Cut, Explored, Scope, Told, explore as search};
use std::ops::ControlFlow;
use std::process::ExitCode;

pub use scope::frame;

/// How many replays shrinking one counterexample may take.
const SHRINK_REPLAYS: u32 = 3_000;

/// Explores what the options ask for.
pub fn explore(options: &Explore, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let scenario = scope::scenario(options)?;
    let mut trial = catalog.trial(&scenario)?;
    scope::check(options, &mut trial)?;
    let header = frame(trial.plan.implementation, options.flaw.as_deref(), options.nodes);
    let mut judged = Judged::new(&trial);
    let scope = Scope {
        header: &header,
        build: &trial.plan.implementation.build,
        delivery: trial.plan.implementation.model.delivery,
        broadcasts: options.broadcasts,
        crashes: options.crashes,
        losses: options.losses,
        beginnings: judged.needs_beginnings(),
        states: u32::try_from(options.states).unwrap_or(u32::MAX),
    };
    let watch = Watch::new(0, None, interruption());
    let explored = go(&scope, &mut judged, &Threads::new(options.jobs), &watch)?;
    let undecided = not_exhaustive(&explored, &judged, &scenario);
    let campaign = campaign(&judged, undecided.as_deref(), &watch);
    let folder = RunFolder::create(options.out.as_deref())?;
    folder.write(&campaign, &format!("{:.1} s", watch.elapsed().as_secs_f64()))?;
    tell::tell(options, (&explored, &judged), &campaign, &folder);
    if watch.is_interrupted() {
        return Err(Failure::Interrupted);
    }
    Ok(end(&campaign, undecided))
}

/// Explores the scope and judges what it comes to.
fn go(
    scope: &Scope<'_>,
    judged: &mut Judged<'_, '_>,
    threads: &Threads,
    watch: &Watch,
) -> Result<Explored, Refused> {
    let mut refused = None;
    let explored = search(scope, &mut |runs: Vec<Told>| {
        let foreseen = |run: Told| {
            let Told { steps, is_complete, schedule, delivered } = run;
            Foreseen { steps, is_complete, schedule, delivered }
        };
        let runs: Vec<Foreseen> = runs.into_iter().map(foreseen).collect();
        refused = judged.judge(&runs, threads).err();
        match refused.is_some() || judged.has_all() || watch.is_interrupted() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    });
    refused.map_or(Ok(explored), Err)
}

/// Why nothing is held, in a sentence, if some runs were left out.
fn not_exhaustive(
    explored: &Explored,
    judged: &Judged<'_, '_>,
    scenario: &Scenario,
) -> Option<String> {
    let name = &scenario.implementation;
    let why = match &explored.cut {
        _ if judged.has_strayed() => format!(
            "the simulator took a run of {name} elsewhere than it was explored: {name} goes by its \
             clock, or remembers more than it tells"
        ),
        None => return None,
        Some(Cut::States) => "there are more states; raise --states, or ask for less".to_owned(),
        Some(Cut::Timer(node)) => {
            format!("{name} sets a timer at {node}, and runs are explored without time")
        }
        Some(Cut::Enough) => "it ended before all was explored".to_owned(),
    };
    Some(format!("not exhaustive: {why}"))
}

fn campaign(judged: &Judged<'_, '_>, undecided: Option<&str>, watch: &Watch) -> Campaign {
    let (rows, found) = judged.report(undecided, SHRINK_REPLAYS, watch);
    let (runs, events) = (judged.runs(), judged.events());
    let mut campaign = Campaign { rows, runs, events, ..Campaign::default() };
    for finding in found {
        if campaign.findings.iter().all(|known| known.id != finding.id) {
            campaign.findings.push(finding);
        }
    }
    campaign
}

fn end(campaign: &Campaign, undecided: Option<String>) -> ExitCode {
    match (outcome(campaign), undecided) {
        ((Outcome::Held, _), _) => Outcome::Held.end("every property holds in all runs explored"),
        ((Outcome::Undecided | Outcome::NothingRan, _), Some(why)) => Outcome::Undecided.end(&why),
        ((outcome, why), _) => outcome.end(&why),
    }
}
