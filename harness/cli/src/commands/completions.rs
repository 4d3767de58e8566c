//! `pepperland completions`: completions for a shell.

use crate::exit::Failure;
use crate::options::Options;
use crate::output::print;
use clap::CommandFactory;
use std::process::ExitCode;

/// Prints the completions of a shell.
pub fn completions(shell: clap_complete::Shell) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Options::command(), "pepperland", &mut script);
    print(&String::from_utf8_lossy(&script));
    Ok(ExitCode::SUCCESS)
}
