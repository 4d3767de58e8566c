//! `pepperland keep`: the parent of a node's process.

use crate::exit::Failure;
use crate::options::KeepNode;
use pepperland_process::kept::{self, Exit};
use std::process::ExitCode;

/// Runs a program until nothing of it is left, and ends as it has, a signal being 128 and its
/// number.
pub fn keep(keep: &KeepNode) -> Result<ExitCode, Failure> {
    let kept = kept::keep(keep.harness, &keep.report, &keep.program, &keep.arguments);
    let exit = kept.map_err(|error| Failure::Harness(error.to_string()))?;
    Ok(match exit {
        Exit::Status(status) => ExitCode::from(status as u8),
        Exit::Signal(number) => ExitCode::from(128 + number as u8),
    })
}
