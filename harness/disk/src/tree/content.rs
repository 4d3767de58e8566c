//! What is in a file: chunks, with holes where nothing was written.

use crate::tree::chunk::{CHUNK, Chunk, Meter, SECTOR, chunks_for, pieces};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is in a file. Cheap to copy in parts: chunks are shared until one side changes.
///
/// What is in a chunk behind the end of the file is zero.
#[derive(Clone, Debug, Default)]
pub struct Content {
    chunks: BTreeMap<u64, Arc<Chunk>>,
    size: u64,
}

impl Content {
    /// How long the file is, bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many chunks it takes.
    pub fn chunk_count(&self) -> u64 {
        self.chunks.len() as u64
    }

    /// The chunk at this place, if it is no hole.
    pub fn chunk(&self, index: u64) -> Option<&Arc<Chunk>> {
        self.chunks.get(&index)
    }

    /// How many chunks of these are no holes.
    pub fn chunks_in(&self, indices: std::ops::Range<u64>) -> u64 {
        self.chunks.range(indices).count() as u64
    }

    /// Which chunks of these are no holes.
    pub fn indices_in(&self, indices: std::ops::Range<u64>) -> Vec<u64> {
        self.chunks.range(indices).map(|(index, _)| *index).collect()
    }

    /// Up to so many bytes from there on.
    pub fn read(&self, offset: u64, len: usize) -> Vec<u8> {
        let len = self.size.saturating_sub(offset).min(len as u64) as usize;
        let mut bytes = vec![0; len];
        let mut rest = bytes.as_mut_slice();
        for piece in pieces(offset, len) {
            let (now, later) = rest.split_at_mut(piece.len);
            if let Some(chunk) = self.chunks.get(&piece.index) {
                now.copy_from_slice(&chunk.bytes()[piece.at..][..piece.len]);
            }
            rest = later;
        }
        bytes
    }

    /// The chunk at this place, to be changed: one of its own, and no hole from now on.
    pub fn chunk_mut(&mut self, index: u64, meter: &Arc<Meter>) -> &mut [u8; CHUNK] {
        let chunk = self.chunks.entry(index).or_insert_with(|| Arc::new(Chunk::zeroed(meter)));
        Arc::make_mut(chunk).bytes_mut()
    }

    /// Puts a chunk, or a hole, at this place.
    pub fn put(&mut self, index: u64, chunk: Option<Arc<Chunk>>) {
        match chunk {
            Some(chunk) => self.chunks.insert(index, chunk),
            None => self.chunks.remove(&index),
        };
    }

    /// Puts one sector of a chunk, or of a hole, at its place in this chunk.
    pub fn put_sector(&mut self, index: u64, sector: usize, from: Option<&Chunk>, m: &Arc<Meter>) {
        if from.is_none() && !self.chunks.contains_key(&index) {
            return;
        }
        let place = sector * SECTOR..(sector + 1) * SECTOR;
        let into = &mut self.chunk_mut(index, m)[place.clone()];
        match from {
            Some(chunk) => into.copy_from_slice(&chunk.bytes()[place]),
            None => into.fill(0),
        }
    }

    /// Makes it longer, by a hole, or shorter. The chunk that was cut in two, if one was.
    pub fn resize(&mut self, size: u64) -> Option<u64> {
        self.size = size;
        drop(self.chunks.split_off(&chunks_for(size)));
        let (index, at) = (size / CHUNK as u64, (size % CHUNK as u64) as usize);
        let last = self.chunks.get_mut(&index)?;
        if last.bytes()[at..].iter().any(|byte| *byte != 0) {
            Arc::make_mut(last).bytes_mut()[at..].fill(0);
        }
        Some(index)
    }

    /// Makes it as long as that, and leaves what lies behind the end for [`Content::trim`].
    pub fn assume_size(&mut self, size: u64) {
        self.size = size;
    }

    /// Makes zero what lies behind the end.
    pub fn trim(&mut self) {
        self.resize(self.size);
    }

    /// Lengthens it to at least this size.
    pub fn extend_to(&mut self, size: u64) {
        self.size = self.size.max(size);
    }
}
