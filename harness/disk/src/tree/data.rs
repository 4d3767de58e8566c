//! What is in files, and their attributes: read and changed.

use crate::tree::chunk::CHUNK;
use crate::tree::file::{File, Range};
use crate::tree::{Attributes, Body, Ino, Moment, Tree};
use rustix::io::Errno;

/// The longest file, bytes: the greatest off_t.
const LONGEST: u64 = i64::MAX as u64;

/// What fallocate(2) does with a range of a file.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Allocation {
    /// Takes room for it.
    Fill,
    /// Cuts a hole.
    Punch,
    /// Fills it with zeros, and takes room for it.
    Zero,
}

impl Tree {
    /// Up to so many bytes of a file from there on.
    pub fn read(&self, ino: Ino, offset: u64, len: usize) -> Result<Vec<u8>, Errno> {
        Ok(self.file(ino)?.cached.read(offset, len))
    }

    /// Writes to a file. How many bytes: fewer than there are if the disk is full then.
    pub fn write(&mut self, ino: Ino, at: u64, bytes: &[u8], now: Moment) -> Result<usize, Errno> {
        reach(at, bytes.len() as u64)?;
        self.relieve();
        let room = self.free() / CHUNK as u64;
        let meter = self.meter.clone();
        let written = self.change_file(ino, now, |file| file.write(at, bytes, room, &meter))?;
        if written == 0 && !bytes.is_empty() { Err(Errno::NOSPC) } else { Ok(written) }
    }

    /// Makes a file longer or shorter.
    pub fn resize(&mut self, ino: Ino, size: u64, now: Moment) -> Result<(), Errno> {
        reach(size, 0)?;
        self.change_file(ino, now, |file| file.resize(size))
    }

    /// Takes room in a file, or gives it back.
    pub fn allocate(
        &mut self,
        ino: Ino,
        what: Allocation,
        range: Range,
        now: Moment,
    ) -> Result<(), Errno> {
        reach(range.offset, range.len)?;
        self.relieve();
        let room = self.free() / CHUNK as u64;
        let meter = self.meter.clone();
        self.change_file(ino, now, |file| {
            if what != Allocation::Fill {
                file.punch(range, &meter);
            }
            match what {
                Allocation::Punch => Ok(()),
                Allocation::Fill | Allocation::Zero => file.allocate(range, room, &meter),
            }
        })?
    }

    /// Changes attributes.
    pub fn alter(
        &mut self,
        ino: Ino,
        now: Moment,
        change: impl FnOnce(&mut Attributes),
    ) -> Result<(), Errno> {
        self.with(ino, |inode| {
            change(&mut inode.attributes);
            inode.attributes.changed = now;
            inode.touched = true;
        })
    }

    /// Does something with the content of a file, and takes note of when.
    fn change_file<T>(
        &mut self,
        ino: Ino,
        now: Moment,
        change: impl FnOnce(&mut File) -> T,
    ) -> Result<T, Errno> {
        self.file(ino)?;
        self.with(ino, |inode| {
            inode.attributes.modified = now;
            inode.attributes.changed = now;
            inode.touched = true;
            match &mut inode.body {
                Body::File(file) => Ok(change(file)),
                _ => Err(Errno::INVAL),
            }
        })?
    }

    /// Where a file was cut, and not synced, its old content takes room beside the new; so do the
    /// promises of a disk that lies. When that becomes too much, all is written, as a system does
    /// that is short of memory.
    fn relieve(&mut self) {
        if self.meter.bytes() / 3 > self.settings.bytes {
            self.write_back();
            self.pressed += 1;
        }
    }
}

fn reach(offset: u64, len: u64) -> Result<(), Errno> {
    match offset.checked_add(len) {
        Some(end) if end <= LONGEST => Ok(()),
        _ => Err(Errno::FBIG),
    }
}
