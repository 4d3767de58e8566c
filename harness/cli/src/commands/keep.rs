//! `pepperland keep`: the parent of a node's process.

use crate::exit::Failure;
use crate::options::KeepNode;
use pepperland_process::kept::{self, Exit};
use std::process::ExitCode;

/// Runs a program until nothing of it is left, and ends as it has, a signal being 128 and its
/// number.
pub fn keep(keep: &KeepNode) -> Result<ExitCode, Failure> {
    let (report, enclosure) = (&keep.report, keep.enclosure.as_deref());
    let (program, arguments) = (&keep.program, &keep.arguments);
    let kept = match keep.harness {
        Some(harness) => kept::keep(harness, report, enclosure, program, arguments),
        None => kept::init(report, enclosure, program, arguments),
    };
    let exit = kept.map_err(|error| Failure::Harness(error.to_string()))?;
    Ok(match exit {
        Exit::Status(status) => ExitCode::from(status as u8),
        Exit::Signal(number) => ExitCode::from(128 + number as u8),
    })
}
