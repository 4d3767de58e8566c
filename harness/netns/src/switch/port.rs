//! The switch's end of a node's cable.

use crate::namespace::tap::Tap;
use crate::{Handle, Namespace};
use rustix::io::Errno;
use std::io;

/// The longest frame: what an MTU of 64 KiB allows, with its header.
pub const LONGEST: usize = 65 * 1024;

/// The switch's end of a node's cable.
#[derive(Debug)]
pub struct Port {
    pub tap: Tap,
    pub handle: Handle,
    pub unplugged: bool,
    pub failed_writes: u64,
    /// Somebody has deleted the card.
    pub lost: bool,
}

impl Port {
    pub fn of(namespace: Namespace) -> Port {
        let handle = namespace.handle();
        Port { tap: namespace.tap, handle, unplugged: false, failed_writes: 0, lost: false }
    }

    /// The length of the next frame that the node has sent; none if there is none.
    pub fn take(&mut self, buffer: &mut [u8]) -> Option<usize> {
        match rustix::io::read(&self.tap, buffer) {
            Ok(length) => Some(length),
            Err(Errno::AGAIN | Errno::INTR) => None,
            Err(_) => {
                self.lost = true;
                None
            }
        }
    }

    /// Hands the node a frame; whether its card took it.
    pub fn give(&mut self, frame: &[u8]) -> bool {
        let given = rustix::io::write(&self.tap, frame).is_ok();
        self.failed_writes += u64::from(!given);
        given
    }

    pub fn set_carrier(&mut self, plugged: bool) -> io::Result<()> {
        self.unplugged = !plugged;
        self.tap.set_carrier(plugged)
    }
}
