//! `pepperland shrink`: shrink a schedule that violates a property, and report it.

use crate::catalog::Catalog;
use crate::commands::replay::{scenario_of, unbroken};
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::{RunFolder, read_schedule};
use crate::options::Shrink;
use crate::output::print;
use crate::progress::{Campaign as Watch, interruption};
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::runtime::Repeats;
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::Ruling;
use pepperland_search::{Trial, finding_of};
use std::process::ExitCode;
use std::sync::Arc;

/// How many replays it may take.
const REPLAYS: u32 = 20_000;

/// The row of a finding that no search made.
fn row(finding: &Finding) -> Row {
    Row {
        property: finding.property.clone(),
        implementation: finding.scenario.implementation.clone(),
        flaw: finding.scenario.flaw.clone(),
        scenario: finding.scenario.name(),
        runtime: finding.scenario.runtime.clone(),
        outcome: Ruling::Violated,
        runs: 1,
        effective: 1,
        obligations: 1,
        critical: 0,
        finding: Some(finding.id.clone()),
        reason: None,
        beyond_model: finding.beyond_model,
        unclean: u64::from(finding.history.header.unclean().is_some()),
        lapse: finding.history.header.unclean().map(str::to_owned),
    }
}

/// Whoever interrupts what takes real time wants to see what there is.
fn watch(trial: &Trial<'_>) -> Watch {
    let interrupted = match trial.runtime.repeats() {
        Repeats::Exactly => Arc::default(),
        Repeats::IfTheProgramDoes | Repeats::AtARate => interruption(),
    };
    Watch::new(0, None, interrupted)
}

/// Shrinks the schedule for each property that it violates.
pub fn shrink(options: &Shrink, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let schedule = read_schedule(&options.schedule)?;
    let scenario = Scenario {
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        ..scenario_of(catalog, &schedule, &options.outside, options.runtime.as_deref())?
    };
    let trial = catalog.trial(&scenario)?;
    trial.runtime.accepts(&schedule)?;
    let watch = watch(&trial);
    let found = |checker| finding_of(&trial, checker, &schedule, REPLAYS, &watch);
    let findings: Vec<_> = trial.checkers.iter().copied().filter_map(found).collect();
    watch.finish();
    if findings.is_empty() {
        return unbroken(&trial, &schedule);
    }
    let folder = RunFolder::create(options.out.as_deref())?;
    let rows = findings.iter().map(row).collect();
    let campaign = Campaign { rows, findings, runs: 1, ..Campaign::default() };
    folder.write(&campaign, "")?;
    for finding in &campaign.findings {
        let report = folder.report_of(finding).display().to_string();
        print(&pepperland_reports::terminal::finding(finding, &report, style()));
        print(&pepperland_reports::terminal::same(&campaign, finding));
    }
    Ok(Outcome::Violated.end("the schedule violates a property"))
}
