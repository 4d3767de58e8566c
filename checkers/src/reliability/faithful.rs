//! Faithful histories: every delivery is of a message that stands broadcast before it, with the
//! digest it had then. Worked out once; where it is so, it vouches for every reading of no creation.

use crate::reliability::creation::{Clause, Reading, Senders};
use crate::scene::blocks::in_blocks;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::history::NONE;

/// How much each life delivered.
#[derive(Default)]
struct Faithful {
    deliveries: Vec<u64>,
    /// How many of those have a digest on both sides.
    digested: Vec<u64>,
}

/// The answer that is shared.
struct Answer(Option<Faithful>);

/// The obligations of a reading, all met, where the history is faithful, undisturbed, for everyone,
/// and told by nobody who lies.
pub fn vouched(scene: &Scene<'_>, reading: &Reading) -> Option<Tally> {
    let case = scene.case;
    let plain = scene.is_usual && scene.is_for_everyone() && case.disturbed.is_empty();
    let honest = !case.byzantine.contains(&true);
    let senders = reading.senders == Senders::Honest || !case.correct.contains(&false);
    if !plain || !honest || !senders {
        return None;
    }
    let answer = case.once(|| Answer(run(scene)));
    let faithful = answer.0.as_ref()?;
    let mut tally = Tally::of(scene);
    let bound = scene.bound(reading.receivers);
    let counts = match reading.clauses {
        [Clause::Unchanged] => &faithful.digested,
        [Clause::Before] if !scene.is_virtual() => return Some(tally),
        [Clause::Addressed] => return Some(tally),
        _ => &faithful.deliveries,
    };
    let bound = counts.iter().zip(bound).filter(|(_, bound)| *bound);
    tally.obligations = bound.map(|(count, _)| count).sum();
    Some(tally)
}

fn run(scene: &Scene<'_>) -> Option<Faithful> {
    let (broadcasts, was) = (scene.table.broadcasts(), scene.table.digests());
    let is = scene.history.digests();
    let lives = scene.lives.len();
    let mut faithful = Faithful { deliveries: vec![0; lives], digested: vec![0; lives] };
    let all = in_blocks::<true>(scene, &scene.bound(Bound::Honest), |block, events| {
        let mut fits = true;
        for (pair, event) in block.iter().zip(events) {
            let (row, life) = (pair.row() as usize, pair.life() as usize);
            let (was, is) = (was[row], is[*event as usize]);
            let both = (was != NONE) & (is != NONE);
            fits &= (broadcasts[row] < *event) & (!both | (was == is));
            faithful.deliveries[life] += 1;
            faithful.digested[life] += u64::from(both);
        }
        fits
    });
    all.then_some(faithful)
}
