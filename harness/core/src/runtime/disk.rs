//! The disk of one node while it fails: what a crash would take with it of what it has taken.

use crate::contract::{Stable, StableKey};
use crate::schedule::{Failing, Schedule, Trouble};
use crate::seed::PerMillion;
use crate::time::{Span, Time};

/// What the disk of one node has taken and would lose in a crash, while it fails.
#[derive(Debug, Default)]
pub struct FailingDisk {
    failures: Vec<Failure>,
    /// The writes since the first of them began, in order.
    writes: Vec<Write>,
}

/// A disturbance of the disk that is at work.
#[derive(Debug)]
struct Failure {
    index: u32,
    how: Failing,
    /// How many writes there were before it began.
    before: usize,
    touched: u64,
}

/// A write, and what it was written over.
#[derive(Debug)]
struct Write {
    at: Time,
    key: StableKey,
    over: Option<Vec<u8>>,
}

impl FailingDisk {
    /// A disturbance of the disk begins.
    pub fn begin(&mut self, schedule: &Schedule, index: u32) {
        if let Trouble::Disk { how, .. } = schedule.disturbances[index as usize].trouble {
            let before = self.writes.len();
            self.failures.push(Failure { index, how, before, touched: 0 });
        }
    }

    /// It ends: what was written is safe from it. How many writes it has lost or torn.
    pub fn end(&mut self, index: u32) -> u64 {
        let ended = self.failures.extract_if(.., |failure| failure.index == index);
        let touched = ended.map(|failure| failure.touched).sum();
        if self.failures.is_empty() {
            self.writes.clear();
        }
        touched
    }

    /// A write is about to reach the disk.
    pub fn takes(&mut self, at: Time, key: StableKey, stable: &Stable) {
        if !self.failures.is_empty() {
            let over = stable.on_disk(key).map(<[u8]>::to_vec);
            self.writes.push(Write { at, key, over });
        }
    }

    /// The node crashes. What is on the disk after that is safe.
    pub fn crash(&mut self, now: Time, stable: &mut Stable) {
        for failure in &mut self.failures {
            let mine = failure.before..;
            failure.touched += match failure.how {
                Failing::Lost { unsynced } => {
                    let from = self.writes.partition_point(|write| is_synced(write, unsynced, now));
                    lose(&mut self.writes, from.max(failure.before), stable)
                }
                Failing::Lying => lose(&mut self.writes, failure.before, stable),
                Failing::Torn { keep } => {
                    tear(self.writes.get(mine).and_then(<[Write]>::last), keep, stable)
                }
            };
        }
        self.writes.clear();
        self.failures.iter_mut().for_each(|failure| failure.before = 0);
    }
}

fn is_synced(write: &Write, unsynced: Span, now: Time) -> bool {
    write.at + unsynced < now
}

/// The writes from this one on have never been. How many they were.
fn lose(writes: &mut Vec<Write>, from: usize, stable: &mut Stable) -> u64 {
    let lost = writes.split_off(from.min(writes.len()));
    let count = lost.len() as u64;
    lost.into_iter().rev().for_each(|write| stable.take_back(write.key, write.over));
    count
}

/// Only the beginning of the last write is on the disk, at least its last byte is missing.
fn tear(last: Option<&Write>, keep: PerMillion, stable: &mut Stable) -> u64 {
    let Some(key) = last.map(|write| write.key) else { return 0 };
    let Some(whole) = stable.on_disk(key).filter(|bytes| !bytes.is_empty()) else { return 0 };
    let left = whole.len() as u64 * u64::from(keep.0) / 1_000_000;
    let left = left.min(whole.len() as u64 - 1) as usize;
    let torn = whole[..left].to_vec();
    stable.take_back(key, Some(torn));
    1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::NodeId;
    use crate::schedule::{Disturbance, Frame, NetworkOptions, Schedule as Plan};
    use crate::seed::Seed;

    const KEY: StableKey = (0, "log");

    fn plan(failings: &[Failing]) -> Plan {
        let network = NetworkOptions::perfect(Span::ZERO, Span::ZERO);
        let header = Frame {
            seed: Seed(1),
            heal_at: Time::millis(9),
            end: Time::millis(9),
            ..Frame::of("toy", 1, network)
        };
        let disk = |how: &Failing| Trouble::Disk { node: NodeId(0), how: *how };
        let disturbances =
            failings.iter().map(|how| Disturbance::from(Time::ZERO, disk(how))).collect();
        Plan { header, steps: Vec::new(), disturbances }
    }

    /// What is on the disk after writes of "one", "two", "three" at 1, 2 and 3 ms, of which the
    /// first comes before the disk fails, and a crash at 3 ms; and how many writes were touched.
    fn after(how: Failing) -> (Option<String>, u64) {
        let plan = plan(&[how]);
        let (mut disk, mut stable) = (FailingDisk::default(), Stable::default());
        for (at, value) in (1..).zip(["one", "two", "three"]) {
            if at == 2 {
                disk.begin(&plan, 0);
            }
            disk.takes(Time::millis(at), KEY, &stable);
            stable.perform(KEY, value.into());
        }
        disk.crash(Time::millis(3), &mut stable);
        let left = stable.on_disk(KEY).map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        (left, disk.end(0))
    }

    #[test]
    fn a_crash_takes_what_the_failure_says_and_nothing_from_before_it() {
        let lost = |ms| after(Failing::Lost { unsynced: Span::millis(ms) });
        assert_eq!(lost(0), (Some("two".into()), 1));
        assert_eq!(lost(1), (Some("one".into()), 2));
        assert_eq!(lost(9), (Some("one".into()), 2));
        assert_eq!(after(Failing::Lying), (Some("one".into()), 2));
    }

    #[test]
    fn of_a_torn_write_some_is_left_but_never_all() {
        let torn = |percent| after(Failing::Torn { keep: PerMillion::percent(percent) });
        assert_eq!(torn(0), (Some(String::new()), 1));
        assert_eq!(torn(50), (Some("th".into()), 1));
        assert_eq!(torn(100), (Some("thre".into()), 1));
    }

    #[test]
    fn what_outlived_a_crash_outlives_the_next_and_no_failure_takes_nothing() {
        let plan = plan(&[Failing::Lying]);
        let (mut disk, mut stable) = (FailingDisk::default(), Stable::default());
        disk.begin(&plan, 0);
        disk.crash(Time::millis(1), &mut stable);
        disk.takes(Time::millis(2), KEY, &stable);
        stable.perform(KEY, b"one".to_vec());
        assert_eq!(disk.end(0), 0);
        disk.crash(Time::millis(3), &mut stable);
        assert_eq!(stable.on_disk(KEY), Some(&b"one"[..]));
    }
}
