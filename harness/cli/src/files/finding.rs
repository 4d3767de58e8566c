//! The folder of a finding.

use crate::exit::Failure;
use crate::files::{logs, read_history, read_text, write};
use pepperland_core::checker::Class;
use pepperland_core::finding::{Chance, Explained, Finding, Need, Passing, Size};
use pepperland_core::history::History;
use pepperland_core::runtime::Repeats;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Witness;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file of what crossed real sockets.
const CAPTURE: &str = "frames.pcapng";

/// A finding as its folder has it.
pub struct Stored {
    /// What is in `verdicts.json`.
    pub facts: Facts,
    /// What is in `scenario.toml`.
    pub scenario: Scenario,
    /// What is in `schedule.jsonl`.
    pub schedule: Schedule,
    /// What is in `history.jsonl`.
    pub history: History,
    /// What is in `passing.jsonl`, if anything near passes.
    pub passing: Option<Schedule>,
}

/// What a finding says besides its scenario, schedule and history.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Facts {
    v: u32,
    /// Its id.
    pub id: String,
    #[serde(default)]
    signature: String,
    /// The property that is violated.
    pub property: String,
    #[serde(default)]
    class: Class,
    statement: String,
    run: u64,
    seed: Seed,
    /// Digest of the history, as hexadecimal digits.
    pub digest: String,
    /// The runtime that found it.
    pub runtime: String,
    /// How many replays failed again, out of how many.
    pub reproduced: (u32, u32),
    /// How alike the runs of one schedule are, where it was found.
    #[serde(default, skip_serializing_if = "Repeats::is_exactly")]
    pub repeats: Repeats,
    #[serde(default = "usually", skip_serializing_if = "Clone::clone")]
    alike: bool,
    beyond_model: bool,
    unfinished: bool,
    before: Size,
    after: Size,
    needs: Vec<Need>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    chances: Vec<Chance>,
    /// What is different in `passing.jsonl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    passes_if: Option<String>,
    witness: Witness,
}

/// Replays give the same bytes unless the finding says otherwise.
fn usually() -> bool {
    true
}

impl Stored {
    /// A finding, to be stored.
    pub fn of(finding: &Finding) -> Stored {
        let facts = Facts {
            v: 1,
            id: finding.id.clone(),
            signature: finding.signature.clone(),
            property: finding.property.clone(),
            class: finding.class,
            statement: finding.statement.clone(),
            run: finding.run,
            seed: finding.seed,
            digest: finding.digest.clone(),
            runtime: finding.scenario.runtime.clone(),
            reproduced: finding.reproduced,
            repeats: finding.repeats,
            alike: finding.alike,
            beyond_model: finding.beyond_model,
            unfinished: finding.unfinished,
            before: finding.before,
            after: finding.after,
            needs: finding.explained.needs.clone(),
            chances: finding.explained.chances.clone(),
            passes_if: finding.explained.passing.as_ref().map(|passing| passing.change.clone()),
            witness: finding.witness.clone(),
        };
        Stored {
            facts,
            scenario: finding.scenario.clone(),
            schedule: finding.schedule.clone(),
            history: finding.history.clone(),
            passing: finding.explained.passing.as_ref().map(|passing| passing.schedule.clone()),
        }
    }

    /// Writes everything but the page.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn write(&self, folder: &Path) -> Result<(), Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::Harness(error.to_string());
        let scenario = toml::to_string(&self.scenario).map_err(|error| failed(&error))?;
        let facts = serde_json::to_string_pretty(&self.facts).map_err(|error| failed(&error))?;
        let mut history = Vec::new();
        self.history.write_to(&mut history).map_err(|error| failed(&error))?;
        write(&folder.join("scenario.toml"), scenario.as_bytes())?;
        write(&folder.join("schedule.jsonl"), self.schedule.to_text().as_bytes())?;
        write(&folder.join("history.jsonl"), &history)?;
        if let Some(passing) = &self.passing {
            write(&folder.join("passing.jsonl"), passing.to_text().as_bytes())?;
        }
        logs::write_all(folder, &self.history.logs)?;
        if let Some(capture) = &self.history.capture {
            write(&folder.join(CAPTURE), capture)?;
        }
        write(&folder.join("verdicts.json"), (facts + "\n").as_bytes())
    }

    /// Reads the folder of a finding.
    ///
    /// # Errors
    /// If a file is missing or wrong, with its place.
    pub fn read(folder: &Path) -> Result<Stored, Failure> {
        let facts = folder.join("verdicts.json");
        let scenario = folder.join("scenario.toml");
        let wrong = |path: &Path, error: &dyn std::fmt::Display| {
            Failure::Usage(format!("{}: {error}", path.display()))
        };
        let text = read_text(&facts)?;
        let read: Facts = serde_json::from_str(&text).map_err(|error| wrong(&facts, &error))?;
        // The id becomes the name of a folder that is written to.
        if !read.id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') || read.id.is_empty() {
            return Err(wrong(&facts, &"its id is none: ids are letters, digits and \"-\""));
        }
        let mut history = read_history(&folder.join("history.jsonl"))?;
        history.logs = logs::read_all(folder, &history.header.nodes)?;
        // Whoever has thrown it away, for it is large, has lost nothing that is judged.
        history.capture = std::fs::read(folder.join(CAPTURE)).ok().map(Into::into);
        let passing = match &read.passes_if {
            Some(_) => Some(read_schedule(&folder.join("passing.jsonl"))?),
            None => None,
        };
        Ok(Stored {
            passing,
            facts: read,
            scenario: toml::from_str(&read_text(&scenario)?)
                .map_err(|error| wrong(&scenario, &error))?,
            schedule: read_schedule(&folder.join("schedule.jsonl"))?,
            history,
        })
    }

    /// The finding.
    pub fn into_finding(self) -> Finding {
        let facts = self.facts;
        let near = facts.passes_if.zip(self.passing);
        let passing = near.map(|(change, schedule)| Passing { change, schedule });
        Finding {
            id: facts.id,
            signature: facts.signature,
            property: facts.property,
            class: facts.class,
            statement: facts.statement,
            scenario: self.scenario,
            run: facts.run,
            seed: facts.seed,
            schedule: self.schedule,
            history: self.history,
            witness: facts.witness,
            before: facts.before,
            after: facts.after,
            unfinished: facts.unfinished,
            explained: Explained { needs: facts.needs, chances: facts.chances, passing },
            reproduced: facts.reproduced,
            repeats: facts.repeats,
            alike: facts.alike,
            digest: facts.digest,
            beyond_model: facts.beyond_model,
        }
    }
}

/// Reads a schedule file.
///
/// # Errors
/// With the place and the mend.
pub fn read_schedule(path: &Path) -> Result<Schedule, Failure> {
    Schedule::from_text(&read_text(path)?)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// The folder of a finding that is named by its folder, or by its id in `runs/latest` or, if it is
/// not there, in an older run, the newest first.
pub fn find_finding(name: &str) -> Option<PathBuf> {
    let id = Path::new(name);
    let is_id = id.components().count() == 1;
    let in_run = |run: PathBuf| run.join("findings").join(id);
    let mut older: Vec<PathBuf> = match std::fs::read_dir("runs") {
        Ok(entries) if is_id => entries.flatten().map(|entry| entry.path()).collect(),
        _ => Vec::new(),
    };
    older.sort();
    let latest = is_id.then(|| PathBuf::from("runs/latest"));
    let runs = latest.into_iter().chain(older.into_iter().rev());
    let mut places = std::iter::once(PathBuf::from(name)).chain(runs.map(in_run));
    places.find(|path| path.join("schedule.jsonl").is_file())
}
