//! The queue before a throttle.

use std::collections::VecDeque;

/// When the frames that wait at a throttle will have left, ns, the earliest first.
#[derive(Debug, Default)]
pub struct Queue {
    leaving: VecDeque<u64>,
}

impl Queue {
    /// How long a frame that takes `time` to leave waits until it has left, ns. None if `places`
    /// frames are there already.
    pub fn join(&mut self, now: u64, time: u64, places: u32) -> Option<u64> {
        while self.leaving.front().is_some_and(|left| *left <= now) {
            self.leaving.pop_front();
        }
        if self.leaving.len() >= places as usize {
            return None;
        }
        let before = self.leaving.back().copied().unwrap_or(now);
        let left = before.saturating_add(time);
        self.leaving.push_back(left);
        Some(left - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_leave_one_after_the_other() {
        let mut queue = Queue::default();
        assert_eq!(queue.join(100, 10, 9), Some(10));
        assert_eq!(queue.join(100, 10, 9), Some(20));
        assert_eq!(queue.join(105, 10, 9), Some(25));
        assert_eq!(queue.join(1000, 10, 9), Some(10));
    }

    #[test]
    fn a_full_queue_takes_nothing_until_one_has_left() {
        let mut queue = Queue::default();
        assert!(queue.join(0, 10, 2).is_some() && queue.join(0, 10, 2).is_some());
        assert_eq!(queue.join(9, 10, 2), None);
        assert_eq!(queue.join(10, 10, 2), Some(20));
    }
}
