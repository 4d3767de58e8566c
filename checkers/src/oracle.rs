//! The properties once more, straight from their definitions: quantifiers as loops, no cleverness
//! shared with the checkers. Only for histories small enough to read.

use pepperland_core::history::{
    Clock, DeliveryContract, EventId, FailureModel, History, Kind, NONE,
};
use pepperland_core::verdict::Ruling;

/// A broadcast or delivery: `life` counts the restarts of the node that made it forget.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
struct Act {
    event: usize,
    node: usize,
    life: usize,
    row: usize,
}

/// A history with its quantifiers.
pub struct Oracle<'h> {
    history: &'h History,
    /// Deliveries at nodes that do not lie.
    deliveries: Vec<Act>,
    /// Broadcasts by nodes that do not lie.
    broadcasts: Vec<Act>,
    /// Late starts: node, life, event.
    starts: Vec<(usize, usize, usize)>,
}

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    let nodes: Vec<usize> = (0..history.node_count()).collect();
    match property {
        "no-creation" => oracle.no_creation(),
        "no-duplication" => oracle.no_duplication(),
        "validity-self" => oracle.validity(|o, m, owing| {
            let sender = o.origin(m);
            owing.contains(&sender).then(|| o.delivers(sender, m))
        }),
        "validity-all" => oracle.validity(|o, m, owing| {
            (!owing.is_empty()).then(|| owing.iter().all(|q| o.delivers(*q, m)))
        }),
        "validity-some" => oracle.validity(|o, m, owing| {
            let some = nodes.iter().any(|q| o.correct(*q) && o.is_for(m, *q) && o.delivers(*q, m));
            (!owing.is_empty()).then_some(some)
        }),
        "agreement" => oracle.agreement(|o, d| o.surviving(d.node, d.life)),
        "uniform-agreement" => oracle.agreement(|_, _| true),
        "fifo" => oracle.fifo(),
        "causal" => oracle.causal(),
        "total-order" => oracle.total_order(|o, d| o.surviving(d.node, d.life)),
        "uniform-total-order" => oracle.total_order(|_, _| true),
        "prefix-order" => oracle.prefix_order(),
        other => panic!("no oracle for {other}"),
    }
}

fn ruling(obligations: usize, broken: bool) -> Ruling {
    match (broken, obligations) {
        (true, _) => Ruling::Violated,
        (false, 0) => Ruling::Undecided,
        (false, _) => Ruling::Held,
    }
}

impl<'h> Oracle<'h> {
    fn of(history: &'h History) -> Oracle<'h> {
        let mut oracle = Oracle { history, deliveries: vec![], broadcasts: vec![], starts: vec![] };
        for event in 0..history.len() {
            let Some(node) = oracle.node(event) else { continue };
            let act = |row| Act { event, node, life: oracle.life(node, event), row };
            let act = history.event(EventId(event as u32)).message().map(|row| act(row as usize));
            match (history.kinds()[event], act) {
                (Kind::Deliver, Some(act)) if !oracle.lies(node) => oracle.deliveries.push(act),
                (Kind::Broadcast, Some(act)) if !oracle.lies(node) => oracle.broadcasts.push(act),
                _ if oracle.is_late_start(node, event) => {
                    let start = (node, oracle.life(node, event + 1), event);
                    oracle.starts.push(start);
                }
                _ => {}
            }
        }
        oracle
    }

    fn node(&self, event: usize) -> Option<usize> {
        Some(self.history.nodes()[event] as usize).filter(|n| *n < self.history.node_count())
    }

    fn at(&self, node: usize, kind: Kind) -> impl Iterator<Item = usize> + '_ {
        let here = move |e: &usize| self.node(*e) == Some(node) && self.history.kinds()[*e] == kind;
        (0..self.history.len()).filter(here)
    }

    fn forgets(&self) -> bool {
        self.history.header.contract.delivery != DeliveryContract::Logged
    }

    /// The life of the node just before the event.
    fn life(&self, node: usize, event: usize) -> usize {
        let restarts = self.at(node, Kind::Recover).filter(|r| *r < event).count();
        if self.forgets() { restarts } else { 0 }
    }

    fn view(&self, event: usize) -> Option<u64> {
        self.history.event(EventId(event as u32)).view().map(|v| v.view.number)
    }

    fn is_late_start(&self, node: usize, event: usize) -> bool {
        let life = self.life(node, event);
        match self.history.kinds()[event] {
            Kind::Recover => self.forgets(),
            Kind::StateSet => true,
            Kind::View => {
                let founding = (0..self.history.len()).filter_map(|e| self.view(e)).min();
                let mut earlier = self.at(node, Kind::View).filter(|e| *e < event);
                self.view(event) > founding && !earlier.any(|e| self.life(node, e) == life)
            }
            _ => false,
        }
    }

    fn lies(&self, node: usize) -> bool {
        self.history.header.byzantine.contains(&self.history.header.nodes[node])
    }

    fn correct(&self, node: usize) -> bool {
        let crash = self.at(node, Kind::Crash).last();
        let recover = self.at(node, Kind::Recover).last();
        let up = match self.history.header.failure_model {
            FailureModel::CrashStop => crash.is_none(),
            _ => crash.is_none() || recover > crash,
        };
        up && !self.lies(node)
    }

    /// Whether it is the last life of a correct node.
    fn surviving(&self, node: usize, life: usize) -> bool {
        self.correct(node) && life == self.life(node, self.history.len())
    }

    fn rows(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.history.message_table().len()
    }

    fn origin(&self, row: usize) -> usize {
        self.history.message_table().origins()[row] as usize
    }

    fn broadcast(&self, row: usize) -> Option<&Act> {
        self.broadcasts.iter().find(|b| b.row == row)
    }

    /// The group of a message; none if it cannot be known.
    fn group(&self, row: usize) -> Option<usize> {
        match self.history.groups().len() {
            1 => Some(0),
            _ => self.broadcast(row).map(|_| self.history.message_table().groups()[row] as usize),
        }
    }

    /// Whether a delivery of the message at the node counts.
    fn is_for(&self, row: usize, node: usize) -> bool {
        let is_in = |g: usize| self.history.groups()[g].1.iter().any(|m| m.index() == node);
        self.group(row).is_none_or(is_in)
    }

    /// First deliveries in a life, at recipients.
    fn counting(&self) -> Vec<Act> {
        let same = |a: &Act, b: &Act| (a.node, a.life, a.row) == (b.node, b.life, b.row);
        let is_first = |d: &&Act| !self.deliveries.iter().any(|e| same(e, d) && e.event < d.event);
        let deliveries = self.deliveries.iter().filter(|d| self.is_for(d.row, d.node));
        deliveries.filter(is_first).copied().collect()
    }

    fn delivers(&self, node: usize, row: usize) -> bool {
        self.deliveries.iter().any(|d| d.node == node && d.row == row && self.is_for(row, node))
    }

    fn is_virtual(&self) -> bool {
        self.history.header.clock == Clock::Virtual
    }

    /// Whether a broadcast came before a late start.
    fn precedes(&self, broadcast: usize, start: usize) -> bool {
        let times = self.history.times();
        let error = self.history.header.clock_error.unwrap_or(0);
        if self.is_virtual() {
            broadcast < start
        } else {
            times[broadcast].0 <= times[start].0 + error
        }
    }

    /// The node does not owe the message: its last life started late, after the broadcast.
    fn is_excused(&self, node: usize, row: usize) -> bool {
        let last = self.life(node, self.history.len());
        let mut starts = self.starts.iter().filter(|(n, l, _)| (*n, *l) == (node, last));
        starts.any(|(.., start)| {
            let event = self.history.message_table().broadcasts()[row];
            event == NONE || self.precedes(event as usize, *start)
        })
    }

    fn owing(&self, row: usize) -> Vec<usize> {
        let known = self.group(row).is_some();
        let owes = |q: &usize| {
            known && self.correct(*q) && self.is_for(row, *q) && !self.is_excused(*q, row)
        };
        (0..self.history.node_count()).filter(owes).collect()
    }

    fn no_creation(&self) -> Ruling {
        let table = self.history.message_table();
        let honest = |row: usize| {
            let origin = self.origin(row);
            origin < self.history.node_count() && !self.lies(origin)
        };
        let anybody_lies = (0..self.history.node_count()).any(|n| self.lies(n));
        let bound = |d: &&Act| self.correct(d.node) && (honest(d.row) || !anybody_lies);
        let bound: Vec<&Act> = self.deliveries.iter().filter(bound).collect();
        let digest = |event: usize| self.history.event(EventId(event as u32)).digest();
        let created = |d: &&Act| {
            let broadcast = table.broadcasts()[d.row];
            if broadcast == NONE {
                return true;
            }
            let broadcast = broadcast as usize;
            let (was, is) = (digest(broadcast), digest(d.event));
            let changed = was.is_some() && is.is_some() && was != is;
            let early = self.is_virtual() && broadcast > d.event;
            changed || early || !self.is_for(d.row, d.node)
        };
        ruling(bound.len(), bound.iter().any(created))
    }

    fn no_duplication(&self) -> Ruling {
        let bound: Vec<&Act> = self.deliveries.iter().filter(|d| self.correct(d.node)).collect();
        let same = |a: &Act, b: &Act| (a.node, a.life, a.row) == (b.node, b.life, b.row);
        let twice = |d: &&&Act| bound.iter().any(|e| e.event != d.event && same(e, d));
        ruling(bound.len(), bound.iter().any(|d| twice(&d)))
    }

    /// The sender is correct and did not crash in the call.
    fn promises(&self, broadcast: &Act) -> bool {
        let returns = |e: &usize| {
            let event = self.history.event(EventId(*e as u32));
            !self.forgets() && event.message() == Some(broadcast.row as u32)
        };
        let returned = self.at(broadcast.node, Kind::BroadcastReturn).find(returns);
        let end = returned.unwrap_or(self.history.len());
        let mut crashes = self.at(broadcast.node, Kind::Crash);
        self.correct(broadcast.node) && !crashes.any(|c| c > broadcast.event && c < end)
    }

    fn validity(&self, kept: impl Fn(&Self, usize, &[usize]) -> Option<bool>) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let promises = self.broadcasts.iter().filter(|b| self.promises(b));
        let kept: Vec<bool> =
            promises.filter_map(|b| kept(self, b.row, &self.owing(b.row))).collect();
        ruling(kept.len(), kept.contains(&false))
    }

    fn agreement(&self, obliges: impl Fn(&Self, &Act) -> bool) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let counting = self.counting();
        let obliged = |m: &usize| counting.iter().any(|d| d.row == *m && obliges(self, d));
        let obliged: Vec<usize> = self.rows().filter(obliged).collect();
        let broken = |m: &usize| self.owing(*m).iter().any(|q| !self.delivers(*q, *m));
        ruling(obliged.len(), obliged.iter().any(broken))
    }

    /// Both broadcast by one incarnation of one node to one group, `a` before `b`.
    fn is_before_in_stream(&self, a: usize, b: usize) -> bool {
        let incarnations = self.history.message_table().incarnations();
        let (Some(x), Some(y)) = (self.broadcast(a), self.broadcast(b)) else { return false };
        let same = self.origin(a) == self.origin(b) && incarnations[a] == incarnations[b];
        same && self.group(a) == self.group(b) && x.event < y.event
    }

    /// The life may do without `row` when it delivers at `event`.
    fn may_lack(&self, delivery: &Act, row: usize) -> bool {
        let before = |start: usize| {
            let later = |m: &usize| *m == row || self.is_before_in_stream(row, *m);
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
    fn gap_free(&self, must_precede: impl Fn(usize, usize) -> bool) -> Ruling {
        let counting = self.counting();
        let (mut obligations, mut broken) = (0, false);
        for d in counting.iter().filter(|d| self.correct(d.node)) {
            let earlier: Vec<usize> = self.rows().filter(|m| must_precede(*m, d.row)).collect();
            obligations += usize::from(!earlier.is_empty());
            for m in earlier {
                let here = |e: &&Act| (e.node, e.life, e.row) == (d.node, d.life, m);
                broken |= match counting.iter().find(here) {
                    Some(delivery) => delivery.event > d.event,
                    None => !self.may_lack(d, m),
                };
            }
        }
        ruling(obligations, broken)
    }

    fn fifo(&self) -> Ruling {
        self.gap_free(|m, after| self.is_before_in_stream(m, after))
    }

    fn causal(&self) -> Ruling {
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
        self.gap_free(|m, after| before[m][after])
    }

    /// A delivery that is an effect of its broadcast.
    fn is_effect(&self, delivery: &Act) -> bool {
        let broadcast = self.broadcast(delivery.row);
        let after = |b: &Act| !self.is_virtual() || b.event < delivery.event;
        broadcast.is_some_and(after) && self.is_for(delivery.row, delivery.node)
    }

    fn happens_directly_before(&self, a: usize, b: usize) -> bool {
        let Some(broadcast) = self.broadcast(b) else { return false };
        let here = |d: &&Act| (d.node, d.life) == (broadcast.node, broadcast.life);
        let delivered = |d: &Act| d.row == a && d.event < broadcast.event && self.is_effect(d);
        let through = self.broadcast(a).is_some() && self.group(a) == self.group(b);
        let mut deliveries = self.deliveries.iter().filter(here);
        self.is_before_in_stream(a, b) || through && deliveries.any(delivered)
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
