//! Histories to read, plain or compressed.

use crate::exit::Failure;
use pepperland_core::history::History;
use std::io::Read;
use std::path::Path;

/// Reads a history: JSON lines, or the same compressed by gzip (`.gz`) or zstd (`.zst`).
///
/// # Errors
/// With the place and the mend.
pub fn read_history(path: &Path) -> Result<History, Failure> {
    let failed = |error: &dyn std::fmt::Display| {
        Failure::Usage(format!("failed to read {}: {error}", path.display()))
    };
    let file = std::fs::read(path).map_err(|error| failed(&error))?;
    let extension = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let mut bytes = Vec::new();
    match extension {
        "gz" => {
            let mut plain = flate2::read::MultiGzDecoder::new(&file[..]);
            plain.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        }
        "zst" => {
            let plain = ruzstd::decoding::StreamingDecoder::new(&file[..]);
            let mut plain = plain.map_err(|error| failed(&error))?;
            plain.read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        }
        _ => bytes = file,
    }
    History::read(&bytes).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}
