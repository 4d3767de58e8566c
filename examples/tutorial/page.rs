//! One page of the tutorial, in Markdown.

use crate::proof::{Proof, RUNS, holds};
use crate::steps::Step;
use pepperland::core::implementation::{Break, Implementation};
use pepperland::core::verdict::Outcome;
use pepperland::reports::diagram;
use pepperland::reports::style::Style;
use pepperland::reports::terminal;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// A page, and what is shown on it.
pub struct Page {
    /// The name of its file.
    pub name: String,
    /// The run that it shows.
    pub proof: Proof,
    step: &'static Step,
    implementation: &'static Implementation,
    expected: &'static Break,
}

impl Page {
    /// The page of a step.
    pub fn of(step: &'static Step) -> Page {
        match step.is_by_hand() {
            true => Page::by_hand(step),
            false => Page::with(step, Proof::of),
        }
    }

    /// The page of a step with the run that was written by hand.
    pub fn by_hand(step: &'static Step) -> Page {
        Page::with(step, Proof::by_hand)
    }

    fn with(step: &'static Step, proof: fn(&Implementation, &Break) -> Proof) -> Page {
        let implementation = implementation(step.implementation);
        let mut breaks = implementation.breaks.iter();
        let expected = breaks.find(|expected| expected.name == step.shows);
        let expected = expected.unwrap_or_else(|| panic!("no {} of {}", step.shows, step.title));
        let name = format!("{}-{}", step.implementation, step.shows);
        let proof = proof(implementation, expected);
        Page { name, proof, step, implementation, expected }
    }

    /// The run as a drawing.
    pub fn drawing(&self) -> String {
        let finding = &self.proof.finding;
        diagram::standalone(&finding.history, &finding.witness.events)
    }

    /// The text of the page with this number.
    pub fn text(&self, number: usize, next: Option<&Page>) -> String {
        let Page { name, step, implementation, expected, proof } = self;
        let Implementation { name: protocol, number: row, statement, .. } = implementation;
        let picture = terminal::picture(&proof.finding, Style::Plain);
        let next = next.map(|next| format!("\nNext: [{}]({}.md)\n", next.step.title, next.name));
        format!(
            "# {number}. {title}\n\n`{protocol}` ({row}): {statement}.\n\n```text\n{pseudocode}\n```\n\n\
             It claims {claims}. What it does not keep here is *{property}*: {says}.\n\n{why}\n\n\
             ## The run that shows it\n\n```text\n{picture}```\n\n![the run]({name}.svg)\n\n\
             {again}\n## What keeps it\n\n{mended}{next}",
            title = step.title,
            pseudocode = pseudocode(protocol),
            claims = claims(implementation),
            property = expected.property,
            says = proof.finding.statement,
            why = sentence(expected.statement),
            again = self.again(),
            mended = self.mended(),
            next = next.unwrap_or_default(),
        )
    }

    /// How a reader sees it again.
    fn again(&self) -> String {
        let Break { property, faults, workload, .. } = self.expected;
        let protocol = self.implementation.name;
        if self.proof.searched {
            return format!(
                "The search finds and shrinks it:\n\n```sh\npepperland run --impl {protocol} \
                 --faults {faults} --workload {workload} --properties {property} --beyond-model \\\n    --strategy uniform --seed 0\n```\n"
            );
        }
        let why = match self.step.is_by_hand() {
            true => {
                "The search finds runs that show it, and shrinks them to what another page shows."
            }
            false => {
                "No run of the search shows it: each ends with a multicast of every node, or has \
                      another network."
            }
        };
        format!(
            "{why} This schedule does; save it and say `pepperland replay FILE \
             --properties {property} --beyond-model`:\n\n```json\n{}```\n",
            self.proof.finding.schedule.to_text()
        )
    }

    /// What is wrong with the page, if the protocol named keeps the property no better.
    pub fn problem(&self) -> Option<String> {
        let other = pepperland::impls::find(self.step.mended_by)?;
        let violated = matches!(self.proof.with(other, self.expected), Outcome::Violated(_));
        let holds = !violated && holds(other, self.expected);
        (!holds).then(|| format!("{}: {} does not keep it", self.step.title, other.name))
    }

    /// The protocol that keeps the property in the same run.
    fn mended(&self) -> String {
        if self.step.mended_by.is_empty() {
            return "Nothing here: it is the price of the design.\n".to_owned();
        }
        let other = implementation(self.step.mended_by);
        let Implementation { name, number, statement, .. } = other;
        let property = self.expected.property;
        let same_run = match self.proof.with(other, self.expected) {
            Outcome::Held => format!("In the very same run {property} holds with it"),
            Outcome::Undecided(reason) => {
                format!("In the very same run it has nothing to judge ({reason})")
            }
            Outcome::Violated(_) => format!("In the very same run {property} is violated, too"),
        };
        format!(
            "`{name}` ({number}): {statement}. {same_run}; in {RUNS} runs of the same scenario it \
             holds.\n"
        )
    }
}

/// The list of all pages.
pub fn contents(pages: &[Page]) -> String {
    let line = |page: &Page| {
        let Page { name, step, implementation, expected, .. } = page;
        let (title, protocol, property) = (step.title, implementation.name, expected.property);
        format!("1. [{title}]({name}.md): `{protocol}` does not keep {property}\n")
    };
    let lines: String = pages.iter().map(line).collect();
    format!(
        "# Tutorial\n\nWhat each protocol does not keep, the smallest run that shows it, and the protocol that\n\
         keeps it. Written by `ci/documents` from real runs; do not edit.\n\n{lines}\n\
         Groups whose members come and go: [views and virtual synchrony](views.md).\n"
    )
}

fn implementation(name: &str) -> &'static Implementation {
    pepperland::impls::find(name).unwrap_or_else(|| panic!("no implementation {name}"))
}

fn claims(implementation: &Implementation) -> String {
    implementation.claims().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A statement as a sentence of its own.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// The pseudocode at the head of the file that declares the protocol, or of those it belongs to.
fn pseudocode(protocol: &str) -> String {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../impls/src");
    let declared = format!("name: \"{protocol}\",");
    let declares = |path: &PathBuf| text_of(path).is_some_and(|text| text.contains(&declared));
    let file = rust_files(&sources).into_iter().find(declares);
    let file = file.unwrap_or_else(|| panic!("no file declares {protocol}"));
    let mut above = belongs_to(&file).into_iter().filter_map(|path| pseudocode_in(&path));
    above
        .next()
        .unwrap_or_else(|| panic!("{} and what it belongs to have no pseudocode", file.display()))
}

/// The file, what it is a record of, and the modules that it stands in, the nearest first.
fn belongs_to(file: &Path) -> Vec<PathBuf> {
    let folder = file.parent().expect("a source is in a folder");
    let above = folder.parent().expect("and that in another");
    let record_of = above.join(file.file_name().expect("a source has a name"));
    let module = |folder: &Path| [folder.join("mod.rs"), folder.with_extension("rs")];
    let own = [file.to_owned(), record_of];
    own.into_iter().chain(module(folder)).chain(module(above)).collect()
}

fn pseudocode_in(path: &Path) -> Option<String> {
    let text = text_of(path)?;
    let lines = text.lines().skip_while(|line| *line != "//! ```text").skip(1);
    let lines = lines.take_while(|line| *line != "//! ```");
    let bare = |line: &str| line.trim_start_matches("//!").trim_start_matches(' ').to_owned();
    let indented = |line: &str| line.strip_prefix("//! ").map_or_else(|| bare(line), str::to_owned);
    let lines: Vec<String> = lines.map(indented).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn text_of(path: &Path) -> Option<String> {
    fs::read_to_string(path).ok()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the sources are there")
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    paths.sort();
    let within = |path: PathBuf| match path.is_dir() {
        true => rust_files(&path),
        false => vec![path],
    };
    paths.into_iter().flat_map(within).collect()
}
