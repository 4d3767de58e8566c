//! Properties of views alone.

use super::{Installed, Step, Views};
use crate::crosscheck::definition::ruling;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Ruling;
use std::collections::BTreeSet;

/// A primary view: group, number, the rest of its id, members.
type Primary = (usize, u64, Option<Box<str>>, BTreeSet<usize>);

impl Views<'_> {
    fn pairs(&self) -> impl Iterator<Item = (&Installed, &Installed)> {
        let later = |i: &Installed| {
            let event = i.event;
            self.installs.iter().filter(move |j| j.event > event)
        };
        self.installs.iter().flat_map(move |i| later(i).map(move |j| (i, j)))
    }

    pub fn self_inclusion(&self) -> Ruling {
        let broken = self.installs.iter().any(|i| !i.members.contains(&i.node));
        ruling(self.installs.len(), broken)
    }

    pub fn view_monotonicity(&self) -> Ruling {
        let pairs = || self.pairs().filter(|(i, j)| (i.node, i.group) == (j.node, j.group));
        let broken = pairs().any(|(i, j)| i.view == j.view || j.view.number < i.view.number);
        ruling(pairs().count(), broken)
    }

    pub fn initial_view(&self) -> Ruling {
        let history = self.history();
        let (mut obligations, mut broken) = (0, false);
        for event in history.events().filter(|e| e.kind().is_delivery()) {
            let node = self.oracle.node(event.id.index()).filter(|n| !self.oracle.lies(*n));
            let group = event.message().and_then(|row| self.oracle.group(row as usize));
            let (Some(node), Some(group)) = (node, group) else { continue };
            if self.installs.iter().any(|i| i.group == group) {
                obligations += 1;
                let stated = event.place().is_some_and(|place| place.view.is_some());
                broken |= !stated && self.stands(node, group, event.id.index()).is_none();
            }
        }
        ruling(obligations, broken)
    }

    pub fn view_agreement(&self) -> Ruling {
        let pairs = || self.pairs().filter(|(i, j)| i.is(j));
        let broken = pairs().any(|(i, j)| i.members != j.members || i.primary != j.primary);
        ruling(pairs().count(), broken)
    }

    fn differ(i: &Installed, j: &Installed) -> bool {
        i.view != j.view || i.members != j.members
    }

    pub fn primary_uniqueness(&self) -> Ruling {
        if !self.is_primary() {
            return Ruling::Undecided;
        }
        let primary = |(i, j): &(&Installed, &Installed)| i.primary && j.primary;
        let pairs = || self.pairs().filter(primary).filter(|(i, j)| i.group == j.group);
        let broken =
            |(i, j): (&Installed, &Installed)| i.view.number == j.view.number && Self::differ(i, j);
        ruling(pairs().count(), pairs().any(broken))
    }

    fn primaries(&self) -> BTreeSet<Primary> {
        let primary = self.installs.iter().filter(|i| i.primary);
        let view =
            |i: &Installed| (i.group, i.view.number, i.view.creator.clone(), i.members.clone());
        primary.map(view).collect()
    }

    /// Pairs of which the first is the only one of its ordinal and the second is of the next.
    fn successions(&self) -> Vec<(Primary, Primary)> {
        let all = self.primaries();
        let mut pairs = Vec::new();
        for (v, w) in all.iter().flat_map(|v| all.iter().map(move |w| (v, w))) {
            let between = |u: &Primary| u.0 == v.0 && v.1 < u.1 && u.1 < w.1;
            let alone = all.iter().filter(|u| (u.0, u.1) == (v.0, v.1)).count() == 1;
            if v.0 == w.0 && v.1 < w.1 && alone && !all.iter().any(between) {
                pairs.push((v.clone(), w.clone()));
            }
        }
        pairs
    }

    pub fn primary_continuity(&self) -> Ruling {
        if !self.is_primary() {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for (v, w) in self.successions() {
            let is = |i: &Installed, p: &Primary| (i.view.number, &i.view.creator) == (p.1, &p.2);
            let shared: Vec<usize> = v.3.intersection(&w.3).copied().collect();
            let path = |q: usize| {
                let own = self.installs.iter().filter(move |i| i.node == q && i.group == v.0);
                own.filter(|i| i.primary).collect::<Vec<&Installed>>()
            };
            let beyond = |q: usize| path(q).iter().position(|i| i.view.number > v.1);
            let open = |q: &usize| beyond(*q).is_none();
            let straight = |q: &usize| {
                let path = path(*q);
                let step = beyond(*q).filter(|at| *at > 0);
                step.is_some_and(|at| is(path[at], &w) && is(path[at - 1], &v))
            };
            if shared.iter().any(straight) {
                obligations += 1;
            } else if !shared.iter().any(open) {
                obligations += 1;
                broken = true;
            }
        }
        ruling(obligations, broken)
    }

    pub fn primary_majority(&self) -> Ruling {
        if !self.is_primary() {
            return Ruling::Undecided;
        }
        let known = |group, number| {
            self.installs.iter().any(|i| i.group == group && i.view.number == number)
        };
        let mut pairs = self.successions();
        pairs.retain(|(v, w)| (v.1 + 1..w.1).all(|number| known(v.0, number)));
        let broken = |(v, w): &(Primary, Primary)| 2 * v.3.intersection(&w.3).count() <= v.3.len();
        ruling(pairs.len(), pairs.iter().any(broken))
    }

    pub fn primary_static_majority(&self) -> Ruling {
        if !self.is_primary() {
            return Ruling::Undecided;
        }
        let all = self.primaries();
        let broken = |v: &Primary| {
            let universe = &self.history().groups()[v.0].1;
            let here = universe.iter().filter(|n| v.3.contains(&n.index())).count();
            2 * here <= universe.len()
        };
        ruling(all.len(), all.iter().any(broken))
    }

    pub fn primary_exclusion_in_time(&self) -> Ruling {
        if !self.is_primary() || !self.oracle.is_virtual() {
            return Ruling::Undecided;
        }
        let kind = |event: usize| self.history().event(EventId(event as u32)).kind();
        let ends = |node, event: usize| {
            let down = matches!(kind(event), Kind::Crash | Kind::Recover);
            down && self.oracle.node(event) == Some(node)
        };
        // The instants from the installation to the next event that ends it.
        let until = |i: &Installed| {
            let next = |j: &&Installed| (j.node, j.group) == (i.node, i.group) && j.event > i.event;
            let moves = self.installs.iter().find(next).map_or(self.history().len(), |j| j.event);
            (i.event..moves).find(|event| ends(i.node, *event)).unwrap_or(moves)
        };
        let (mut obligations, mut broken) = (0, false);
        for (i, j) in self.pairs().filter(|(i, j)| i.primary && j.primary && i.node != j.node) {
            let same = (i.group, i.view.number) == (j.group, j.view.number);
            if same && i.event.max(j.event) < until(i).min(until(j)) {
                obligations += 1;
                broken |= Self::differ(i, j);
            }
        }
        ruling(obligations, broken)
    }

    /// Whether the node came to the view always from that one; none if it never came from any.
    fn always_from(&self, node: usize, to: &Installed, from: &Installed) -> Option<bool> {
        let steps = || self.steps.iter().filter(|s| s.to.node == node && s.to.is(to));
        let first = steps().next()?;
        let always = |view: &Installed| steps().all(|s| s.from.is(view));
        always(&first.from).then(|| always(from))
    }

    pub fn transitional_set(&self) -> Ruling {
        let told: Vec<&Step> = self.steps.iter().filter(|s| s.to.along.is_some()).collect();
        let broken = |s: &&Step| {
            let along = s.to.along.clone().unwrap_or_default();
            let outside =
                along.iter().any(|q| !s.from.members.contains(q) || !s.to.members.contains(q));
            let wrong = |q: usize| {
                let came = self.always_from(q, &s.to, &s.from);
                q != s.to.node && came.is_some_and(|came| came != along.contains(&q))
            };
            outside || (0..self.history().node_count()).any(wrong)
        };
        ruling(told.len(), told.iter().any(broken))
    }

    pub fn successor_agreement(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for s in &self.steps {
            for q in s.from.members.intersection(&s.to.members).filter(|q| **q != s.to.node) {
                if let Some(came) = self.always_from(*q, &s.to, &s.from) {
                    obligations += 1;
                    broken |= !came;
                }
            }
        }
        ruling(obligations, broken)
    }
}
