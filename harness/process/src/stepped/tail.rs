//! The end of what a program has written to its standard error.

/// So many bytes are kept.
const KEPT: usize = 4 << 10;

/// The end of a stream, within bounded memory.
#[derive(Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    /// More has come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&bytes[bytes.len().saturating_sub(KEPT)..]);
        let surplus = self.bytes.len().saturating_sub(KEPT);
        self.bytes.drain(..surplus);
    }

    /// The last lines, at most so many.
    pub fn last_lines(&self, most: usize) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(most)..].join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_kept_whatever_comes_before() {
        let mut tail = Tail::default();
        tail.push(&vec![b'x'; 1 << 20]);
        tail.push(b"\none\ntwo\n\nthree\n");
        assert_eq!(tail.last_lines(2), "two\nthree");
        assert_eq!(tail.bytes.len(), KEPT);
    }
}
