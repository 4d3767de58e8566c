//! `pepperland check`: judge recorded histories.

use crate::catalog::Catalog;
use crate::commands::quality;
use crate::commands::run::style;
use crate::commands::views;
use crate::exit::{self, Failure};
use crate::files::read_history;
use crate::options::{Check, Format};
use crate::output::{print, say};
use crate::threads::Threads;
use pepperland_checkers::Judge;
use pepperland_core::checker::{Checker, Class};
use pepperland_core::history::History;
use pepperland_core::verdict::{Outcome, Ruling, Verdict};
use pepperland_reports::{Judged, json, terminal};
use pepperland_search::Executor;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

/// Judges each history by each property. Every file is read before any is judged.
pub fn check(options: &Check, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let named = named(options, catalog)?;
    let histories: Vec<History> =
        options.histories.iter().map(|path| read_history(path)).collect::<Result<_, _>>()?;
    let mut rulings = Vec::new();
    for (path, history) in options.histories.iter().zip(&histories) {
        let (judged, left_out) = match &named {
            Some(named) => (named.clone(), Vec::new()),
            None => properties(catalog).partition(|checker| checker.lacks(history).is_none()),
        };
        let judge = Judge::of(history, options.beyond_model);
        let verdicts = judge_all(&judge, options, &judged);
        tell(options.format, path, &judge, &verdicts);
        rulings.extend(verdicts.iter().map(|(_, verdict)| verdict.ruling()));
        say_what_was_left_out(path, history, &left_out);
    }
    Ok(end(&rulings))
}

/// The properties asked for by name; none if it is all that apply.
fn named(options: &Check, catalog: &Catalog) -> Result<Option<Vec<&'static Checker>>, Failure> {
    let is_all = |name: &&String| *name == "all";
    let all = options.properties.is_empty() || options.properties.iter().any(|name| is_all(&name));
    let names = options.properties.iter().filter(|name| !is_all(name));
    let checkers: Vec<_> = names.map(|name| catalog.checker(name)).collect::<Result<_, _>>()?;
    Ok((!all).then_some(checkers))
}

/// What "all" means: an assumption is no property of an implementation.
fn properties(catalog: &Catalog) -> impl Iterator<Item = &'static Checker> {
    catalog.checkers.iter().copied().filter(|checker| checker.class != Class::Assumption)
}

/// The verdicts in the order of the properties, on several threads.
fn judge_all(
    judge: &Judge<'_>,
    options: &Check,
    properties: &[&'static Checker],
) -> Vec<(&'static Checker, Verdict)> {
    let verdicts: Vec<OnceLock<Verdict>> = properties.iter().map(|_| OnceLock::new()).collect();
    Threads::new(options.jobs).run(properties.len(), &|i| {
        verdicts[i].get_or_init(|| judge.verdict(properties[i]));
    });
    let verdicts = verdicts.into_iter().filter_map(OnceLock::into_inner);
    properties.iter().copied().zip(verdicts).collect()
}

fn tell(format: Format, path: &Path, judge: &Judge<'_>, verdicts: &[(&Checker, Verdict)]) {
    let (name, beyond_model) = (path.display().to_string(), judge.is_beyond_model());
    let judged = verdicts.iter().map(|(checker, verdict)| Judged {
        name: &name,
        checker,
        verdict,
        beyond_model,
    });
    match format {
        Format::Json => judged.for_each(|judged| print(&(json::checked(&judged) + "\n"))),
        Format::Human => tell_people(&name, judge.history(), judged),
    }
}

/// What is undecided comes last, together for each reason: it may be most.
fn tell_people<'a>(name: &str, history: &History, judged: impl Iterator<Item = Judged<'a>>) {
    let mut undecided: Vec<(&str, Vec<&str>)> = Vec::new();
    for judged in judged {
        let Outcome::Undecided(reason) = &judged.verdict.outcome else {
            print(&terminal::judged(&judged, history, style()));
            continue;
        };
        match undecided.iter_mut().find(|(known, _)| known == reason) {
            Some((_, properties)) => properties.push(judged.checker.property),
            None => undecided.push((reason, vec![judged.checker.property])),
        }
    }
    for (reason, properties) in undecided {
        print(&terminal::undecided(name, reason, &properties, style()));
    }
    for figures in [quality::of_history(history), views::of_history(history)] {
        figures.iter().for_each(|figures| print(figures));
    }
}

fn say_what_was_left_out(path: &Path, history: &History, left_out: &[&'static Checker]) {
    let mut wanting: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for checker in left_out {
        if let Some(lack) = checker.lacks(history) {
            wanting.entry(lack).or_default().push(checker.property);
        }
    }
    for (lack, properties) in wanting {
        let path = path.display();
        say(&format!("{path}: left out, for want of {lack}: {}", properties.join(", ")));
    }
}

fn end(rulings: &[Ruling]) -> ExitCode {
    let count = |ruling| rulings.iter().filter(|r| **r == ruling).count();
    let (violated, undecided) = (count(Ruling::Violated), count(Ruling::Undecided));
    if violated > 0 {
        exit::Outcome::Violated
            .end(&format!("{violated} of {} verdicts are violations", rulings.len()))
    } else if rulings.is_empty() {
        exit::Outcome::NothingRan.end("the histories hold nothing that any property speaks of")
    } else if undecided > 0 {
        exit::Outcome::Undecided
            .end(&format!("{undecided} of {} verdicts are undecided", rulings.len()))
    } else {
        exit::Outcome::Held.end("every property held")
    }
}
