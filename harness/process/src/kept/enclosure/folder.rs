//! The node's folder on a disk that somebody else serves.

use crate::kept::enclosure::Private;
use pepperland_disk::{mount, send_fd};
use std::io::{self, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Calls whoever serves the disk, if it has one: while his socket can be seen.
///
/// # Errors
/// If he does not answer.
pub fn call(private: &Private) -> Result<Option<UnixStream>, String> {
    let call = |socket: &Path| {
        UnixStream::connect(socket).map_err(|error| {
            format!("nobody serves the node's disk at {}: {error}", socket.display())
        })
    };
    private.disk.as_deref().map(call).transpose()
}

/// Mounts the disk over the node's folder, has it served, and goes there.
///
/// # Errors
/// If it cannot be mounted, with the mend, or is not served.
pub fn mount_at(folder: &Path, mut server: UnixStream) -> Result<(), String> {
    let failed = |error: io::Error| format!("the node's disk cannot be had: {error}");
    let disk = mount(folder).map_err(failed)?;
    send_fd(&server, &disk).map_err(failed)?;
    server.read_exact(&mut [0]).map_err(failed)?;
    std::env::set_current_dir(folder).map_err(failed)
}
