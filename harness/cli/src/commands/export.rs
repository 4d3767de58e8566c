//! `pepperland export`: a finding in the form of another tool, on stdout.

use crate::exit::Failure;
use crate::files::{Stored, find_finding};
use crate::options::{Export, Form};
use crate::output::{print, print_bytes};
use std::process::ExitCode;

/// Prints the finding in the form that is asked for.
pub fn export(options: &Export) -> Result<ExitCode, Failure> {
    let name = &options.finding;
    let folder = find_finding(name).ok_or_else(|| {
        Failure::Usage(format!("\"{name}\" is no finding of runs/latest and no finding's folder"))
    })?;
    let finding = Stored::read(&folder)?.into_finding();
    match options.form {
        Form::Svg => {
            let proof = &finding.witness.events;
            print(&pepperland_reports::diagram::standalone(&finding.history, proof));
        }
        Form::Pcap => print_bytes(finding.history.capture.as_deref().ok_or_else(|| {
            let folder = folder.display();
            Failure::Usage(format!(
                "{folder} has no frames: runs with --network netns are captured"
            ))
        })?),
    }
    Ok(ExitCode::SUCCESS)
}
