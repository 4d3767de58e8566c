//! What a `run` is asked for: suites, implementations by name, or the smoke suite.

use crate::catalog::{Catalog, Unknown, can};
use crate::exit::Failure;
use crate::files::read_text;
use crate::options::Run;
use crate::output::say;
use crate::processes;
use crate::programs;
use crate::suite::{SMOKE, Suite};
use pepperland_core::scenario::{Network, Scenario};
use std::collections::BTreeSet;
use std::path::Path;

/// Runs of each scenario that is named on the command line.
fn usual_runs(scenario: &Scenario) -> u64 {
    if scenario.runtime == processes::NAME { 100 } else { 1_000 }
}

/// The suite that the options ask for.
pub fn asked_for(options: &Run, catalog: &Catalog) -> Result<Suite, Failure> {
    let named_none = options.implementations.is_empty() && options.outside.bin.is_none();
    let mut suite = match (options.suites.is_empty(), named_none) {
        (true, true) => Suite::read(SMOKE, Path::new("the smoke suite"), catalog)?,
        (true, false) => named(options, catalog)?,
        (false, true) => from_files(options, catalog)?,
        (false, false) => {
            return Err(Failure::Usage("give suites, or --impl or --bin, not both".to_owned()));
        }
    };
    for (scenario, runs) in &mut suite.scenarios {
        adjust(scenario, options);
        if named_none {
            *runs = options.runs.unwrap_or(*runs);
        } else {
            *runs = options.runs.unwrap_or(usual_runs(scenario));
        }
        let trial = catalog.trial(scenario)?;
        if options.strategy.orders() && !trial.runtime.orders() {
            return Err(Failure::Usage(format!(
                "{} cannot order messages as the strategy \"{}\" asks; the simulator can",
                trial.runtime.name(),
                options.strategy.name
            )));
        }
        if trial.checkers.is_empty() && !options.faults.is_empty() {
            say(&format!("nothing to judge: {}: nothing is claimed there", scenario.name()));
        }
    }
    if options.faults.is_empty() {
        leave_out_impossible(&mut suite, catalog)?;
    }
    Ok(suite)
}

/// A sweep over what implementations claim goes on without what its runtime cannot bring about,
/// and without faults under which nothing is claimed. What the command line names is refused, or
/// ends undecided, instead.
fn leave_out_impossible(suite: &mut Suite, catalog: &Catalog) -> Result<(), Failure> {
    let mut possible = Vec::new();
    for (scenario, runs) in suite.scenarios.drain(..) {
        let trial = catalog.trial(&scenario)?;
        let mut faults = trial.plan.faults.iter();
        let why = if !faults.all(|(p, choice)| can(&*trial.runtime, p, choice.needs)) {
            "not possible in real time"
        } else if trial.checkers.is_empty() {
            "nothing is claimed there"
        } else {
            possible.push((scenario.clone(), runs));
            continue;
        };
        say(&format!("left out: {}: {why}", scenario.name()));
    }
    suite.scenarios = possible;
    Ok(())
}

fn from_files(options: &Run, catalog: &Catalog) -> Result<Suite, Failure> {
    let mut all = Suite { scenarios: Vec::new(), canaries: Vec::new() };
    for path in &options.suites {
        let text = read_text(path)?;
        let mut suite = Suite::read(&text, path, catalog)?;
        all.scenarios.append(&mut suite.scenarios);
        all.canaries.append(&mut suite.canaries);
    }
    Ok(all)
}

fn named(options: &Run, catalog: &Catalog) -> Result<Suite, Unknown> {
    if let Some(bin) = &options.outside.bin {
        return outside(bin, options, catalog);
    }
    let mut scenarios = Vec::new();
    let mut seen = BTreeSet::new();
    for name in options.implementations.iter().filter(|name| seen.insert(*name)) {
        let implementation = catalog.implementation(name)?;
        let faults: Vec<String> = match options.faults.is_empty() {
            true => {
                let network = options.network.unwrap_or_default();
                let claimed = catalog.claimed_faults_on(network, implementation);
                claimed.into_iter().map(str::to_owned).collect()
            }
            false => each_once(&options.faults),
        };
        let workload = catalog.usual_workload(implementation);
        let scenario = |faults: String| {
            let workload = workload.to_owned();
            (Scenario { workload, ..Scenario::new(name, &faults) }, 0)
        };
        scenarios.extend(faults.into_iter().map(scenario));
    }
    Ok(Suite { scenarios, canaries: Vec::new() })
}

/// The combinations of fault profiles, each once, and in each every profile once.
fn each_once(combinations: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let combinations =
        combinations.iter().map(|faults| pepperland_faults::named_once(faults).join(","));
    combinations.filter(|faults| seen.insert(faults.clone())).collect()
}

/// A program of its own, under each of the usual faults.
fn outside(bin: &Path, options: &Run, catalog: &Catalog) -> Result<Suite, Unknown> {
    let usual = || programs::USUAL_FAULTS.map(str::to_owned).to_vec();
    let faults = if options.faults.is_empty() { usual() } else { options.faults.clone() };
    let bare = programs::scenario(bin, &options.outside.args)?;
    let (real_time, network) = (options.real_time, options.network.unwrap_or_default());
    let bare = catalog.programs.paced(Scenario { real_time, network, ..bare });
    let scenario = |faults| (Scenario { faults, ..bare.clone() }, 0);
    Ok(Suite { scenarios: faults.into_iter().map(scenario).collect(), canaries: Vec::new() })
}

/// What the command line says of every scenario.
fn adjust(scenario: &mut Scenario, options: &Run) {
    if let Some(flaw) = &options.flaw {
        scenario.flaw = Some(flaw.clone());
    }
    if let Some(workload) = &options.workload {
        scenario.workload = workload.clone();
    }
    if let Some(runtime) = &options.runtime {
        scenario.runtime = runtime.clone();
    }
    if let Some(nodes) = options.nodes {
        scenario.nodes = Some(nodes);
    }
    if !options.properties.is_empty() {
        scenario.properties = options.properties.clone();
    }
    scenario.beyond_model |= options.beyond_model;
    scenario.real_time |= options.real_time;
    scenario.network = options.network.unwrap_or(scenario.network);
    if options.network == Some(Network::Netns) && options.runtime.is_none() {
        scenario.runtime = processes::NAME.to_owned();
    }
}
