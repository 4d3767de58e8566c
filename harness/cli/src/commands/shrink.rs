//! `pepperland shrink`: shrink a schedule that violates a property, and report it.

use crate::catalog::Catalog;
use crate::commands::replay::scenario_of;
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::{RunFolder, read_schedule};
use crate::options::Shrink;
use crate::output::print;
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::Ruling;
use pepperland_search::finding_of;
use std::process::ExitCode;

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
    }
}

/// Shrinks the schedule for each property that it violates.
pub fn shrink(options: &Shrink, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let schedule = read_schedule(&options.schedule)?;
    let scenario = Scenario {
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        ..scenario_of(&schedule, &options.outside, None)?
    };
    let trial = catalog.trial(&scenario)?;
    trial.runtime.accepts(&schedule)?;
    let found = |checker| finding_of(&trial, checker, &schedule, REPLAYS);
    let findings: Vec<_> = trial.checkers.iter().copied().filter_map(found).collect();
    if findings.is_empty() {
        return Ok(Outcome::Held.end("the schedule violates none of the properties"));
    }
    let folder = RunFolder::create(options.out.as_deref())?;
    let rows = findings.iter().map(row).collect();
    let campaign = Campaign { rows, findings, runs: 1, ..Campaign::default() };
    folder.write(&campaign, "")?;
    for finding in &campaign.findings {
        let report = folder.report_of(finding).display().to_string();
        print(&pepperland_reports::terminal::finding(finding, &report, style()));
    }
    Ok(Outcome::Violated.end("the schedule violates a property"))
}
