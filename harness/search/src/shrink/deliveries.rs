//! Which messages are out of the ordinary: what the network drew becomes a list, and a crash may
//! stand for several of them.

use super::tries::Shrinker;
use crate::flatten::{corrupts, flatten, flatten_corruption};
use crate::reduce::with_disturbances;
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::schedule::{Disturbance, InFlight, Order, Trouble};
use pepperland_core::time::Time;

impl Shrinker<'_, '_> {
    /// An order of arrival depends on the whole run, and so would change with every piece that is
    /// taken away: the usual one may do, or else what the order chose is made explicit first.
    pub fn leave_order(&mut self) {
        if self.best.header.order.is_uniform() {
            return;
        }
        let mut usual = self.best.clone();
        usual.header.order = Order::Uniform;
        if !self.take_if_it_fails(usual) {
            self.make_choices_explicit();
        }
    }

    /// Replaces what the network drew by a list of single messages, if the run stays as it is.
    pub fn make_choices_explicit(&mut self) {
        let Some(history) = self.run_to_read() else { return };
        let flat = flatten(&self.best, &history);
        if self.best.disturbances.iter().any(|d| corrupts(&d.trouble)) {
            let named = flatten_corruption(&self.best, &history);
            if self.take_if_it_fails(named) {
                return;
            }
        }
        self.take_if_it_fails(flat);
    }

    /// A run of the best with every frame.
    fn run_to_read(&self) -> Option<History> {
        match self.repeats {
            Repeats::Exactly => self.trial.run(&self.best, Detail::Network).ok(),
            // Another run may have drawn otherwise.
            _ => Some(self.shown.history.clone()),
        }
    }

    /// A crash in the middle of a multicast may do what a later crash and late or lost messages
    /// did, and is easier to see.
    pub fn crash_instead_of_strikes(&mut self) {
        let strikes = |d: &Disturbance| matches!(d.trouble, Trouble::Strike { .. });
        if !self.best.disturbances.iter().any(strikes) {
            return;
        }
        let rest: Vec<Disturbance> =
            self.best.disturbances.iter().filter(|d| !strikes(d)).cloned().collect();
        for (index, disturbance) in rest.iter().enumerate() {
            let Trouble::Crash { node, .. } = disturbance.trouble else { continue };
            for effects in 0..2 * self.best.header.nodes {
                let mut candidate = with_disturbances(&self.best, &rest);
                candidate.header.network.in_flight = InFlight::Kept;
                let trouble = Trouble::Crash { node, effects: Some(effects) };
                candidate.disturbances[index] =
                    Disturbance { at: Time::ZERO, until: None, trouble };
                if self.take_if_it_fails(candidate) {
                    return;
                }
            }
        }
    }
}
