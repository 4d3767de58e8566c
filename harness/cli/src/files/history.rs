//! Histories to read, plain or compressed.

use crate::exit::Failure;
use pepperland_core::history::History;
use std::io::Read;
use std::path::Path;

/// A compressed file is not unpacked beyond so many bytes.
const MOST: u64 = 4 << 30;

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
            let plain = flate2::read::MultiGzDecoder::new(&file[..]);
            plain.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        }
        "zst" => {
            let plain = ruzstd::decoding::StreamingDecoder::new(&file[..]);
            let plain = plain.map_err(|error| failed(&error))?;
            plain.take(MOST + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
        }
        _ => bytes = file,
    }
    if !extension.is_empty() && bytes.len() as u64 > MOST {
        return Err(failed(&"it is larger than 4 GiB when unpacked; unpack it to a file first"));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        return Err(failed(&"it begins with a byte order mark; save it as UTF-8 without one"));
    }
    History::read(&bytes).map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}
