//! What is asked of what was recorded: histories, schedules, findings, folders of runs.

use super::values::network;
use super::{Format, Outside};
use clap::{Args, ValueEnum};
use pepperland_core::scenario::Network;
use std::num::NonZero;
use std::path::PathBuf;

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
    /// What joins processes: stdio or netns [default: as the finding; of a schedule: stdio]
    #[arg(long, value_name = "NETWORK", value_parser = network)]
    pub network: Option<Network>,
    /// Of a schedule, judge these properties [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Judge also what the implementation does not claim of such a run
    #[arg(long)]
    pub beyond_model: bool,
}

/// Explain a finding or a schedule that violates a property.
#[derive(Debug, Args)]
pub struct Explain {
    /// A finding's folder, its id in runs/latest, or a schedule file
    pub finding: String,
    /// The program to run a schedule with
    #[command(flatten)]
    pub outside: Outside,
    /// Of a schedule, judge these properties [default: those claimed]
    #[arg(long, value_name = "P", value_delimiter = ',')]
    pub properties: Vec<String>,
    /// Of a schedule, judge also what the implementation does not claim of such a run
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

/// A form to export to.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Form {
    /// The space-time diagram alone
    Svg,
    /// What crossed the sockets of the nodes (pcapng), of a finding in network namespaces
    Pcap,
}
