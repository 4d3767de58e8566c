//! The command line.

mod catalogue;
mod explore;
mod programs;
mod records;
mod run;
mod values;

pub use catalogue::{Bench, List, ListFormat, Listed, Measured};
pub use explore::Explore;
pub use programs::{Init, KeepNode, Language, Node};
pub use records::{Check, Explain, Export, Form, Replay, Report, Shrink};
pub use run::{Ci, Keep, Outside, Run};

use clap::{Parser, Subcommand, ValueEnum};

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
    /// Tell what a failure needs, from when on its run was lost, and the nearest run that passes
    Explain(Explain),
    /// Run every schedule of a small scope, up to equivalence, and judge them all
    Explore(Explore),
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

/// How to print verdicts.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Format {
    /// For people
    Human,
    /// One JSON object a line
    Json,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Options::command().debug_assert();
    }
}
