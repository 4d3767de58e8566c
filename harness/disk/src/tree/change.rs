//! What has become of a file's content since it was last made durable.

use crate::dice::Dice;
use crate::tree::chunk::{CHUNK, Chunk, Meter, SECTOR};
use crate::tree::content::Content;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A change of a file's content that is not durable yet. Its size is that of what has changed, not
/// of the file.
#[derive(Clone, Debug)]
pub struct Change {
    /// The shortest that the file has been meanwhile, if it was cut.
    pub cut: Option<u64>,
    /// How long it is in the end.
    pub size: u64,
    /// The chunks that were written; a hole where one was cut out.
    pub chunks: BTreeMap<u64, Option<Arc<Chunk>>>,
}

/// What survived of a torn change.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Torn {
    /// How many sectors.
    pub kept: u64,
    /// How many sectors did not.
    pub lost: u64,
}

impl Change {
    /// How many bytes were written, in whole chunks.
    pub fn bytes(&self) -> u64 {
        (self.chunks.len() * CHUNK) as u64
    }

    /// Makes it one with the change that came after it.
    pub fn then(&mut self, later: Change) {
        if let Some(cut) = later.cut {
            drop(self.chunks.split_off(&crate::tree::chunk::chunks_for(cut)));
            self.cut = Some(self.cut.map_or(cut, |mine| mine.min(cut)));
        }
        self.size = later.size;
        self.chunks.extend(later.chunks);
    }

    /// Makes it durable.
    pub fn apply(self, content: &mut Content) {
        if let Some(cut) = self.cut {
            content.resize(cut.min(content.size()));
        }
        for (index, chunk) in self.chunks {
            content.put(index, chunk);
        }
        content.resize(self.size);
    }

    /// The power fails in the midst of it: each sector is durable or not, and so is the size. What
    /// lies behind the end stays for the next change, and for [`Content::trim`].
    pub fn tear(self, content: &mut Content, share: u32, dice: &mut Dice, m: &Arc<Meter>) -> Torn {
        let mut torn = Torn::default();
        let mut size = content.size();
        if dice.happens(share) {
            if let Some(cut) = self.cut {
                // The sector that was cut in two is written with the rest of the content, or not.
                content.resize(cut.next_multiple_of(SECTOR as u64));
            }
            size = self.size;
        }
        for (index, chunk) in &self.chunks {
            for sector in 0..CHUNK / SECTOR {
                if dice.happens(share) {
                    content.put_sector(*index, sector, chunk.as_deref(), m);
                    torn.kept += 1;
                } else {
                    torn.lost += 1;
                }
            }
        }
        content.assume_size(size);
        torn
    }
}
