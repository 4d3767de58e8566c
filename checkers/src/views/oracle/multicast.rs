//! Properties of messages and views.

use super::{Installed, Sent, Step, Views};
use crate::crosscheck::definition::{Act, ruling};
use pepperland_core::history::{EventId, GroupContract, Kind, ViewName};
use pepperland_core::verdict::Ruling;

/// Later than every event.
const NEVER: usize = usize::MAX;

impl Views<'_> {
    fn sender(&self, row: usize) -> Option<(&Act, &Installed)> {
        let broadcast = self.oracle.broadcast(row)?;
        let began = self.began(broadcast.node, self.oracle.group(row)?, broadcast.event)?;
        Some((broadcast, began))
    }

    /// Another view that the message may belong to; none at all if it may be any.
    fn sent(&self, row: usize) -> Sent {
        let Some((broadcast, began)) = self.sender(row) else { return Sent::Unknown };
        let (node, life, group) = (began.node, began.life, began.group);
        let here = |event: &usize| self.oracle.life(node, *event) == life;
        let stands = self.stands(node, group, broadcast.event).map_or(0, |i| i.event);
        let blocks = self.oracle.at(node, Kind::Block).chain(self.oracle.at(node, Kind::BlockOk));
        let mut blocks = blocks.filter(here).filter(|e| stands < *e && *e < broadcast.event);
        let mut later = self.installs.iter().filter(|i| i.of(node, life, group));
        let mut also = Some(began.view.clone());
        if blocks.next().is_some() {
            let next = later.find(|i| i.event > broadcast.event);
            also = next.map(|i| i.view.clone()).or(also);
        }
        for event in self.oracle.at(node, Kind::BroadcastReturn).filter(here) {
            let named = self.history().event(EventId(event as u32)).message();
            let now = self.began(node, group, event).filter(|_| event > broadcast.event);
            if let Some(now) = now.filter(|n| named == Some(row as u32) && n.view != began.view) {
                let step = self.steps.iter().find(|s| s.to.event == now.event);
                let next = step.is_some_and(|s| s.from.view == began.view);
                also = next.then(|| now.view.clone());
            }
        }
        match also {
            Some(also) => Sent::In([began.view.clone(), also]),
            None => Sent::Since(began.view.clone()),
        }
    }

    pub fn sending(&self, allowed: impl Fn(&Sent, &ViewName) -> bool) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for row in self.oracle.rows() {
            let sent = self.sent(row);
            let of_row = |(act, v): &&(Act, Option<ViewName>)| act.row == row && v.is_some();
            let views: Vec<&ViewName> =
                self.deliveries.iter().filter(of_row).filter_map(|(_, v)| v.as_ref()).collect();
            let known = !matches!(sent, Sent::Unknown);
            obligations += if known { views.len() } else { views.len().saturating_sub(1) };
            let one = views.iter().all(|v| *v == views[0]);
            broken |= !one || views.iter().any(|v| !allowed(&sent, v));
        }
        ruling(obligations, broken)
    }

    pub fn same_view_delivery(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for (a, v) in &self.deliveries {
            for (b, w) in &self.deliveries {
                if a.row == b.row && a.event < b.event && v.is_some() && w.is_some() {
                    obligations += 1;
                    broken |= v != w;
                }
            }
        }
        ruling(obligations, broken)
    }

    /// The last step of each life from one view to another.
    fn moves(&self) -> impl Iterator<Item = &Step> {
        let same = |s: &Step, t: &Step| s.is_of(t) && s.from.is(&t.from) && s.to.is(&t.to);
        self.steps
            .iter()
            .filter(move |s| !self.steps.iter().any(|t| same(s, t) && t.to.event > s.to.event))
    }

    fn delivered_in(&self, step: &Step) -> impl Iterator<Item = usize> + use<'_> {
        let (node, life, group) = (step.to.node, step.to.life, step.from.group);
        let view = step.from.view.clone();
        let rows = self.oracle.rows().filter(move |row| self.is_in_group(*row, group));
        rows.filter(move |row| self.delivers(node, life, *row, &view))
    }

    pub fn virtual_synchrony(&self, knows: impl Fn(&Installed, &Installed) -> bool) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for p in self.moves() {
            for q in self.moves().filter(|q| !q.is_of(p)) {
                if !p.from.is(&q.from) || !p.to.is(&q.to) || !knows(&p.to, &q.to) {
                    continue;
                }
                for row in self.delivered_in(p) {
                    obligations += 1;
                    broken |= !self.delivers(q.to.node, q.to.life, row, &p.from.view)
                        && !self.is_excused(q.to.node, q.to.life, q.to.event, row);
                }
            }
        }
        ruling(obligations, broken)
    }

    pub fn not_in_next_view(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for p in self.moves() {
            let named = |i: &Installed, q: usize| {
                self.installs.iter().find(|j| j.is(i)).is_some_and(|j| j.members.contains(&q))
            };
            for q in self.steps.iter().filter(|q| q.to.is(&p.to) && !q.is_of(p)) {
                let steps = || self.steps.iter().filter(|s| s.is_of(q) && s.to.is(&p.to));
                let came = steps().rfind(|s| s.from.is(&p.from));
                let member = named(&p.from, q.to.node) && named(&p.to, q.to.node);
                if came.is_none() && !member {
                    continue;
                }
                let step = came.or(steps().next_back()).unwrap_or(q);
                for row in self.delivered_in(p) {
                    obligations += 1;
                    broken |= !self.delivers(q.to.node, q.to.life, row, &p.from.view)
                        && !self.is_excused(q.to.node, q.to.life, step.to.event, row);
                }
            }
        }
        ruling(obligations, broken)
    }

    pub fn view_atomicity(&self) -> Ruling {
        if !self.is_primary() || !self.is_complete() {
            return Ruling::Undecided;
        }
        let never = |n, kind| self.oracle.at(n, kind).next().is_none();
        let steady =
            |n: usize| never(n, Kind::Crash) && never(n, Kind::Recover) && !self.oracle.lies(n);
        let steady: Vec<&Installed> = self.installs.iter().filter(|i| steady(i.node)).collect();
        let (mut obligations, mut broken) = (0, false);
        for p in &steady {
            for q in steady.iter().filter(|q| q.is(p) && q.node != p.node) {
                let rows = self.oracle.rows().filter(|row| self.is_in_group(*row, p.group));
                for row in rows.filter(|row| self.delivers(p.node, p.life, *row, &p.view)) {
                    obligations += 1;
                    broken |= !self.delivers(q.node, q.life, row, &p.view)
                        && !self.is_excused(q.node, q.life, NEVER, row);
                }
            }
        }
        ruling(obligations, broken)
    }

    pub fn no_delivery_from_excluded(&self) -> Ruling {
        if self.history().header.contract.group != GroupContract::Closed {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        let recipients =
            self.oracle.deliveries.iter().filter(|d| self.oracle.is_for(d.row, d.node));
        for act in recipients {
            let Some(group) = self.oracle.group(act.row) else { continue };
            let own = |i: &&Installed| i.of(act.node, act.life, group) && i.event < act.event;
            let own: Vec<&Installed> = self.installs.iter().filter(own).collect();
            let once = |q: usize| own.iter().any(|i| i.members.contains(&q));
            let now = |q: usize| own.last().is_some_and(|i| i.members.contains(&q));
            let excluding = (0..self.history().node_count()).any(|q| once(q) && !now(q));
            let place = self.history().event(EventId(act.event as u32)).place();
            let sender = self.oracle.origin(act.row);
            let inside = match place.and_then(|place| place.view.as_ref()) {
                Some(v) => {
                    let first = self.installs.iter().find(|i| i.group == group && i.view == *v);
                    first.is_none_or(|i| i.members.contains(&sender))
                }
                None => now(sender),
            };
            let excluded = once(sender) && !inside;
            obligations += usize::from(excluding || excluded);
            broken |= excluded && self.deliveries.iter().any(|(first, _)| first == act);
        }
        ruling(obligations, broken)
    }

    pub fn self_delivery(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for row in self.oracle.rows() {
            let (Some((sent, began)), Sent::In([_, also])) = (self.sender(row), self.sent(row))
            else {
                continue;
            };
            let leaves = |i: &Installed| self.steps.iter().find(|s| s.from.event == i.event);
            let Some(step) = leaves(began) else { continue };
            let waits = also != began.view && also == step.to.view;
            let Some(step) = (if waits { leaves(&step.to) } else { Some(step) }) else { continue };
            let between = |event: usize| sent.event < event && event < step.to.event;
            let own = |node, life| (node, life) == (began.node, began.life);
            let covered = self.snapshots().any(|(n, l, event)| own(n, l) && between(event));
            if covered || !self.oracle.is_for(row, began.node) {
                continue;
            }
            obligations += 1;
            let says = |act: &Act| {
                let place = self.history().event(EventId(act.event as u32)).place();
                let view = place.and_then(|place| place.view.as_ref());
                view.is_some_and(|v| *v == began.view || *v == also)
            };
            let kept = |act: &Act| act.event < step.to.event || says(act);
            let mut mine = self.deliveries.iter().map(|(act, _)| act);
            broken |= !mine.any(|act| act.row == row && own(act.node, act.life) && kept(act));
        }
        ruling(obligations, broken)
    }

    pub fn dynamic_uniformity(&self) -> Ruling {
        if !self.is_primary() || !self.is_complete() {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for (act, view) in &self.deliveries {
            let (Some(view), Some(group)) = (view, self.oracle.group(act.row)) else { continue };
            for q in self.oracle.owing(act.row) {
                let mut own = self.installs.iter().filter(|i| i.node == q && i.group == group);
                let now = self.oracle.life(q, self.history().len());
                let inside = own.clone().any(|i| i.view == *view && i.life == now);
                if inside && own.next_back().is_some_and(|last| last.primary) {
                    obligations += 1;
                    broken |= !self.oracle.delivers(q, act.row);
                }
            }
        }
        ruling(obligations, broken)
    }
}
