//! Writes the tutorial: one page for each thing that a protocol does not keep, with the smallest
//! run that shows it and the protocol that mends it; and a page on views, with the rules of virtual
//! synchrony broken one by one. Every page is made from real runs.
//!
//! `cargo run --release --example tutorial -- docs/tutorial`

mod page;
mod proof;
mod steps;
mod views;

use pepperland::Threads;
use pepperland::search::map;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

fn main() -> ExitCode {
    let Some(folder) = env::args_os().nth(1) else {
        eprintln!("tutorial: give the folder to write to");
        return ExitCode::from(64);
    };
    match write(Path::new(&folder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tutorial: failed to write {}: {error}", folder.display());
            ExitCode::from(70)
        }
    }
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let of_step = |place: usize| {
        let page = page::Page::of(&steps::STEPS[place]);
        let problem = page.problem();
        (page, problem)
    };
    let made = map(&Threads::new(None), steps::STEPS.len(), of_step);
    let (pages, problems): (Vec<_>, Vec<_>) = made.into_iter().unzip();
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    if !problems.is_empty() {
        return Err(io::Error::other(problems.join("; ")));
    }
    for (place, page) in pages.iter().enumerate() {
        let next = pages.get(place + 1);
        fs::write(folder.join(format!("{}.md", page.name)), page.text(place + 1, next))?;
        fs::write(folder.join(format!("{}.svg", page.name)), page.drawing())?;
    }
    views::write(folder)?;
    fs::write(folder.join("README.md"), page::contents(&pages))
}

#[cfg(test)]
mod tests {
    use crate::page::Page;
    use crate::steps::STEPS;
    use std::collections::BTreeSet;

    /// What an implementation is expected to break and the tutorial does not show is forgotten.
    #[test]
    fn every_expected_break_is_a_step() {
        let shown: BTreeSet<(&str, &str)> =
            STEPS.iter().map(|step| (step.implementation, step.shows)).collect();
        assert_eq!(shown.len(), STEPS.len(), "a step stands twice");
        let declared: BTreeSet<(&str, &str)> = pepperland::impls::all()
            .flat_map(|i| i.breaks.iter().map(|expected| (i.name, expected.name)))
            .collect();
        assert_eq!(shown, declared);
    }

    /// From the hand-written runs, as where the search finds none; `ci/documents --check` makes
    /// every page from the runs that it finds.
    #[test]
    fn every_page_can_be_made_from_the_run_by_hand() {
        for step in STEPS {
            let page = Page::by_hand(step);
            assert_eq!(page.problem(), None);
            assert!(page.text(1, None).contains(&page.proof.finding.witness.because));
        }
    }
}
