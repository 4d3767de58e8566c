//! The command line.

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use pepperland_core::seed::Seed;
use std::ffi::OsString;
use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

/// Property testing and fault injection for group communication.
#[derive(Debug, Parser)]
#[command(name = "pepperland", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = AFTER_HELP)]
pub struct Options {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "Exit codes: 0 every property held; 1 a property was violated; 2 undecided; \
4 nothing ran; 64 usage or configuration; 70 the harness itself failed; 130 interrupted. \
When several apply: 70, 1, 2, 4, 0. The last line on stderr says why.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run scenarios under faults and judge them; without arguments, the smoke suite
    Run(Box<Run>),
    /// Judge recorded histories, ours or another tool's
    Check(Check),
    /// Run a finding or a schedule again and judge it
    Replay(Replay),
    /// Shrink a schedule that violates a property, and report it
    Shrink(Shrink),
    /// Write the pages of a run's folder again
    Report(Report),
    /// Write a finding in the form of another tool
    Export(Export),
    /// List what has a name
    List(List),
    /// Measure the simulator and the checkers beside their peers
    Bench(Bench),
    /// Be one node of an implementation, over the line protocol on stdin and stdout
    Node(Node),
    /// What this machine can do, and how to mend what it cannot
    Doctor,
    /// A ready project for an implementation of your own
    Init(Init),
    /// Completions for a shell, on stdout
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Run a program, and let nothing of it survive; what a harness starts its nodes with
    #[command(hide = true)]
    #[command(name = "keep")]
    KeepNode(KeepNode),
}

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
    pub nodes: Option<NonZero<usize>>,
    /// The program under test
    #[command(flatten)]
    pub outside: Outside,
    /// What to run on: sim, turmoil, turmoil-tcp or process [default: sim; of a program: process]
    #[arg(long, value_name = "R")]
    pub runtime: Option<String>,
    /// What joins processes: stdio, the line protocol
    #[arg(long, value_name = "NETWORK", default_value = "stdio", value_parser = network)]
    pub network: Network,
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

/// What joins processes.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Network {
    /// The line protocol on their standard streams.
    Stdio,
}

/// Be one node of an implementation.
#[derive(Debug, Args)]
pub struct Node {
    /// The implementation
    #[arg(long = "impl", value_name = "NAME")]
    pub implementation: String,
    /// Switch a planted flaw on
    #[arg(long, value_name = "NAME")]
    pub flaw: Option<String>,
}

/// Judge recorded histories.
#[derive(Debug, Args)]
pub struct Check {
    /// Histories: JSON lines, plain or compressed (.gz, .zst)
    #[arg(required = true)]
    pub histories: Vec<PathBuf>,
    /// Properties to judge [default: all for which the history holds the needed events]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also where the environment broke what the header says it promised
    #[arg(long)]
    pub beyond_model: bool,
    /// Threads [default: one for each processor]
    #[arg(long, value_name = "J")]
    pub jobs: Option<NonZero<usize>>,
    /// How to print verdicts
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
}

/// Run a finding or a schedule again.
#[derive(Debug, Args)]
pub struct Replay {
    /// A finding's folder, its id in runs/latest, or a schedule file
    pub finding: String,
    /// The program to run a schedule with
    #[command(flatten)]
    pub outside: Outside,
    /// Run it on another runtime than the one that found it
    #[arg(long, value_name = "R")]
    pub runtime: Option<String>,
    /// Let processes live in real time even if they could live in virtual time
    #[arg(long)]
    pub real_time: bool,
    /// Of a schedule, judge these properties [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also what the implementation does not claim of such a run
    #[arg(long)]
    pub beyond_model: bool,
}

/// Shrink a schedule that violates a property.
#[derive(Debug, Args)]
pub struct Shrink {
    /// The schedule
    pub schedule: PathBuf,
    /// Run it on another runtime than the simulator
    #[arg(long, value_name = "R")]
    pub runtime: Option<String>,
    /// The program to run it with
    #[command(flatten)]
    pub outside: Outside,
    /// Properties to judge [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also what the implementation does not claim of such a run
    #[arg(long)]
    pub beyond_model: bool,
    /// The run's folder [default: runs/<time>]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Write the pages of a run's folder again.
#[derive(Debug, Args)]
pub struct Report {
    /// The run's folder
    pub dir: PathBuf,
}

/// Write a finding in the form of another tool.
#[derive(Debug, Args)]
pub struct Export {
    /// A finding's folder, or its id in runs/latest
    pub finding: String,
    /// Which form
    #[arg(long = "as", value_name = "FORM")]
    pub form: Form,
}

/// Make a project for an implementation of your own.
#[derive(Debug, Args)]
pub struct Init {
    /// The project's folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The language of the implementation
    #[arg(long, value_name = "LANGUAGE", default_value = "python")]
    pub language: Language,
}

/// A language that a project can be made for.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Language {
    /// Python 3
    Python,
    /// Rust
    Rust,
    /// Go
    Go,
    /// JavaScript, run by Node.js
    Node,
}

/// A form to export to.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Form {
    /// The space-time diagram alone
    Svg,
}

/// List what has a name.
#[derive(Debug, Args)]
pub struct List {
    /// What to list
    pub what: Listed,
    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,
}

/// Measure beside peers.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure [default: everything but the 10^8 deliveries]
    pub what: Vec<Measured>,
    /// Keep the histories of linearizability in this folder, to give them to other tools
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Of detection, measure only every so-manieth flaw
    #[arg(long, value_name = "K", default_value = "1")]
    pub sample: NonZero<usize>,
}

/// Run a program as a node.
#[derive(Debug, Args)]
pub struct KeepNode {
    /// The process that started this one
    #[arg(long, value_name = "PID")]
    pub harness: u32,
    /// The FIFO through which it is told what happens
    #[arg(long, value_name = "FIFO")]
    pub report: PathBuf,
    /// The program, by an absolute path
    #[arg(value_name = "PROGRAM")]
    pub program: OsString,
    /// Its arguments
    #[arg(value_name = "ARG", trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// What can be measured.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Measured {
    /// The simulator beside turmoil
    Simulator,
    /// Small scenarios: plan, run and check
    Scenarios,
    /// The basic checkers, on 10^7 deliveries
    Checkers,
    /// The basic checkers, on 10^7 and 10^8 deliveries
    Growth,
    /// Linearizability, on 10^6 operations of 10 and of 20 clients
    Linearizability,
    /// Runs until each planted flaw is found, over 30 seeds, as a table in Markdown
    Detection,
    /// How soon and how wrongly each failure detector suspects, as a table in Markdown
    Detectors,
    /// How long groups take over their views, as a table in Markdown
    Views,
    /// What one multicast costs in each protocol, as a table in Markdown
    Protocols,
    /// How many servers answer a request, with and without faults, as a table in Markdown
    Responders,
    /// Programs over the line protocol in real time: rates, latencies, and the harness's own share
    Stdio,
}

/// What can be listed.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Listed {
    /// Implementations under test
    Impls,
    /// Planted flaws
    Flaws,
    /// Workloads
    Workloads,
    /// Fault profiles
    Faults,
    /// Properties
    Properties,
    /// Runtimes
    Runtimes,
}

/// How to print verdicts.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

/// How to print a list.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Human,
    /// One JSON object a line
    Json,
    /// A table for documents
    Markdown,
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

/// A count such as `10000` or `10_000`.
fn count(text: &str) -> Result<u64, String> {
    let number = text.replace('_', "").parse::<u64>().map_err(|error| error.to_string())?;
    if number == 0 { Err("it must be at least 1".to_owned()) } else { Ok(number) }
}

/// What joins processes, by name.
fn network(text: &str) -> Result<Network, String> {
    match text {
        "stdio" => Ok(Network::Stdio),
        "netns" => Err("network namespaces are not in this version: leave it at stdio".to_owned()),
        _ => Err("there is only stdio".to_owned()),
    }
}

/// A time such as `90s`, `5m` or `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text).map_err(|error| format!("{error}: write 90s, 5m or 2h"))
}

/// `m/n`, m from 1 to n; as the remainder m - 1 and n.
fn shard(text: &str) -> Result<(u64, u64), String> {
    let number = |part: &str| part.parse::<u64>().ok();
    let parts = text.split_once('/').and_then(|(m, n)| Some((number(m)?, number(n)?)));
    match parts {
        Some((m, n)) if 1 <= m && m <= n => Ok((m - 1, n)),
        _ => Err("write m/n with 1 <= m <= n, such as 1/3".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }

    #[test]
    fn times_counts_and_shards_are_read() {
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        assert!(duration("five").is_err() && duration("5").is_err());
        assert_eq!(count("10_000"), Ok(10_000));
        assert!(count("0").is_err());
        assert_eq!(shard("3/8"), Ok((2, 8)));
        assert!(shard("0/8").is_err() && shard("9/8").is_err() && shard("x").is_err());
    }
}
