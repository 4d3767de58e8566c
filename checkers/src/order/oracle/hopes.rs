//! Optimistic deliveries, and operations that replicas execute.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::Ruling;

impl Oracle<'_> {
    fn hopes(&self) -> Vec<Act> {
        let events =
            (0..self.history.len()).filter(|e| self.history.kinds()[*e] == Kind::OptDeliver);
        let act = |event: usize| {
            let node = self.node(event).filter(|node| !self.lies(*node))?;
            let row = Some(self.history.messages()[event]).filter(|row| *row != NONE)? as usize;
            self.is_for(row, node).then(|| Act { event, node, life: self.life(node, event), row })
        };
        events.filter_map(act).collect()
    }

    /// Some late start of the life, before the event, came after the broadcast.
    fn is_excused_until(&self, act: &Act, event: usize) -> bool {
        let broadcast = self.history.message_table().broadcasts()[act.row];
        let here = |s: &&(usize, usize, usize)| (s.0, s.1) == (act.node, act.life) && s.2 < event;
        let mut starts = self.starts.iter().filter(here);
        starts.any(|s| broadcast == NONE || self.precedes(broadcast as usize, s.2))
    }

    pub fn optimistic_before_final(&self) -> Ruling {
        let (hopes, mut obligations, mut broken) = (self.hopes(), 0, false);
        for d in self.counting() {
            let mut own =
                hopes.iter().filter(|h| (h.node, h.life, h.row) == (d.node, d.life, d.row));
            let fine = own.any(|h| h.event < d.event);
            let bound = fine || !self.is_excused_until(&d, d.event);
            obligations += usize::from(bound);
            broken |= bound && !fine;
        }
        ruling(obligations, broken)
    }

    pub fn optimistic_order(&self) -> Ruling {
        let (hopes, counting) = (self.hopes(), self.counting());
        let hope = |d: &Act| {
            let mut own =
                hopes.iter().filter(|h| (h.node, h.life, h.row) == (d.node, d.life, d.row));
            own.next().map(|h| h.event)
        };
        let (mut obligations, mut broken) = (0, false);
        for d in &counting {
            for e in counting.iter().filter(|e| (e.node, e.life) == (d.node, d.life)) {
                if let (Some(x), Some(y)) = (hope(d), hope(e)) {
                    obligations += usize::from(x < y);
                    broken |= x < y && d.event > e.event;
                }
            }
        }
        ruling(obligations, broken)
    }

    pub fn optimistic_termination(&self) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for h in self.hopes().iter().filter(|h| self.surviving(h.node, h.life)) {
            let fine = self.delivers(h.node, h.row);
            let bound = fine || !self.is_excused_until(h, self.history.len());
            obligations += usize::from(bound);
            broken |= bound && !fine;
        }
        ruling(obligations, broken)
    }

    /// The executions: event, node, life, slot, operation.
    fn executions(&self) -> Vec<(usize, usize, usize, u64, serde_json::Value)> {
        let events = (0..self.history.len()).filter(|e| self.history.kinds()[*e] == Kind::Apply);
        let one = |e: usize| {
            let node = self.node(e).filter(|node| !self.lies(*node))?;
            let event = self.history.event(EventId(e as u32));
            let slot = event.field("slot")?.as_u64()?;
            Some((e, node, self.life(node, e), slot, event.field("op")?.clone()))
        };
        let all: Vec<_> = events.filter_map(one).collect();
        let again = |i: usize| {
            let same = |j: usize| {
                let (a, b) = (&all[i], &all[j]);
                (a.1, a.2, a.3, &a.4) == (b.1, b.2, b.3, &b.4)
            };
            (0..i).any(same)
        };
        (0..all.len()).filter(|i| !again(*i)).map(|i| all[i].clone()).collect()
    }

    pub fn generic_order(&self) -> Ruling {
        let executions = self.executions();
        let (mut obligations, mut broken) = (0, false);
        let conflict = |x: &serde_json::Value, y: &serde_json::Value| {
            let keys = !x["key"].is_null() && x["key"] == y["key"];
            keys && !(x["f"] == "read" && y["f"] == "read")
        };
        for a in &executions {
            for b in executions.iter().filter(|b| (b.1, b.2) == (a.1, a.2) && b.0 > a.0) {
                if !conflict(&a.4, &b.4) {
                    continue;
                }
                let elsewhere = |x: &(usize, usize, usize, u64, serde_json::Value)| {
                    let same = |y: &&(usize, usize, usize, u64, serde_json::Value)| {
                        (y.3, &y.4) == (x.3, &x.4) && (y.1, y.2) != (x.1, x.2)
                    };
                    executions.iter().filter(same).map(|y| (y.0, y.1, y.2)).collect::<Vec<_>>()
                };
                for c in elsewhere(a) {
                    for d in elsewhere(b).into_iter().filter(|d| (d.1, d.2) == (c.1, c.2)) {
                        obligations += 1;
                        broken |= d.0 < c.0;
                    }
                }
            }
        }
        ruling(obligations, broken)
    }
}
