//! What `run` is asked for.

use super::Format;
use super::values::{count, duration, network, shard, strategy};
use clap::{ArgGroup, Args, ValueEnum};
use pepperland_core::scenario::Network;
use pepperland_core::seed::Seed;
use pepperland_search::Strategy;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

/// A program as the implementation under test.
#[derive(Debug, Args)]
pub struct Outside {
    /// A program that speaks the line protocol, as the implementation: each node is a process
    #[arg(long, value_name = "PROGRAM")]
    pub bin: Option<PathBuf>,
    /// What the program is started with, once for each argument
    #[arg(long = "arg", value_name = "A", requires = "bin", allow_hyphen_values = true)]
    pub args: Vec<String>,
}

/// Run scenarios under faults and judge them.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("tested").args(["implementations", "bin"]))]
pub struct Run {
    /// Suites in TOML; the built-in smoke suite if neither a suite nor --impl nor --bin is given
    pub suites: Vec<PathBuf>,
    /// Implementations by name, with commas
    #[arg(long = "impl", value_name = "NAME", value_delimiter = ',')]
    pub implementations: Vec<String>,
    /// Switch a planted flaw on
    #[arg(long, value_name = "NAME", requires = "implementations", conflicts_with = "bin")]
    pub flaw: Option<String>,
    /// What clients do
    #[arg(long, value_name = "W", requires = "tested")]
    pub workload: Option<String>,
    /// Fault profiles; a comma combines several into one, a second --faults is tried in turn
    /// [default: each profile that the implementation's claims allow, in turn; of a program: none,
    /// delay and partition]
    #[arg(long, value_name = "F[,F]", requires = "tested")]
    pub faults: Vec<String>,
    /// How many nodes
    #[arg(long, value_name = "N", requires = "tested")]
    pub nodes: Option<usize>,
    /// The program under test
    #[command(flatten)]
    pub outside: Outside,
    /// What to run on: sim, turmoil, turmoil-tcp or process [default: sim; of a program: process]
    #[arg(long, value_name = "R")]
    pub runtime: Option<String>,
    /// What joins processes: stdio, the line protocol, or netns, real sockets in network
    /// namespaces joined by a switch [default: stdio]
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    pub network: Option<Network>,
    /// Let processes live in real time even if they could live in virtual time
    #[arg(long)]
    pub real_time: bool,
    /// Runs for each implementation and fault profile [default: 1000; of processes: 100]
    #[arg(long, value_name = "N", value_parser = count)]
    pub runs: Option<u64>,
    /// Begin no new runs after nine tenths of this time (90s, 5m, 2h)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub budget: Option<Duration>,
    /// The seed that all runs derive from
    #[arg(long, value_name = "S", default_value = "0x5eed")]
    pub seed: Seed,
    /// How the runs are chosen: portfolio for all strategies together, or one (see `list strategies`)
    #[arg(long, value_name = "NAME", default_value = "portfolio", value_parser = strategy)]
    pub strategy: &'static Strategy,
    /// Properties to judge, also those not claimed [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also where the faults are outside the implementation's model
    #[arg(long)]
    pub beyond_model: bool,
    /// Below this many effective runs a property is undecided, not held
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = count)]
    pub min_runs: u64,
    /// Stop at the first violation
    #[arg(long)]
    pub fail_fast: bool,
    /// End with 0 whatever was found; a failure of the harness itself still shows
    #[arg(long)]
    pub exit_zero: bool,
    /// Which histories to keep [default: all of a single run, else those of failed runs]
    #[arg(long, value_name = "WHICH")]
    pub keep: Option<Keep>,
    /// Do the m-th of n parts of the runs
    #[arg(long, value_name = "m/n", value_parser = shard)]
    pub shard: Option<(u64, u64)>,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "J")]
    pub jobs: Option<NonZero<usize>>,
    /// The run's folder [default: runs/<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// How to print verdicts
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Whose annotations to print
    #[arg(long, value_name = "CI", default_value = "auto")]
    pub ci: Ci,
}

/// Which histories to keep.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Keep {
    /// Those of runs that violated a property
    Failed,
    /// All
    All,
}

/// Whose annotations to print.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Ci {
    /// Those of the service this runs on
    Auto,
    /// GitHub Actions
    Github,
    /// GitLab
    Gitlab,
    /// None
    None,
}
