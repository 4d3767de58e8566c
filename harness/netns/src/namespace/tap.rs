//! TAP devices: a network card whose cable is a file. What the kernel sends is read from the file,
//! what is written to it the kernel receives.
//!
//! Without `IFF_VNET_HDR` and offloads the kernel hands out finished checksums and frames no
//! longer than the MTU, as a real cable carries them.

use crate::errors::at;
use nix::libc;
use rustix::fs::{Mode, OFlags};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// The device that makes TAP devices.
pub const TUN: &str = "/dev/net/tun";

/// The name of the card within its namespace.
pub const CARD: &str = "eth0";

/// `struct ifreq` of <linux/if.h>, as `TUNSETIFF` reads it: a name, flags, and padding to 40 bytes.
#[repr(C)]
struct Request {
    name: [u8; libc::IFNAMSIZ],
    flags: libc::c_short,
    padding: [u8; 22],
}

nix::ioctl_write_ptr_bad!(tun_set_interface, libc::TUNSETIFF as libc::Ioctl, Request);
nix::ioctl_write_ptr_bad!(tun_set_carrier, libc::TUNSETCARRIER as libc::Ioctl, libc::c_int);
nix::ioctl_write_int_bad!(tun_set_persistent, libc::TUNSETPERSIST as libc::Ioctl);

/// Opens the maker of TAP devices, if it is there, and for us.
pub fn open() -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::open(TUN, flags, Mode::empty())
}

/// Makes the card in the network namespace of the calling thread. It lasts as long as the file, and
/// needs `CAP_NET_ADMIN` there.
#[expect(unsafe_code, reason = "an ioctl has no safe wrapper")]
pub fn attach(tap: &OwnedFd) -> nix::Result<()> {
    let mut name = [0; libc::IFNAMSIZ];
    name[..CARD.len()].copy_from_slice(CARD.as_bytes());
    let flags = (libc::IFF_TAP | libc::IFF_NO_PI) as libc::c_short;
    let mut request = Request { name, flags, padding: [0; 22] };
    // SAFETY: TUNSETIFF reads and writes one `struct ifreq`, of which `Request` has size and
    // layout, and `request` outlives the call.
    unsafe { tun_set_interface(tap.as_raw_fd(), &raw mut request) }.map(drop)
}

/// A card's cable. When it is dropped the card stays where it is, without a carrier, and goes with
/// its namespace; when the process is killed the card goes at once.
///
/// That is a matter of time: to take a card from a living namespace the kernel waits some 20 ms,
/// one card after the other, while namespaces that die are cleared away together, later.
#[derive(Debug)]
pub struct Tap {
    file: OwnedFd,
}

impl Tap {
    /// Makes a card in the network namespace of the calling thread.
    ///
    /// # Errors
    /// Without /dev/net/tun, or the right to use it.
    pub fn make() -> io::Result<Tap> {
        let file = open().map_err(|error| at(TUN, error))?;
        attach(&file).map_err(|error| at("making a TAP device", error))?;
        Ok(Tap { file })
    }

    /// Plugs the cable in, or pulls it: the node sees it, within a second.
    #[expect(unsafe_code, reason = "an ioctl has no safe wrapper")]
    pub fn set_carrier(&self, plugged: bool) -> io::Result<()> {
        let carrier = libc::c_int::from(plugged);
        // SAFETY: TUNSETCARRIER reads one int, which outlives the call.
        unsafe { tun_set_carrier(self.file.as_raw_fd(), &raw const carrier) }
            .map(drop)
            .map_err(|error| at("setting the carrier of a TAP device", error))
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for Tap {
    #[expect(unsafe_code, reason = "an ioctl has no safe wrapper")]
    fn drop(&mut self) {
        // SAFETY: TUNSETPERSIST takes a number, and no pointer. If it fails, closing takes longer.
        let _ = unsafe { tun_set_persistent(self.file.as_raw_fd(), 1) };
    }
}
