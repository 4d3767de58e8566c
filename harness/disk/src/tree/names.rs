//! Names: looked up, given, changed and taken away.

use crate::tree::folder::Folder;
use crate::tree::inode::{INODE_COST, Inode, NAME_COST};
use crate::tree::journal::{Renaming, Slot};
use crate::tree::{Attributes, Body, Ino, Kind, Moment, Name, Tree};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The longest name, bytes: NAME_MAX.
const LONGEST_NAME: usize = 255;

/// The longest target of a symbolic link, bytes: PATH_MAX without its zero.
const LONGEST_TARGET: usize = 4095;

/// The most names of one file, as on ext4.
const MOST_LINKS: u64 = 65_000;

/// What to make.
#[derive(Clone, Debug)]
pub enum New {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link, and where it points.
    Link(OsString),
    /// A named pipe.
    Pipe,
    /// A socket.
    Socket,
}

/// What a rename does with what has the new name, as in renameat2(2).
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum How {
    /// It goes.
    Replace,
    /// There must be none.
    Keep,
    /// It gets the old name.
    Exchange,
}

/// A name in a folder.
pub type Place<'a> = (Ino, &'a OsStr);

impl Tree {
    /// What has this name.
    pub fn lookup(&self, (folder, name): Place<'_>) -> Result<Ino, Errno> {
        checked(name)?;
        self.folder(folder)?.get(name).ok_or(Errno::NOENT)
    }

    /// The names in a folder after this cookie, in order of cookies.
    pub fn list(
        &self,
        folder: Ino,
        after: u64,
    ) -> Result<impl Iterator<Item = (u64, &Name, Ino)>, Errno> {
        Ok(self.folder(folder)?.after(after))
    }

    /// The folder that this one is in.
    pub fn parent(&self, folder: Ino) -> Result<Ino, Errno> {
        Ok(self.folder(folder)?.parent)
    }

    /// Makes something, with this name.
    pub fn make(&mut self, place: Place<'_>, new: New, who: Attributes) -> Result<Ino, Errno> {
        let name = self.unused(place)?;
        self.have_room(INODE_COST + NAME_COST)?;
        let folder = place.0;
        let body = match new {
            New::File => Body::File(Default::default()),
            New::Folder => Body::Folder(Folder::within(folder)),
            New::Link(target) if target.is_empty() => return Err(Errno::NOENT),
            New::Link(target) if target.len() > LONGEST_TARGET => return Err(Errno::NAMETOOLONG),
            New::Link(target) => Body::Link(target),
            New::Pipe => Body::Pipe,
            New::Socket => Body::Socket,
        };
        let ino = self.next;
        self.next += 1;
        self.inodes.insert(ino, Inode::new(who, body));
        let slots = vec![Slot { folder, name, now: Some(ino) }];
        self.rename_as(Renaming { slots, inodes: vec![ino], ..Renaming::default() }, who.changed);
        Ok(ino)
    }

    /// Gives a file one more name.
    pub fn link(&mut self, ino: Ino, place: Place<'_>, now: Moment) -> Result<(), Errno> {
        let inode = self.inode(ino)?;
        match inode.kind() {
            Kind::Folder => return Err(Errno::PERM),
            _ if inode.names == 0 => return Err(Errno::NOENT),
            _ if inode.names >= MOST_LINKS => return Err(Errno::MLINK),
            _ => {}
        }
        let name = self.unused(place)?;
        self.have_room(NAME_COST)?;
        let slots = vec![Slot { folder: place.0, name, now: Some(ino) }];
        self.rename_as(Renaming { slots, inodes: vec![ino], ..Renaming::default() }, now);
        Ok(())
    }

    /// Takes a name of a file away.
    pub fn unlink(&mut self, place: Place<'_>, now: Moment) -> Result<(), Errno> {
        let ino = self.lookup(place)?;
        if self.inode(ino)?.kind() == Kind::Folder {
            return Err(Errno::ISDIR);
        }
        let slots = vec![Slot { folder: place.0, name: place.1.into(), now: None }];
        self.rename_as(Renaming { slots, inodes: vec![ino], ..Renaming::default() }, now);
        Ok(())
    }

    /// Removes an empty folder.
    pub fn remove_folder(&mut self, place: Place<'_>, now: Moment) -> Result<(), Errno> {
        let ino = self.lookup(place)?;
        if !self.folder(ino)?.is_empty() {
            return Err(Errno::NOTEMPTY);
        }
        let slots = vec![Slot { folder: place.0, name: place.1.into(), now: None }];
        let renaming = Renaming { slots, inodes: vec![ino], ..Renaming::default() };
        self.rename_as(Renaming { emptied: Some(ino), ..renaming }, now);
        Ok(())
    }

    /// Renames.
    pub fn rename(
        &mut self,
        from: Place<'_>,
        to: Place<'_>,
        how: How,
        now: Moment,
    ) -> Result<(), Errno> {
        let ino = self.lookup(from)?;
        let other = match self.lookup(to) {
            Ok(_) if how == How::Keep => return Err(Errno::EXIST),
            Ok(other) => Some(other),
            Err(Errno::NOENT) if how != How::Exchange => None,
            Err(error) => return Err(error),
        };
        self.not_within(ino, to.0)?;
        if self.inode(to.0)?.names == 0 {
            return Err(Errno::NOENT);
        }
        if other == Some(ino) {
            return Ok(());
        }
        let back = match other {
            Some(other) if how == How::Exchange => {
                self.not_within(other, from.0)?;
                Some(other)
            }
            Some(other) => {
                self.replaceable(other, ino)?;
                None
            }
            None => None,
        };
        let folder = |ino: Ino| self.folder(ino).is_ok();
        let renaming = Renaming {
            slots: vec![
                Slot { folder: from.0, name: from.1.into(), now: back },
                Slot { folder: to.0, name: to.1.into(), now: Some(ino) },
            ],
            inodes: [Some(ino), other].into_iter().flatten().collect(),
            emptied: other.filter(|other| back.is_none() && folder(*other)),
            moves_folder: folder(ino) || back.is_some_and(folder),
            promised: None,
        };
        self.rename_as(renaming, now);
        Ok(())
    }

    /// Whether one may take the place of another.
    fn replaceable(&self, old: Ino, new: Ino) -> Result<(), Errno> {
        match (self.folder(old), self.folder(new)) {
            (Ok(folder), Ok(_)) if !folder.is_empty() => Err(Errno::NOTEMPTY),
            (Ok(_), Err(_)) => Err(Errno::ISDIR),
            (Err(_), Ok(_)) => Err(Errno::NOTDIR),
            _ => Ok(()),
        }
    }

    /// Whether a folder is not above, nor is, the one that it is to lie in.
    fn not_within(&self, moved: Ino, into: Ino) -> Result<(), Errno> {
        let mut above = into;
        loop {
            if above == moved {
                return Err(Errno::INVAL);
            }
            let parent = self.folder(above)?.parent;
            if parent == above {
                return Ok(());
            }
            above = parent;
        }
    }

    /// Carries a change of names out, and takes note of it. What it names is there.
    fn rename_as(&mut self, renaming: Renaming, now: Moment) {
        let mut before = Vec::new();
        for slot in &renaming.slots {
            before.extend(self.set_name(slot, now));
        }
        for slot in &renaming.slots {
            if let Some(ino) = slot.now {
                self.named(ino, slot.folder, now);
            }
        }
        for ino in mentioned(&renaming) {
            let _ = self.with(ino, |inode| inode.waiting += 1);
        }
        self.journal.add(renaming);
        for ino in before {
            let _ = self.with(ino, |inode| {
                inode.names -= 1;
                inode.attributes.changed = now;
            });
            self.forget_if_gone(ino);
        }
        let surplus = self.journal.surplus();
        self.commit(&surplus);
    }

    /// Sets a name in what the node sees; what had it before.
    fn set_name(&mut self, slot: &Slot, now: Moment) -> Option<Ino> {
        let set = self.with(slot.folder, |folder| {
            folder.attributes.modified = now;
            folder.attributes.changed = now;
            folder.touched = true;
            match &mut folder.body {
                Body::Folder(body) => body.set(&slot.name, slot.now),
                _ => None,
            }
        });
        set.ok().flatten()
    }

    fn named(&mut self, ino: Ino, within: Ino, now: Moment) {
        let _ = self.with(ino, |inode| {
            inode.names += 1;
            inode.attributes.changed = now;
            if let Body::Folder(folder) = &mut inode.body {
                folder.parent = within;
            }
        });
    }

    /// The name, if nothing has it and it may be given in this folder.
    fn unused(&self, place: Place<'_>) -> Result<Name, Errno> {
        match self.lookup(place) {
            Ok(_) => Err(Errno::EXIST),
            // In a folder that was removed while the node was in it.
            Err(Errno::NOENT) if self.inode(place.0)?.names == 0 => Err(Errno::NOENT),
            Err(Errno::NOENT) => Ok(place.1.into()),
            Err(error) => Err(error),
        }
    }

    fn have_room(&self, bytes: u64) -> Result<(), Errno> {
        if self.free() < bytes { Err(Errno::NOSPC) } else { Ok(()) }
    }
}

/// The inodes that must stay while a change of names is not durable.
pub fn mentioned(renaming: &Renaming) -> impl Iterator<Item = Ino> {
    let folders = renaming.slots.iter().map(|slot| slot.folder);
    renaming.inodes.iter().copied().chain(folders)
}

fn checked(name: &OsStr) -> Result<(), Errno> {
    match name.as_bytes() {
        b"" | b"." | b".." => Err(Errno::INVAL),
        bytes if bytes.len() > LONGEST_NAME => Err(Errno::NAMETOOLONG),
        bytes if bytes.contains(&b'/') => Err(Errno::INVAL),
        _ => Ok(()),
    }
}
