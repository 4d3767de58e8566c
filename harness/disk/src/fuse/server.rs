//! The requests of FUSE, each handed to the system and answered.
#![expect(clippy::disallowed_types, reason = "the requests of FUSE bear SystemTime")]

use crate::fuse::attributes::file_type;
use crate::fuse::system::{Asker, System, Wanted};
use crate::tree::{CHUNK, New};
use fuser::{
    BsdFileFlags, Errno as Refusal, FileAttr, FileHandle, Filesystem, FopenFlags, Generation,
    INodeNo, KernelConfig, LockOwner, OpenFlags, RenameFlags, ReplyAttr, ReplyCreate, ReplyData,
    ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs, ReplyWrite, Request, TimeOrNow,
    WriteFlags,
};
use rustix::fs::OFlags;
use rustix::io::Errno;
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// How long the node's system may keep names and attributes: it is the only one that changes them.
const KEEP: Duration = Duration::from_secs(3600);

/// The longest write that the system may send at once, bytes.
const LONGEST_WRITE: u32 = 1 << 20;

/// How much room statfs(2) says that a file takes at least, bytes.
const LEAST_COST: u64 = 1024;

/// Numbers of files are never used again.
const GENERATION: Generation = Generation(0);

/// Files are named by their numbers alone.
const NO_HANDLE: FileHandle = FileHandle(0);

/// The longest name, bytes.
const LONGEST_NAME: u32 = 255;

/// The server of one mounted system.
#[derive(Debug)]
pub struct Server(pub System);

fn refusal(errno: Errno) -> Refusal {
    Refusal::from_i32(errno.raw_os_error())
}

fn asker(request: &Request) -> Asker {
    Asker { uid: request.uid(), gid: request.gid() }
}

fn flags(flags: i32) -> OFlags {
    OFlags::from_bits_retain(flags as u32)
}

fn answer(reply: ReplyEmpty, done: Result<(), Errno>) {
    match done {
        Ok(()) => reply.ok(),
        Err(errno) => reply.error(refusal(errno)),
    }
}

fn answer_entry(reply: ReplyEntry, found: Result<FileAttr, Errno>) {
    match found {
        Ok(found) => reply.entry(&KEEP, &found, GENERATION),
        Err(errno) => reply.error(refusal(errno)),
    }
}

fn answer_attributes(reply: ReplyAttr, found: Result<FileAttr, Errno>) {
    match found {
        Ok(found) => reply.attr(&KEEP, &found),
        Err(errno) => reply.error(refusal(errno)),
    }
}

fn answer_data(reply: ReplyData, data: Result<impl AsRef<[u8]>, Errno>) {
    match data {
        Ok(data) => reply.data(data.as_ref()),
        Err(errno) => reply.error(refusal(errno)),
    }
}

fn answer_open(reply: ReplyOpen, opened: Result<(), Errno>) {
    match opened {
        Ok(()) => reply.opened(NO_HANDLE, FopenFlags::empty()),
        Err(errno) => reply.error(refusal(errno)),
    }
}

impl Filesystem for Server {
    /// Without the write-back cache, so that each write(2) comes here at once. Locks stay with the
    /// node's system.
    fn init(&mut self, _: &Request, config: &mut KernelConfig) -> io::Result<()> {
        let _ = config.set_max_write(LONGEST_WRITE);
        Ok(())
    }

    fn destroy(&mut self) {
        self.0.disk.detach(self.0.id);
    }

    fn lookup(&self, _: &Request, folder: INodeNo, name: &OsStr, reply: ReplyEntry) {
        answer_entry(reply, self.0.look_up((folder.0, name)));
    }

    fn forget(&self, _: &Request, ino: INodeNo, times: u64) {
        self.0.let_go(ino.0, times);
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        answer_attributes(reply, self.0.describe(ino.0));
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        uid: Option<u32>,
        gid: Option<u32>,
        size: Option<u64>,
        accessed: Option<TimeOrNow>,
        modified: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let wanted = Wanted { mode, uid, gid, size, accessed, modified };
        answer_attributes(reply, self.0.change(ino.0, &wanted));
    }

    fn readlink(&self, _: &Request, ino: INodeNo, reply: ReplyData) {
        let target = self.0.target(ino.0);
        answer_data(reply, target.as_ref().map(|target| target.as_bytes()).map_err(|errno| *errno));
    }

    fn mknod(
        &self,
        request: &Request,
        folder: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        _: u32,
        reply: ReplyEntry,
    ) {
        answer_entry(reply, self.0.make_node((folder.0, name), mode, asker(request)));
    }

    fn mkdir(
        &self,
        request: &Request,
        folder: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        reply: ReplyEntry,
    ) {
        answer_entry(reply, self.0.make((folder.0, name), New::Folder, mode, asker(request)));
    }

    fn unlink(&self, _: &Request, folder: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.unlink((folder.0, name)));
    }

    fn rmdir(&self, _: &Request, folder: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        answer(reply, self.0.remove_folder((folder.0, name)));
    }

    fn symlink(
        &self,
        request: &Request,
        folder: INodeNo,
        name: &OsStr,
        target: &Path,
        reply: ReplyEntry,
    ) {
        let new = New::Link(target.as_os_str().to_owned());
        answer_entry(reply, self.0.make((folder.0, name), new, 0o777, asker(request)));
    }

    fn rename(
        &self,
        _: &Request,
        folder: INodeNo,
        name: &OsStr,
        into: INodeNo,
        new_name: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        answer(reply, self.0.rename((folder.0, name), (into.0, new_name), flags));
    }

    fn link(&self, _: &Request, ino: INodeNo, into: INodeNo, name: &OsStr, reply: ReplyEntry) {
        answer_entry(reply, self.0.link(ino.0, (into.0, name)));
    }

    fn open(&self, _: &Request, _: INodeNo, how: OpenFlags, reply: ReplyOpen) {
        answer_open(reply, self.0.open(flags(how.0)));
    }

    fn create(
        &self,
        request: &Request,
        folder: INodeNo,
        name: &OsStr,
        mode: u32,
        _: u32,
        how: i32,
        reply: ReplyCreate,
    ) {
        match self.0.create((folder.0, name), mode, flags(how), asker(request)) {
            Ok(made) => reply.created(&KEEP, &made, GENERATION, NO_HANDLE, FopenFlags::empty()),
            Err(errno) => reply.error(refusal(errno)),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        len: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        answer_data(reply, self.0.read(ino.0, offset, len));
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        bytes: &[u8],
        _: WriteFlags,
        how: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.0.write(ino.0, offset, bytes, flags(how.0)) {
            Ok(written) => reply.written(written as u32),
            Err(errno) => reply.error(refusal(errno)),
        }
    }

    /// Nothing is written on close(2), and the system need not ask again.
    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.error(Refusal::ENOSYS);
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, data_only: bool, reply: ReplyEmpty) {
        answer(reply, self.0.sync(ino.0, data_only));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, data: bool, reply: ReplyEmpty) {
        answer(reply, self.0.sync(ino.0, data));
    }

    fn readdir(
        &self,
        _: &Request,
        folder: INodeNo,
        _: FileHandle,
        after: u64,
        mut reply: ReplyDirectory,
    ) {
        let listed = self.0.list(folder.0, after, |entry| {
            !reply.add(INodeNo(entry.ino), entry.cookie, file_type(entry.kind), entry.name)
        });
        match listed {
            Ok(()) => reply.ok(),
            Err(errno) => reply.error(refusal(errno)),
        }
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let chunk = CHUNK as u64;
        match self.0.room() {
            Ok((room, free, files)) => {
                let (blocks, left) = (room / chunk, free / chunk);
                let files_left = free / LEAST_COST;
                let size = CHUNK as u32;
                let all = files + files_left;
                reply.statfs(blocks, left, left, all, files_left, size, LONGEST_NAME, size);
            }
            Err(errno) => reply.error(refusal(errno)),
        }
    }

    fn fallocate(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        len: u64,
        mode: i32,
        reply: ReplyEmpty,
    ) {
        answer(reply, self.0.allocate(ino.0, offset, len, mode));
    }
}
