//! A calendar queue (Brown, *Calendar Queues*, CACM 1988): what is near lies in slots by time, of
//! which only the first is sorted; what is far lies in a heap until its slot comes.
//!
//! In a run most things planned are frames that arrive within the greatest latency, hundreds at
//! once: a heap would compare each of them with nine others on its way out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A key: the time in the upper 64 bits.
type Key = u128;

/// How many slots there are.
const SLOTS: u64 = 256;

/// Keys, of which the least comes first.
pub struct Calendar {
    /// The keys of the first slot that has any, and all before it, the least last.
    first: Vec<Key>,
    /// The number of that slot since the beginning of time.
    at: u64,
    /// The keys of the slots after it, each in its place modulo their number.
    slots: Vec<Vec<Key>>,
    /// Which of the slots have any, a bit each.
    filled: [u64; (SLOTS / 64) as usize],
    /// What was too far off when it came.
    far: BinaryHeap<Reverse<Key>>,
    /// A slot is so many bits of time long.
    width: u32,
}

impl Calendar {
    /// Most keys will be at most so far off, ns.
    pub fn of_span(span: u64) -> Calendar {
        Calendar {
            first: Vec::new(),
            at: 0,
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            filled: [0; (SLOTS / 64) as usize],
            far: BinaryHeap::new(),
            width: 64 - (span / (SLOTS - 2)).leading_zeros(),
        }
    }

    pub fn push(&mut self, key: Key) {
        let slot = self.slot(key);
        if self.first.is_empty() {
            self.at = slot;
        }
        match slot.checked_sub(self.at) {
            None | Some(0) => {
                let place = self.first.partition_point(|other| *other > key);
                self.first.insert(place, key);
            }
            Some(1..SLOTS) => {
                let place = slot % SLOTS;
                self.slots[place as usize].push(key);
                self.filled[(place / 64) as usize] |= 1 << (place % 64);
            }
            Some(_) => self.far.push(Reverse(key)),
        }
    }

    /// The least key.
    pub fn peek(&self) -> Option<Key> {
        self.first.last().copied()
    }

    /// Takes the least key.
    pub fn pop(&mut self) -> Option<Key> {
        let key = self.first.pop()?;
        if self.first.is_empty() {
            self.advance();
        }
        Some(key)
    }

    fn slot(&self, key: Key) -> u64 {
        ((key >> 64) as u64).checked_shr(self.width).unwrap_or(0)
    }

    /// Goes on to the next slot that has any, now that the first has none.
    fn advance(&mut self) {
        let near = self.next_filled();
        let far = self.far.peek().map(|Reverse(key)| self.slot(*key));
        let Some(at) = near.into_iter().chain(far).min() else { return };
        self.at = at;
        if near == Some(at) {
            let place = at % SLOTS;
            self.filled[(place / 64) as usize] &= !(1 << (place % 64));
            std::mem::swap(&mut self.first, &mut self.slots[place as usize]);
        }
        while let Some(Reverse(key)) = self.far.peek().filter(|Reverse(key)| self.slot(*key) == at)
        {
            self.first.push(*key);
            self.far.pop();
        }
        self.first.sort_unstable_by_key(|key| Reverse(*key));
    }

    /// The next slot after the first that has any.
    fn next_filled(&self) -> Option<u64> {
        let begin = (self.at + 1) % SLOTS;
        let words = self.filled.len() as u64;
        // The word in which the search begins is looked at twice: from there on, and up to there.
        (0..=words).find_map(|turn| {
            let word = (begin / 64 + turn) % words;
            let from_here_on = u64::MAX << (begin % 64);
            let looked_at = match turn {
                0 => from_here_on,
                turn if turn == words => !from_here_on,
                _ => u64::MAX,
            };
            let filled = self.filled[word as usize] & looked_at;
            let place = word * 64 + u64::from(filled.trailing_zeros());
            (filled != 0).then(|| self.at + 1 + (place + SLOTS - begin) % SLOTS)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is done with a queue: something planned so far off, or the first taken.
    fn deeds() -> impl Strategy<Value = Vec<Option<u64>>> {
        let far = prop_oneof![0..200_u64, 0..70_000_u64, Just(u64::MAX >> 2)];
        prop::collection::vec(prop::option::weighted(0.6, far), 0..400)
    }

    proptest! {
        #[test]
        fn keys_come_as_out_of_a_heap(deeds in deeds(), span in 0..100_000_u64) {
            let (mut calendar, mut heap) = (Calendar::of_span(span), BinaryHeap::new());
            let mut now: u64 = 0;
            for (number, deed) in (0_u128..).zip(deeds) {
                match deed {
                    Some(off) => {
                        let key = u128::from(now.saturating_add(off)) << 64 | number;
                        calendar.push(key);
                        heap.push(Reverse(key));
                    }
                    None => {
                        let next = heap.pop().map(|Reverse(key)| key);
                        prop_assert_eq!(calendar.pop(), next);
                        now = next.map_or(now, |key| (key >> 64) as u64);
                    }
                }
                prop_assert_eq!(calendar.peek(), heap.peek().map(|Reverse(key)| *key));
            }
        }
    }
}
