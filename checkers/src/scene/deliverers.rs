//! Who delivered what: a set of lives for each message.

use crate::scene::blocks::in_blocks;
use crate::scene::{Bound, Scene};
use std::sync::Arc;

/// A machine word that holds a piece of a set of lives.
pub trait Word: Copy + Default + PartialEq + Send + Sync + 'static {
    /// How many lives it holds.
    const BITS: usize;
    /// The word that holds just this one.
    fn bit(place: usize) -> Self;
    /// In both.
    fn and(self, other: Self) -> Self;
    /// In either.
    fn or(self, other: Self) -> Self;
}

macro_rules! word {
    ($($word:ty),*) => {$(
        impl Word for $word {
            const BITS: usize = <$word>::BITS as usize;
            fn bit(place: usize) -> Self {
                1 << place
            }
            fn and(self, other: Self) -> Self {
                self & other
            }
            fn or(self, other: Self) -> Self {
                self | other
            }
        }
    )*};
}
word!(u8, u64);

/// Whether narrow words hold every life of the scene.
pub fn is_narrow(scene: &Scene<'_>) -> bool {
    scene.lives.len() <= u8::BITS as usize
}

/// A set of lives for each of some rows. Few lives go into a byte, so that the table stays in the
/// cache; many take several words.
pub struct Deliverers<W> {
    words: usize,
    sets: Vec<W>,
}

impl<W: Word> Deliverers<W> {
    /// Empty sets.
    pub fn empty(rows: usize, lives: usize) -> Deliverers<W> {
        let words = lives.div_ceil(W::BITS).max(1);
        Deliverers { words, sets: vec![W::default(); rows * words] }
    }

    /// Who delivered each message of the scene, where it counts. Worked out once.
    pub fn of(scene: &Scene<'_>) -> Arc<Deliverers<W>> {
        match scene.is_usual {
            true => scene.case.once(|| Deliverers::run(scene)),
            false => Arc::new(Deliverers::run(scene)),
        }
    }

    fn run(scene: &Scene<'_>) -> Deliverers<W> {
        let mut all = Deliverers::empty(scene.table.len(), scene.lives.len());
        in_blocks::<false>(scene, &scene.bound(Bound::Honest), |block, _| {
            for pair in block {
                all.insert(pair.row(), pair.life());
            }
            true
        });
        all
    }

    /// Adds a life; whether it is new.
    #[inline]
    pub fn insert(&mut self, row: u32, life: u32) -> bool {
        let (place, bit) = self.place(row, life);
        let word = &mut self.sets[place];
        let known = word.and(bit) == bit;
        *word = word.or(bit);
        !known
    }

    /// Whether the life is in the set.
    pub fn has(&self, row: u32, life: u32) -> bool {
        let (place, bit) = self.place(row, life);
        self.sets[place].and(bit) == bit
    }

    #[inline]
    fn place(&self, row: u32, life: u32) -> (usize, W) {
        let life = life as usize;
        if self.words == 1 {
            return (row as usize, W::bit(life % W::BITS));
        }
        (row as usize * self.words + life / W::BITS, W::bit(life % W::BITS))
    }

    /// Whether the set of `row` has a life in common with that of `other`'s row `of`.
    #[inline]
    pub fn meets(&self, row: u32, other: &Deliverers<W>, of: u32) -> bool {
        let mut pairs = self.set(row).iter().zip(other.set(of));
        pairs.any(|(a, b)| a.and(*b) != W::default())
    }

    /// Whether the set of `row` holds every life of that of `other`'s row `of`.
    #[inline]
    pub fn holds(&self, row: u32, other: &Deliverers<W>, of: u32) -> bool {
        let mut pairs = self.set(row).iter().zip(other.set(of));
        pairs.all(|(a, b)| a.and(*b) == *b)
    }

    fn set(&self, row: u32) -> &[W] {
        let start = row as usize * self.words;
        &self.sets[start..start + self.words]
    }
}
