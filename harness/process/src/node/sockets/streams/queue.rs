//! What a node has sent to another and does not yet know to have arrived.

use crate::node::sockets::streams::packet::Packet;
use pepperland_core::contract::Garbled;
use pepperland_core::id::NetworkId;
use pepperland_core::time::Time;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Write};

/// So many bytes may wait for a node; what comes beyond is lost.
pub const MOST: usize = 64 << 20;

/// Packets in the order of their numbers. They stay until they are acknowledged, so that a new
/// connection can begin where the last one broke.
#[derive(Debug, Default)]
pub struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// The number of the last packet.
    last: u64,
    /// How many of the packets have been written to this connection.
    written: usize,
    /// How many bytes of the next one have.
    begun: usize,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    since: Time,
    packet: Vec<u8>,
}

impl Queue {
    /// A frame is sent; false if too much waits already.
    pub fn push(&mut self, network: NetworkId, frame: &[u8], now: Time) -> bool {
        let number = self.last + 1;
        let packet = Packet { number, network, frame }.pack();
        let fits = self.bytes + packet.len() <= MOST;
        if fits {
            self.last = number;
            self.bytes += packet.len();
            self.waiting.push_back(Waiting { number, since: now, packet });
        }
        fits
    }

    /// Whether all is known to have arrived.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether something is still to be written to this connection.
    pub fn has_more(&self) -> bool {
        self.written < self.waiting.len()
    }

    /// What was written to this connection has arrived, up to this number.
    ///
    /// # Errors
    /// If that was never written.
    pub fn acknowledge(&mut self, number: u64) -> Result<(), Garbled> {
        let known = match self.written.checked_sub(1) {
            Some(last) => self.waiting[last].number,
            None => self.waiting.front().map_or(self.last, |first| first.number - 1),
        };
        if number > known {
            return Err(Garbled);
        }
        self.written -= self.forget(|packet| packet.number <= number);
        Ok(())
    }

    /// A new connection begins, with all that has not arrived up to this number before.
    ///
    /// # Errors
    /// If that was never sent.
    pub fn begin_anew(&mut self, number: u64) -> Result<(), Garbled> {
        if number > self.last {
            return Err(Garbled);
        }
        self.forget(|packet| packet.number <= number);
        (self.written, self.begun) = (0, 0);
        Ok(())
    }

    /// What was sent before this instant is lost, at the beginning of a connection.
    pub fn lose_before(&mut self, instant: Time) {
        self.forget(|packet| packet.since < instant);
    }

    /// Forgets packets from the front; how many.
    fn forget(&mut self, which: impl Fn(&Waiting) -> bool) -> usize {
        let mut count = 0;
        while let Some(packet) = self.waiting.pop_front_if(|packet| which(packet)) {
            self.bytes -= packet.packet.len();
            count += 1;
        }
        count
    }

    /// Writes as much as the stream takes at once; whether it took anything.
    ///
    /// # Errors
    /// If the connection has broken.
    pub fn write(&mut self, stream: &mut impl Write) -> io::Result<bool> {
        let mut any = false;
        while let Some(Waiting { packet, .. }) = self.waiting.get(self.written) {
            match stream.write(&packet[self.begun..]) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => self.begun += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
            any = true;
            if self.begun == packet.len() {
                self.written += 1;
                self.begun = 0;
            }
        }
        Ok(any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::sockets::streams::packet::Unpacker;

    fn queue(frames: &[&[u8]]) -> Queue {
        let mut queue = Queue::default();
        for (at, frame) in (1..).zip(frames) {
            assert!(queue.push(NetworkId::PAYLOAD, frame, Time(at)));
        }
        queue
    }

    fn numbers(bytes: &[u8]) -> Vec<u64> {
        let mut unpacker = Unpacker::default();
        unpacker.push(bytes);
        std::iter::from_fn(|| Some(unpacker.take().unwrap()?.number)).collect()
    }

    fn written(queue: &mut Queue) -> Vec<u64> {
        let mut bytes = Vec::new();
        queue.write(&mut bytes).unwrap();
        numbers(&bytes)
    }

    #[test]
    fn what_was_not_acknowledged_is_written_again_to_a_new_connection() {
        let mut queue = queue(&[b"one", b"two", b"three"]);
        assert_eq!(written(&mut queue), [1, 2, 3]);
        queue.acknowledge(1).unwrap();
        assert_eq!((queue.has_more(), queue.is_empty()), (false, false));
        queue.begin_anew(2).unwrap();
        queue.push(NetworkId::PAYLOAD, b"four", Time(4));
        assert_eq!(written(&mut queue), [3, 4]);
        queue.acknowledge(4).unwrap();
        assert!(queue.is_empty());
    }

    #[test]
    fn what_was_for_an_earlier_life_is_lost() {
        let mut queue = queue(&[b"one", b"two", b"three"]);
        queue.begin_anew(0).unwrap();
        queue.lose_before(Time(3));
        assert_eq!(written(&mut queue), [3]);
    }

    #[test]
    fn nobody_acknowledges_what_was_never_sent() {
        let mut queue = queue(&[b"one", b"two"]);
        assert!(queue.acknowledge(1).is_err());
        assert!(queue.begin_anew(3).is_err());
        written(&mut queue);
        assert!(queue.acknowledge(3).is_err());
        queue.acknowledge(2).unwrap();
        // An old one says nothing new.
        queue.acknowledge(1).unwrap();
        assert!(queue.acknowledge(3).is_err());
    }

    #[test]
    fn too_much_is_refused() {
        let mut queue = Queue::default();
        let frame = vec![0; MOST / 4 - 100];
        let taken = (0..6).filter(|_| queue.push(NetworkId::PAYLOAD, &frame, Time::ZERO));
        assert_eq!(taken.count(), 4);
    }
}
