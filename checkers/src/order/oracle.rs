//! The orders once more, straight from their definitions.

mod hidden;
mod hopes;
mod timed;
mod trees;
mod views;

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, History};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    match property {
        "fifo" => {
            oracle.gap_free(Oracle::correct_receiver, |m, n| oracle.is_before_in_stream(m, n))
        }
        "fifo-order" => {
            oracle.in_order(Oracle::correct_receiver, |m, n| oracle.is_before_in_stream(m, n))
        }
        "uniform-fifo" => oracle.gap_free(|_, _| true, |m, n| oracle.is_before_in_stream(m, n)),
        "uniform-fifo-order" => {
            oracle.in_order(|_, _| true, |m, n| oracle.is_before_in_stream(m, n))
        }
        "fifo-correct-senders" => oracle.fifo_correct_senders(),
        "fifo-across-incarnations" => oracle.fifo_across_incarnations(),
        "fifo-across-groups" => oracle.fifo_across_groups(),
        "local-order" => oracle.local_order(Oracle::correct_receiver),
        "uniform-local-order" => oracle.local_order(|_, _| true),
        "causal" => oracle.causal(|o, hb| o.gap_free(Oracle::correct_receiver, hb)),
        "causal-order" => oracle.causal(|o, hb| o.in_order(Oracle::correct_receiver, hb)),
        "uniform-causal" => oracle.causal(|o, hb| o.gap_free(|_, _| true, hb)),
        "uniform-causal-order" => oracle.causal(|o, hb| o.in_order(|_, _| true, hb)),
        "causal-across-groups" => oracle.causal_across(false),
        "causal-through-clients" => oracle.causal_across(true),
        "total-order" => oracle.total_order(|o, d| o.surviving(d.node, d.life)),
        "uniform-total-order" => oracle.total_order(|_, _| true),
        "chronological-order" => oracle.chronological(),
        "linearizable-broadcast" => oracle.linearizable(),
        "no-contamination" => oracle.no_contamination(),
        "optimistic-before-final" => oracle.optimistic_before_final(),
        "optimistic-order" => oracle.optimistic_order(),
        "optimistic-termination" => oracle.optimistic_termination(),
        "generic-order" => oracle.generic_order(),
        "total-order-within-views" => oracle.within_views(false),
        "reliable-total-order" => oracle.within_views(true),
        "view-total-order" => oracle.view_total_order(),
        "gap-free-total-order" => oracle.tree(|o, d| o.surviving(d.node, d.life)),
        "uniform-gap-free-total-order" => oracle.tree(|_, _| true),
        "prefix-order" => oracle.prefix_order(),
        "consecutive-slots" => oracle.consecutive_slots(),
        "fifo-total-order" => both(rule("fifo", history), rule("total-order", history)),
        "causal-total-order" => both(rule("causal", history), rule("total-order", history)),
        other => panic!("no oracle for {other}"),
    }
}

fn both(one: Ruling, other: Ruling) -> Ruling {
    match (one, other) {
        (Ruling::Violated, _) | (_, Ruling::Violated) => Ruling::Violated,
        (Ruling::Held, Ruling::Held) => Ruling::Held,
        _ => Ruling::Undecided,
    }
}

impl Oracle<'_> {
    /// Both broadcast by one incarnation of one node to one group, `a` before `b`.
    fn is_before_in_stream(&self, a: usize, b: usize) -> bool {
        let incarnations = self.history.message_table().incarnations();
        let (Some(x), Some(y)) = (self.broadcast(a), self.broadcast(b)) else { return false };
        let same = self.origin(a) == self.origin(b) && incarnations[a] == incarnations[b];
        same && self.group(a) == self.group(b) && x.event < y.event
    }

    /// Both broadcast by one incarnation of one node, `a` before `b`.
    fn is_before_in_incarnation(&self, a: usize, b: usize) -> bool {
        let incarnations = self.history.message_table().incarnations();
        let (Some(x), Some(y)) = (self.broadcast(a), self.broadcast(b)) else { return false };
        let same = self.origin(a) == self.origin(b) && incarnations[a] == incarnations[b];
        same && x.event < y.event
    }

    pub(super) fn correct_receiver(&self, delivery: &Act) -> bool {
        self.correct(delivery.node)
    }

    /// The life may do without `row` when it delivers at `event`: `row`, or one that comes after it
    /// in its stream, was broadcast before a late start. `follows` is the order of the stream.
    fn may_lack(&self, delivery: &Act, row: usize, follows: impl Fn(usize, usize) -> bool) -> bool {
        let before = |start: usize| {
            let later = |m: &usize| *m == row || follows(row, *m);
            self.rows()
                .filter(later)
                .any(|m| self.broadcast(m).is_some_and(|b| self.precedes(b.event, start)))
        };
        let here = |(n, l, e): &&(usize, usize, usize)| {
            (*n, *l) == (delivery.node, delivery.life) && *e < delivery.event
        };
        self.starts.iter().filter(here).any(|(.., start)| before(*start))
    }

    /// No bound life delivers a message without or before one that must come first.
    fn gap_free(
        &self,
        bound: impl Fn(&Self, &Act) -> bool,
        must_precede: impl Fn(usize, usize) -> bool,
    ) -> Ruling {
        self.gap_free_in(bound, must_precede, |_, a, b| self.is_before_in_stream(a, b))
    }

    /// The same, where a node that may lack a message may lack what comes before it in the order
    /// that `follows` tells of.
    fn gap_free_in(
        &self,
        bound: impl Fn(&Self, &Act) -> bool,
        must_precede: impl Fn(usize, usize) -> bool,
        follows: impl Fn(usize, usize, usize) -> bool,
    ) -> Ruling {
        let counting = self.counting();
        let (mut obligations, mut broken) = (0, false);
        for d in counting.iter().filter(|d| bound(self, d)) {
            let earlier = |m: &usize| must_precede(*m, d.row) && self.is_for(*m, d.node);
            let earlier: Vec<usize> = self.rows().filter(earlier).collect();
            obligations += usize::from(!earlier.is_empty());
            for m in earlier {
                let here = |e: &&Act| (e.node, e.life, e.row) == (d.node, d.life, m);
                broken |= match counting.iter().find(here) {
                    Some(delivery) => delivery.event > d.event,
                    None => !self.may_lack(d, m, |a, b| follows(d.node, a, b)),
                };
            }
        }
        ruling(obligations, broken)
    }

    /// No bound life delivers a message before one that must come first.
    pub(super) fn in_order(
        &self,
        bound: impl Fn(&Self, &Act) -> bool,
        must_precede: impl Fn(usize, usize) -> bool,
    ) -> Ruling {
        let counting: Vec<Act> = self.counting().into_iter().filter(|d| bound(self, d)).collect();
        let (mut obligations, mut broken) = (0, false);
        for d in &counting {
            let here = |e: &&Act| (e.node, e.life) == (d.node, d.life);
            for e in counting.iter().filter(here).filter(|e| must_precede(e.row, d.row)) {
                obligations += 1;
                broken |= e.event > d.event;
            }
        }
        ruling(obligations, broken)
    }

    fn fifo_correct_senders(&self) -> Ruling {
        let survives = |m: usize| {
            self.broadcast(m).is_some_and(|b| {
                self.correct(b.node) && self.life(b.node, self.history.len()) == b.life
            })
        };
        let before = |m, n| self.is_before_in_stream(m, n) && survives(n);
        self.gap_free(Oracle::correct_receiver, before)
    }

    fn fifo_across_incarnations(&self) -> Ruling {
        let before = |m: usize, n: usize| {
            let (Some(x), Some(y)) = (self.broadcast(m), self.broadcast(n)) else { return false };
            x.node == y.node && self.group(m) == self.group(n) && x.event < y.event
        };
        self.in_order(Oracle::correct_receiver, before)
    }

    fn fifo_across_groups(&self) -> Ruling {
        self.gap_free_in(
            Oracle::correct_receiver,
            |m, n| self.is_before_in_incarnation(m, n),
            |node, m, n| self.is_before_in_incarnation(m, n) && self.is_for(n, node),
        )
    }

    fn local_order(&self, bound: impl Fn(&Self, &Act) -> bool) -> Ruling {
        self.gap_free(bound, |m, n| self.is_delivered_before(m, n))
    }

    fn causal(&self, rule: impl Fn(&Self, &dyn Fn(usize, usize) -> bool) -> Ruling) -> Ruling {
        if self.is_circular() {
            return Ruling::Undecided;
        }
        let rows = self.history.message_table().len();
        let mut before: Vec<Vec<bool>> = (0..rows)
            .map(|a| (0..rows).map(|b| self.happens_directly_before(a, b)).collect())
            .collect();
        for via in 0..rows {
            for a in 0..rows {
                for b in 0..rows {
                    before[a][b] |= before[a][via] && before[via][b];
                }
            }
        }
        rule(self, &|m, after| before[m][after])
    }

    /// A delivery that is an effect of its broadcast.
    fn is_effect(&self, delivery: &Act) -> bool {
        let broadcast = self.broadcast(delivery.row);
        let after = |b: &Act| !self.is_virtual() || b.event < delivery.event;
        broadcast.is_some_and(after) && self.is_for(delivery.row, delivery.node)
    }

    fn happens_directly_before(&self, a: usize, b: usize) -> bool {
        self.is_before_in_stream(a, b) || self.is_delivered_before(a, b)
    }

    /// The sender of `b` had delivered `a` when it broadcast `b`.
    fn is_delivered_before(&self, a: usize, b: usize) -> bool {
        let Some(broadcast) = self.broadcast(b) else { return false };
        let here = |d: &&Act| (d.node, d.life) == (broadcast.node, broadcast.life);
        let delivered = |d: &Act| d.row == a && d.event < broadcast.event && self.is_effect(d);
        let through = self.broadcast(a).is_some() && self.group(a) == self.group(b);
        let mut deliveries = self.deliveries.iter().filter(here);
        through && deliveries.any(delivered)
    }

    /// No order of the events has every cause before its effects.
    fn is_circular(&self) -> bool {
        let effects = self.deliveries.iter().filter(|d| self.is_effect(d));
        let mut left: Vec<&Act> = self.broadcasts.iter().chain(effects).collect();
        loop {
            let is_free = |e: &Act| {
                let blocked = |f: &&Act| {
                    let program = f.node == e.node && f.event < e.event;
                    let is_broadcast = self.broadcasts.contains(f);
                    program || is_broadcast && f.row == e.row && f.event != e.event
                };
                !left.iter().any(blocked)
            };
            let kept: Vec<&Act> = left.iter().copied().filter(|e| !is_free(e)).collect();
            if kept.is_empty() {
                return false;
            }
            if kept.len() == left.len() {
                return true;
            }
            left = kept;
        }
    }

    fn total_order(&self, bound: impl Fn(&Self, &Act) -> bool) -> Ruling {
        let counting: Vec<Act> = self.counting().into_iter().filter(|d| bound(self, d)).collect();
        let (mut obligations, mut broken) = (0, false);
        let same_life = |a: &Act, b: &Act| (a.node, a.life) == (b.node, b.life);
        for a in &counting {
            for b in counting.iter().filter(|b| same_life(a, b) && b.event > a.event) {
                for c in counting.iter().filter(|c| c.row == a.row && !same_life(a, c)) {
                    for d in counting.iter().filter(|d| d.row == b.row && same_life(c, d)) {
                        obligations += 1;
                        broken |= d.event < c.event;
                    }
                }
            }
        }
        ruling(obligations, broken)
    }

    fn prefix_order(&self) -> Ruling {
        let counting: Vec<Act> =
            self.counting().into_iter().filter(|d| self.group(d.row).is_some()).collect();
        let twice = |d: &&Act| {
            counting.iter().any(|e| e.row == d.row && (e.node, e.life) != (d.node, d.life))
        };
        let obligations = counting.iter().filter(twice).count();
        let groups = 0..self.history.groups().len();
        let broken = groups.into_iter().any(|g| !self.has_sequence(&counting, g));
        ruling(obligations, broken || self.slots_clash(&counting))
    }

    fn slots_clash(&self, counting: &[Act]) -> bool {
        let slot = |d: &Act| self.history.event(EventId(d.event as u32)).place()?.slot;
        let clash = |d: &Act, e: &Act| {
            let both =
                slot(d).is_some() && slot(e).is_some() && self.group(d.row) == self.group(e.row);
            both && (slot(d) == slot(e)) != (d.row == e.row)
        };
        counting.iter().any(|d| counting.iter().any(|e| clash(d, e)))
    }

    /// Whether some sequence has every first life's deliveries as a prefix, and what each life
    /// delivered between two late starts as a piece.
    fn has_sequence(&self, counting: &[Act], group: usize) -> bool {
        let here: Vec<Act> =
            counting.iter().copied().filter(|d| self.group(d.row) == Some(group)).collect();
        let mut runs: Vec<(bool, Vec<usize>)> = Vec::new();
        let mut ends: Vec<(usize, usize, usize)> = Vec::new();
        for d in &here {
            let started =
                self.starts.iter().filter(|(n, l, e)| (*n, *l) == (d.node, d.life) && *e < d.event);
            let key = (d.node, d.life, started.count());
            match ends.iter().position(|end| *end == key) {
                Some(run) => runs[run].1.push(d.row),
                None => {
                    ends.push(key);
                    runs.push((key.2 == 0, vec![d.row]));
                }
            }
        }
        let mut rows: Vec<usize> = here.iter().map(|d| d.row).collect();
        rows.sort_unstable();
        rows.dedup();
        permutations(&mut rows, 0, &mut |sequence| {
            runs.iter().all(|(is_prefix, run)| match is_prefix {
                true => sequence.starts_with(run),
                false => sequence.windows(run.len()).any(|piece| piece == run),
            })
        })
    }
}

/// Whether `found` holds of some permutation of the items from `from` on.
fn permutations(
    items: &mut [usize],
    from: usize,
    found: &mut impl FnMut(&[usize]) -> bool,
) -> bool {
    if from == items.len() {
        return found(items);
    }
    for i in from..items.len() {
        items.swap(from, i);
        let yes = permutations(items, from + 1, found);
        items.swap(from, i);
        if yes {
            return true;
        }
    }
    false
}
