//! Who serves a disk to whatever process mounts it: a thread that takes descriptors in.

use pepperland_disk::{Disk, Served, receive_fd};
use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// Serves one disk, to one incarnation of its node after the other. Dropped, it stops.
pub struct Server {
    socket: PathBuf,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a disk to whoever calls at this socket.
    ///
    /// # Errors
    /// If there can be no such socket, or no thread.
    pub fn start(disk: &Disk, socket: &Path) -> io::Result<Server> {
        let listener = UnixListener::bind(socket)?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (disk, over) = (disk.clone(), Arc::clone(&stopped));
        let serve = move || serve_all(&disk, &listener, &over);
        let thread = std::thread::Builder::new().name("disk".to_owned()).spawn(serve)?;
        Ok(Server { socket: socket.to_owned(), stopped, thread: Some(thread) })
    }

    /// Where it is called.
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // It waits for a call.
        let called = UnixStream::connect(&self.socket);
        if let Some(thread) = self.thread.take().filter(|_| called.is_ok()) {
            let _ = thread.join();
        }
    }
}

fn serve_all(disk: &Disk, listener: &UnixListener, stopped: &AtomicBool) {
    let mut serving = None;
    for call in listener.incoming() {
        if stopped.load(Ordering::Acquire) {
            return;
        }
        // Who calls and goes away again has no disk, and says so.
        if let Some(served) = call.ok().and_then(|call| serve(disk, call).ok()) {
            serving = Some(served);
        }
    }
    drop(serving);
}

fn serve(disk: &Disk, mut call: UnixStream) -> io::Result<Served> {
    let served = disk.serve(receive_fd(&call)?)?;
    call.write_all(&[1])?;
    Ok(served)
}
