//! What faults are like: simpler forms, rounder numbers, for whoever reads the result.

use super::tries::Shrinker;
use crate::reduce::{earlier, retimed, rounded, simpler, slower};
use pepperland_core::schedule::{InFlight, Schedule};
use pepperland_core::time::Span;

impl Shrinker<'_, '_> {
    pub fn simplify_disturbances(&mut self) {
        for index in 0..self.best.disturbances.len() {
            for form in simpler(&self.best.disturbances[index]) {
                let mut candidate = self.best.clone();
                candidate.disturbances[index] = form;
                if self.take_if_it_fails(candidate) {
                    break;
                }
            }
        }
    }

    /// Plainer circumstances and rounder numbers.
    pub fn tidy(&mut self) {
        let mut kept = self.best.clone();
        kept.header.network.in_flight = InFlight::Kept;
        self.take_if_it_fails(kept);
        let mut at_once = self.best.clone();
        at_once.header.stops_within = Span::ZERO;
        self.take_if_it_fails(at_once);
        let mut told = self.best.clone();
        told.header.network.promised = None;
        self.take_if_it_fails(told);
        let slower = self.given_time(slower(&self.best));
        self.take_if_it_fails(slower);
        self.end_soon();
        self.take_if_it_fails(earlier(&self.best));
        for unit in [50, 10, 5, 1].map(Span::millis) {
            if self.take_if_it_fails(rounded(&self.best, unit)) {
                break;
            }
        }
        for index in 0..self.best.disturbances.len() {
            self.retime(index);
        }
    }

    /// The candidate with all the time to fail that the first schedule had.
    fn given_time(&self, candidate: Schedule) -> Schedule {
        let mut given = candidate;
        given.header.end = given.header.end.max(self.last_end);
        given
    }

    /// Gives a strike the first of a few round spans that still does it.
    fn retime(&mut self, index: usize) {
        for by in [20, 10, 5, 2, 30, 50, 100].map(Span::millis) {
            let mut candidate = self.best.clone();
            let changed = retimed(&mut candidate.disturbances[index], by);
            if !changed || candidate == self.best {
                return;
            }
            let candidate = self.given_time(candidate);
            if self.take_if_it_fails(candidate) {
                return self.end_soon();
            }
        }
    }
}
