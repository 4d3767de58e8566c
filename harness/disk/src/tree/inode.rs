//! One file, folder or link, whatever its names.

use crate::tree::Moment;
use crate::tree::chunk::CHUNK;
use crate::tree::file::File;
use crate::tree::folder::Folder;
use std::ffi::OsString;

/// What a name costs of the disk, bytes.
pub const NAME_COST: u64 = 512;

/// What a file, folder or link costs of the disk besides its content and its names, bytes.
pub const INODE_COST: u64 = 512;

/// Who may do what with it, and since when it is as it is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Attributes {
    /// The permission bits, with set-user-id and the like.
    pub mode: u32,
    /// The owner.
    pub uid: u32,
    /// The group.
    pub gid: u32,
    /// When it was last read: set by utimensat(2) alone, as if mounted `noatime`.
    pub accessed: Moment,
    /// When its content last changed.
    pub modified: Moment,
    /// When anything of it last changed.
    pub changed: Moment,
}

impl Attributes {
    /// All but the times: the permission bits, the owner and the group.
    pub fn rights(&self) -> (u32, u32, u32) {
        (self.mode, self.uid, self.gid)
    }
}

/// What sort of thing it is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A named pipe.
    Pipe,
    /// A socket in the file system.
    Socket,
}

/// What is in it.
#[derive(Clone, Debug)]
pub enum Body {
    /// A regular file.
    File(File),
    /// A folder.
    Folder(Folder),
    /// A symbolic link, and where it points.
    Link(OsString),
    /// A named pipe: the system keeps what is in it.
    Pipe,
    /// A socket: likewise.
    Socket,
}

/// One file, folder or link.
#[derive(Clone, Debug)]
pub struct Inode {
    /// What the node sees.
    pub attributes: Attributes,
    /// What is durable.
    pub safe: Attributes,
    /// Whether the attributes have changed since they were last made durable.
    pub touched: bool,
    /// What is in it.
    pub body: Body,
    /// How many names it has.
    pub names: u64,
    /// How many names it has durably.
    pub safe_names: u64,
    /// How often the node's system holds it.
    pub pins: u64,
    /// How many changes of names that are not durable mention it.
    pub waiting: u64,
}

impl Inode {
    /// A new one without names. Its first attributes come with its first name.
    pub fn new(attributes: Attributes, body: Body) -> Inode {
        Inode {
            attributes,
            safe: attributes,
            touched: false,
            body,
            names: 0,
            safe_names: 0,
            pins: 0,
            waiting: 0,
        }
    }

    /// What sort of thing it is.
    pub fn kind(&self) -> Kind {
        match self.body {
            Body::File(_) => Kind::File,
            Body::Folder(_) => Kind::Folder,
            Body::Link(_) => Kind::Link,
            Body::Pipe => Kind::Pipe,
            Body::Socket => Kind::Socket,
        }
    }

    /// Whether the node can still reach it.
    pub fn is_alive(&self) -> bool {
        self.names > 0 || self.pins > 0
    }

    /// Whether nobody can reach it any more, nor could after a power failure.
    pub fn is_gone(&self) -> bool {
        !self.is_alive() && self.safe_names == 0 && self.waiting == 0
    }

    /// How many chunks its content takes.
    pub fn chunks(&self) -> u64 {
        match &self.body {
            Body::File(file) => file.cached.chunk_count(),
            _ => 0,
        }
    }

    /// What it costs of the disk, bytes.
    pub fn cost(&self) -> u64 {
        if !self.is_alive() {
            return 0;
        }
        INODE_COST + self.names * NAME_COST + self.chunks() * CHUNK as u64
    }
}
