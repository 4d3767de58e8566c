//! What a node writes to its standard error: its beginning and its end are kept.

use std::collections::VecDeque;

/// So many bytes are kept of the beginning, and as many of the end.
const KEPT: usize = 64 << 10;

/// The log of one node, over all its incarnations.
#[derive(Clone, Debug, Default)]
pub struct Log {
    first: Vec<u8>,
    last: VecDeque<u8>,
    dropped: u64,
}

impl Log {
    /// More has been written.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = (KEPT - self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..room]);
        self.last.extend(&bytes[room..]);
        let beyond = self.last.len().saturating_sub(KEPT);
        self.last.drain(..beyond);
        self.dropped += beyond as u64;
    }

    /// Whether nothing was ever written.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// As text; what was dropped in the middle is told.
    pub fn text(&self) -> String {
        let mut text = String::from_utf8_lossy(&self.first).into_owned();
        if self.dropped > 0 {
            text.push_str(&format!("\n… {} bytes are not kept …\n", self.dropped));
        }
        let (front, back) = self.last.as_slices();
        text.push_str(&String::from_utf8_lossy(&[front, back].concat()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_of_a_flood_are_kept() {
        let mut log = Log::default();
        assert!(log.is_empty());
        log.push(b"first\n");
        (0..2_000).for_each(|_| log.push(&[b'x'; 1_000]));
        log.push(b"last\n");
        let text = log.text();
        assert!(text.starts_with("first\nxxx") && text.ends_with("xxxlast\n"));
        assert!(text.contains("bytes are not kept"));
        assert!(text.len() < 2 * KEPT + 100);
    }

    #[test]
    fn a_short_log_is_kept_whole() {
        let mut log = Log::default();
        log.push(b"a\n");
        log.push(b"b\n");
        assert_eq!(log.text(), "a\nb\n");
    }
}
