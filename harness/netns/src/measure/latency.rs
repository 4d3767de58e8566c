//! How long a datagram takes, one way.

use super::pair::Pair;
use super::receiver::Receiver;
use crate::clock;
use std::io;
use std::time::Duration;

/// Between two datagrams, so that each finds the way empty.
const APART: Duration = Duration::from_micros(200);

/// Many latencies.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Latency {
    /// Of each datagram, ns, ascending.
    all: Vec<u64>,
}

impl Latency {
    /// So many of a hundred datagrams took no longer than this.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.all.len().saturating_sub(1);
        Duration::from_nanos(self.all.get(last * percent / 100).copied().unwrap_or(0))
    }

    pub(super) fn add(&mut self, more: Vec<u64>) {
        self.all.extend(more);
        self.all.sort_unstable();
    }
}

/// The latencies of so many datagrams, ns.
pub fn of(pair: &Pair, datagrams: u32) -> io::Result<Vec<u64>> {
    let (sender, receiver) = pair.datagrams()?;
    let receiver = Receiver::start(receiver, note)?;
    for _ in 0..datagrams {
        sender.send(&clock::now().to_ne_bytes())?;
        std::thread::sleep(APART);
    }
    Ok(receiver.end())
}

/// The datagram says when it was sent.
fn note(latencies: &mut Vec<u64>, datagram: &[u8]) {
    let now = clock::now();
    latencies
        .extend(datagram.first_chunk().map(|sent| now.saturating_sub(u64::from_ne_bytes(*sent))));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_taken_over_all_rounds() {
        let mut latency = Latency::default();
        assert_eq!(latency.percentile(50), Duration::ZERO);
        latency.add((1..=50).rev().collect());
        latency.add((51..=101).collect());
        assert_eq!(latency.percentile(50), Duration::from_nanos(51));
        assert_eq!(latency.percentile(99), Duration::from_nanos(100));
    }
}
