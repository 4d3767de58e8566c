//! `pepperland report`: write the pages of a run's folder again.

use crate::exit::Failure;
use crate::files::RunFolder;
use crate::options::Report;
use crate::output::print;
use std::process::ExitCode;

/// Reads the folder and writes its pages.
pub fn report(options: &Report) -> Result<ExitCode, Failure> {
    let folder = RunFolder::open(&options.dir)?;
    folder.write_pages(&folder.read()?, "")?;
    print(&format!("report     {}\n", folder.index().display()));
    Ok(ExitCode::SUCCESS)
}
