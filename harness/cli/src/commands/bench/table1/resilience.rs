//! How many faults a protocol lives with, from both sides: a campaign with as many as it claims, in
//! which everything that it claims must hold, and a search with one more, which must find a run in
//! which something does not.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::threads::Threads;
use pepperland_core::checker::Case;
use pepperland_core::finding::Row;
use pepperland_core::implementation::{Break, Implementation};
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Disturbance, Schedule, Trouble};
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::verdict::Ruling;
use pepperland_search::planner::UNIFORM;
use pepperland_search::{Limits, Planner, Progress, Trial, search};
use std::collections::BTreeMap;

/// So many faults among so many nodes.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// How many nodes there are.
    pub nodes: usize,
    /// So many of those that may lie, or of the servers, may be faulty.
    pub f: usize,
    /// In this way.
    pub fails: Fails,
}

/// How nodes are faulty.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fails {
    /// They lie.
    Lie,
    /// They stop.
    Crash,
}

impl Bound {
    /// So many of so many nodes may lie.
    pub const fn liars(nodes: usize, f: usize) -> Bound {
        Bound { nodes, f, fails: Fails::Lie }
    }

    /// So many servers among so many nodes may crash.
    pub const fn crashes(nodes: usize, f: usize) -> Bound {
        Bound { nodes, f, fails: Fails::Crash }
    }

    /// The profile of faults with so many that are faulty.
    fn faults(&self, faulty: usize) -> String {
        match self.fails {
            Fails::Lie => format!("byzantine:liars={faulty}"),
            Fails::Crash => "crash".to_owned(),
        }
    }
}

/// Runs of a campaign.
const RUNS: u64 = 200;

/// Runs of a search at most.
const BUDGET: u64 = 2_000;

/// From which seed both begin.
const BASE: Seed = Seed(0);

/// What atomic multicast is, among liars: of these, what is claimed is sought.
const AMONG_LIARS: [&str; 4] =
    ["difato-validity", "difato-agreement", "difato-integrity", "difato-total-order"];

/// What is sought where all servers stop.
const WITHOUT_SERVERS: [&str; 1] = ["validity-self"];

/// What is told of a bound: within it, beyond it, and by the run that is kept.
///
/// # Errors
/// What the simulator refuses; a violation with f faults; none with f + 1.
pub fn told(catalog: &Catalog, name: &str, bound: &Bound) -> Result<String, Failure> {
    let implementation = catalog.implementation(name)?;
    let nodes = bound.nodes;
    let parts = match implementation.clients(nodes) {
        0 => format!("{nodes} nodes"),
        clients => format!("{clients} clients and {} servers", nodes - clients),
    };
    let faulty = faulty(implementation, bound);
    let mut text = format!("### `{name}`, {parts}, {faulty}\n\n");
    text += &within(catalog, implementation, bound)?;
    text += &match bound.fails {
        Fails::Lie => one_more_lies(catalog, implementation, bound)?,
        Fails::Crash => all_crash(catalog, implementation, bound)?,
    };
    let kept = implementation.breaks.iter().filter(|kept| kept.name.starts_with("too-many"));
    for kept in kept {
        let schedule = killer(kept)?;
        if schedule.header.nodes as usize == nodes {
            text += &replayed(catalog, implementation, (kept, &schedule))?;
        }
    }
    Ok(text + "\n")
}

/// How many may be faulty: of each class, where both may lie.
fn faulty(implementation: &Implementation, bound: &Bound) -> String {
    match &implementation.classes(bound.nodes)[..] {
        [clients, servers] if clients.may_lie => {
            format!("f_c = {}, f_s = {}", clients.most, servers.most)
        }
        _ => format!("f = {}", bound.f),
    }
}

fn scenario(catalog: &Catalog, implementation: &Implementation, bound: &Bound) -> Scenario {
    Scenario {
        nodes: Some(bound.nodes),
        workload: catalog.usual_workload(implementation).to_owned(),
        ..Scenario::new(implementation.name, &bound.faults(bound.f))
    }
}

/// A campaign with f faults: everything that is claimed is held.
fn within(
    catalog: &Catalog,
    implementation: &Implementation,
    bound: &Bound,
) -> Result<String, Failure> {
    let scenario = scenario(catalog, implementation, bound);
    let trial = catalog.trial(&scenario)?;
    let limits = Limits {
        strategy: &UNIFORM,
        runs: RUNS,
        shard: 0,
        shards: 1,
        fail_fast: false,
        shrink_replays: 0,
    };
    let searched = search(&trial, BASE, &limits, &Threads::new(None), &Quiet)?;
    if let Some(finding) = searched.findings.first() {
        let (name, property) = (scenario.name(), &finding.property);
        return Err(Failure::Harness(format!("{name} violates {property} within its bound")));
    }
    let of = |ruling| searched.rows.iter().filter(move |row: &&Row| row.outcome == ruling);
    let held = of(Ruling::Held).count();
    let undecided: Vec<String> =
        of(Ruling::Undecided).map(|row| format!("`{}`", row.property)).collect();
    let undecided = match undecided.is_empty() {
        true => String::new(),
        false => format!("; undecided in all of them: {}", undecided.join(", ")),
    };
    let (faults, runs) = (&scenario.faults, searched.runs);
    Ok(format!("- within, `{faults}`: {held} properties hold in {runs} runs{undecided}\n"))
}

/// What a search with f + 1 liars finds.
fn one_more_lies(
    catalog: &Catalog,
    implementation: &Implementation,
    bound: &Bound,
) -> Result<String, Failure> {
    let claimed = |name: &&str| implementation.claim(name).is_some();
    let properties: Vec<String> =
        AMONG_LIARS.into_iter().filter(claimed).map(str::to_owned).collect();
    let scenario = Scenario {
        faults: bound.faults(bound.f + 1),
        properties,
        beyond_model: true,
        ..scenario(catalog, implementation, bound)
    };
    let trial = catalog.trial(&scenario)?;
    let mut planner = Planner::new(&trial, &UNIFORM, BASE);
    let mut found = Found::default();
    for run in 0..BUDGET {
        let schedule = planner.schedule(run);
        found.look(&trial, run, &schedule)?;
        if found.first.len() == trial.checkers.len() {
            break;
        }
        planner.learn(&schedule)?;
    }
    found.told(&trial, &scenario.faults)
}

/// What happens when all servers crash while clients ask.
fn all_crash(
    catalog: &Catalog,
    implementation: &Implementation,
    bound: &Bound,
) -> Result<String, Failure> {
    let scenario = Scenario {
        faults: "none".to_owned(),
        properties: WITHOUT_SERVERS.map(str::to_owned).to_vec(),
        beyond_model: true,
        ..scenario(catalog, implementation, bound)
    };
    let trial = catalog.trial(&scenario)?;
    let mut schedule = trial.schedule(trial.seed(BASE, 0));
    let middle = Time(schedule.header.heal_at.0 / 2);
    let servers = schedule.header.members().pop().unwrap_or_default();
    let crash = |node| Disturbance::from(middle, Trouble::Crash { node, effects: None });
    schedule.disturbances = servers.into_iter().map(crash).collect();
    let mut found = Found::default();
    found.look(&trial, 0, &schedule)?;
    found.told(&trial, "all servers crash")
}

/// What was found beyond a bound.
#[derive(Default)]
struct Found {
    /// Of each property: the first run that violates it, and why.
    first: BTreeMap<&'static str, (u64, String)>,
    /// How many runs there were.
    runs: u64,
}

impl Found {
    fn look(&mut self, trial: &Trial<'_>, run: u64, schedule: &Schedule) -> Result<(), Failure> {
        self.runs += 1;
        let history = trial.run(schedule, trial.detail())?;
        let verdicts = trial.judge(schedule, &history);
        for (checker, verdict) in trial.checkers.iter().zip(verdicts) {
            if let Some(witness) = verdict.witness() {
                let why = || (run, witness.because.clone());
                self.first.entry(checker.property).or_insert_with(why);
            }
        }
        Ok(())
    }

    /// A line for each property.
    fn told(&self, trial: &Trial<'_>, faults: &str) -> Result<String, Failure> {
        if self.first.is_empty() {
            let (name, runs) = (trial.plan.scenario.name(), self.runs);
            return Err(Failure::Harness(format!(
                "{name}: {runs} runs with one fault too many, and nothing is violated"
            )));
        }
        let line = |property: &'static str| match self.first.get(property) {
            Some((run, because)) => format!("  - `{property}` is violated, run {run}: {because}\n"),
            None => format!("  - `{property}` is not violated in {} runs\n", self.runs),
        };
        let lines: String = trial.checkers.iter().map(|checker| line(checker.property)).collect();
        Ok(format!("- beyond, `{faults}`:\n{lines}"))
    }
}

fn killer(kept: &Break) -> Result<Schedule, Failure> {
    let wrong = |error| Failure::Harness(format!("the schedule of {}: {error}", kept.name));
    Schedule::from_text(kept.killer).map_err(wrong)
}

/// A run that is kept still shows what it is kept for.
fn replayed(
    catalog: &Catalog,
    implementation: &Implementation,
    (kept, schedule): (&Break, &Schedule),
) -> Result<String, Failure> {
    let (name, property) = (kept.name, kept.property);
    let runtime = catalog.runtime("sim")?;
    let history = runtime.run(schedule, implementation, Detail::Network)?;
    let verdict = (catalog.checker(property)?.check)(&Case::new(&history));
    match verdict.witness() {
        Some(witness) => Ok(format!(
            "- the run that is kept as `{name}` violates `{property}`: {}\n",
            witness.because
        )),
        None => Err(Failure::Harness(format!(
            "the schedule of {name} of {} no longer violates {property}",
            implementation.name
        ))),
    }
}

/// Nobody watches.
struct Quiet;

impl Progress for Quiet {
    fn advanced(&self, _: u64) {}

    fn should_stop(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::builtin;

    #[test]
    fn a_bound_is_told_from_both_sides() {
        let told = told(&builtin(), "consensus-service", &Bound::crashes(5, 2)).unwrap();
        assert!(
            told.starts_with("### `consensus-service`, 2 clients and 3 servers, f = 2"),
            "{told}"
        );
        assert!(told.contains("properties hold in 200 runs"), "{told}");
        assert!(told.contains("  - `validity-self` is violated, run 0: "), "{told}");
    }

    #[test]
    fn one_fault_too_many_that_breaks_nothing_is_told() {
        let catalog = builtin();
        let scenario = Scenario::new("consensus-service", "none");
        let trial = catalog.trial(&scenario).unwrap();
        let told = Found { runs: 3, ..Found::default() }.told(&trial, "none");
        assert!(told.is_err_and(|failure| failure.to_string().contains("nothing is violated")));
    }
}
