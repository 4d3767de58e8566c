//! Scenarios: what to test.

use crate::schedule::InFlight;
use crate::time::Span;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One thing to test: an implementation under one workload and one fault profile. A suite is a
/// list of these; `scenario.toml` in a finding's folder is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The implementation's name.
    #[serde(rename = "impl")]
    pub implementation: String,
    /// The planted flaw that is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaw: Option<String>,
    /// A program that is the implementation, which is then but a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bin: Option<PathBuf>,
    /// What the program is started with.
    #[serde(default, rename = "arg", skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Let programs live in real time even if they could live in virtual time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub real_time: bool,
    /// What joins processes.
    #[serde(default, skip_serializing_if = "Network::is_usual")]
    pub network: Network,
    /// The runtime's name.
    #[serde(default = "defaults::runtime")]
    pub runtime: String,
    /// How many nodes; the implementation's own default if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nodes: Option<usize>,
    /// The workload's name.
    #[serde(default = "defaults::workload")]
    pub workload: String,
    /// How many multicasts the workload asks for.
    #[serde(default = "defaults::broadcasts")]
    pub broadcasts: usize,
    /// Fault profiles, combined with commas: `crash,partition:one-way`.
    #[serde(default = "defaults::faults")]
    pub faults: String,
    /// Properties to judge; those the implementation claims if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub properties: Vec<String>,
    /// Judge also where the faults are outside the implementation's model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub beyond_model: bool,
    /// How long requests and faults last, ms.
    #[serde(default = "defaults::chaos_ms")]
    pub chaos_ms: u64,
    /// How long a run may settle after that, ms.
    #[serde(default = "defaults::settle_ms")]
    pub settle_ms: u64,
    /// Least and greatest latency of a link, ms.
    #[serde(default = "defaults::latency_ms")]
    pub latency_ms: (u64, u64),
    /// What happens to messages in flight when their sender crashes; drawn for each run if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_flight: Option<InFlight>,
}

/// What joins the processes of a run.
#[derive(Copy, Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Network {
    /// The line protocol on their standard streams.
    #[default]
    Stdio,
    /// Real sockets: each node is in a network namespace of its own, and a switch joins them.
    Netns,
}

impl Network {
    /// Whether it is the one that is meant where none is named.
    pub fn is_usual(&self) -> bool {
        *self == Network::default()
    }
}

impl Scenario {
    /// The scenario that tests an implementation under one fault profile, all else by default.
    pub fn new(implementation: &str, faults: &str) -> Scenario {
        Scenario {
            implementation: implementation.to_owned(),
            flaw: None,
            bin: None,
            args: Vec::new(),
            real_time: false,
            network: Network::Stdio,
            runtime: defaults::runtime(),
            nodes: None,
            workload: defaults::workload(),
            broadcasts: defaults::broadcasts(),
            faults: faults.to_owned(),
            properties: Vec::new(),
            beyond_model: false,
            chaos_ms: defaults::chaos_ms(),
            settle_ms: defaults::settle_ms(),
            latency_ms: defaults::latency_ms(),
            in_flight: None,
        }
    }

    /// The same for a program. Most live in real time, tell each other news each second or elect
    /// in two: faults last long enough to be in their way, and requests come to meet both.
    pub fn of_program(bin: PathBuf, args: &[String], name: &str, faults: &str) -> Scenario {
        Scenario {
            bin: Some(bin),
            args: args.to_vec(),
            runtime: "process".to_owned(),
            broadcasts: 60,
            chaos_ms: 4_000,
            ..Scenario::new(name, faults)
        }
    }

    /// A short name: `fifo/steady/crash`, `fifo+no-hold-back-queue/…` with a flaw,
    /// `fifo/turmoil/…` on another runtime than the simulator.
    pub fn name(&self) -> String {
        let flaw = self.flaw.as_ref().map(|flaw| format!("+{flaw}")).unwrap_or_default();
        let runtime = match self.runtime.as_str() {
            "sim" => String::new(),
            other => format!("/{other}"),
        };
        let implementation = &self.implementation;
        let unusual = self.unusual();
        format!("{implementation}{flaw}{unusual}{runtime}/{}/{}", self.workload, self.faults)
    }

    /// What differs from the defaults, so that two scenarios of a suite never share a name.
    fn unusual(&self) -> String {
        // Programs in virtual time have the defaults of the library's own stacks.
        let in_virtual_time = Scenario::new("", "");
        let usual = match &self.bin {
            Some(bin) if self.chaos_ms != in_virtual_time.chaos_ms => {
                Scenario::of_program(bin.clone(), &[], "", "")
            }
            _ => in_virtual_time,
        };
        let mut parts = Vec::new();
        parts.extend(self.args.iter().cloned());
        match self.network {
            Network::Netns => parts.push("netns".to_owned()),
            Network::Stdio => parts.extend(self.real_time.then(|| "real-time".to_owned())),
        }
        parts.extend(self.nodes.map(|nodes| format!("nodes={nodes}")));
        let mut number = |name: &str, value: u64, usual: u64| {
            if value != usual {
                parts.push(format!("{name}={value}"));
            }
        };
        number("broadcasts", self.broadcasts as u64, usual.broadcasts as u64);
        number("chaos", self.chaos_ms, usual.chaos_ms);
        number("settle", self.settle_ms, usual.settle_ms);
        if self.latency_ms != usual.latency_ms {
            parts.push(format!("latency={}-{}", self.latency_ms.0, self.latency_ms.1));
        }
        parts.extend(self.in_flight.map(|kept| format!("in-flight={kept:?}").to_lowercase()));
        if parts.is_empty() { String::new() } else { format!("({})", parts.join(",")) }
    }

    /// What the seeds of its runs derive from, the same on every runtime.
    pub fn key(&self) -> String {
        format!("{}/{}/{}", self.implementation, self.workload, self.faults)
    }

    /// Whether the numbers make sense together.
    ///
    /// # Errors
    /// What is wrong, and how to mend it.
    pub fn check(&self) -> Result<(), String> {
        const MOST_MS: u64 = 1_000_000_000;
        let (least, most) = self.latency_ms;
        let process = self.runtime == "process";
        let wrong = if self.bin.is_some() && !process {
            "a program runs on the process runtime alone: runtime = \"process\""
        } else if self.real_time && !process {
            "only the process runtime knows real time: runtime = \"process\""
        } else if !self.network.is_usual() && !process {
            "only processes can be in network namespaces: runtime = \"process\""
        } else if self.nodes.is_some_and(|nodes| nodes == 0 || nodes > 100_000) {
            "nodes must be from 1 to 100,000"
        } else if self.broadcasts > 10_000_000 {
            "broadcasts must be at most 10,000,000"
        } else if least > most {
            "the first latency must not be greater than the second"
        } else if most.max(self.chaos_ms).max(self.settle_ms) > MOST_MS {
            "times must be at most 1,000,000,000 ms"
        } else {
            return Ok(());
        };
        Err(format!("{}: {wrong}", self.name()))
    }

    /// Whether its programs live in real time, as it asks: nothing else crosses real sockets.
    pub fn asks_for_real_time(&self) -> bool {
        self.real_time || self.network == Network::Netns
    }

    /// How long a run may settle.
    pub fn settle(&self) -> Span {
        Span::millis(self.settle_ms)
    }
}

mod defaults {
    pub fn runtime() -> String {
        "sim".to_owned()
    }
    pub fn workload() -> String {
        "steady".to_owned()
    }
    pub fn faults() -> String {
        "none".to_owned()
    }
    pub fn broadcasts() -> usize {
        10
    }
    pub fn chaos_ms() -> u64 {
        200
    }
    pub fn settle_ms() -> u64 {
        10_000
    }
    pub fn latency_ms() -> (u64, u64) {
        (1, 50)
    }
}
