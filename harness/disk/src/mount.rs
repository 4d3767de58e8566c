//! A folder mounted by FUSE, apart from its server: what the node's side of it does.

use rustix::fs::{Mode, OFlags, open};
use rustix::mount::MountFlags;
use rustix::process::{getgid, getuid};
use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// Where a server of FUSE is reached.
const DEVICE: &str = "/dev/fuse";

/// Mounts a folder here, in this thread's mount namespace. Whoever serves the descriptor answers
/// for it; until then whatever looks into the folder waits, and when the last copy of the
/// descriptor is closed it gets ENOTCONN.
///
/// The device must be opened in the user namespace that the mount namespace belongs to, or the
/// system refuses it: this does both.
///
/// # Errors
/// If there is no FUSE, or the caller may not mount: a sentence that says what to do.
pub fn mount(at: &Path) -> io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let device = open(DEVICE, flags, Mode::empty()).map_err(|errno| not_opened(errno.into()))?;
    let options = options(&device)?;
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOATIME;
    rustix::mount::mount("pepperland", at, "fuse.pepperland", flags, options.as_c_str())
        .map_err(|errno| not_mounted(at, errno.into()))?;
    Ok(device)
}

fn options(device: &OwnedFd) -> io::Result<CString> {
    let (fd, uid, gid) = (device.as_raw_fd(), getuid().as_raw(), getgid().as_raw());
    // Root folder, owner, and that the system checks permissions for all users.
    let options = format!(
        "fd={fd},rootmode=40000,user_id={uid},group_id={gid},default_permissions,allow_other"
    );
    Ok(CString::new(options)?)
}

fn not_opened(error: io::Error) -> io::Error {
    let mend = match error.kind() {
        io::ErrorKind::NotFound => "load the module `fuse`, or give the container the device",
        io::ErrorKind::PermissionDenied => "run as root, or `chmod 0666 /dev/fuse`",
        _ => "see whether the module `fuse` is there",
    };
    io::Error::new(error.kind(), format!("failed to open {DEVICE}: {error}: {mend}"))
}

fn not_mounted(at: &Path, error: io::Error) -> io::Error {
    let mend = match error.kind() {
        io::ErrorKind::NotFound => "make the folder first",
        io::ErrorKind::PermissionDenied => {
            "mount in a mount namespace of one's own: as root, or in a user namespace"
        }
        _ => "see whether the module `fuse` is there",
    };
    let at = at.display();
    io::Error::new(error.kind(), format!("failed to mount a disk at {at}: {error}: {mend}"))
}
