//! Deliveries in blocks, for the passes that must be fast: sorting the events that matter from the
//! others without a branch, a block at a time, spares a misprediction at every few events.

use crate::scene::lives::Now;
use crate::scene::{Delivery, Scene};
use pepperland_core::history::{Kind, NONE};

/// Few enough to stay in the nearest cache.
const BLOCK: usize = 512;

/// A life and a message, in one word.
#[derive(Copy, Clone, Debug, Default)]
pub struct Pair(u64);

impl Pair {
    #[inline]
    fn new(life: u32, row: u32) -> Pair {
        Pair(u64::from(life) << 32 | u64::from(row))
    }

    /// The life that delivered.
    #[inline]
    pub fn life(self) -> u32 {
        (self.0 >> 32) as u32
    }

    /// The message.
    #[inline]
    pub fn row(self) -> u32 {
        self.0 as u32
    }
}

/// Calls `each` for one block after the other of what counts as a delivery of a bound life: lives
/// and messages, and, with `EVENTS`, the events beside them. Stops when `each` says no; whether it
/// never did.
pub fn in_blocks<const EVENTS: bool>(
    scene: &Scene<'_>,
    bound: &[bool],
    mut each: impl FnMut(&[Pair], &[u32]) -> bool,
) -> bool {
    let mut now = scene.lives.follow(scene.case);
    let mut lives = bound_lives(scene, &now, bound);
    let mut pairs = [Pair::default(); BLOCK];
    let mut events = [0; BLOCK];
    for (number, kinds) in scene.history.kinds().chunks(BLOCK).enumerate() {
        let start = number * BLOCK;
        let plain = kinds.iter().fold(0, |m, k| m.max(*k as u8)) <= Kind::Deliver as u8;
        let found = if plain && scene.is_for_everyone() {
            pack::<EVENTS>(scene, start, kinds, &lives, &mut pairs, &mut events)
        } else {
            let found = sift(scene, start, kinds.len(), &mut now, bound);
            lives = bound_lives(scene, &now, bound);
            for (i, delivery) in found.iter().enumerate() {
                pairs[i] = Pair::new(delivery.life, delivery.row);
                events[i] = delivery.event;
            }
            found.len()
        };
        if !each(&pairs[..found], if EVENTS { &events[..found] } else { &[] }) {
            return false;
        }
    }
    true
}

/// The life of each node if it is bound, else [`NONE`]; and one more [`NONE`] for strangers.
fn bound_lives(scene: &Scene<'_>, now: &Now, bound: &[bool]) -> Vec<u32> {
    let life = |node| {
        let life = now.life(node);
        if bound.get(life as usize) == Some(&true) { life } else { NONE }
    };
    (0..scene.history.node_count() as u32).map(life).chain([NONE]).collect()
}

/// Puts the deliveries of a block without restarts to the front; how many those are.
#[inline]
fn pack<const EVENTS: bool>(
    scene: &Scene<'_>,
    start: usize,
    kinds: &[Kind],
    lives: &[u32],
    pairs: &mut [Pair; BLOCK],
    events: &mut [u32; BLOCK],
) -> usize {
    let range = start..start + kinds.len();
    let (nodes, rows) = (&scene.history.nodes()[range.clone()], &scene.history.messages()[range]);
    let mut found = 0;
    for (i, ((kind, node), row)) in kinds.iter().zip(nodes).zip(rows).enumerate() {
        let life = lives[(*node as usize).min(lives.len() - 1)];
        pairs[found % BLOCK] = Pair::new(life, *row);
        if EVENTS {
            events[found % BLOCK] = (start + i) as u32;
        }
        found += usize::from((*kind == Kind::Deliver) & (life != NONE) & (*row != NONE));
    }
    found
}

/// The same for a block in which nodes may restart, or not everyone is a recipient.
fn sift(
    scene: &Scene<'_>,
    start: usize,
    length: usize,
    now: &mut Now,
    bound: &[bool],
) -> Vec<Delivery> {
    let one = |event: usize| {
        let (node, row) = (scene.history.nodes()[event], scene.history.messages()[event]);
        let kind = scene.history.kinds()[event];
        if kind == Kind::Recover {
            now.recover(node);
        }
        let life = now.life(node);
        let is_bound = bound.get(life as usize) == Some(&true);
        let counts = kind == Kind::Deliver && row != NONE && is_bound;
        let delivery = Delivery { event: event as u32, life, row };
        (counts && scene.is_recipient(row, node)).then_some(delivery)
    };
    (start..start + length).filter_map(one).collect()
}
