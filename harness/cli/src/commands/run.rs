//! `pepperland run`: search scenarios, judge, shrink, explain, report.

mod canaries;
mod keep;
mod scenarios;
mod searching;

use crate::catalog::Catalog;
use crate::exit::{Failure, Outcome};
use crate::files::RunFolder;
use crate::namespaces;
use crate::options::{Ci, Format, Run};
use crate::output::{print, say_raw};
use crate::progress::{Campaign as Watch, interruption};
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::verdict::Ruling;
use pepperland_reports::annotations::{Platform, annotations, step_summary};
use pepperland_reports::style::Style;
use pepperland_search::Progress;
use std::io::IsTerminal;
use std::process::ExitCode;

/// Runs what the options ask for.
pub fn run(options: &Run, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let suite = scenarios::asked_for(options, catalog)?;
    namespaces::make_ready(suite.scenarios.iter().map(|(scenario, _)| scenario))?;
    let total = suite.scenarios.iter().map(|(_, runs)| runs / shards(options)).sum();
    let watch = Watch::new(total, options.budget, interruption());
    let folder = RunFolder::create(options.out.as_deref())?;
    let mut campaign = searching::all(options, catalog, &suite, (&folder, &watch))?;
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
