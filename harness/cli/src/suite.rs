//! Suites in TOML: lists of scenarios.

mod source;

use crate::catalog::{Catalog, Unknown};
use crate::exit::Failure;
use crate::processes;
use crate::programs;
use pepperland_core::scenario::{Network, Scenario};
use pepperland_core::schedule::InFlight;
use serde::Deserialize;
use source::Source;
use std::path::{Path, PathBuf};
use toml::Spanned;

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
    scenario: Vec<Spanned<Template>>,
}

/// Scenarios that share all but what is listed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Template {
    /// Names, unless there is a program.
    #[serde(default, rename = "impl")]
    implementation: OneOrMany,
    /// Names that are left out of them.
    #[serde(default)]
    except: Vec<String>,
    /// A program as the implementation: a path from the suite's folder, or the name of a command.
    bin: Option<PathBuf>,
    /// What it is started with.
    #[serde(default)]
    arg: Vec<String>,
    #[serde(default)]
    real_time: bool,
    #[serde(default)]
    network: Network,
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
        let source = Source { text, name };
        let file: File = source.parse()?;
        let mut scenarios = Vec::new();
        for template in &file.scenario {
            let wrong =
                |unknown: Unknown| source.refuse(&unknown.to_string(), template.span().start);
            let runs = template.get_ref().runs.unwrap_or(file.runs);
            for scenario in template.get_ref().spread(catalog, source.folder()).map_err(wrong)? {
                let trial = catalog.trial(&scenario).map_err(wrong)?;
                // Of all, some claim nothing that the workload brings out.
                if !(trial.checkers.is_empty() && template.get_ref().is_of_all()) {
                    scenarios.push((scenario, runs));
                }
            }
        }
        let canaries = match file.canaries {
            OneOrMany::Default => Vec::new(),
            names => every(&names.or(""), catalog),
        };
        canaries
            .iter()
            .try_for_each(|name| catalog.implementation(name).map(drop))
            .map_err(|unknown| Failure::Usage(format!("{}: {unknown}", name.display())))?;
        Ok(Suite { scenarios, canaries })
    }
}

impl Template {
    fn is_of_all(&self) -> bool {
        is_all(&self.implementation.or("all"))
    }

    fn spread(&self, catalog: &Catalog, folder: &Path) -> Result<Vec<Scenario>, Unknown> {
        match (&self.bin, &self.implementation) {
            (Some(bin), OneOrMany::Default) => {
                return self.spread_program(&programs::within(folder, bin), catalog);
            }
            (None, OneOrMany::Default) => return refused("a scenario needs an impl or a bin"),
            (Some(_), _) => return refused("a scenario has an impl or a bin, not both"),
            (None, _) if !self.arg.is_empty() => return refused("arg is for a bin"),
            (None, _) => {}
        }
        self.except.iter().try_for_each(|name| catalog.implementation(name).map(drop))?;
        let mut scenarios = Vec::new();
        let named = every(&self.implementation.or("all"), catalog);
        for implementation in named.into_iter().filter(|name| !self.except.contains(name)) {
            let entry = catalog.implementation(&implementation)?;
            for runtime in self.runtime.or("sim") {
                for workload in self.workload.or(catalog.usual_workload(entry)) {
                    for faults in self.faults.or("claimed") {
                        let each = match faults.as_str() {
                            "claimed" => catalog.claimed_faults_on(self.network, entry),
                            named => vec![named],
                        };
                        let make = |f| {
                            let runtime = runtime.clone();
                            let base = Scenario::new(&implementation, f);
                            self.adjusted(Scenario { runtime, ..base }, &workload)
                        };
                        scenarios.extend(each.into_iter().map(make));
                    }
                }
            }
        }
        Ok(scenarios)
    }

    /// A program under each workload and each of its faults.
    fn spread_program(&self, bin: &Path, catalog: &Catalog) -> Result<Vec<Scenario>, Unknown> {
        let (real_time, network) = (self.real_time, self.network);
        let bare = Scenario { real_time, network, ..programs::scenario(bin, &self.arg)? };
        let bare = catalog.programs.paced(bare);
        let mut scenarios = Vec::new();
        for runtime in self.runtime.or(processes::NAME) {
            for workload in self.workload.or("steady") {
                for faults in self.faults.or("claimed") {
                    let each = match faults.as_str() {
                        "claimed" => programs::USUAL_FAULTS.to_vec(),
                        named => vec![named],
                    };
                    scenarios.extend(each.into_iter().map(|faults| {
                        let (faults, runtime) = (faults.to_owned(), runtime.clone());
                        let base = Scenario { faults, runtime, ..bare.clone() };
                        self.adjusted(base, &workload)
                    }));
                }
            }
        }
        Ok(scenarios)
    }

    /// The scenario with all that the template says otherwise.
    fn adjusted(&self, base: Scenario, workload: &str) -> Scenario {
        let latency_ms = self.latency_ms.unwrap_or(base.latency_ms);
        Scenario {
            flaw: self.flaw.clone(),
            real_time: self.real_time,
            network: self.network,
            nodes: self.nodes,
            workload: workload.to_owned(),
            properties: self.properties.clone(),
            beyond_model: self.beyond_model,
            broadcasts: self.broadcasts.unwrap_or(base.broadcasts),
            chaos_ms: self.chaos_ms.unwrap_or(base.chaos_ms),
            settle_ms: self.settle_ms.unwrap_or_else(|| settling(&base, latency_ms)),
            latency_ms,
            in_flight: self.in_flight,
            ..base
        }
    }
}

/// How long runs may settle if the suite does not say: in proportion longer where messages take
/// longer than usual, since what nodes have to agree upon takes so many of them.
fn settling(base: &Scenario, (_, latency_ms): (u64, u64)) -> u64 {
    let (_, usual_ms) = base.latency_ms;
    base.settle_ms.saturating_mul(latency_ms.max(usual_ms)) / usual_ms.max(1)
}

fn refused<T>(why: &str) -> Result<T, Unknown> {
    Err(Unknown(why.to_owned()))
}

fn every(names: &[String], catalog: &Catalog) -> Vec<String> {
    match is_all(names) {
        true => catalog.implementations.iter().map(|entry| entry.name.to_owned()).collect(),
        false => names.to_vec(),
    }
}

fn is_all(names: &[String]) -> bool {
    matches!(names, [all] if all == "all")
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
    fn some_are_left_out_of_all() {
        let of = |except: &str| {
            let text =
                format!("[[scenario]]\nimpl = \"all\"\nexcept = {except}\nfaults = \"none\"\n");
            read(&text).map(|suite| suite.scenarios.into_iter().map(|(s, _)| s.implementation))
        };
        let (all, fewer) = (of("[]").unwrap().len(), of("[\"fifo\"]").unwrap());
        assert_eq!(fewer.len() + 1, all);
        assert!(fewer.into_iter().all(|name| name != "fifo"));
        let refused = of("[\"fifi\"]").err().unwrap().to_string();
        assert!(refused.contains("fifi") && refused.contains("fifo"), "{refused}");
    }

    #[test]
    fn of_all_whoever_claims_nothing_of_a_workload_is_left_out() {
        let told = |implementation: &str| {
            let text = format!("impl = {implementation}\nworkload = \"burst\"\nfaults = \"none\"");
            let suite = read(&format!("[[scenario]]\n{text}\n")).unwrap();
            let names = suite.scenarios.into_iter().map(|(scenario, _)| scenario.implementation);
            names.collect::<Vec<String>>()
        };
        let all = told("\"all\"");
        assert!(all.contains(&"fifo".to_owned()) && !all.contains(&"consensus".to_owned()));
        assert_eq!(told("\"consensus\""), ["consensus"]);
    }

    #[test]
    fn a_program_or_an_implementation_is_needed_and_not_both() {
        let refused = [
            ("bin = \"/no/such/program\"", "there is no program /no/such/program"),
            ("bin = \"/bin/sh\"\nimpl = \"fifo\"", "an impl or a bin, not both"),
            ("bin = \"/bin/sh\"\nruntime = \"sim\"", "runs on the process runtime alone"),
            ("faults = \"none\"", "needs an impl or a bin"),
            ("impl = \"fifo\"\nreal-time = true", "only the process runtime knows real time"),
            ("impl = \"fifo\"\narg = [\"x\"]", "arg is for a bin"),
        ];
        for (scenario, why) in refused {
            let error = read(&format!("\n[[scenario]]\n{scenario}\n")).unwrap_err().to_string();
            assert!(error.starts_with("suite.toml: line 2: "), "{scenario}: {error}");
            assert!(error.contains(why), "{scenario}: {error}");
        }
    }

    #[test]
    fn a_program_is_found_from_the_suites_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("suite.toml");
        let read =
            |bin: &str| Suite::read(&format!("[[scenario]]\nbin = \"{bin}\"\n"), &path, &builtin());
        let missing = folder.path().join("node").display().to_string();
        let error = read("./node").unwrap_err().to_string();
        assert!(error.contains(&format!("there is no program {missing}")), "{error}");
        let command = read("no-such-command").unwrap_err().to_string();
        assert!(command.contains("no-such-command is no node program"), "{command}");
    }

    #[test]
    fn a_programs_faults_last_as_long_as_its_suite_says() {
        let one = |more: &str| {
            let text = format!("[[scenario]]\nbin = \"/bin/true\"\nfaults = \"none\"\n{more}");
            let file: File = toml::from_str(&text).unwrap();
            file.scenario[0].get_ref().spread(&builtin(), Path::new(".")).unwrap().remove(0)
        };
        assert_eq!((one("").chaos_ms, one("").broadcasts), (4_000, 60));
        assert_eq!(one("").name(), "true/process/steady/none");
        assert_eq!(one("chaos-ms = 500").chaos_ms, 500);
        assert_eq!(one("chaos-ms = 500").name(), "true(chaos=500)/process/steady/none");
    }

    #[test]
    fn runs_settle_for_longer_where_messages_take_longer() {
        let settling = |more: &str| {
            let text = format!("[[scenario]]\nimpl = \"basic\"\nfaults = \"none\"\n{more}");
            let suite = read(&text).unwrap();
            suite.scenarios.into_iter().map(|(scenario, _)| scenario.settle_ms).next()
        };
        assert_eq!(settling("latency-ms = [1, 20]"), Some(10_000));
        assert_eq!(settling("latency-ms = [1, 200]"), Some(40_000));
        assert_eq!(settling("latency-ms = [1, 200]\nsettle-ms = 1500"), Some(1_500));
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
