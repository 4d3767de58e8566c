//! What the tree knows of a file, in the words of FUSE, and back.
#![expect(clippy::disallowed_types, reason = "the system has its times as SystemTime")]

use crate::tree::{Attributes, Body, CHUNK, Ino, Kind, Moment, New, Tree};
use fuser::{FileAttr, FileType, INodeNo};
use rustix::io::Errno;
use std::time::{Duration, SystemTime};

/// The blocks in which stat(2) counts, bytes.
const STAT_BLOCK: u64 = 512;

/// What the node's system is told of a file.
pub fn described(tree: &Tree, ino: Ino) -> Result<FileAttr, Errno> {
    let inode = tree.inode(ino)?;
    let size = match &inode.body {
        Body::File(file) => file.cached.size(),
        Body::Link(target) => target.len() as u64,
        Body::Folder(_) | Body::Pipe | Body::Socket => 0,
    };
    let attributes = inode.attributes;
    Ok(FileAttr {
        ino: INodeNo(ino),
        size,
        blocks: inode.chunks() * (CHUNK as u64 / STAT_BLOCK),
        atime: time_of(attributes.accessed),
        mtime: time_of(attributes.modified),
        ctime: time_of(attributes.changed),
        crtime: SystemTime::UNIX_EPOCH,
        kind: file_type(inode.kind()),
        perm: attributes.mode as u16,
        // Folders have one too, as on Btrfs: the names within them are not counted.
        nlink: inode.names as u32,
        uid: attributes.uid,
        gid: attributes.gid,
        rdev: 0,
        blksize: CHUNK as u32,
        flags: 0,
    })
}

/// The sort of thing, in FUSE's words.
pub fn file_type(kind: Kind) -> FileType {
    match kind {
        Kind::File => FileType::RegularFile,
        Kind::Folder => FileType::Directory,
        Kind::Link => FileType::Symlink,
        Kind::Pipe => FileType::NamedPipe,
        Kind::Socket => FileType::Socket,
    }
}

/// What mknod(2) is to make: no devices, for the folder may be mounted by anybody.
pub fn new_of(mode: u32) -> Result<New, Errno> {
    match rustix::fs::FileType::from_raw_mode(mode) {
        rustix::fs::FileType::RegularFile => Ok(New::File),
        rustix::fs::FileType::Fifo => Ok(New::Pipe),
        rustix::fs::FileType::Socket => Ok(New::Socket),
        _ => Err(Errno::PERM),
    }
}

/// The attributes of something new.
pub fn fresh(mode: u32, uid: u32, gid: u32, now: Moment) -> Attributes {
    Attributes { mode: mode & 0o7777, uid, gid, accessed: now, modified: now, changed: now }
}

fn time_of(moment: Moment) -> SystemTime {
    let seconds = Duration::from_secs(moment.seconds.unsigned_abs());
    let second = if moment.seconds < 0 {
        SystemTime::UNIX_EPOCH.checked_sub(seconds)
    } else {
        SystemTime::UNIX_EPOCH.checked_add(seconds)
    };
    let time = second.and_then(|time| time.checked_add(Duration::from_nanos(moment.nanos.into())));
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The moment of a time, to the nanosecond.
pub fn moment_of(time: SystemTime) -> Moment {
    let of =
        |span: Duration| (i64::try_from(span.as_secs()).unwrap_or(i64::MAX), span.subsec_nanos());
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => {
            let (seconds, nanos) = of(after);
            Moment { seconds, nanos }
        }
        Err(before) => match of(before.duration()) {
            (seconds, 0) => Moment { seconds: -seconds, nanos: 0 },
            (seconds, nanos) => Moment { seconds: -seconds - 1, nanos: 1_000_000_000 - nanos },
        },
    }
}
