//! What a node writes to its standard error: its beginning and its end are kept.

use std::collections::VecDeque;

/// So many bytes are kept of the beginning, and as many of the end.
const KEPT: usize = 30 << 10;

/// The standard error of one node, over all its incarnations.
#[derive(Clone, Debug, Default)]
pub struct StandardError {
    first: Vec<u8>,
    last: VecDeque<u8>,
    dropped: u64,
}

impl StandardError {
    /// More has been written.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = (KEPT - self.first.len()).min(bytes.len());
        self.first.extend_from_slice(&bytes[..room]);
        self.last.extend(&bytes[room..]);
        let beyond = self.last.len().saturating_sub(KEPT);
        self.last.drain(..beyond);
        self.dropped += beyond as u64;
    }

    /// The last lines, at most so many.
    pub fn last_lines(&self, most: usize) -> String {
        let bytes = self.bytes();
        let text = String::from_utf8_lossy(&bytes);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(most)..].join("\n")
    }

    /// As bytes; what was dropped in the middle is told.
    pub fn bytes(&self) -> Vec<u8> {
        let gap = match self.dropped {
            0 => String::new(),
            dropped => format!("\n… {dropped} bytes are not kept …\n"),
        };
        let (front, back) = self.last.as_slices();
        [&self.first, gap.as_bytes(), front, back].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_and_the_end_of_a_flood_are_kept() {
        let mut log = StandardError::default();
        log.push(b"first\n");
        (0..2_000).for_each(|_| log.push(&[b'x'; 1_000]));
        log.push(b"last\n");
        let text = String::from_utf8(log.bytes()).unwrap();
        assert!(text.starts_with("first\nxxx") && text.ends_with("xxxlast\n"));
        assert!(text.contains("bytes are not kept"));
        assert!(text.len() < 2 * KEPT + 100);
    }

    #[test]
    fn the_last_lines_are_told_without_empty_ones() {
        let mut log = StandardError::default();
        log.push(b"zero\none\ntwo\n\nthree\n");
        assert_eq!(log.last_lines(2), "two\nthree");
    }

    #[test]
    fn a_short_log_is_kept_whole() {
        let mut log = StandardError::default();
        log.push(b"a\n");
        log.push(b"b\n");
        assert_eq!(log.bytes(), b"a\nb\n");
    }
}
