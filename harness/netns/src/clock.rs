//! What time it is. Real nodes live in real time: this is the one place that asks for it.

use rustix::time::{ClockId, Timespec, clock_gettime};

/// In a second.
pub const NANOSECONDS: u64 = 1_000_000_000;

/// The monotonic clock of the system, ns.
pub fn now() -> u64 {
    whole(clock_gettime(ClockId::Monotonic))
}

/// The time of day, ns since 1970: for captures, which other tools read.
pub fn time_of_day() -> u64 {
    whole(clock_gettime(ClockId::Realtime))
}

fn whole(time: Timespec) -> u64 {
    time.tv_sec as u64 * NANOSECONDS + time.tv_nsec as u64
}
