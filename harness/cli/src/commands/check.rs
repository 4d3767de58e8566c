//! `pepperland check`: judge recorded histories.

use crate::catalog::Catalog;
use crate::commands::run::style;
use crate::exit::{Failure, Outcome};
use crate::files::read_history;
use crate::options::{Check, Format};
use crate::output::print;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::History;
use pepperland_core::verdict::{Ruling, Verdict};
use std::path::Path;
use std::process::ExitCode;

/// Judges each history by each property. Every file is read before any is judged.
pub fn check(options: &Check, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let all = options.properties.is_empty() || options.properties.iter().any(|name| name == "all");
    let named: Vec<&'static Checker> = match all {
        true => catalog.checkers.clone(),
        false => {
            options.properties.iter().map(|name| catalog.checker(name)).collect::<Result<_, _>>()?
        }
    };
    let histories: Vec<History> =
        options.histories.iter().map(|path| read_history(path)).collect::<Result<_, _>>()?;
    let mut rulings = Vec::new();
    for (path, history) in options.histories.iter().zip(&histories) {
        let (judged, left_out) = match all {
            true => named.iter().partition(|checker| can_judge(checker, history)),
            false => (named.clone(), Vec::new()),
        };
        let case = Case::new(history);
        for checker in judged {
            let verdict = (checker.check)(&case);
            tell(options.format, path, checker, &verdict, history);
            rulings.push(verdict.ruling());
        }
        say_what_was_left_out(path, &left_out);
    }
    Ok(end(&rulings))
}

fn can_judge(checker: &Checker, history: &History) -> bool {
    checker.needs.iter().all(|needed| history.kinds().contains(needed))
}

fn tell(format: Format, path: &Path, checker: &Checker, verdict: &Verdict, history: &History) {
    let name = path.display().to_string();
    let text = match format {
        Format::Json => pepperland_reports::json::checked(&name, checker.property, verdict) + "\n",
        Format::Human => {
            pepperland_reports::terminal::judged(&name, checker.property, verdict, history, style())
        }
    };
    print(&text);
}

fn say_what_was_left_out(path: &Path, left_out: &[&'static Checker]) {
    if !left_out.is_empty() {
        let names: Vec<&str> = left_out.iter().map(|checker| checker.property).collect();
        let names = names.join(", ");
        crate::output::say(&format!(
            "{}: left out, for want of events they need: {names}",
            path.display()
        ));
    }
}

fn end(rulings: &[Ruling]) -> ExitCode {
    let count = |ruling| rulings.iter().filter(|r| **r == ruling).count();
    let (violated, undecided) = (count(Ruling::Violated), count(Ruling::Undecided));
    if violated > 0 {
        Outcome::Violated.end(&format!("{violated} of {} verdicts are violations", rulings.len()))
    } else if rulings.is_empty() {
        Outcome::NothingRan.end("the histories hold nothing that any property speaks of")
    } else if undecided > 0 {
        Outcome::Undecided.end(&format!("{undecided} of {} verdicts are undecided", rulings.len()))
    } else {
        Outcome::Held.end("every property held")
    }
}
