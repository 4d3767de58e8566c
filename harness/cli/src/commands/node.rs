//! `pepperland node`: one node of an implementation, over the line protocol.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::Node;
use pepperland_process::node::{Part, Stopped, serve};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;
use std::process::ExitCode;

/// Is a node until its standard input ends.
pub fn node(options: &Node, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let implementation = catalog.implementation(&options.implementation)?;
    let flaw = options.flaw.as_deref();
    if let Some(flaw) = flaw.filter(|flaw| !implementation.can_be_built_with(flaw)) {
        let name = implementation.name;
        return Err(Failure::Usage(format!("there is no flaw \"{flaw}\" of {name}")));
    }
    let failed = |error: io::Error| Failure::Harness(format!("failed to open the pipes: {error}"));
    let (input, output) = (unbuffered(io::stdin()), unbuffered(io::stdout()));
    let (input, output) = (input.map_err(failed)?, output.map_err(failed)?);
    let model = &implementation.model;
    let (views, registers) = (model.views, model.controlled.is_some());
    let part = Part { build: &implementation.build, flaw, views, registers };
    serve(&part, input, output, Path::new(".")).map_err(failure)?;
    Ok(ExitCode::SUCCESS)
}

/// The stream itself: nothing may wait in a buffer while the node waits for the stream.
fn unbuffered(stream: impl AsFd) -> io::Result<File> {
    Ok(File::from(stream.as_fd().try_clone_to_owned()?))
}

fn failure(stopped: Stopped) -> Failure {
    match stopped {
        Stopped::NotInit(_) | Stopped::Senseless(_) | Stopped::NotStored { .. } => {
            Failure::Usage(stopped.to_string())
        }
        Stopped::Disk { .. } | Stopped::Socket { .. } | Stopped::Pipe(_) => {
            Failure::Harness(stopped.to_string())
        }
    }
}
