//! What a node has yet to read, within bounded memory.

use std::io::{ErrorKind, Write};

/// So many bytes may wait for a node; what comes beyond is lost.
pub const MOST: usize = 64 << 20;

/// Bytes on their way into a node's standard input.
#[derive(Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    written: usize,
}

impl Outbox {
    /// Whether something waits.
    pub fn waits(&self) -> bool {
        self.written < self.bytes.len()
    }

    /// A line is to be written; false if too much waits already.
    pub fn push(&mut self, line: &[u8]) -> bool {
        let fits = self.bytes.len() - self.written + line.len() <= MOST;
        if fits {
            self.bytes.extend_from_slice(line);
        }
        fits
    }

    /// Writes as much as the pipe takes at once; false if nobody will ever read it.
    pub fn flush(&mut self, pipe: &mut impl Write) -> bool {
        while self.waits() {
            match pipe.write(&self.bytes[self.written..]) {
                Ok(0) => return false,
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return false,
            }
        }
        if self.written > self.bytes.len() / 2 {
            self.bytes.drain(..self.written);
            self.written = 0;
        }
        true
    }

    /// Forgets what waits.
    pub fn clear(&mut self) {
        *self = Outbox::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// A pipe that takes so many bytes at a time, and then none until it is emptied.
    struct Narrow(Vec<u8>, usize);

    impl Write for Narrow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0.len() >= self.1 {
                return Err(ErrorKind::WouldBlock.into());
            }
            let count = bytes.len().min(self.1 - self.0.len());
            self.0.extend_from_slice(&bytes[..count]);
            Ok(count)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn bytes_wait_for_a_pipe_that_is_full_and_come_in_order() {
        let (mut outbox, mut pipe) = (Outbox::default(), Narrow(Vec::new(), 4));
        assert!(outbox.push(b"one\n") && outbox.push(b"two\n"));
        assert!(outbox.flush(&mut pipe) && outbox.waits());
        assert_eq!(std::mem::take(&mut pipe.0), b"one\n");
        assert!(outbox.flush(&mut pipe) && !outbox.waits());
        assert_eq!(pipe.0, b"two\n");
    }

    #[test]
    fn too_much_is_refused() {
        let mut outbox = Outbox::default();
        let line = vec![b'x'; MOST / 4];
        assert_eq!((0..5).filter(|_| outbox.push(&line)).count(), 4);
    }
}
