//! Clocks that count from a start of the machine that never was.
//!
//! Linux can shift the monotonic clock and the clock since boot for a group of processes, before
//! the first of them begins (`time_namespaces`(7)). The time of day is everybody's: it is not
//! shifted so.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a node's clocks show beyond those of the machine, in nanoseconds. Neither may come to lie
/// before 0.
#[derive(Copy, Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Clocks {
    /// Of `CLOCK_MONOTONIC`.
    pub monotonic: i64,
    /// Of `CLOCK_BOOTTIME`.
    pub boottime: i64,
}

/// As the kernel reads it.
impl fmt::Display for Clocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, offset) in [("monotonic", self.monotonic), ("boottime", self.boottime)] {
            let (seconds, rest) = (offset.div_euclid(SECOND), offset.rem_euclid(SECOND));
            writeln!(f, "{name} {seconds} {rest}")?;
        }
        Ok(())
    }
}

const SECOND: i64 = 1_000_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_whole_seconds_and_a_rest_that_is_never_negative() {
        let clocks = Clocks { monotonic: -1, boottime: 3_000_000_007 };
        assert_eq!(clocks.to_string(), "monotonic -1 999999999\nboottime 3 7\n");
    }
}
