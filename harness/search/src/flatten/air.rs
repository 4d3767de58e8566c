//! What disturbances did to the messages of a run, found out again: what is drawn by the seed, and
//! what depends on the messages before, as runtimes keep count of it.

use super::Sent;
use pepperland_core::runtime::Disturbances;
use pepperland_core::schedule::{Harm, Schedule, Trouble};
use pepperland_core::time::Time;

/// The disturbances of links as they come and go.
pub struct Air<'a> {
    schedule: &'a Schedule,
    at_work: Disturbances<()>,
    /// When each begins (true) and ends, in the order in which it happens.
    turns: Vec<(Time, u32, bool)>,
    /// How many of the turns are over.
    over: usize,
}

impl Air<'_> {
    /// At the start of a run of the schedule.
    pub fn of(schedule: &Schedule) -> Air<'_> {
        let mut turns = Vec::new();
        for (index, disturbance) in (0..).zip(&schedule.disturbances) {
            if !is_of_messages(&disturbance.trouble) {
                continue;
            }
            let (begin, end) = disturbance.window(&schedule.header);
            turns.push((begin, index, true));
            turns.extend(end.map(|end| (end, index, false)));
        }
        turns.sort_by_key(|(at, ..)| *at);
        Air { schedule, at_work: Disturbances::at_the_start(schedule), turns, over: 0 }
    }

    /// What is done to the next message of the run, and by which disturbance.
    pub fn harms(&mut self, sent: &Sent) -> Vec<(u32, Harm)> {
        if !sent.starting {
            self.advance(sent.at);
        }
        self.at_work.harm(self.schedule, &sent.transit, sent.at).into_vec()
    }

    fn advance(&mut self, now: Time) {
        while let Some((_, index, begins)) = self.turns.get(self.over).filter(|(at, ..)| *at <= now)
        {
            match begins {
                true => self.at_work.begin(self.schedule, *index),
                false => drop(self.at_work.end(*index)),
            }
            self.over += 1;
        }
    }
}

fn is_of_messages(trouble: &Trouble) -> bool {
    let struck = matches!(trouble, Trouble::Strike { .. } | Trouble::Lie { .. });
    struck || trouble.links().is_some()
}
