//! Programs as implementations under test.

use crate::catalog::Unknown;
use crate::processes::Processes;
use pepperland_core::contract::Node;
use pepperland_core::fault::Fault;
use pepperland_core::history::Channel;
use pepperland_core::implementation::{Groups, Implementation, Model, Setup};
use pepperland_core::scenario::{Network, Scenario};
use pepperland_core::workload::Workload;
use pepperland_process::features::Features;
use pepperland_process::kept::Keeper;
use pepperland_process::program::Program;
use pepperland_process::stepped::{features_of, features_on_sockets};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The fault profiles that a program is tried under unless told otherwise.
pub const USUAL_FAULTS: [&str; 3] = ["none", "delay", "partition"];

/// What a program is judged by that multicasts, unless told otherwise.
const OF_MULTICAST: [&str; 4] = ["no-creation", "no-duplication", "validity-self", "agreement"];

/// What every program is judged by: whether it speaks the protocol.
const ITSELF: &str = "line-protocol";

/// What is known of programs: each is asked once what it can do, and stands in the catalogue's
/// place of an implementation.
#[derive(Default)]
pub struct Programs {
    asked: Mutex<BTreeMap<(Program, Network), Result<Features, Unknown>>>,
    entries: Mutex<BTreeMap<Entry, &'static Implementation>>,
}

/// A program as an implementation: its name, its service, and whether it writes to registers.
type Entry = (String, Option<&'static str>, bool);

impl Programs {
    /// The program of a scenario as an implementation. It claims nothing, and is tried with
    /// everything. One that asks for registers gets them.
    pub fn implementation(
        &self,
        scenario: &Scenario,
        service: Option<&'static str>,
    ) -> &'static Implementation {
        let name = &scenario.implementation;
        let registers = self.asked_by(scenario).is_some_and(|features| features.registers);
        let mut entries = self.entries.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let entry = entries.entry((name.clone(), service, registers));
        entry.or_insert_with(|| Box::leak(Box::new(record(name, service, registers))))
    }

    /// The processes that a scenario runs on: of its program, or else of this very executable, as
    /// nodes of the scenario's implementation.
    ///
    /// # Errors
    /// [`Unknown`], if the program is no node program.
    pub fn runtime(&self, scenario: &Scenario) -> Result<Processes, Unknown> {
        let processes = match &scenario.bin {
            Some(path) => {
                let program = Program { path: path.clone(), args: scenario.args.clone() };
                let features = self.features(&program, scenario.network)?;
                Processes::of_program(program, features, keeper()?)
            }
            None => {
                let flaw = scenario.flaw.as_deref();
                Processes::of_library(executable()?, &scenario.implementation, flaw)
            }
        };
        let processes = processes.in_real_time(scenario.asks_for_real_time());
        match scenario.network {
            Network::Stdio => Ok(processes),
            Network::Netns => Ok(processes.on_sockets(keeper()?)),
        }
    }

    /// The scenario of a program at the program's own pace: one that lives in virtual time needs no
    /// more of it than the library's own stacks.
    pub fn paced(&self, scenario: Scenario) -> Scenario {
        if scenario.asks_for_real_time() {
            return scenario;
        }
        if !self.asked_by(&scenario).is_some_and(|features| features.time) {
            return scenario;
        }
        let usual = Scenario::new("", "");
        Scenario { broadcasts: usual.broadcasts, chaos_ms: usual.chaos_ms, ..scenario }
    }

    /// What the program of a scenario asks for. Whoever is no node program is told so where it is
    /// tried.
    fn asked_by(&self, scenario: &Scenario) -> Option<Features> {
        let program = Program { path: scenario.bin.clone()?, args: scenario.args.clone() };
        self.features(&program, scenario.network).ok()
    }

    fn features(&self, program: &Program, network: Network) -> Result<Features, Unknown> {
        let mut asked = self.asked.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        asked.entry((program.clone(), network)).or_insert_with(|| ask(program, network)).clone()
    }
}

/// This very executable, which knows how to keep a node and to be one.
fn executable() -> Result<PathBuf, Unknown> {
    std::env::current_exe().map_err(|error| {
        Unknown(format!("failed to find this executable, to start nodes of: {error}"))
    })
}

/// Who starts the nodes.
///
/// # Errors
/// [`Unknown`], if this executable is gone.
pub fn keeper() -> Result<Keeper, Unknown> {
    executable().map(Keeper::executable)
}

fn ask(program: &Program, network: Network) -> Result<Features, Unknown> {
    let path = &program.path;
    if path.components().count() > 1 && !path.is_file() {
        return Err(Unknown(format!("there is no program {}", path.display())));
    }
    let features = match network {
        Network::Stdio => features_of(program, &keeper()?),
        Network::Netns => features_on_sockets(program, &keeper()?),
    };
    features.map_err(|unfit| Unknown(unfit.to_string()))
}

/// The program that is meant by a path on the command line: a file, wherever nodes work; or the
/// name of a command.
///
/// # Errors
/// [`Unknown`], if it is no file where one is meant.
pub fn resolve(path: &Path) -> Result<PathBuf, Unknown> {
    match is_command(path, path) {
        true => Ok(path.to_owned()),
        false => std::path::absolute(path)
            .map_err(|error| Unknown(format!("failed to find {}: {error}", path.display()))),
    }
}

/// A program that somebody in a folder names: a file there, or the name of a command.
pub fn within(folder: &Path, path: &Path) -> PathBuf {
    let file = folder.join(path);
    if is_command(path, &file) { path.to_owned() } else { file }
}

/// Whether a path without folders means a command, as there is no such file.
fn is_command(path: &Path, file: &Path) -> bool {
    path.components().count() == 1 && !file.is_file()
}

/// The scenario that tests a program without faults, all else by default.
///
/// # Errors
/// [`Unknown`], if there is no such program.
pub fn scenario(bin: &Path, args: &[String]) -> Result<Scenario, Unknown> {
    Ok(Scenario::of_program(resolve(bin)?, args, &name_of(bin), "none"))
}

/// What a program is called in verdicts.
pub fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// What a program is judged by under a workload, unless told otherwise.
///
/// # Errors
/// [`Unknown`], if nobody can say.
pub fn usual_properties(
    workload: &Workload,
    operations: bool,
) -> Result<Vec<&'static str>, Unknown> {
    match operations {
        _ if !workload.judged.is_empty() => Ok([workload.judged, &[ITSELF]].concat()),
        false => Ok([&OF_MULTICAST[..], &[ITSELF]].concat()),
        true => Err(Unknown(format!(
            "the workload {} has no properties of its own: name some by --properties",
            workload.name
        ))),
    }
}

/// The record of a program.
fn record(name: &str, service: Option<&'static str>, registers: bool) -> Implementation {
    Implementation {
        name: name.to_owned().leak(),
        number: "",
        statement: "a program of its own",
        source: "its author",
        claims: &[],
        model: Model {
            channel: Channel::FairLoss,
            tolerates: &[
                Fault::Crash,
                Fault::Recovery,
                Fault::Loss,
                Fault::Delay,
                Fault::Reorder,
                Fault::Duplication,
                Fault::Corruption,
                Fault::Partition,
                Fault::Pause,
                Fault::Clock,
                Fault::Byzantine,
            ],
            groups: Groups::Open,
            timing: "unknown",
            service,
            controlled: registers.then_some(Setup::REGISTER_LATENCY),
            ..Model::ASYNCHRONOUS
        },
        nodes: 5,
        budget: |n| n.saturating_sub(1) / 2,
        flaws: &[],
        controls: &[],
        breaks: &[],
        cost: None,
        build: only_as_a_process,
    }
}

fn only_as_a_process(_: &Setup<'_>) -> Box<dyn Node> {
    panic!("a program runs on the process runtime alone")
}
