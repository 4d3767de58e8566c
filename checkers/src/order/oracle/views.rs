//! Orders that have to do with views.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, Kind, ViewName};
use pepperland_core::verdict::Ruling;

/// A delivery or an installation.
#[derive(Clone, Debug)]
struct Item {
    event: usize,
    life: (usize, usize),
    group: Option<usize>,
    what: Thing,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Thing {
    Message(usize),
    View(ViewName),
}

impl Oracle<'_> {
    fn installed(&self, event: usize) -> Option<(usize, ViewName)> {
        let install = self.history.event(EventId(event as u32)).view()?;
        Some((install.group.unwrap_or(0) as usize, install.view.clone()))
    }

    /// The views of the group that the node installed since its last restart before the event.
    fn views_before(&self, node: usize, group: usize, event: usize) -> Vec<ViewName> {
        let restart = self.at(node, Kind::Recover).filter(|r| *r < event).last().unwrap_or(0);
        let views = self.at(node, Kind::View).filter(|v| (restart..event).contains(v));
        views.filter_map(|v| self.installed(v)).filter(|v| v.0 == group).map(|v| v.1).collect()
    }

    /// The view in which the delivery is, and the next one that the node installs.
    fn step(&self, d: &Act) -> Option<(usize, ViewName, ViewName)> {
        let group = self.group(d.row)?;
        let here = self.views_before(d.node, group, d.event).pop()?;
        let restart = self.at(d.node, Kind::Recover).find(|r| *r > d.event);
        let until = restart.unwrap_or(self.history.len());
        let later = self.at(d.node, Kind::View).filter(|v| (d.event..until).contains(v));
        let later = later.filter_map(|v| self.installed(v)).filter(|v| v.0 == group);
        let next = later.map(|v| v.1).find(|v| *v != here)?;
        Some((group, here, next))
    }

    /// Some late start of the node's life lies between the two events, or makes the first.
    fn starts_between(&self, d: &Act, from: usize, to: usize) -> bool {
        let within = |s: &(usize, usize, usize)| (from..to).contains(&s.2);
        self.starts.iter().any(|s| (s.0, s.1) == (d.node, d.life) && within(s))
    }

    fn sent_in(&self, row: usize) -> Option<ViewName> {
        let broadcast = self.broadcast(row)?;
        self.views_before(broadcast.node, self.group(row)?, broadcast.event).pop()
    }

    pub fn within_views(&self, without_holes: bool) -> Ruling {
        let counting: Vec<Act> = self.counting();
        let moved: Vec<(Act, _)> =
            counting.into_iter().filter_map(|d| self.step(&d).map(|step| (d, step))).collect();
        let (mut shared, mut pairs, mut broken) = (0, 0, false);
        for (a, step) in &moved {
            let together = |x: &&(Act, (usize, ViewName, ViewName))| x.1 == *step;
            let with = |d: &Act, e: &Act| (d.node, d.life) == (e.node, e.life);
            for (c, _) in
                moved.iter().filter(together).filter(|c| c.0.row == a.row && !with(a, &c.0))
            {
                shared += 1;
                for (b, _) in
                    moved.iter().filter(together).filter(|b| with(a, &b.0) && b.0.event > a.event)
                {
                    for (d, _) in
                        moved.iter().filter(together).filter(|d| with(c, &d.0) && d.0.row == b.row)
                    {
                        pairs += 1;
                        broken |= d.event < c.event;
                    }
                }
                broken |= without_holes && self.has_hole(&moved, a, c);
            }
        }
        let obligations = if without_holes { shared } else { pairs };
        ruling(obligations, broken)
    }

    /// `p` and `q` deliver one message, and one of them lacks what the other delivered before, sent
    /// in the same view, since its stay in the view or its last late start there began.
    fn has_hole(&self, moved: &[(Act, (usize, ViewName, ViewName))], p: &Act, q: &Act) -> bool {
        let Some(view) = self.sent_in(p.row) else { return false };
        let (p_before, p_late) = self.before_in_view(moved, p, &view);
        let (q_before, q_late) = self.before_in_view(moved, q, &view);
        match (p_late, q_late) {
            (false, false) => p_before != q_before,
            (false, true) => !p_before.ends_with(&q_before),
            (true, false) => !q_before.ends_with(&p_before),
            (true, true) => !p_before.ends_with(&q_before) && !q_before.ends_with(&p_before),
        }
    }

    fn before_in_view(
        &self,
        moved: &[(Act, (usize, ViewName, ViewName))],
        d: &Act,
        view: &ViewName,
    ) -> (Vec<usize>, bool) {
        let step = self.step(d);
        let earlier = moved.iter().filter(|(e, other)| {
            (e.node, e.life) == (d.node, d.life)
                && e.event < d.event
                && Some(other) == step.as_ref()
        });
        let mut rows: Vec<Act> = earlier.map(|(e, _)| *e).collect();
        let (group, here) =
            step.map(|s| (s.0, s.1)).unwrap_or((0, ViewName { number: 0, creator: None }));
        let began = self.stay_began(d, group, &here);
        let restart = self.at(d.node, Kind::Recover).filter(|r| *r < began).last();
        let rejoined = restart.is_some() && self.views_before(d.node, group, began).is_empty();
        let late = rejoined || self.starts_between(d, began, d.event);
        rows.retain(|e| !self.starts_between(d, e.event, d.event));
        let rows =
            rows.into_iter().map(|e| e.row).filter(|r| self.sent_in(*r).as_ref() == Some(view));
        (rows.collect(), late)
    }

    /// The installation with which the node came into the view that it is in.
    fn stay_began(&self, d: &Act, group: usize, here: &ViewName) -> usize {
        let installs = self.at(d.node, Kind::View).filter(|v| *v < d.event);
        let installs = installs.filter(|v| self.installed(*v) == Some((group, here.clone())));
        let mut came =
            installs.filter(|v| self.views_before(d.node, group, *v).last() != Some(here));
        came.by_ref().last().unwrap_or(0)
    }

    fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for d in self.counting() {
            let start =
                |s: &&(usize, usize, usize)| (s.0, s.1) == (d.node, d.life) && s.2 < d.event;
            let broadcast = self.history.message_table().broadcasts()[d.row];
            let known = broadcast != pepperland_core::history::NONE;
            let mut starts = self.starts.iter().filter(start);
            if !starts.any(|s| !known || self.precedes(broadcast as usize, s.2)) {
                let (life, what) = ((d.node, d.life), Thing::Message(d.row));
                items.push(Item { event: d.event, life, group: self.group(d.row), what });
            }
        }
        for event in 0..self.history.len() {
            let Some(node) = self.node(event).filter(|node| !self.lies(*node)) else { continue };
            let Some((group, view)) = self.installed(event) else { continue };
            let (life, what) = ((node, self.life(node, event)), Thing::View(view));
            let same = |i: &Item| i.life == life && i.what == what && i.group == Some(group);
            if !items.iter().any(same) {
                items.push(Item { event, life, group: Some(group), what });
            }
        }
        items.retain(|item| item.group.is_some());
        items
    }

    pub fn view_total_order(&self) -> Ruling {
        let items = self.items();
        let is_view = |i: &Item| matches!(i.what, Thing::View(_));
        let same = |x: &Item, y: &Item| x.what == y.what && x.group == y.group;
        let (mut obligations, mut broken) = (0, false);
        for a in &items {
            for b in
                items.iter().filter(|b| b.life == a.life && b.group == a.group && b.event > a.event)
            {
                for c in items.iter().filter(|c| same(a, c) && c.life != a.life) {
                    for d in items.iter().filter(|d| same(b, d) && d.life == c.life) {
                        obligations += usize::from(is_view(a) != is_view(b));
                        broken |= d.event < c.event;
                    }
                }
            }
        }
        ruling(obligations, broken)
    }
}
