//! `pepperland explain`: what a failure needs, from when on its run was lost, and the nearest run
//! that passes.

use crate::catalog::Catalog;
use crate::commands::replay::{scenario_of, schedule_named, unbroken};
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::{Stored, find_finding};
use crate::options::Explain;
use crate::output::print;
use pepperland_core::checker::Checker;
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Verdict;
use pepperland_reports::{Judged, terminal};
use pepperland_search::{Trial, Violation, signature};
use std::process::ExitCode;

/// Explains what is named.
pub fn explain(options: &Explain, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let (scenario, schedule) = match find_finding(&options.finding) {
        Some(folder) => of_finding(options, Stored::read(&folder)?)?,
        None => of_schedule(options, catalog)?,
    };
    let trial = catalog.trial(&scenario)?;
    trial.runtime.accepts(&schedule)?;
    let explained = trial.checkers.iter().filter(|checker| tell(&trial, checker, &schedule));
    match explained.count() {
        0 => unbroken(&trial, &schedule),
        _ => Ok(Outcome::Violated.end("the schedule violates a property")),
    }
}

fn of_finding(options: &Explain, stored: Stored) -> Result<(Scenario, Schedule), Failure> {
    if !options.properties.is_empty() || options.beyond_model || options.outside.bin.is_some() {
        let why = "a finding is explained as it was judged; --properties, --beyond-model and --bin \
                   are for schedules";
        return Err(Failure::Usage(why.to_owned()));
    }
    let properties = vec![stored.facts.property];
    Ok((Scenario { properties, ..stored.scenario }, stored.schedule))
}

fn of_schedule(options: &Explain, catalog: &Catalog) -> Result<(Scenario, Schedule), Failure> {
    let schedule = schedule_named(&options.finding)?;
    let scenario = Scenario {
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        ..scenario_of(catalog, &schedule, &options.outside, None)?
    };
    Ok((scenario, schedule))
}

/// Prints what replays tell of the schedule, if it violates the property.
fn tell(trial: &Trial<'_>, checker: &'static Checker, schedule: &Schedule) -> bool {
    let violation = Violation::of(trial, checker, schedule, Detail::Network);
    let Some(violation) = violation else { return false };
    let Violation { history, witness } = &violation;
    let name = trial.plan.scenario.name();
    let beyond_model = trial.is_judged_beyond(checker.property, schedule, history);
    let verdict = Verdict::violated(witness.clone(), 1, 0);
    let judged = Judged { name: &name, checker, verdict: &verdict, beyond_model };
    print(&terminal::judged(&judged, history, style()));
    print(&format!("  signature  {}\n", signature(checker, schedule, history, witness)));
    let explained = pepperland_search::explain(trial, checker, schedule, &violation, &|| false);
    print(&terminal::explained(&explained));
    true
}
