//! Trying a reduction: it counts if the same property fails with a witness of the same shape.

use super::Effort;
use crate::majority::{TRIES, majority};
use crate::reduce::draws;
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::history::Kind;
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::Schedule;
use pepperland_core::time::{Span, Time};

/// The smallest schedule so far.
pub struct Shrinker<'a, 'b> {
    pub trial: &'a Trial<'b>,
    pub checker: &'static Checker,
    pub repeats: Repeats,
    shape: Vec<Kind>,
    /// Whether the claim of the property does not bind the first run.
    beyond_model: bool,
    pub best: Schedule,
    /// When the runs of the first schedule end.
    pub last_end: Time,
    /// A run of the best, as it failed when it was taken.
    pub shown: Violation,
    pub replays: u32,
    effort: &'a Effort<'a>,
    /// Whether time was up before the end.
    late: bool,
}

/// How long a try in real time waits for what must happen in the end. It may be too short, and a
/// try fail that would not have in the end; what is arrived at is replayed with all its time.
const HURRY: Span = Span::seconds(3);

/// The schedule with less time to settle.
fn hurried(schedule: &Schedule) -> Schedule {
    let mut hurried = schedule.clone();
    let header = &mut hurried.header;
    header.end = header.end.min(header.heal_at + HURRY);
    hurried
}

/// How many other seeds of the network a reduction is tried with. Taking a piece away moves every
/// later message to another number on its link, and so to another latency.
const RESEEDS: u64 = 12;

impl<'a, 'b> Shrinker<'a, 'b> {
    /// Begins with a schedule that was seen to fail.
    pub fn of(
        trial: &'a Trial<'b>,
        checker: &'static Checker,
        schedule: &Schedule,
        violation: &Violation,
        effort: &'a Effort<'a>,
    ) -> Shrinker<'a, 'b> {
        Shrinker {
            trial,
            checker,
            repeats: trial.runtime.repeats(),
            shape: violation.shape(),
            beyond_model: violation.is_beyond(trial, checker, schedule),
            best: schedule.clone(),
            last_end: schedule.header.end,
            shown: violation.clone(),
            replays: 0,
            effort,
            late: false,
        }
    }

    /// Whether nothing more may be spent.
    pub fn is_spent(&self) -> bool {
        self.late || self.replays >= self.effort.replays
    }

    /// Takes the candidate if it fails as the original did, with its own choices of the network or
    /// with others. At the limit nothing is taken any more.
    pub fn take_if_it_fails(&mut self, candidate: Schedule) -> bool {
        let reseeds = match self.repeats {
            // Other tries are other draws already.
            Repeats::AtARate => 0,
            _ if draws(&candidate) => RESEEDS,
            _ => 0,
        };
        self.take(&candidate, reseeds)
    }

    /// The same with its own choices of the network alone.
    pub fn take_as_it_is(&mut self, candidate: &Schedule) -> bool {
        self.take(candidate, 0)
    }

    fn take(&mut self, candidate: &Schedule, reseeds: u64) -> bool {
        if *candidate == self.best {
            return false;
        }
        let seed = self.best.header.seed;
        let seeds = (0..=reseeds).map(|n| if n == 0 { seed } else { seed.child("reseed", n) });
        for seed in seeds {
            let mut candidate = candidate.clone();
            candidate.header.seed = seed;
            if let Some(violation) = self.still_fails(&candidate) {
                self.best = candidate;
                self.shown = violation;
                return true;
            }
        }
        false
    }

    fn still_fails(&mut self, candidate: &Schedule) -> Option<Violation> {
        let tries = if self.repeats == Repeats::AtARate { TRIES } else { 1 };
        majority(tries, || self.try_once(candidate), Violation::or_better)
    }

    fn try_once(&mut self, candidate: &Schedule) -> Option<Violation> {
        self.late |= (self.effort.time_is_up)();
        if self.is_spent() {
            return None;
        }
        self.replays += 1;
        let hurried = match self.repeats {
            Repeats::AtARate => hurried(candidate),
            _ => candidate.clone(),
        };
        let violation = Violation::of(self.trial, self.checker, &hurried, self.trial.detail())?;
        // Fewer nodes may be too few for those that lie: a claim that was broken is not shown by a
        // run of which nothing is claimed.
        let leaves = !self.beyond_model && violation.is_beyond(self.trial, self.checker, &hurried);
        (violation.shape() == self.shape && !leaves).then_some(violation)
    }
}
