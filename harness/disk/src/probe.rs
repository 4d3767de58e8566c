//! Whether a disk can be had here, found out by having one.

use crate::disk::Disk;
use crate::enclosed::{Enclosure, enclosed};
use crate::settings::Settings;
use std::io;
use std::process::{Command, Stdio};

/// What to do where no disk can be had.
pub const MEND: &str = "give nodes a disk by FUSE: load the module `fuse` (in a container: \
    --device /dev/fuse), and run as root, or make /dev/fuse 0666 and allow user namespaces \
    (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)";

/// What the program of the probe writes, and reads back.
const WORD: &str = "yellow submarine";

/// Mounts a disk in a namespace of a child's own, writes to it and reads back: a sentence that says
/// how it went.
///
/// # Errors
/// If it went wrong: why, as root and in a user namespace. [`MEND`] says what to do.
pub fn probe() -> Result<String, String> {
    let as_root = match round_trip(Enclosure::AsRoot) {
        Ok(()) => return Ok("a disk was mounted by FUSE and read back".to_owned()),
        Err(error) => error,
    };
    match round_trip(Enclosure::InUserNamespace) {
        Ok(()) => Ok("a disk was mounted by FUSE in a user namespace and read back".to_owned()),
        Err(error) => Err(format!("as root: {as_root}; in a user namespace: {error}")),
    }
}

fn round_trip(how: Enclosure) -> io::Result<()> {
    let folder = tempfile::Builder::new().prefix("pepperland-disk-").tempdir()?;
    let mut command = Command::new("/bin/sh");
    command.args(["-c", "printf %s \"$1\" > \"$0/word\" && cat \"$0/word\""]);
    command.arg(folder.path()).arg(WORD).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let (child, fd) = enclosed(command, folder.path(), how)?;
    let disk = Disk::new(Settings { bytes: 1 << 20, ..Settings::default() });
    let served = disk.serve(fd)?;
    let output = child.wait_with_output()?;
    served.wait()?;
    if output.status.success() && output.stdout == WORD.as_bytes() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("what was written did not come back: {}", said.trim())))
}
