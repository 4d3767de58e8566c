//! Suites in TOML: lists of scenarios.

use crate::catalog::{Catalog, Unknown};
use crate::exit::Failure;
use crate::processes;
use crate::programs;
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use pepperland_core::names::did_you_mean;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::InFlight;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The suite that `pepperland run` runs without arguments.
pub const SMOKE: &str = include_str!("../../../ci/suites/smoke.toml");

/// A suite with its lists spread out.
#[derive(Clone, Debug, PartialEq)]
pub struct Suite {
    /// What to run, and how often each.
    pub scenarios: Vec<(Scenario, u64)>,
    /// Whose planted flaws to try, by their killing schedules.
    pub canaries: Vec<String>,
}

/// A suite as its file has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    /// Runs of each scenario that does not say otherwise.
    #[serde(default = "default_runs")]
    runs: u64,
    /// Implementations whose planted flaws must be found.
    #[serde(default)]
    canaries: OneOrMany,
    #[serde(default)]
    scenario: Vec<Template>,
}

/// Scenarios that share all but what is listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Template {
    /// Names, unless there is a program.
    #[serde(default, rename = "impl")]
    implementation: OneOrMany,
    /// A program as the implementation, with a path as on the command line.
    bin: Option<PathBuf>,
    /// What it is started with.
    #[serde(default)]
    arg: Vec<String>,
    #[serde(default)]
    real_time: bool,
    flaw: Option<String>,
    #[serde(default)]
    runtime: OneOrMany,
    nodes: Option<usize>,
    #[serde(default)]
    workload: OneOrMany,
    /// Profiles, each in turn; `claimed` stands for all that the claims allow.
    #[serde(default)]
    faults: OneOrMany,
    #[serde(default)]
    properties: Vec<String>,
    #[serde(default)]
    beyond_model: bool,
    runs: Option<u64>,
    broadcasts: Option<usize>,
    chaos_ms: Option<u64>,
    settle_ms: Option<u64>,
    latency_ms: Option<(u64, u64)>,
    in_flight: Option<InFlight>,
}

/// `"a"` or `["a", "b"]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    #[default]
    Default,
    One(String),
    Many(Vec<String>),
}

fn default_runs() -> u64 {
    200
}

impl OneOrMany {
    fn or(&self, default: &str) -> Vec<String> {
        match self {
            OneOrMany::Default => vec![default.to_owned()],
            OneOrMany::One(one) => vec![one.clone()],
            OneOrMany::Many(many) => many.clone(),
        }
    }
}

impl Suite {
    /// Reads a suite and spreads its lists out. `all` stands for every implementation.
    ///
    /// # Errors
    /// The place in the file and the mend.
    pub fn read(text: &str, name: &Path, catalog: &Catalog) -> Result<Suite, Failure> {
        let file: File = toml::from_str(text).map_err(|error| place(text, name, &error))?;
        let wrong = |unknown: Unknown| Failure::Usage(format!("{}: {unknown}", name.display()));
        let mut scenarios = Vec::new();
        for template in &file.scenario {
            let runs = template.runs.unwrap_or(file.runs);
            for scenario in template.spread(catalog).map_err(wrong)? {
                catalog.trial(&scenario).map_err(wrong)?;
                scenarios.push((scenario, runs));
            }
        }
        let canaries = match file.canaries {
            OneOrMany::Default => Vec::new(),
            names => every(&names.or(""), catalog),
        };
        canaries
            .iter()
            .try_for_each(|name| catalog.implementation(name).map(drop))
            .map_err(wrong)?;
        Ok(Suite { scenarios, canaries })
    }
}

impl Template {
    fn spread(&self, catalog: &Catalog) -> Result<Vec<Scenario>, Unknown> {
        match (&self.bin, &self.implementation) {
            (Some(bin), OneOrMany::Default) => return self.spread_program(bin),
            (None, OneOrMany::Default) => return Err(Unknown("missing field `impl`".to_owned())),
            (Some(_), _) => {
                return Err(Unknown("a scenario has an impl or a bin, not both".to_owned()));
            }
            (None, _) => {}
        }
        let mut scenarios = Vec::new();
        for implementation in every(&self.implementation.or("all"), catalog) {
            let entry = catalog.implementation(&implementation)?;
            for runtime in self.runtime.or("sim") {
                for workload in self.workload.or(catalog.usual_workload(entry)) {
                    for faults in self.faults.or("claimed") {
                        let each = match faults.as_str() {
                            "claimed" => catalog.claimed_faults(entry),
                            named => vec![named],
                        };
                        let make = |f| self.scenario(&implementation, &runtime, &workload, f);
                        scenarios.extend(each.into_iter().map(make));
                    }
                }
            }
        }
        Ok(scenarios)
    }

    /// A program under each workload and each of its faults.
    fn spread_program(&self, bin: &Path) -> Result<Vec<Scenario>, Unknown> {
        let bare = programs::scenario(bin, &self.arg)?;
        let mut scenarios = Vec::new();
        for workload in self.workload.or("steady") {
            for faults in self.faults.or("claimed") {
                let each = match faults.as_str() {
                    "claimed" => programs::USUAL_FAULTS.to_vec(),
                    named => vec![named],
                };
                scenarios.extend(each.into_iter().map(|faults| Scenario {
                    bin: bare.bin.clone(),
                    args: bare.args.clone(),
                    ..self.scenario(&bare.implementation, processes::NAME, &workload, faults)
                }));
            }
        }
        Ok(scenarios)
    }

    fn scenario(&self, name: &str, runtime: &str, workload: &str, faults: &str) -> Scenario {
        let base = Scenario::new(name, faults);
        Scenario {
            flaw: self.flaw.clone(),
            real_time: self.real_time,
            runtime: runtime.to_owned(),
            nodes: self.nodes,
            workload: workload.to_owned(),
            properties: self.properties.clone(),
            beyond_model: self.beyond_model,
            broadcasts: self.broadcasts.unwrap_or(base.broadcasts),
            chaos_ms: self.chaos_ms.unwrap_or(base.chaos_ms),
            settle_ms: self.settle_ms.unwrap_or(base.settle_ms),
            latency_ms: self.latency_ms.unwrap_or(base.latency_ms),
            in_flight: self.in_flight,
            ..base
        }
    }
}

fn every(names: &[String], catalog: &Catalog) -> Vec<String> {
    match names {
        [all] if all == "all" => {
            catalog.implementations.iter().map(|entry| entry.name.to_owned()).collect()
        }
        names => names.to_vec(),
    }
}

/// A TOML error at its place, with the nearest right key for a wrong one.
fn place(text: &str, name: &Path, error: &toml::de::Error) -> Failure {
    let text = plain(text);
    let message = plain(error.message());
    let help = nearest_key(&message);
    let mut diagnostic = MietteDiagnostic::new(format!("failed to read a suite: {message}{help}"));
    if let Some(span) = error.span() {
        diagnostic.labels = Some(vec![LabeledSpan::at(span, "here")]);
    }
    let source = NamedSource::new(plain(&name.display().to_string()), text);
    Failure::Place(Report::new(diagnostic).with_source_code(source))
}

/// The text without what a terminal would obey, byte for byte, so that places stay where they are.
fn plain(text: &str) -> String {
    let blank = |c: char| if c.is_ascii_control() && c != '\n' && c != '\t' { ' ' } else { c };
    text.chars().map(blank).collect()
}

/// Reads serde's "unknown field `x`, expected one of `a`, `b`".
fn nearest_key(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), quoted.next()) {
        (true, Some(wrong)) => did_you_mean(wrong, quoted),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::builtin;

    fn read(text: &str) -> Result<Suite, Failure> {
        Suite::read(text, Path::new("suite.toml"), &builtin())
    }

    #[test]
    fn the_smoke_suite_is_right() {
        let suite = read(SMOKE).unwrap();
        let names: Vec<_> = suite.scenarios.iter().map(|(s, _)| s.implementation.clone()).collect();
        for entry in builtin().implementations {
            assert!(names.iter().any(|name| name == entry.name), "{} is missing", entry.name);
            assert!(suite.canaries.iter().any(|name| name == entry.name));
        }
    }

    #[test]
    fn the_suites_of_processes_name_every_implementation() {
        let virtual_time = include_str!("../../../ci/suites/processes.toml");
        let real_time = include_str!("../../../ci/suites/processes-real-time.toml");
        for (text, real) in [(virtual_time, false), (real_time, true)] {
            let suite = read(text).unwrap();
            let right = |s: &Scenario| s.runtime == processes::NAME && s.real_time == real;
            assert!(suite.scenarios.iter().all(|(scenario, _)| right(scenario)));
            for entry in builtin().implementations {
                assert!(suite.scenarios.iter().any(|(s, _)| s.implementation == entry.name));
            }
        }
    }

    #[test]
    fn lists_are_spread_out() {
        let text = "[[scenario]]\nimpl = [\"basic\", \"fifo\"]\nfaults = [\"none\", \"crash\"]\n";
        let names: Vec<_> = read(text).unwrap().scenarios.iter().map(|(s, _)| s.name()).collect();
        let expected =
            ["basic/steady/none", "basic/steady/crash", "fifo/steady/none", "fifo/steady/crash"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_program_is_tried_under_its_usual_faults() {
        let broken = read("[[scenario]]\nbin = \"/no/such/program\"\n").unwrap_err().to_string();
        assert!(broken.contains("there is no program /no/such/program"), "{broken}");
        let both = read("[[scenario]]\nbin = \"/bin/sh\"\nimpl = \"fifo\"\n").unwrap_err();
        assert!(both.to_string().contains("an impl or a bin, not both"), "{both}");
        let neither = read("[[scenario]]\nfaults = \"none\"\n").unwrap_err().to_string();
        assert!(neither.contains("missing field `impl`"), "{neither}");
    }

    #[test]
    fn a_wrong_key_names_the_nearest() {
        let error = read("[[scenario]]\nimpl = \"basic\"\nworkloads = \"burst\"\n").unwrap_err();
        assert!(error.to_string().contains("did you mean \"workload\"?"), "{error}");
    }

    #[test]
    fn a_wrong_name_names_the_nearest() {
        let error = read("[[scenario]]\nimpl = \"baisc\"\n").unwrap_err();
        assert!(error.to_string().contains("did you mean \"basic\"?"), "{error}");
    }
}
