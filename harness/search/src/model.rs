//! What of a scenario, or of a schedule, is outside the implementation's model: there its claims
//! bind nobody.

use crate::proviso::{SENDS_DO_NOT_SURVIVE, makes_late, unmet};
use crate::punctuality::may_be_let_down;
use crate::roles::departed_from;
use crate::trial::Trial;
use pepperland_core::fault::Fault;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Class, Groups, Implementation, Proviso};
use pepperland_core::plan::Plan;
use pepperland_core::schedule::{Disturbance, Fate, Schedule, Trouble};
use std::collections::BTreeSet;

impl Trial<'_> {
    /// Why no run of the schedule is judged by any claim, if none is.
    pub(crate) fn not_judged(&self, schedule: &Schedule) -> Option<String> {
        if self.plan.scenario.beyond_model {
            return None;
        }
        self.outside_model().or_else(|| self.beyond(schedule))
    }

    /// Why the run is not judged by the property, though others of the schedule may be.
    pub(crate) fn unmet(
        &self,
        property: &str,
        schedule: &Schedule,
        history: &History,
    ) -> Option<String> {
        if self.plan.scenario.beyond_model {
            return None;
        }
        self.proviso_unmet(property, schedule, history)
    }

    /// Whether a run is judged though the claim of the property does not bind it.
    pub fn is_judged_beyond(&self, property: &str, schedule: &Schedule, history: &History) -> bool {
        self.plan.scenario.beyond_model
            && (self.not_bound(property, schedule, history).is_some()
                || self.is_late(schedule)
                || may_be_let_down(self, property, history))
    }

    /// Whether a single message comes later than promised, and the implementation does not claim to
    /// live with that. It is judged all the same, as by its killers, and this is said of it.
    fn is_late(&self, schedule: &Schedule) -> bool {
        let late = |d: &Disturbance| match d.trouble {
            Trouble::Strike { fate: Fate::Delay { .. }, .. } => {
                makes_late(&d.trouble, &schedule.header.network)
            }
            _ => false,
        };
        !self.outside(&[Fault::Delay]).is_empty() && schedule.disturbances.iter().any(late)
    }

    /// Why the implementation's claim of the property does not bind this run, if so.
    fn not_bound(&self, property: &str, schedule: &Schedule, history: &History) -> Option<String> {
        self.beyond(schedule).or_else(|| self.proviso_unmet(property, schedule, history))
    }

    /// Why what the property is claimed for is not so in this run, if it is not.
    fn proviso_unmet(
        &self,
        property: &str,
        schedule: &Schedule,
        history: &History,
    ) -> Option<String> {
        let proviso = self.plan.implementation.claim(property)?.proviso;
        match proviso == Proviso::SendsSurvive && !self.runtime.keeps_in_flight() {
            true => Some(SENDS_DO_NOT_SURVIVE.to_owned()),
            false => unmet(proviso, schedule, history),
        }
    }

    /// What of the schedule is outside the implementation's model, in a sentence.
    fn beyond(&self, schedule: &Schedule) -> Option<String> {
        let strange = self.strange(schedule).or_else(|| self.too_many_fail(schedule));
        strange.or_else(|| self.too_slow(schedule))
    }

    /// What of the schedule is outside the implementation's model, in a sentence: its groups, its
    /// roles, or a disturbance.
    fn strange(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let needs = schedule.header.needs();
        if !implementation.handles(needs) {
            return Some(beyond_groups(implementation, needs));
        }
        if let Some(departed) = departed_from(implementation, schedule) {
            return Some(departed);
        }
        let outside = |d: &&Disturbance| {
            let faults = d.trouble.faults(d.until.is_some());
            !faults.is_empty() && self.outside(faults).len() == faults.len()
        };
        let first = schedule.disturbances.iter().find(outside)?;
        let fault = first.trouble.faults(first.until.is_some())[0];
        Some(outside_sentence(implementation, &[fault]))
    }

    /// Whether more nodes of a class lie, or crash for good, than may; or fail where some lie.
    fn too_many_fail(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let classes = implementation.classes(schedule.header.nodes as usize);
        let (liars, crashing, gone) = (schedule.liars(), crashing(schedule), gone(schedule));
        let failing: BTreeSet<NodeId> = liars.union(&crashing).copied().collect();
        let too_many = |class: &Class| {
            let of_class =
                |nodes: &BTreeSet<NodeId>| nodes.iter().filter(|node| class.holds(**node)).count();
            let (lying, may_lie) = (of_class(&liars), class.most(Fault::Byzantine));
            let (gone, failing, most) = (of_class(&gone), of_class(&failing), class.most);
            let (number, verb, may) = match () {
                () if lying > may_lie => (lying, "lie", may_lie),
                () if gone > most && !class.all_may_crash => (gone, "crash", most),
                () if !liars.is_empty() && failing > most => (failing, "fail", most),
                () => return None,
            };
            Some(format!("outside the model: {number} of the {} {verb}, and {may} may", class.what))
        };
        classes.iter().find_map(too_many)
    }

    /// Why the network of the schedule is too slow for the implementation's model, if it is.
    fn too_slow(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let bound = implementation.model.latency_bound?;
        let latency = schedule.header.network.promised_latency();
        let name = implementation.name;
        (latency > bound).then(|| {
            format!("outside the model: {name} assumes a latency of at most {bound}, not {latency}")
        })
    }

    /// What of the scenario is outside the implementation's model, in a sentence: its groups, or
    /// some of its faults.
    pub fn outside_model(&self) -> Option<String> {
        let needs = self.plan.workload.layout.needs();
        if !self.plan.implementation.handles(needs) {
            return Some(beyond_groups(self.plan.implementation, needs));
        }
        let outside = self.outside(&needs_of_faults(&self.plan));
        (!outside.is_empty()).then(|| outside_sentence(self.plan.implementation, &outside))
    }

    /// The faults among these that the implementation does not claim to live with, and that reach
    /// it.
    fn outside(&self, faults: &[Fault]) -> Vec<Fault> {
        let implementation = self.plan.implementation;
        let absorbed = self.runtime.absorbs(implementation.model.channel);
        let mut outside = implementation.outside_model(faults);
        outside.retain(|fault| !absorbed.contains(fault));
        outside
    }
}

/// Who crashes.
fn crashing(schedule: &Schedule) -> BTreeSet<NodeId> {
    crashes(schedule).map(|(node, _)| node).collect()
}

/// Who crashes and does not come back.
fn gone(schedule: &Schedule) -> BTreeSet<NodeId> {
    crashes(schedule).filter(|(_, returns)| !returns).map(|(node, _)| node).collect()
}

/// Who crashes, and whether they come back.
fn crashes(schedule: &Schedule) -> impl Iterator<Item = (NodeId, bool)> {
    schedule.disturbances.iter().filter_map(|d| match d.trouble {
        Trouble::Crash { node, .. } => Some((node, d.until.is_some())),
        _ => None,
    })
}

fn beyond_groups(implementation: &Implementation, needs: Groups) -> String {
    format!("outside the model: {} does not claim to handle {}", implementation.name, needs.words())
}

fn outside_sentence(implementation: &Implementation, outside: &[Fault]) -> String {
    let words: Vec<&str> = outside.iter().map(|fault| fault.word()).collect();
    let (name, words) = (implementation.name, words.join(" and "));
    format!("outside the model: {name} does not claim to live with {words}")
}

/// What the faults of a plan need, each once.
fn needs_of_faults(plan: &Plan<'_>) -> Vec<Fault> {
    let mut needs: Vec<Fault> =
        plan.faults.iter().flat_map(|(_, choice)| choice.needs.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
