//! What is wrong with a disk, switched at any time.

use std::time::Duration;

/// What is wrong with a disk. Several things may be at once; by default nothing is.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Modes {
    /// What fsync(2) and its like do.
    pub sync: Sync,
    /// It holds so many bytes only: whatever would need more is refused with ENOSPC. What is there
    /// already stays, and may be written over.
    pub full: Option<u64>,
    /// Nothing may be changed: EROFS. A sync still writes what had been taken before.
    pub read_only: bool,
    /// Some reads and writes fail with EIO.
    pub errors: Option<Errors>,
    /// Operations take longer.
    pub latency: Latency,
}

/// What fsync(2), fdatasync(2) and writes with O_SYNC or O_DSYNC do.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Sync {
    /// What they promise.
    #[default]
    Honest,
    /// They answer that all is durable though it is not, as a disk does that keeps its writes in a
    /// cache without a battery. When this mode ends, it becomes so.
    Lying(Kept),
    /// They answer EIO where there is anything to write, and what was written of a file's content
    /// counts as clean then: read back it is there, and no later sync writes it (Rebello et al.,
    /// *Can Applications Recover from fsync Failures?*, ATC 2020; ext4 and XFS). Names, sizes and
    /// attributes wait for a later sync.
    Failing,
}

/// When that becomes true which a lying sync said.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Kept {
    /// Not while the disk lies.
    Never,
    /// So long after.
    After(Duration),
    /// When the next sync says something: the last one alone is a lie.
    AtTheNext,
}

/// How often reads and writes fail, in parts per million.
///
/// The system keeps what it has read of an open file: what it has is not read from the disk again.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Errors {
    /// Reads of files.
    pub reads: u32,
    /// Writes to files, and changes of their size.
    pub writes: u32,
    /// Which of them: equal numbers let equal operations fail.
    pub draw: u64,
}

/// How much longer operations take. They wait for one another, as before a disk with one head.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Latency {
    /// Reads of files.
    pub read: Duration,
    /// Writes to files, and changes of their size.
    pub write: Duration,
    /// Syncs.
    pub sync: Duration,
    /// Changes of names and attributes.
    pub name: Duration,
}

impl Latency {
    /// All operations take so much longer.
    pub fn of_each(by: Duration) -> Latency {
        Latency { read: by, write: by, sync: by, name: by }
    }
}

/// What an operation wants of the disk.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub(crate) enum Access {
    /// To look names and attributes up: the system has them in memory mostly, and it never fails.
    Look,
    /// To read a file.
    Read,
    /// To write to a file.
    Write,
    /// To make something durable.
    Sync,
    /// To change names or attributes.
    Name,
}

impl Modes {
    /// How much longer that takes.
    pub(crate) fn latency_of(&self, access: Access) -> Duration {
        match access {
            Access::Look => Duration::ZERO,
            Access::Read => self.latency.read,
            Access::Write => self.latency.write,
            Access::Sync => self.latency.sync,
            Access::Name => self.latency.name,
        }
    }
}
