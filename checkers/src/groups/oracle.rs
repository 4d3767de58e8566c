//! The properties of several groups once more, straight from their definitions.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, GroupContract, History, Kind, Transmission};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let o = Oracle::of(history);
    let any = |_: &Act| true;
    let surviving = |d: &Act| o.surviving(d.node, d.life);
    match property {
        "local-total-order" => o.agreed_order(surviving, true),
        "uniform-local-total-order" => o.agreed_order(any, true),
        "pairwise-total-order" => o.agreed_order(surviving, false),
        "uniform-pairwise-total-order" => o.agreed_order(any, false),
        "acyclic-order" => o.acyclic_order(),
        "uniform-prefix-order" => o.uniform_prefix_order(),
        "genuineness" => o.genuineness(),
        "strict-genuineness" => o.strict_genuineness(),
        "closed-group" => o.closed_group(),
        other => panic!("no oracle for {other}"),
    }
}

fn same_life(a: &Act, b: &Act) -> bool {
    (a.node, a.life) == (b.node, b.life)
}

impl Oracle<'_> {
    fn agreed_order(&self, bound: impl Fn(&Act) -> bool, in_one_group: bool) -> Ruling {
        let counting: Vec<Act> = self.counting().into_iter().filter(|d| bound(d)).collect();
        let compared = |a: usize, b: usize| {
            let same = self.group(a).is_some() && self.group(a) == self.group(b);
            a != b && (same || !in_one_group)
        };
        let (mut obligations, mut broken) = (0, false);
        for a in &counting {
            for b in counting.iter().filter(|b| same_life(a, b) && compared(a.row, b.row)) {
                for c in counting.iter().filter(|c| c.row == a.row && !same_life(a, c)) {
                    for d in counting.iter().filter(|d| d.row == b.row && same_life(c, d)) {
                        obligations += 1;
                        broken |= (a.event < b.event) != (c.event < d.event);
                    }
                }
            }
        }
        ruling(obligations, broken)
    }

    fn acyclic_order(&self) -> Ruling {
        let counting = self.counting();
        let rows: Vec<usize> = self.rows().collect();
        let delivered_before = |a: usize, b: usize| {
            let is_before =
                |d: &Act, e: &Act| d.row == a && e.row == b && same_life(d, e) && d.event < e.event;
            counting.iter().any(|d| counting.iter().any(|e| is_before(d, e)))
        };
        let mut before: Vec<Vec<bool>> =
            rows.iter().map(|a| rows.iter().map(|b| delivered_before(*a, *b)).collect()).collect();
        for via in &rows {
            for a in &rows {
                for b in &rows {
                    before[*a][*b] |= before[*a][*via] && before[*via][*b];
                }
            }
        }
        let circle = rows.iter().any(|m| circle(&counting, *m, *m, &mut Vec::new(), &mut vec![]));
        ruling(usize::from(circle), rows.iter().any(|m| before[*m][*m]))
    }

    /// The life of a delivery may do without the message: it started late, after the broadcast.
    fn may_do_without(&self, delivery: &Act, row: usize) -> bool {
        let mut starts = self.starts.iter().filter(|(node, life, event)| {
            (*node, *life) == (delivery.node, delivery.life) && *event < delivery.event
        });
        starts.any(|(.., start)| self.broadcast(row).is_none_or(|b| self.precedes(b.event, *start)))
    }

    fn uniform_prefix_order(&self) -> Ruling {
        let counting: Vec<Act> =
            self.counting().into_iter().filter(|d| self.group(d.row).is_some()).collect();
        let had_before =
            |at: &Act, row: usize| match counting.iter().find(|d| same_life(d, at) && d.row == row)
            {
                Some(delivery) => delivery.event < at.event,
                None => self.may_do_without(at, row),
            };
        let (mut obligations, mut broken) = (0, false);
        for p in &counting {
            for q in counting.iter().filter(|q| !same_life(p, q) && q.row != p.row) {
                if self.is_for(p.row, q.node) && self.is_for(q.row, p.node) {
                    obligations += 1;
                    broken |= !had_before(p, q.row) && !had_before(q, p.row);
                }
            }
        }
        ruling(obligations, broken)
    }

    fn frames(&self, kinds: &[Kind]) -> Vec<(usize, Kind, &Transmission)> {
        let end = |event: usize| {
            let node = self.node(event).filter(|n| !self.lies(*n))?;
            let kind = self.history.kinds()[event];
            let told = self.history.event(EventId(event as u32)).transmission()?;
            kinds.contains(&kind).then_some((node, kind, told))
        };
        (0..self.history.len()).filter_map(end).collect()
    }

    fn genuineness(&self) -> Ruling {
        let nodes = 0..self.history.node_count();
        let takes_part = |m: usize, n: usize| self.is_for(m, n) || self.origin(m) == n;
        let sent = |x: u64| {
            let at = |e: usize| {
                let event = self.history.event(EventId(e as u32));
                let kind = matches!(event.kind(), Kind::Send | Kind::Corrupt);
                kind && event.transmission().is_some_and(|t| t.id == x)
            };
            (0..self.history.len()).any(at)
        };
        let (mut obligations, mut broken) = (0, false);
        for (node, kind, frame) in self.frames(&[Kind::Send, Kind::Recv]) {
            let peer = frame.peer.index();
            if kind == Kind::Recv && (self.lies(peer) || sent(frame.id)) {
                continue;
            }
            let known = frame.messages.iter().map(|m| *m as usize);
            let known: Vec<usize> = known.filter(|m| self.broadcast(*m).is_some()).collect();
            if known.iter().any(|m| nodes.clone().any(|n| !self.is_for(*m, n))) {
                obligations += 1;
                broken |= known.iter().any(|m| !takes_part(*m, node) || !takes_part(*m, peer));
            }
        }
        ruling(obligations, broken)
    }

    fn strict_genuineness(&self) -> Ruling {
        let idle = |node: &usize| {
            let free =
                self.broadcasts.iter().all(|b| b.node != *node && !self.is_for(b.row, *node));
            !self.lies(*node) && free
        };
        let idle: Vec<usize> = (0..self.history.node_count()).filter(idle).collect();
        let control = self.history.header.about.get("control");
        let is_control = |label: &str| {
            control.is_none_or(|all| all.as_array().is_none_or(|all| all.contains(&label.into())))
        };
        let liars = (0..self.history.node_count()).any(|n| self.lies(n));
        let is_data = |frame: &Transmission| match frame.label.as_deref() {
            _ if !frame.messages.is_empty() => {
                frame.messages.iter().all(|m| self.broadcast(*m as usize).is_some())
            }
            Some(label) => !liars && !is_control(label),
            None => false,
        };
        let data: Vec<usize> =
            self.frames(&[Kind::Send]).iter().filter(|f| is_data(f.2)).map(|f| f.0).collect();
        let obligations = if data.is_empty() { 0 } else { idle.len() };
        ruling(obligations, data.iter().any(|n| idle.contains(n)))
    }

    fn closed_group(&self) -> Ruling {
        if self.history.header.contract.group == GroupContract::Open {
            return Ruling::Undecided;
        }
        let known = |d: &&Act| self.broadcast(d.row).is_some();
        let known: Vec<&Act> = self.deliveries.iter().filter(known).collect();
        ruling(known.len(), known.iter().any(|d| !self.is_for(d.row, self.origin(d.row))))
    }
}

/// Whether from message to message, each time by a life that delivered both, one comes from `at`
/// back to `end`, by no life and over no message twice.
fn circle(
    counting: &[Act],
    at: usize,
    end: usize,
    rows: &mut Vec<usize>,
    lives: &mut Vec<(usize, usize)>,
) -> bool {
    for a in counting.iter().filter(|a| a.row == at) {
        let life = (a.node, a.life);
        for b in counting.iter().filter(|b| same_life(a, b) && b.row != at) {
            if lives.contains(&life) || rows.contains(&b.row) {
                continue;
            }
            lives.push(life);
            rows.push(b.row);
            let found = b.row == end || circle(counting, b.row, end, rows, lives);
            lives.pop();
            rows.pop();
            if found {
                return true;
            }
        }
    }
    false
}
