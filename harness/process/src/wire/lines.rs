//! Lines out of a stream of bytes, within bounded memory.

/// A line longer than this is no message; it is cut off and told as one.
pub const MOST: usize = 16 << 20;

/// Bytes that have come, cut into lines.
#[derive(Default)]
pub struct Lines {
    bytes: Vec<u8>,
    /// How many of the bytes have been handed out.
    taken: usize,
    /// How many of the bytes are known to hold no end of a line.
    searched: usize,
    /// Whether the rest of a line that was too long is being thrown away.
    skipping: bool,
}

impl Lines {
    /// More bytes have come.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.searched -= self.taken;
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// The next whole line, without its end; of one that is too long, its beginning.
    pub fn take(&mut self) -> Option<&[u8]> {
        loop {
            let start = self.taken;
            let rest = &self.bytes[self.searched..];
            let Some(end) = rest.iter().position(|b| *b == b'\n').map(|at| self.searched + at)
            else {
                self.searched = self.bytes.len();
                return self.too_long(start);
            };
            self.taken = end + 1;
            self.searched = end + 1;
            if std::mem::take(&mut self.skipping) {
                continue;
            }
            let line = &self.bytes[start..end];
            return Some(line.strip_suffix(b"\r").unwrap_or(line));
        }
    }

    fn too_long(&mut self, start: usize) -> Option<&[u8]> {
        if self.skipping {
            self.taken = self.bytes.len();
            return None;
        }
        if self.bytes.len() - start <= MOST {
            return None;
        }
        self.skipping = true;
        self.taken = self.bytes.len();
        Some(&self.bytes[start..start + MOST])
    }

    /// What has come after the last end of a line.
    pub fn rest(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(lines: &mut Lines) -> Vec<String> {
        std::iter::from_fn(|| lines.take().map(|l| String::from_utf8_lossy(l).into_owned()))
            .collect()
    }

    #[test]
    fn lines_are_cut_wherever_the_bytes_are() {
        let mut lines = Lines::default();
        lines.push(b"one\ntw");
        assert_eq!(all(&mut lines), ["one"]);
        assert_eq!(lines.rest(), b"tw");
        lines.push(b"o\r\n\nthree\n");
        assert_eq!(all(&mut lines), ["two", "", "three"]);
        assert_eq!(lines.rest(), b"");
    }

    #[test]
    fn a_line_without_end_takes_no_more_memory_than_a_long_one() {
        let mut lines = Lines::default();
        let mut told = 0;
        for _ in 0..40 {
            lines.push(&vec![b'x'; 1 << 20]);
            while let Some(line) = lines.take() {
                assert_eq!(line.len(), MOST);
                told += 1;
            }
            assert!(lines.rest().len() <= MOST + (1 << 20));
        }
        assert_eq!(told, 1);
        lines.push(b"x\nnext\n");
        assert_eq!(all(&mut lines), ["next"]);
    }
}
