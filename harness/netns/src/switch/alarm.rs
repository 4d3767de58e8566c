//! Being woken at an instant.

use crate::clock::NANOSECONDS;
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use std::io;
use std::os::fd::OwnedFd;

/// A descriptor that becomes readable at an instant of the monotonic clock. Its precision is that
/// of the kernel's high-resolution timers.
#[derive(Debug)]
pub struct Alarm {
    pub timer: OwnedFd,
    set: Option<u64>,
}

impl Alarm {
    pub fn new() -> io::Result<Alarm> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        Ok(Alarm { timer: timerfd_create(TimerfdClockId::Monotonic, flags)?, set: None })
    }

    /// It has rung: the next setting counts, even if it is the same.
    pub fn has_rung(&mut self) {
        self.set = None;
        // Silences it until it is set again.
        let _ = rustix::io::read(&self.timer, &mut [0; 8]);
    }

    /// Rings at this instant, or never.
    pub fn set(&mut self, at: Option<u64>) -> io::Result<()> {
        if at == self.set {
            return Ok(());
        }
        // Zero would disarm it.
        let at_once_or_later = at.map_or(0, |at| at.max(1));
        let value = Timespec {
            tv_sec: (at_once_or_later / NANOSECONDS) as i64,
            tv_nsec: (at_once_or_later % NANOSECONDS) as i64,
        };
        let once = Itimerspec { it_interval: Timespec::default(), it_value: value };
        timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &once)?;
        self.set = at;
        Ok(())
    }
}
