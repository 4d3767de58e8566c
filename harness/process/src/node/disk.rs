//! Stable storage as files in the working directory.

use crate::node::Stopped;
use pepperland_core::contract::{Stable, StableKey};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// A folder of stored values, a file each. A value is there whole or not at all: it is written
/// beside the old one, brought to the disk, and put in its place.
#[derive(Debug)]
pub struct Disk {
    folder: PathBuf,
}

/// A file of a stored value.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    format: String,
    version: u32,
    key: String,
    bytes: Vec<u8>,
}

const FORMAT: &str = "pepperland.stable";

/// How the name of a file ends that is still being written.
const UNFINISHED: &str = "unfinished";

impl Disk {
    /// The disk of a node with this working directory, and what an earlier incarnation has left.
    ///
    /// # Errors
    /// If something is there that no node has written.
    pub fn open(working_directory: &Path) -> Result<(Disk, Stable), Stopped> {
        let disk = Disk { folder: working_directory.join("stable") };
        let failed = |error| Stopped::Disk { path: disk.folder.clone(), error };
        fs::create_dir_all(&disk.folder).map_err(failed)?;
        let mut stable = Stable::default();
        for file in fs::read_dir(&disk.folder).map_err(failed)? {
            let path = file.map_err(failed)?.path();
            // A crash in the middle of a write leaves its beginning, beside what holds.
            if path.extension().is_none_or(|extension| extension != UNFINISHED) {
                let (key, bytes) = read(&path)?;
                stable.perform(key, bytes);
            }
        }
        Ok((disk, stable.after_crash()))
    }

    /// Writes a value beside the old one, which still holds.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn write_beside(&self, key: StableKey, bytes: &[u8]) -> Result<Written<'_>, Stopped> {
        let key = key_name(key);
        let path = self.folder.join(format!("{key}.json"));
        let entry = Entry { format: FORMAT.to_owned(), version: 1, key, bytes: bytes.to_owned() };
        let text = serde_json::to_vec(&entry).unwrap_or_default();
        let written = Written { disk: self, path };
        let wrote = File::create(written.fresh()).and_then(|mut file| {
            file.write_all(&text)?;
            file.sync_all()
        });
        wrote.map_err(|error| Stopped::Disk { path: written.path.clone(), error })?;
        Ok(written)
    }
}

/// A value beside the one that holds.
pub struct Written<'a> {
    disk: &'a Disk,
    path: PathBuf,
}

impl Written<'_> {
    fn fresh(&self) -> PathBuf {
        self.path.with_extension(UNFINISHED)
    }

    /// It holds from now on.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn put_in_place(self) -> Result<(), Stopped> {
        let folder = &self.disk.folder;
        let put =
            fs::rename(self.fresh(), &self.path).and_then(|()| File::open(folder)?.sync_all());
        put.map_err(|error| Stopped::Disk { path: self.path, error })
    }
}

fn read(path: &Path) -> Result<(StableKey, Vec<u8>), Stopped> {
    let wrong = |why: String| Stopped::NotStored { path: path.to_owned(), why };
    let text = fs::read(path).map_err(|error| wrong(error.to_string()))?;
    let entry: Entry = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if entry.format != FORMAT || entry.version != 1 {
        return Err(wrong(format!("it is no {FORMAT} of version 1")));
    }
    let key = key_of(&entry.key).ok_or_else(|| wrong("its key is none".to_owned()))?;
    Ok((key, entry.bytes))
}

/// The name of a place in stable storage.
pub fn key_name((place, name): StableKey) -> String {
    format!("{place}.{name}")
}

/// The place of a name. Names live as long as the program, which has few of them.
fn key_of(name: &str) -> Option<StableKey> {
    let (place, name) = name.split_once('.')?;
    Some((place.parse().ok()?, name.to_owned().leak()))
}

/// What the harness has kept for the node.
///
/// # Errors
/// If it is not what the node has stored.
pub fn from_harness(stored: &Map<String, Value>) -> Result<Stable, Stopped> {
    let mut stable = Stable::default();
    for (name, value) in stored {
        let foreign = || Stopped::Senseless(format!("nothing was stored as \"{name}\""));
        let key = key_of(name).ok_or_else(foreign)?;
        let bytes = Vec::<u8>::deserialize(value).map_err(|_| foreign())?;
        stable.perform(key, bytes);
    }
    Ok(stable.after_crash())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: StableKey = (3, "pending");

    fn write(disk: &Disk, key: StableKey, bytes: &[u8]) {
        disk.write_beside(key, bytes).unwrap().put_in_place().unwrap();
    }

    fn stored(stable: &Stable) -> Vec<(StableKey, Vec<u8>)> {
        stable.entries().map(|(key, bytes)| (key, bytes.to_vec())).collect()
    }

    #[test]
    fn what_is_written_is_found_again_and_the_last_write_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, stable) = Disk::open(folder.path()).unwrap();
        assert!(stable.is_empty());
        write(&disk, KEY, b"one");
        write(&disk, (0, "log"), &[0, 255]);
        write(&disk, KEY, b"two");
        fs::write(folder.path().join("stable/3.pending.unfinished"), "{\"form").unwrap();
        let (_, stable) = Disk::open(folder.path()).unwrap();
        assert_eq!(stored(&stable), [((0, "log"), vec![0, 255]), (KEY, b"two".to_vec())]);
    }

    #[test]
    fn until_a_value_is_put_in_place_the_old_one_holds() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, _) = Disk::open(folder.path()).unwrap();
        write(&disk, KEY, b"one");
        let written = disk.write_beside(KEY, b"two").unwrap();
        let (_, stable) = Disk::open(folder.path()).unwrap();
        assert_eq!(stored(&stable), [(KEY, b"one".to_vec())]);
        written.put_in_place().unwrap();
        let (_, stable) = Disk::open(folder.path()).unwrap();
        assert_eq!(stored(&stable), [(KEY, b"two".to_vec())]);
    }

    #[test]
    fn torn_and_foreign_files_are_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let (disk, _) = Disk::open(folder.path()).unwrap();
        write(&disk, KEY, b"one");
        let path = folder.path().join("stable/3.pending.json");
        let whole = fs::read(&path).unwrap();
        let foreign = String::from_utf8_lossy(&whole).replace("pepperland", "postgres");
        for wrong in [&whole[..whole.len() / 2], b"", b"hello", foreign.as_bytes()] {
            fs::write(&path, wrong).unwrap();
            let refused = Disk::open(folder.path()).unwrap_err().to_string();
            assert!(refused.contains("3.pending.json is not what a node has stored"), "{refused}");
        }
    }

    #[test]
    fn the_harness_gives_back_what_it_was_given() {
        let mut kept = Map::new();
        kept.insert(key_name(KEY), Value::from(b"one".to_vec()));
        assert_eq!(stored(&from_harness(&kept).unwrap()), [(KEY, b"one".to_vec())]);
        for (key, value) in [("pending", Value::from(vec![1])), ("3.x", Value::from("one"))] {
            assert!(from_harness(&Map::from_iter([(key.to_owned(), value)])).is_err());
        }
    }
}
