//! A file: what the node sees of it, and what of that would outlive a power failure.

use crate::tree::change::Change;
use crate::tree::chunk::{CHUNK, Meter, chunks_for, pieces};
use crate::tree::content::Content;
use rustix::io::Errno;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The content of a file.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// What the node sees.
    pub cached: Content,
    /// What is durable.
    pub safe: Content,
    /// The chunks that were written since the last change was taken.
    dirty: BTreeSet<u64>,
    /// The shortest it has been since then, if it was cut.
    cut: Option<u64>,
    /// Whether its size has changed since then.
    resized: bool,
}

impl File {
    /// Whether there is anything that is not durable, nor said to be.
    pub fn is_dirty(&self) -> bool {
        self.resized || self.cut.is_some() || !self.dirty.is_empty()
    }

    /// Writes as much as the room for new chunks allows; how many bytes.
    pub fn write(&mut self, offset: u64, bytes: &[u8], mut room: u64, meter: &Arc<Meter>) -> usize {
        let mut written = 0;
        for piece in pieces(offset, bytes.len()) {
            if self.cached.chunk(piece.index).is_none() {
                let Some(less) = room.checked_sub(1) else { break };
                room = less;
            }
            let into = self.cached.chunk_mut(piece.index, meter);
            into[piece.at..][..piece.len].copy_from_slice(&bytes[written..][..piece.len]);
            self.dirty.insert(piece.index);
            written += piece.len;
        }
        if written > 0 {
            self.lengthen(offset + written as u64);
        }
        written
    }

    /// Makes it longer or shorter.
    pub fn resize(&mut self, size: u64) {
        if size < self.cached.size() {
            self.cut = Some(self.cut.map_or(size, |cut| cut.min(size)));
            drop(self.dirty.split_off(&chunks_for(size)));
        }
        self.resized |= size != self.cached.size();
        self.dirty.extend(self.cached.resize(size));
    }

    /// Takes chunks for this range, as many as there is room for or none, and lengthens the file if
    /// that is wanted.
    pub fn allocate(&mut self, range: Range, room: u64, meter: &Arc<Meter>) -> Result<(), Errno> {
        let indices = range.offset / CHUNK as u64..chunks_for(range.end());
        let missing = indices.end - indices.start - self.cached.chunks_in(indices.clone());
        if missing > room {
            return Err(Errno::NOSPC);
        }
        for index in indices {
            if self.cached.chunk(index).is_none() {
                self.cached.chunk_mut(index, meter);
                self.dirty.insert(index);
            }
        }
        if range.lengthens {
            self.lengthen(range.end());
        }
        Ok(())
    }

    /// Cuts a hole.
    pub fn punch(&mut self, range: Range, meter: &Arc<Meter>) {
        let (first, last) = (range.offset / CHUNK as u64, chunks_for(range.end()));
        for index in self.cached.indices_in(first..last) {
            let start = index * CHUNK as u64;
            let from = range.offset.saturating_sub(start) as usize;
            let to = (range.end() - start).min(CHUNK as u64) as usize;
            if to == from {
                continue;
            }
            if to - from == CHUNK {
                self.cached.put(index, None);
            } else {
                self.cached.chunk_mut(index, meter)[from..to].fill(0);
            }
            self.dirty.insert(index);
        }
    }

    fn lengthen(&mut self, size: u64) {
        self.resized |= size > self.cached.size();
        self.cached.extend_to(size);
    }

    /// What is not durable, which from now on counts as clean.
    pub fn take(&mut self) -> Change {
        let dirty = std::mem::take(&mut self.dirty);
        let chunks = dirty.into_iter().map(|index| (index, self.cached.chunk(index).cloned()));
        let chunks = chunks.collect();
        self.resized = false;
        Change { cut: self.cut.take(), size: self.cached.size(), chunks }
    }

    /// Marks the written chunks as clean, as Linux does when it could not write them (Rebello et
    /// al., ATC 2020): how many bytes those are. The size goes through the journal, and is not
    /// affected.
    pub fn abandon(&mut self) -> u64 {
        let dirty = std::mem::take(&mut self.dirty);
        (dirty.len() * CHUNK) as u64
    }

    /// The node sees what is durable, and no more.
    pub fn revert(&mut self) {
        self.safe.trim();
        *self = File { cached: self.safe.clone(), safe: self.safe.clone(), ..File::default() };
    }
}

/// A range of a file for fallocate(2). Its end is at most that of the longest file.
#[derive(Copy, Clone, Debug)]
pub struct Range {
    /// Where it begins, bytes.
    pub offset: u64,
    /// How long it is, bytes.
    pub len: u64,
    /// Whether a file that is shorter is to reach its end.
    pub lengthens: bool,
}

impl Range {
    fn end(self) -> u64 {
        self.offset + self.len
    }
}
