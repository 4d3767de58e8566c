//! Pieces of files, shared between what is cached, what is promised and what is durable, and the
//! count of all that there are.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How much is written to the disk as a whole, bytes: a page of the system's cache.
pub const CHUNK: usize = 4096;

/// How much a disk writes as a whole when the power fails, bytes (Pillai et al., OSDI 2014).
pub const SECTOR: usize = 512;

/// How many chunks there are, in all their versions.
#[derive(Debug, Default)]
pub struct Meter(AtomicU64);

impl Meter {
    /// How many bytes all of them take.
    pub fn bytes(&self) -> u64 {
        self.0.load(Ordering::Relaxed) * CHUNK as u64
    }
}

/// One version of a piece of a file.
#[derive(Debug)]
pub struct Chunk {
    bytes: Box<[u8; CHUNK]>,
    meter: Arc<Meter>,
}

impl Chunk {
    /// One of zeros.
    pub fn zeroed(meter: &Arc<Meter>) -> Chunk {
        Chunk::of(Box::new([0; CHUNK]), meter)
    }

    fn of(bytes: Box<[u8; CHUNK]>, meter: &Arc<Meter>) -> Chunk {
        meter.0.fetch_add(1, Ordering::Relaxed);
        Chunk { bytes, meter: Arc::clone(meter) }
    }

    /// What is in it.
    pub fn bytes(&self) -> &[u8; CHUNK] {
        &self.bytes
    }

    /// What is in it, to be changed.
    pub fn bytes_mut(&mut self) -> &mut [u8; CHUNK] {
        &mut self.bytes
    }
}

impl Clone for Chunk {
    fn clone(&self) -> Chunk {
        Chunk::of(self.bytes.clone(), &self.meter)
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        self.meter.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The part of one chunk in a range of a file.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Piece {
    /// Which chunk of the file, from 0.
    pub index: u64,
    /// Where in the chunk it begins.
    pub at: usize,
    /// How long it is.
    pub len: usize,
}

/// The pieces of a range of a file, in order.
pub fn pieces(offset: u64, len: usize) -> impl Iterator<Item = Piece> {
    let end = offset + len as u64;
    let mut from = offset;
    std::iter::from_fn(move || {
        let (index, at) = (from / CHUNK as u64, (from % CHUNK as u64) as usize);
        let len = (end - from).min((CHUNK - at) as u64) as usize;
        from += len as u64;
        (len > 0).then_some(Piece { index, at, len })
    })
}

/// How many chunks hold so many bytes.
pub fn chunks_for(bytes: u64) -> u64 {
    bytes.div_ceil(CHUNK as u64)
}
