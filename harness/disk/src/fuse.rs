//! A disk served by FUSE: the harness answers what the system of a mounted folder asks.

mod attributes;
mod server;
mod system;

use crate::disk::{Disk, SystemId};
use fuser::{Config, Session, SessionACL};
use server::Server;
use std::io;
use std::os::fd::OwnedFd;
use std::thread::JoinHandle;
use system::System;

/// A disk that is being served to a mounted folder, on threads of its own.
///
/// The threads end when the mount does, with the mount namespace that it is in. When this is
/// dropped before that, whatever still uses the folder gets EIO.
#[derive(Debug)]
#[must_use = "when this is dropped the folder gives EIO"]
pub struct Served {
    disk: Disk,
    system: SystemId,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl Disk {
    /// Serves it to a folder that was mounted by [`crate::mount`], of which this is the descriptor.
    /// A folder that it was served to before gets EIO from now on: a disk is in one machine.
    ///
    /// # Errors
    /// If the descriptor is not that of a mount, or the mount is no more.
    pub fn serve(&self, fd: OwnedFd) -> io::Result<Served> {
        let id = self.attach();
        let server = Server(System { disk: self.clone(), id });
        let mut config = Config::default();
        // Permissions are the system's to check: it was mounted with `default_permissions`.
        config.acl = SessionACL::All;
        let session = Session::from_fd(server, fd, SessionACL::All, config).map_err(|error| {
            let text = format!(
                "failed to serve a disk: {error}: was the descriptor mounted, and is it still?"
            );
            io::Error::new(error.kind(), text)
        })?;
        let thread = std::thread::Builder::new().name("disk".to_owned());
        let thread = thread.spawn(move || session.run())?;
        Ok(Served { disk: self.clone(), system: id, thread: Some(thread) })
    }
}

impl Served {
    /// Whether the mount is no more.
    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Waits until the mount is no more.
    ///
    /// # Errors
    /// If the system sent what is no request.
    pub fn wait(mut self) -> io::Result<()> {
        let thread = self.thread.take();
        let joined = thread.map_or(Ok(Ok(())), JoinHandle::join);
        match joined {
            // An end that the system had begun before it asked for the last time.
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionAborted => Ok(()),
            Ok(ended) => ended,
            Err(_) => Err(io::Error::other("failed to serve a disk: its thread panicked")),
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.disk.detach(self.system);
    }
}
