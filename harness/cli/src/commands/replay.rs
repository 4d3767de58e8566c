//! `pepperland replay`: run a finding or a schedule again and judge it.

use crate::catalog::Catalog;
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::{Stored, find_finding, read_schedule};
use crate::namespaces;
use crate::options::{Outside, Replay};
use crate::output::print;
use crate::processes;
use crate::programs;
use pepperland_core::checker::Case;
use pepperland_core::history::{Clock, History};
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::scenario::{Network, Scenario};
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::{Ruling, Verdict};
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

/// The runtime that is asked for: only processes know real time.
fn asked_runtime(options: &Replay) -> Option<&str> {
    let in_real_time = options.real_time || options.network == Some(Network::Netns);
    options.runtime.as_deref().or(in_real_time.then_some(processes::NAME))
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
    let runtime = asked_runtime(options).unwrap_or(&stored.scenario.runtime);
    // What is special about processes is left behind on another runtime.
    let on_processes = runtime == processes::NAME;
    let found_on = stored.scenario.network;
    let scenario = Scenario {
        runtime: runtime.to_owned(),
        real_time: options.real_time || on_processes && stored.scenario.real_time,
        network: options.network.unwrap_or(if on_processes { found_on } else { Network::Stdio }),
        properties: vec![stored.facts.property.clone()],
        beyond_model: options.beyond_model || stored.scenario.beyond_model,
        ..stored.scenario.clone()
    };
    namespaces::make_ready([&scenario])?;
    let trial = catalog.trial(&scenario)?;
    let history = trial.run(&stored.schedule, Detail::Network)?;
    let digest = format!("{:032x}", history.digest());
    print(&format!("digest     {digest}\n"));
    let alike = runtime == stored.facts.runtime
        && scenario.network == found_on
        && scenario.asks_for_real_time() == stored.scenario.asks_for_real_time();
    if alike && digest != stored.facts.digest {
        diverged(&digest, stored, trial.runtime.repeats())?;
    }
    if !stored.facts.repeats.is_exactly() {
        let (again, replays) = stored.facts.reproduced;
        print(&format!("rate       when it was found, {again} of {replays} replays failed\n"));
    }
    Ok(end("replay", &judge(&trial, &stored.schedule, &history)))
}

/// The replay came to other bytes than the finding, on the same runtime.
fn diverged(digest: &str, stored: &Stored, repeats: Repeats) -> Result<(), Failure> {
    let recorded = &stored.facts.digest;
    match repeats {
        Repeats::Exactly => Err(Failure::Harness(format!(
            "the replay diverged: its history has digest {digest}, the finding {recorded}; \
             was the finding made by another build?"
        ))),
        Repeats::IfTheProgramDoes => {
            print(&format!(
                "diverged   the finding has digest {recorded}: the program is not deterministic, \
                 or another build\n"
            ));
            Ok(())
        }
        Repeats::AtARate => Ok(()),
    }
}

fn replay_schedule(options: &Replay, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let schedule = schedule_named(&options.finding)?;
    let scenario = Scenario {
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        real_time: options.real_time,
        network: options.network.unwrap_or_default(),
        ..scenario_of(catalog, &schedule, &options.outside, asked_runtime(options))?
    };
    namespaces::make_ready([&scenario])?;
    let trial = catalog.trial(&scenario)?;
    trial.runtime.accepts(&schedule)?;
    let history = trial.run(&schedule, Detail::Network)?;
    print(&format!("digest     {:032x}\n", history.digest()));
    Ok(end("replay", &judge(&trial, &schedule, &history)))
}

/// The schedule in a file of this name, which is no finding's.
///
/// # Errors
/// If there is no such file, or no schedule in it.
pub fn schedule_named(name: &str) -> Result<Schedule, Failure> {
    let path = Path::new(name);
    if !path.is_file() {
        return Err(Failure::Usage(format!(
            "\"{name}\" is no finding of runs/latest, no finding's folder, and no schedule file"
        )));
    }
    read_schedule(path)
}

/// The scenario that a schedule file stands for: its implementation with its flaw, asked for what it
/// offers, by its claims; or the program that is to take its place.
pub fn scenario_of(
    catalog: &Catalog,
    schedule: &Schedule,
    outside: &Outside,
    runtime: Option<&str>,
) -> Result<Scenario, Failure> {
    if let Some(bin) = &outside.bin {
        let scenario = programs::scenario(bin, &outside.args)?;
        let runtime = runtime.unwrap_or(&scenario.runtime).to_owned();
        return Ok(Scenario { runtime, ..scenario });
    }
    let implementation = catalog.implementation(&schedule.header.implementation)?;
    let base = Scenario::new(implementation.name, "none");
    Ok(Scenario {
        workload: catalog.usual_workload(implementation).to_owned(),
        flaw: schedule.header.flaw.clone(),
        runtime: runtime.unwrap_or(&base.runtime).to_owned(),
        ..base
    })
}

/// Ends a command that found nothing to show: the schedule violates no property, or it leaves some
/// undecided.
///
/// # Errors
/// What the runtime refuses.
pub fn unbroken(trial: &Trial<'_>, schedule: &Schedule) -> Result<ExitCode, Failure> {
    let history = trial.run(schedule, trial.detail())?;
    let verdicts = trial.judge(schedule, &history);
    let rulings: Vec<Ruling> = verdicts.iter().map(Verdict::ruling).collect();
    Ok(end("schedule", &rulings))
}

fn judge(trial: &Trial<'_>, schedule: &Schedule, history: &History) -> Vec<Ruling> {
    let case = Case::new(history);
    let name = trial.plan.scenario.name();
    let each = |checker: &&'static pepperland_core::checker::Checker| {
        let verdict = trial.judge_one(checker, schedule, &case);
        let beyond_model = trial.is_judged_beyond(checker.property, schedule, history);
        let judged = Judged { name: &name, checker, verdict: &verdict, beyond_model };
        print(&terminal::judged(&judged, history, style()));
        verdict.ruling()
    };
    let rulings: Vec<Ruling> = trial.checkers.iter().map(each).collect();
    if rulings.contains(&Ruling::Violated) {
        let when = if history.header.clock == Clock::Real { " in real time" } else { "" };
        print(&format!("confirmed  on {}{when}\n", trial.runtime.name()));
    }
    rulings
}

/// Ends a command by what it found of a schedule or of a replay.
fn end(what: &str, rulings: &[Ruling]) -> ExitCode {
    let undecided = rulings.iter().filter(|ruling| **ruling == Ruling::Undecided).count();
    if rulings.contains(&Ruling::Violated) {
        Outcome::Violated.end(&format!("the {what} violates the property"))
    } else if undecided == rulings.len() {
        Outcome::Undecided.end(&format!("the {what} leaves every property undecided"))
    } else if undecided > 0 {
        let all = rulings.len();
        Outcome::Undecided.end(&format!(
            "the {what} violates no property, but leaves {undecided} of {all} undecided"
        ))
    } else {
        Outcome::Held.end(&format!("the {what} does not violate the property"))
    }
}
