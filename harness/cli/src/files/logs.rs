//! What the nodes of a finding wrote on the side: a file for each, beside its history.

use crate::exit::Failure;
use crate::files::write;
use pepperland_core::history::Log;
use std::path::{Path, PathBuf};

/// Writes every log that is not empty.
///
/// # Errors
/// If the disk does not take it.
pub fn write_all(folder: &Path, logs: &[Log]) -> Result<(), Failure> {
    let written = logs.iter().filter(|log| !log.text.is_empty());
    let mut placed = written.filter_map(|log| Some((path_of(folder, &log.node)?, log)));
    placed.try_for_each(|(path, log)| write(&path, log.text.as_bytes()))
}

/// Reads the logs of these nodes, of those that have one.
///
/// # Errors
/// If one cannot be read.
pub fn read_all(folder: &Path, nodes: &[String]) -> Result<Vec<Log>, Failure> {
    let mut logs = Vec::new();
    for (node, path) in nodes.iter().filter_map(|node| Some((node, path_of(folder, node)?))) {
        if path.is_file() {
            let bytes = std::fs::read(&path).map_err(|error| {
                Failure::Usage(format!("failed to read {}: {error}", path.display()))
            })?;
            logs.push(Log::of(node, &bytes));
        }
    }
    Ok(logs)
}

/// The file of a node's log; none for a name that would lead elsewhere.
fn path_of(folder: &Path, node: &str) -> Option<PathBuf> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let safe = !node.is_empty() && node.len() <= 100 && node.bytes().all(plain);
    safe.then(|| folder.join("logs").join(format!("{node}.log")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let logs = [Log::of("n1", b"one\n"), Log::of("n2", b""), Log::of("n3", b"three")];
        write_all(folder.path(), &logs).unwrap();
        let text = std::fs::read_to_string(folder.path().join("logs/n1.log")).unwrap();
        assert_eq!(text, "one\n");
        let nodes = ["n1", "n2", "n3"].map(str::to_owned);
        let [first, _, third] = logs;
        assert_eq!(read_all(folder.path(), &nodes).unwrap(), [first, third]);
    }

    #[test]
    fn a_name_leads_nowhere_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["../n1", "/n1", "", "a.b", "a\nb"] {
            write_all(folder.path(), &[Log::of(name, b"text")]).unwrap();
            assert_eq!(read_all(folder.path(), &[name.to_owned()]).unwrap(), []);
        }
        assert!(!folder.path().join("logs").exists());
    }
}
