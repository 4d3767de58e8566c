//! What comes from outside: requests, disturbances, nodes and groups that are not needed.

use super::tries::Shrinker;
use crate::ddmin::ddmin;
use crate::reduce::{crashing_sooner, with_disturbances, with_steps, without_group, without_node};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Disturbance, Fate, Trouble};

impl Shrinker<'_, '_> {
    pub fn drop_steps(&mut self) {
        let steps = self.best.steps.clone();
        ddmin(&steps, |steps| self.take_if_it_fails(with_steps(&self.best, steps)));
    }

    /// First all that only order messages, together: each of them alone may be needed as long as
    /// the others are there.
    pub fn drop_disturbances(&mut self) {
        let is_late = |d: &&Disturbance| {
            matches!(d.trouble, Trouble::Strike { fate: Fate::Delay { .. }, .. })
        };
        let (late, rest): (Vec<_>, Vec<_>) = self.best.disturbances.iter().partition(is_late);
        if late.len() > 1 {
            let rest: Vec<Disturbance> = rest.into_iter().cloned().collect();
            self.take_if_it_fails(with_disturbances(&self.best, &rest));
        }
        let disturbances = self.best.disturbances.clone();
        ddmin(&disturbances, |some| self.take_if_it_fails(with_disturbances(&self.best, some)));
    }

    pub fn drop_nodes(&mut self) {
        for node in NodeId::first(self.best.header.nodes as usize).rev() {
            let Some(candidate) = without_node(&self.best, node) else { continue };
            // With one member less, a multicast has one send less before the same point.
            let sooner = crashing_sooner(&candidate);
            let _ = self.take_if_it_fails(candidate) || self.take_if_it_fails(sooner);
        }
    }

    pub fn drop_groups(&mut self) {
        for group in (0..self.best.header.groups.len() as u32).rev().map(GroupId) {
            if let Some(candidate) = without_group(&self.best, group) {
                self.take_if_it_fails(candidate);
            }
        }
    }
}
