//! What a disk is like while nothing is wrong with it.

/// What a disk is like while nothing is wrong with it.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Settings {
    /// How many bytes it holds: beyond them ENOSPC. All its versions together, durable and not,
    /// take at most three times as much memory, and a third for what holds them together.
    pub bytes: u64,
    /// When a name becomes durable.
    pub names: Names,
    /// The permission bits of its root folder, which belongs to root.
    pub root_mode: u32,
}

/// When a name becomes durable: one that was given, changed or taken away.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Names {
    /// By fsync(2) of whatever comes after it, as ext4, XFS and others have it, which write
    /// changes of names in one journal and in order.
    #[default]
    Journal,
    /// By fsync(2) of its folder alone: all that POSIX promises, and the only thing that holds on
    /// every file system (Pillai et al., OSDI 2014, §3). A new file of which only the content was
    /// synced is gone, and so is whatever lies in a folder whose own name was not synced: programs
    /// that do well on every common file system lose all they have.
    ByFolder,
}

impl Default for Settings {
    /// 1 GiB, with a journal.
    fn default() -> Settings {
        Settings { bytes: 1 << 30, names: Names::Journal, root_mode: 0o755 }
    }
}
