//! The files of a run: its folder, the folders of its findings, and histories to read.

mod finding;
mod history;
mod logs;
mod run;

pub use finding::{Stored, find_finding, read_schedule};
pub use history::read_history;
pub use run::RunFolder;

use crate::exit::Failure;
use pepperland_core::utf8::utf8;
use std::io::Write;
use std::path::Path;

/// Writes a file whole or not at all.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Harness(format!("failed to write {}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|error| failed(&error))?;
    file.write_all(bytes).map_err(|error| failed(&error))?;
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(readable).map_err(|error| failed(&error))?;
    file.persist(path).map_err(|error| failed(&error))?;
    Ok(())
}

/// Reads a text file that somebody named.
///
/// # Errors
/// If it cannot be read, or is no text, with the place.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::Usage(format!("failed to read {}: {error}", path.display())))?;
    let text =
        utf8(&bytes).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Ok(text.to_owned())
}
