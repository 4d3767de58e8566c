//! `pepperland run`: search scenarios, judge, shrink, explain, report.

mod canaries;
mod keep;
mod scenarios;

use crate::catalog::Catalog;
use crate::exit::{Failure, Outcome};
use crate::files::RunFolder;
use crate::namespaces;
use crate::options::{Ci, Format, Run};
use crate::output::{print, say_raw};
use crate::processes;
use crate::progress::{Campaign as Watch, interruption};
use crate::suite::Suite;
use crate::threads::Threads;
use keep::Keeping;
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::Ruling;
use pepperland_reports::annotations::{Platform, annotations, step_summary};
use pepperland_reports::style::Style;
use pepperland_search::{Limits, Progress, search};
use std::io::IsTerminal;
use std::process::ExitCode;

/// How many replays shrinking one violation may take: processes take their time.
fn shrink_replays(scenario: &Scenario) -> u32 {
    if scenario.runtime == processes::NAME { 300 } else { 3_000 }
}

/// Runs what the options ask for.
pub fn run(options: &Run, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let suite = scenarios::asked_for(options, catalog)?;
    namespaces::make_ready(suite.scenarios.iter().map(|(scenario, _)| scenario))?;
    let total = suite.scenarios.iter().map(|(_, runs)| runs / shards(options)).sum();
    let watch = Watch::new(total, options.budget, interruption());
    let folder = RunFolder::create(options.out.as_deref())?;
    let mut campaign = search_all(options, catalog, &suite, (&folder, &watch))?;
    campaign.canaries = canaries::try_all(catalog, &suite.canaries)?;
    watch.finish();
    keep::run_again(options, catalog, &suite, &campaign, (&folder, &watch))?;
    folder.write(&campaign, &format!("{:.1} s", watch.elapsed().as_secs_f64()))?;
    tell(options, &campaign, &folder);
    if watch.is_interrupted() {
        return Err(Failure::Interrupted);
    }
    Ok(end(options, &campaign))
}

fn shards(options: &Run) -> u64 {
    options.shard.map_or(1, |(_, shards)| shards)
}

fn search_all(
    options: &Run,
    catalog: &Catalog,
    suite: &Suite,
    (folder, watch): (&RunFolder, &Watch),
) -> Result<Campaign, Failure> {
    let threads = Threads::new(options.jobs);
    let mut campaign = Campaign { seed: options.seed, ..Campaign::default() };
    for (scenario, runs) in &suite.scenarios {
        let trial = catalog.trial(scenario)?;
        watch.scenario(&scenario.name());
        let limits = limits(options, (scenario, *runs));
        let keeping = Keeping::of(scenario, keep::kept(options, suite), folder, watch);
        let mut found = search(&trial, options.seed, &limits, &threads, &keeping)?;
        keeping.finish()?;
        found.rows.iter_mut().for_each(|row| at_least(row, options.min_runs));
        campaign.runs += found.runs;
        campaign.events += found.events;
        campaign.rows.append(&mut found.rows);
        let known = |id: &str| campaign.findings.iter().any(|finding| finding.id == id);
        let new: Vec<Finding> =
            found.findings.into_iter().filter(|finding| !known(&finding.id)).collect();
        campaign.findings.extend(new);
        if options.fail_fast && !campaign.findings.is_empty() {
            break;
        }
    }
    Ok(campaign)
}

fn limits(options: &Run, (scenario, runs): (&Scenario, u64)) -> Limits {
    let (shard, shards) = options.shard.unwrap_or((0, 1));
    let shrink_replays = shrink_replays(scenario);
    let strategy = options.strategy;
    Limits { strategy, runs, shard, shards, fail_fast: options.fail_fast, shrink_replays }
}

/// Below the floor nothing is held.
fn at_least(row: &mut Row, min_runs: u64) {
    if row.outcome == Ruling::Held && row.effective < min_runs {
        row.outcome = Ruling::Undecided;
        let effective = row.effective;
        row.reason =
            Some(format!("{effective} effective runs, fewer than the {min_runs} asked for"));
    }
}

fn tell(options: &Run, campaign: &Campaign, folder: &RunFolder) {
    match options.format {
        Format::Json => print(&pepperland_reports::json::rows(campaign)),
        Format::Human => tell_people(campaign, folder),
    }
    let platform = platform(options.ci);
    let lines = annotations(platform, campaign, None);
    match options.format {
        // Lines of JSON stay alone on stdout; the service reads stderr as well.
        Format::Json if !lines.is_empty() => say_raw(lines.trim_end()),
        Format::Json => {}
        Format::Human => print(&lines),
    }
    if let Some(path) = step_summary_file().filter(|_| platform == Platform::Github) {
        let summary = step_summary(platform, campaign);
        if let Err(error) = std::fs::write(&path, summary) {
            crate::output::say(&format!("failed to write the step summary: {error}"));
        }
    }
}

/// How many findings are printed in full.
const IN_FULL: usize = 4;

fn tell_people(campaign: &Campaign, folder: &RunFolder) {
    tell_findings(campaign, folder);
    print(&pepperland_reports::terminal::summary(campaign, style()));
    print(&format!("report     {}\n", folder.index().display()));
}

/// Prints the findings, the first of them in full.
pub fn tell_findings(campaign: &Campaign, folder: &RunFolder) {
    let style = style();
    for finding in campaign.findings.iter().take(IN_FULL) {
        let report = folder.report_of(finding);
        let text =
            pepperland_reports::terminal::finding(finding, &report.display().to_string(), style);
        let same = pepperland_reports::terminal::same(campaign, finding);
        print(&format!("{text}{same}\n"));
    }
    if campaign.findings.len() > IN_FULL {
        let more = campaign.findings.len() - IN_FULL;
        print(&format!("and {more} more findings, each with its page, in the report\n\n"));
    }
}

/// Colours on a terminal, unless NO_COLOR is set.
#[expect(clippy::disallowed_methods, reason = "how to print depends on the terminal, runs do not")]
pub fn style() -> Style {
    let forbidden = std::env::var("NO_COLOR").is_ok_and(|value| !value.is_empty());
    match std::io::stdout().is_terminal() && !forbidden {
        true => Style::Ansi,
        false => Style::Plain,
    }
}

#[expect(clippy::disallowed_methods, reason = "the service says who it is in the environment")]
fn platform(asked: Ci) -> Platform {
    match asked {
        Ci::Github => Platform::Github,
        Ci::Gitlab => Platform::Gitlab,
        Ci::None => Platform::None,
        Ci::Auto if std::env::var("GITHUB_ACTIONS").is_ok() => Platform::Github,
        Ci::Auto if std::env::var("GITLAB_CI").is_ok() => Platform::Gitlab,
        Ci::Auto => Platform::None,
    }
}

#[expect(clippy::disallowed_methods, reason = "the service names the file in the environment")]
fn step_summary_file() -> Option<String> {
    std::env::var("GITHUB_STEP_SUMMARY").ok()
}

fn end(options: &Run, campaign: &Campaign) -> ExitCode {
    let (outcome, why) = outcome(campaign);
    match options.exit_zero && outcome != Outcome::HarnessFailed {
        true => Outcome::Held.end(&format!("asked to end with 0; {why}")),
        false => outcome.end(&why),
    }
}

/// The outcome of a campaign, and why.
pub fn outcome(campaign: &Campaign) -> (Outcome, String) {
    let with = |ruling| campaign.rows.iter().filter(move |row| row.outcome == ruling);
    let properties =
        |n: usize| if n == 1 { "1 property".to_owned() } else { format!("{n} properties") };
    let diverges = |f: &&Finding| f.repeats.is_exactly() && f.reproduced.0 < f.reproduced.1;
    let diverged = campaign.findings.iter().find(diverges);
    let (violated, undecided) = (with(Ruling::Violated).count(), with(Ruling::Undecided));
    let lost = campaign.canaries.iter().find(|canary| !canary.found);
    let stray = campaign.canaries.iter().find(|canary| !canary.collateral.is_empty());
    if let Some(finding) = diverged {
        let (again, replays) = finding.reproduced;
        return (
            Outcome::HarnessFailed,
            format!("{} gave the same history in {again} of {replays} replays", finding.id),
        );
    }
    if violated > 0 {
        return (Outcome::Violated, format!("{} violated", properties(violated)));
    }
    if let Some(canary) = lost {
        let why =
            format!("the planted flaw {} of {} was not found", canary.flaw, canary.implementation);
        return (Outcome::HarnessFailed, why);
    }
    if let Some(canary) = stray {
        let (flaw, of) = (&canary.flaw, &canary.implementation);
        let accused = canary.collateral.join(", ");
        let why = format!("the planted flaw {flaw} of {of} also broke {accused}");
        return (Outcome::HarnessFailed, why);
    }
    if campaign.runs == 0 && campaign.canaries.is_empty() {
        return (Outcome::NothingRan, "nothing ran".to_owned());
    }
    let undecided: Vec<&Row> = undecided.collect();
    match undecided.first() {
        Some(row) => {
            let reason = row.reason.as_deref().unwrap_or("no run judged it");
            let first = format!("{} of {}: {reason}", row.property, row.scenario);
            (Outcome::Undecided, format!("{} undecided; {first}", properties(undecided.len())))
        }
        None if campaign.rows.is_empty() && campaign.canaries.is_empty() => {
            (Outcome::Undecided, "no property was judged: none is claimed there".to_owned())
        }
        None if campaign.rows.is_empty() => {
            let found = campaign.canaries.len();
            (Outcome::Held, format!("all {found} planted flaws were found; nothing else was asked"))
        }
        None => (Outcome::Held, format!("every property held in {} runs", campaign.runs)),
    }
}
