//! The subcommands, one a file.

mod bench;
mod check;
mod columns;
mod completions;
mod doctor;
mod explain;
mod explore;
mod export;
mod init;
mod keep;
mod list;
mod node;
mod quality;
mod replay;
mod report;
mod run;
mod shrink;
mod views;

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::{Command, Options};
use crate::output::{print, say, was_lost};
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line with a catalogue.
pub fn run(args: impl IntoIterator<Item = OsString>, catalog: &Catalog) -> ExitCode {
    let options = match Options::try_parse_from(args) {
        Ok(options) => options,
        Err(error) => return usage(&error),
    };
    let outcome = match options.command {
        Command::Run(run) => run::run(&run, catalog),
        Command::Check(check) => check::check(&check, catalog),
        Command::Replay(replay) => replay::replay(&replay, catalog),
        Command::Shrink(shrink) => shrink::shrink(&shrink, catalog),
        Command::Explain(explain) => explain::explain(&explain, catalog),
        Command::Explore(explore) => explore::explore(&explore, catalog),
        Command::Report(report) => report::report(&report),
        Command::Export(export) => export::export(&export),
        Command::List(list) => list::list(&list, catalog),
        Command::Bench(bench) => bench::bench(&bench, catalog),
        Command::Node(node) => node::node(&node, catalog),
        Command::Doctor => doctor::doctor(),
        Command::Init(init) => init::init(&init),
        Command::Completions { shell } => completions::completions(shell),
        Command::KeepNode(keep) => keep::keep(&keep),
    };
    let code = outcome.unwrap_or_else(Failure::end);
    if was_lost() {
        return Failure::Harness("failed to write the results to stdout".to_owned()).end();
    }
    code
}

/// Help and version are no errors; everything else is exit 64.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        print(&error.render().to_string());
        return ExitCode::SUCCESS;
    }
    say(&error.render().to_string());
    say("exit 64: usage or configuration");
    ExitCode::from(64)
}
