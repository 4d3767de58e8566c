//! One course: whether every life delivers a prefix of one sequence. Worked out once; where it is
//! so, it vouches for most orders, and obligations are counted message by message.

use crate::scene::blocks::in_blocks;
use crate::scene::streams::{Rank, Streams};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::history::NONE;
use std::sync::{Arc, OnceLock};

/// The one sequence that all follow.
pub struct Course {
    /// The place of each message, from 1; 0 of those that nobody delivered.
    pub place: Vec<u32>,
    /// How many messages each life delivered.
    pub delivered: Vec<u32>,
    /// Whether each message was delivered after its broadcast.
    after_broadcast: bool,
    first: OnceLock<Vec<u32>>,
    senders_in_order: OnceLock<bool>,
}

/// The answer that is shared.
struct Answer(Option<Arc<Course>>);

impl Course {
    /// The course of a history in which one group holds everybody, no life starts late and no
    /// disturbance was at work; nothing if there are several.
    pub fn of(scene: &Scene<'_>) -> Option<Arc<Course>> {
        let plain = scene.lives.starts.is_empty() && scene.case.disturbed.is_empty();
        if !plain || !scene.is_usual || !scene.is_for_everyone() {
            return None;
        }
        scene.case.once(|| Answer(Course::run(scene).map(Arc::new))).0.clone()
    }

    fn run(scene: &Scene<'_>) -> Option<Course> {
        let broadcasts = scene.table.broadcasts();
        let mut place = vec![0u32; scene.table.len()];
        let mut delivered = vec![0u32; scene.lives.len()];
        let (mut length, mut after_broadcast) = (0, true);
        let one = in_blocks::<true>(scene, &scene.bound(Bound::Honest), |block, events| {
            let (mut fits, mut after, mut end) = (true, true, length);
            for (pair, event) in block.iter().zip(events) {
                let row = pair.row() as usize;
                let is_first = place[row] == 0;
                end += u32::from(is_first);
                let here = if is_first { end } else { place[row] };
                place[row] = here;
                let count = &mut delivered[pair.life() as usize];
                *count += 1;
                fits &= here == *count;
                after &= broadcasts[row] < *event;
            }
            length = end;
            after_broadcast &= after;
            fits
        });
        if !one {
            return None;
        }
        let (first, senders_in_order) = (OnceLock::new(), OnceLock::new());
        Some(Course { place, delivered, after_broadcast, first, senders_in_order })
    }

    /// The first delivery of each life, or [`NONE`].
    pub fn first(&self, scene: &Scene<'_>) -> &[u32] {
        self.first.get_or_init(|| first_deliveries(scene, &self.delivered))
    }

    /// Whether what was delivered of each sender is a beginning of its stream, in its order, each
    /// message after its broadcast.
    pub fn senders_in_order(&self, scene: &Scene<'_>) -> bool {
        *self.senders_in_order.get_or_init(|| {
            let streams = scene.streams();
            self.after_broadcast && streams.in_order && in_order(&streams, &self.place)
        })
    }

    /// Counts the deliveries by bound lives of those messages.
    pub fn deliveries(
        &self,
        scene: &Scene<'_>,
        bound: &[bool],
        counts: impl Fn(usize) -> bool,
    ) -> Tally {
        self.tally(scene, bound, counts, |reached| reached)
    }

    /// Counts the deliveries by bound lives of what another bound life delivered before.
    pub fn shared(&self, scene: &Scene<'_>, bound: &[bool]) -> Tally {
        self.tally(scene, bound, |_| true, |reached| reached.saturating_sub(1))
    }

    /// Sums up over messages how many bound lives have come to them.
    fn tally(
        &self,
        scene: &Scene<'_>,
        bound: &[bool],
        counts: impl Fn(usize) -> bool,
        worth: impl Fn(u64) -> u64,
    ) -> Tally {
        let mut tally = Tally::of(scene);
        let lives = self.delivered.iter().zip(bound).filter(|(_, bound)| **bound);
        let lives: Vec<u32> = lives.map(|(delivered, _)| *delivered).collect();
        for (row, place) in self.place.iter().enumerate() {
            if *place > 0 && counts(row) {
                let reached = lives.iter().map(|delivered| u64::from(delivered >= place)).sum();
                tally.obligations += worth(reached);
            }
        }
        tally
    }
}

/// Whether what was delivered of each stream is a beginning of it, in its order. Places count from
/// 1; at 0 are messages that nobody delivered.
fn in_order(streams: &Streams, place: &[u32]) -> bool {
    let mut last = vec![(0, 0); streams.len()];
    let mut in_order = |(rank, place): (&Rank, &u32)| {
        let here = place.wrapping_sub(1);
        let Some(last) = last.get_mut(rank.stream as usize) else { return here == NONE };
        let (index, before) = std::mem::replace(last, (rank.index, here));
        (rank.index == index + 1) & ((here == NONE) | (index == 0) | (here > before))
    };
    streams.rank.iter().zip(place).all(&mut in_order)
}

/// The first delivery of each life, soon found: lives that deliver do so early.
fn first_deliveries(scene: &Scene<'_>, delivered: &[u32]) -> Vec<u32> {
    let mut first = vec![NONE; delivered.len()];
    let mut left = delivered.iter().filter(|count| **count > 0).count();
    let mut deliveries = scene.deliveries();
    while let Some(delivery) = deliveries.next().filter(|_| left > 0) {
        let first = &mut first[delivery.life as usize];
        if *first == NONE {
            *first = delivery.event;
            left -= 1;
        }
    }
    first
}
