//! What one mounted system asks of the disk.

use crate::disk::{Disk, SystemId};
use crate::fuse::attributes::{described, fresh, moment_of, new_of};
use crate::modes::Access;
use crate::tree::{Allocation, Body, Depth, How, Ino, Kind, Moment, New, Range, Tree};
use fuser::{FileAttr, RenameFlags, TimeOrNow};
use rustix::fs::{FallocateFlags, OFlags};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};

/// The set-group-id bit, which a folder hands down.
const SET_GROUP: u32 = 0o2000;

/// A mounted system, while it reaches the disk.
#[derive(Debug)]
pub struct System {
    /// The disk.
    pub disk: Disk,
    /// Its number.
    pub id: SystemId,
}

/// A name in a folder.
pub type Place<'a> = (Ino, &'a OsStr);

/// Who asks.
#[derive(Copy, Clone, Debug)]
pub struct Asker {
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// What setattr changes; what is absent stays.
#[derive(Debug, Default)]
pub struct Wanted {
    /// The permission bits.
    pub mode: Option<u32>,
    /// The owner.
    pub uid: Option<u32>,
    /// The group.
    pub gid: Option<u32>,
    /// The size.
    pub size: Option<u64>,
    /// When it was last read.
    pub accessed: Option<TimeOrNow>,
    /// When its content last changed.
    pub modified: Option<TimeOrNow>,
}

/// One name in a folder, for readdir.
#[derive(Debug)]
pub struct Listed {
    /// Where to go on after it.
    pub cookie: u64,
    /// What has it.
    pub ino: Ino,
    /// What sort of thing that is.
    pub kind: Kind,
    /// The name.
    pub name: OsString,
}

impl System {
    /// What has a name; the system holds it from now on.
    pub fn look_up(&self, place: Place<'_>) -> Result<FileAttr, Errno> {
        self.disk.act(self.id, Access::Look, |volume| {
            let ino = volume.tree.lookup(place)?;
            pinned(&mut volume.tree, ino)
        })
    }

    /// The system lets go of it, so many times.
    pub fn let_go(&self, ino: Ino, times: u64) {
        let _ = self.disk.act(self.id, Access::Look, |volume| {
            volume.tree.unpin(ino, times);
            Ok(())
        });
    }

    /// What is known of it.
    pub fn describe(&self, ino: Ino) -> Result<FileAttr, Errno> {
        self.disk.act(self.id, Access::Look, |volume| described(&volume.tree, ino))
    }

    /// Changes what is known of it.
    pub fn change(&self, ino: Ino, wanted: &Wanted) -> Result<FileAttr, Errno> {
        let access = if wanted.size.is_some() { Access::Write } else { Access::Name };
        self.disk.act(self.id, access, |volume| {
            let now = volume.now();
            if let Some(size) = wanted.size {
                volume.tree.resize(ino, size, now)?;
            }
            let at = |time: &TimeOrNow| match time {
                TimeOrNow::SpecificTime(time) => moment_of(*time),
                TimeOrNow::Now => now,
            };
            volume.tree.alter(ino, now, |attributes| {
                let mode = wanted.mode.map(|mode| mode & 0o7777);
                attributes.mode = mode.unwrap_or(attributes.mode);
                attributes.uid = wanted.uid.unwrap_or(attributes.uid);
                attributes.gid = wanted.gid.unwrap_or(attributes.gid);
                attributes.accessed = wanted.accessed.as_ref().map_or(attributes.accessed, at);
                attributes.modified = wanted.modified.as_ref().map_or(attributes.modified, at);
            })?;
            described(&volume.tree, ino)
        })
    }

    /// Where a symbolic link points.
    pub fn target(&self, ino: Ino) -> Result<OsString, Errno> {
        self.disk.act(self.id, Access::Look, |volume| match &volume.tree.inode(ino)?.body {
            Body::Link(target) => Ok(target.clone()),
            _ => Err(Errno::INVAL),
        })
    }

    /// Makes something by mknod(2).
    pub fn make_node(&self, place: Place<'_>, mode: u32, who: Asker) -> Result<FileAttr, Errno> {
        self.make(place, new_of(mode)?, mode, who)
    }

    /// Makes something; the system holds it from now on.
    pub fn make(
        &self,
        place: Place<'_>,
        new: New,
        mode: u32,
        who: Asker,
    ) -> Result<FileAttr, Errno> {
        self.disk.act(self.id, Access::Name, |volume| {
            let above = volume.tree.inode(place.0)?.attributes;
            let hands_down = above.mode & SET_GROUP != 0;
            let gid = if hands_down { above.gid } else { who.gid };
            let is_folder = matches!(new, New::Folder);
            let mode = if hands_down && is_folder { mode | SET_GROUP } else { mode };
            let attributes = fresh(mode, who.uid, gid, volume.now());
            let ino = volume.tree.make(place, new, attributes)?;
            pinned(&mut volume.tree, ino)
        })
    }

    /// Opens a file, and makes it if it is not there.
    pub fn create(
        &self,
        place: Place<'_>,
        mode: u32,
        flags: OFlags,
        who: Asker,
    ) -> Result<FileAttr, Errno> {
        match self.make(place, New::File, mode, who) {
            Err(Errno::EXIST) if !flags.contains(OFlags::EXCL) => self.look_up(place),
            made => made,
        }
    }

    /// Gives a file one more name.
    pub fn link(&self, ino: Ino, place: Place<'_>) -> Result<FileAttr, Errno> {
        self.disk.act(self.id, Access::Name, |volume| {
            let now = volume.now();
            volume.tree.link(ino, place, now)?;
            pinned(&mut volume.tree, ino)
        })
    }

    /// Takes a name away.
    pub fn unlink(&self, place: Place<'_>) -> Result<(), Errno> {
        self.rename_with(|tree, now| tree.unlink(place, now))
    }

    /// Removes a folder.
    pub fn remove_folder(&self, place: Place<'_>) -> Result<(), Errno> {
        self.rename_with(|tree, now| tree.remove_folder(place, now))
    }

    /// Renames.
    pub fn rename(&self, from: Place<'_>, to: Place<'_>, flags: RenameFlags) -> Result<(), Errno> {
        let how = match flags {
            flags if flags.is_empty() => How::Replace,
            RenameFlags::RENAME_NOREPLACE => How::Keep,
            RenameFlags::RENAME_EXCHANGE => How::Exchange,
            _ => return Err(Errno::INVAL),
        };
        self.rename_with(|tree, now| tree.rename(from, to, how, now))
    }

    fn rename_with(
        &self,
        what: impl FnOnce(&mut Tree, Moment) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        self.disk.act(self.id, Access::Name, |volume| {
            let now = volume.now();
            what(&mut volume.tree, now)
        })
    }

    /// Opens something: for writing only where it may be written.
    pub fn open(&self, flags: OFlags) -> Result<(), Errno> {
        let reads = (flags & OFlags::RWMODE) == OFlags::RDONLY;
        let read_only = self.disk.modes().read_only;
        let access = if read_only && !reads { Access::Name } else { Access::Look };
        self.disk.act(self.id, access, |_| Ok(()))
    }

    /// Reads a file.
    pub fn read(&self, ino: Ino, offset: u64, len: u32) -> Result<Vec<u8>, Errno> {
        let len = len as usize;
        self.disk.act(self.id, Access::Read, |volume| volume.tree.read(ino, offset, len))
    }

    /// Writes to a file, durably if it was opened so.
    pub fn write(&self, ino: Ino, at: u64, bytes: &[u8], flags: OFlags) -> Result<usize, Errno> {
        self.disk.act(self.id, Access::Write, |volume| {
            let now = volume.now();
            let written = volume.tree.write(ino, at, bytes, now)?;
            // O_SYNC has the bits of O_DSYNC, and one more.
            if flags.contains(OFlags::SYNC) {
                volume.sync(ino, Depth::All)?;
            } else if flags.contains(OFlags::DSYNC) {
                volume.sync(ino, Depth::Data)?;
            }
            Ok(written)
        })
    }

    /// Takes room in a file, or gives it back.
    pub fn allocate(&self, ino: Ino, offset: u64, len: u64, mode: i32) -> Result<(), Errno> {
        let flags = FallocateFlags::from_bits_retain(mode as u32);
        let keeps = flags.contains(FallocateFlags::KEEP_SIZE);
        let what = flags - FallocateFlags::KEEP_SIZE;
        let what = match what {
            what if what.is_empty() => Allocation::Fill,
            FallocateFlags::PUNCH_HOLE => Allocation::Punch,
            FallocateFlags::ZERO_RANGE => Allocation::Zero,
            _ => return Err(Errno::OPNOTSUPP),
        };
        let range = Range { offset, len, lengthens: !keeps };
        self.disk.act(self.id, Access::Write, |volume| {
            let now = volume.now();
            volume.tree.allocate(ino, what, range, now)
        })
    }

    /// Makes a file or folder durable.
    pub fn sync(&self, ino: Ino, data_only: bool) -> Result<(), Errno> {
        let depth = if data_only { Depth::Data } else { Depth::All };
        self.disk.act(self.id, Access::Sync, |volume| volume.sync(ino, depth))
    }

    /// The names in a folder after this cookie, one by one, as long as they are wanted.
    pub fn list(
        &self,
        folder: Ino,
        after: u64,
        mut wants: impl FnMut(Listed) -> bool,
    ) -> Result<(), Errno> {
        self.disk.act(self.id, Access::Look, |volume| {
            let tree = &volume.tree;
            let itself = [(1, ".", folder), (2, "..", tree.parent(folder)?)];
            for (cookie, name, ino) in itself.into_iter().filter(|(cookie, ..)| *cookie > after) {
                if !wants(Listed { cookie, ino, kind: Kind::Folder, name: name.into() }) {
                    return Ok(());
                }
            }
            for (cookie, name, ino) in tree.list(folder, after)? {
                let kind = tree.inode(ino)?.kind();
                if !wants(Listed { cookie, ino, kind, name: name.as_ref().into() }) {
                    break;
                }
            }
            Ok(())
        })
    }

    /// How many bytes it holds, and has free; and how many files there are.
    pub fn room(&self) -> Result<(u64, u64, u64), Errno> {
        self.disk.act(self.id, Access::Look, |volume| {
            let tree = &volume.tree;
            Ok((tree.room, tree.free(), tree.count()))
        })
    }
}

fn pinned(tree: &mut Tree, ino: Ino) -> Result<FileAttr, Errno> {
    tree.pin(ino);
    described(tree, ino)
}
