//! `pepperland replay`: run a finding or a schedule again and judge it.

use crate::catalog::Catalog;
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::{Stored, find_finding, read_schedule};
use crate::options::{Outside, Replay};
use crate::output::{print, say};
use crate::programs;
use pepperland_core::checker::Case;
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Ruling;
use pepperland_reports::{Judged, terminal};
use pepperland_search::Trial;
use std::path::Path;
use std::process::ExitCode;

/// Replays what is named.
pub fn replay(options: &Replay, catalog: &Catalog) -> Result<ExitCode, Failure> {
    match find_finding(&options.finding) {
        Some(folder) => replay_finding(options, catalog, &Stored::read(&folder)?),
        None => replay_schedule(options, catalog),
    }
}

fn replay_finding(
    options: &Replay,
    catalog: &Catalog,
    stored: &Stored,
) -> Result<ExitCode, Failure> {
    if !options.properties.is_empty() {
        let why = "a finding is judged by its own property; --properties is for schedules";
        return Err(Failure::Usage(why.to_owned()));
    }
    if options.outside.bin.is_some() {
        let why = "a finding is replayed with its own program; --bin is for schedules";
        return Err(Failure::Usage(why.to_owned()));
    }
    let runtime = options.runtime.as_ref().unwrap_or(&stored.scenario.runtime);
    let scenario = Scenario {
        runtime: runtime.clone(),
        properties: vec![stored.facts.property.clone()],
        beyond_model: options.beyond_model || stored.scenario.beyond_model,
        ..stored.scenario.clone()
    };
    let trial = catalog.trial(&scenario)?;
    let history = trial.run(&stored.schedule, Detail::Network)?;
    let digest = format!("{:032x}", history.digest());
    print(&format!("digest     {digest}\n"));
    if *runtime == stored.facts.runtime && digest != stored.facts.digest {
        diverged(&trial, &digest, &stored.facts.digest)?;
    }
    Ok(end(&judge(&trial, &stored.schedule, &history)))
}

/// Two runs of one schedule differ: a bug of ours, unless the program may do as it likes.
fn diverged(trial: &Trial<'_>, digest: &str, recorded: &str) -> Result<(), Failure> {
    if trial.runtime.repeats() == Repeats::Exactly {
        return Err(Failure::Harness(format!(
            "the replay diverged: its history has digest {digest}, the finding {recorded}; \
             was the finding made by another build?"
        )));
    }
    let program = trial.plan.implementation.name;
    say(&format!(
        "the replay differs from the finding, whose digest is {recorded}: {program} has changed, \
         or draws randomness or reads a clock of its own"
    ));
    Ok(())
}

fn replay_schedule(options: &Replay, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let path = Path::new(&options.finding);
    if !path.is_file() {
        let name = &options.finding;
        return Err(Failure::Usage(format!(
            "\"{name}\" is no finding of runs/latest, no finding's folder, and no schedule file"
        )));
    }
    let schedule = read_schedule(path)?;
    let scenario = Scenario {
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        ..scenario_of(&schedule, &options.outside, options.runtime.as_deref())?
    };
    let trial = catalog.trial(&scenario)?;
    trial.runtime.accepts(&schedule)?;
    let history = trial.run(&schedule, Detail::Network)?;
    print(&format!("digest     {:032x}\n", history.digest()));
    Ok(end(&judge(&trial, &schedule, &history)))
}

/// The scenario that a schedule file stands for: its implementation with its flaw, by its claims;
/// or the program that is to take its place.
pub fn scenario_of(
    schedule: &Schedule,
    outside: &Outside,
    runtime: Option<&str>,
) -> Result<Scenario, Failure> {
    if let Some(bin) = &outside.bin {
        let scenario = programs::scenario(bin, &outside.args)?;
        let runtime = runtime.unwrap_or(&scenario.runtime).to_owned();
        return Ok(Scenario { runtime, ..scenario });
    }
    let base = Scenario::new(&schedule.header.implementation, "none");
    Ok(Scenario {
        flaw: schedule.header.flaw.clone(),
        runtime: runtime.unwrap_or(&base.runtime).to_owned(),
        ..base
    })
}

fn judge(trial: &Trial<'_>, schedule: &Schedule, history: &History) -> Vec<Ruling> {
    let case = Case::new(history);
    let name = trial.plan.scenario.name();
    let beyond_model = trial.plan.scenario.beyond_model;
    let each = |checker: &&'static pepperland_core::checker::Checker| {
        let verdict = trial.judge_one(checker, schedule, &case);
        let judged = Judged { name: &name, checker, verdict: &verdict, beyond_model };
        print(&terminal::judged(&judged, history, style()));
        verdict.ruling()
    };
    trial.checkers.iter().map(each).collect()
}

fn end(rulings: &[Ruling]) -> ExitCode {
    if rulings.contains(&Ruling::Violated) {
        Outcome::Violated.end("the replay violates the property")
    } else if rulings.iter().all(|ruling| *ruling == Ruling::Undecided) {
        Outcome::Undecided.end("the replay leaves it undecided")
    } else {
        Outcome::Held.end("the replay does not violate the property")
    }
}
