//! Standing still, all at once: nobody in the group runs, and nobody notices.

use crate::kept::cgroups::Cgroup;
use std::fs;
use std::io;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

/// How often is looked whether all stand still: 1 s in all. One that waits for a device may take
/// longer, but executes nothing either.
const LOOKS: usize = 5_000;
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);

/// The file of one version, what is written into it, and what tells that it is so.
struct Freezer {
    file: &'static str,
    freeze: &'static str,
    thaw: &'static str,
    told_in: &'static str,
    told: &'static str,
}

const FREEZERS: [Freezer; 2] = [
    Freezer {
        file: "cgroup.freeze",
        freeze: "1",
        thaw: "0",
        told_in: "cgroup.events",
        told: "frozen 1",
    },
    Freezer {
        file: "freezer.state",
        freeze: "FROZEN",
        thaw: "THAWED",
        told_in: "freezer.state",
        told: "FROZEN",
    },
];

impl Cgroup {
    /// Whether it can be frozen.
    pub fn freezes(&self) -> bool {
        self.freezer().is_some()
    }

    /// Stands all in it still: when this returns none of them runs.
    ///
    /// # Errors
    /// If it cannot be frozen.
    pub fn freeze(&self) -> io::Result<()> {
        let none = || io::Error::other("nothing freezes processes here");
        let (freezer, folder) = self.freezer().ok_or_else(none)?;
        fs::write(folder.join(freezer.file), freezer.freeze)?;
        for _ in 0..LOOKS {
            let told = fs::read_to_string(folder.join(freezer.told_in))?;
            if told.lines().any(|line| line == freezer.told) {
                break;
            }
            sleep(BETWEEN_LOOKS);
        }
        Ok(())
    }

    /// Lets all in it go on.
    pub fn thaw(&self) {
        if let Some((_, folder)) = self.freezer() {
            thaw(folder);
        }
    }

    /// Whether it has been frozen, and not been thawed.
    pub fn is_frozen(&self) -> bool {
        let state = self.freezer().and_then(|(freezer, folder)| {
            let state = fs::read_to_string(folder.join(freezer.file)).ok()?;
            Some(state.trim_end() != freezer.thaw)
        });
        state.unwrap_or(false)
    }

    fn freezer(&self) -> Option<(&'static Freezer, &Path)> {
        FREEZERS.iter().find_map(|freezer| {
            let place = self.places.iter().find(|place| place.offers(freezer.file))?;
            Some((freezer, place.folder()))
        })
    }
}

/// Lets a group go on, of whichever version it is. A process that has been killed while its group
/// was frozen dies, under version 1, only after that.
pub fn thaw(folder: &Path) {
    for freezer in &FREEZERS {
        let file = folder.join(freezer.file);
        if file.exists() {
            let _ = fs::write(file, freezer.thaw);
        }
    }
}
