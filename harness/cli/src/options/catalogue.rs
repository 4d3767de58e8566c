//! What is asked of what is built in: what there is, and what it costs.

use super::values::strategy;
use clap::{Args, ValueEnum};
use pepperland_search::Strategy;
use std::num::NonZero;
use std::path::PathBuf;

/// List what has a name.
#[derive(Debug, Args)]
pub struct List {
    /// What to list
    pub what: Listed,
    /// How to print the list
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub format: ListFormat,
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
    /// Strategies of the search
    Strategies,
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

/// Measure beside peers.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure [default: everything but the 10^8 deliveries]
    pub what: Vec<Measured>,
    /// Keep the histories of linearizability in this folder, to give them to other tools
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
    /// Of detection and shrinking, measure only every so-manieth flaw
    #[arg(long, value_name = "K", default_value = "1")]
    pub sample: NonZero<usize>,
    /// Of detection, strategies to measure beside each other, with commas
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = strategy)]
    pub strategies: Vec<&'static Strategy>,
    /// Of shrinking, and of detection with strategies, from how many seeds each search begins
    /// [default: 5 and 30]
    #[arg(long, value_name = "N")]
    pub seeds: Option<NonZero<u64>>,
    /// Of shrinking, and of detection with strategies, only these flaws
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub flaws: Vec<String>,
    /// Of difato, how many requests are made one after the other [default: 10000, as in the paper]
    #[arg(long, value_name = "N")]
    pub requests: Option<NonZero<u32>>,
    /// Of difato, write its two figures into this folder
    #[arg(long, value_name = "DIR")]
    pub figures: Option<PathBuf>,
    /// Of difato, measure processes in real time as well: not the same everywhere
    #[arg(long)]
    pub processes: bool,
}

/// What can be measured.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Measured {
    /// The simulator beside turmoil
    Simulator,
    /// Small scenarios: plan, run and check
    Scenarios,
    /// The switch that joins nodes in network namespaces, beside veth and a bridge
    Switch,
    /// The basic checkers, on 10^7 deliveries
    Checkers,
    /// The basic checkers, on 10^7 and 10^8 deliveries
    Growth,
    /// Linearizability, on 10^6 operations of 10 and of 20 clients
    Linearizability,
    /// Runs until each planted flaw is found, over 30 seeds, as a table in Markdown
    Detection,
    /// How small the findings of each planted flaw become, at what cost, and whether their
    /// signatures tell flaws apart, as tables in Markdown
    Shrinking,
    /// How soon and how wrongly each failure detector suspects, as a table in Markdown
    Detectors,
    /// How long groups take over their views, as a table in Markdown
    Views,
    /// What one multicast costs in each protocol, as a table in Markdown
    Protocols,
    /// How many servers answer a request, with and without faults, as a table in Markdown
    Responders,
    /// That coordinated attack has no solution: each protocol and a run that shows it, as a table
    /// in Markdown
    Attack,
    /// How long DifATo takes over a request, as its paper measured it, as tables in Markdown
    Difato,
    /// What atomic multicasts cost and how many faults they live with, beside Table 1 of DifATo's
    /// paper, as tables in Markdown
    Table1,
    /// The exploration of a small scope beside Stateright's, as a table in Markdown
    Explore,
    /// Programs over the line protocol in real time: rates, latencies, and the harness's own share
    Stdio,
}
