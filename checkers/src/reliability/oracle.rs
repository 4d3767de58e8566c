//! The properties of reliable multicast once more, straight from their definitions.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, GroupContract, History, Kind, NONE};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    let nodes: Vec<usize> = (0..history.node_count()).collect();
    let is_anycast = history.header.workload.as_deref() == Some("anycast");
    match property {
        "no-creation" => oracle.no_creation(|o, q| o.correct(q)),
        "uniform-no-creation" => oracle.no_creation(|_, _| true),
        "byzantine-no-creation" => oracle.byzantine_no_creation(),
        "no-forgery" => oracle.part(|o, d| Some(o.anybody_broadcast(d.row).is_some())),
        "payload-integrity" => oracle.part(|o, d| o.says_the_same(d)),
        "no-precognition" => oracle.part(|o, d| {
            let broadcast = o.anybody_broadcast(d.row).filter(|_| o.is_virtual())?;
            Some(broadcast < d.event)
        }),
        "no-misdelivery" => oracle.part(|o, d| {
            o.anybody_broadcast(d.row)?;
            let group = &o.history.groups()[o.group(d.row)?].1;
            let members: Vec<usize> = group.iter().map(|m| m.index()).collect();
            let leaves_out = nodes.iter().any(|n| !members.contains(n));
            leaves_out.then(|| members.contains(&d.node))
        }),
        "no-duplication" => oracle.no_duplication(|o, q| o.correct(q), oracle.forgets()),
        "uniform-no-duplication" => oracle.no_duplication(|_, _| true, oracle.forgets()),
        "no-duplication-per-incarnation" => oracle.no_duplication(|o, q| o.correct(q), true),
        "no-duplication-across-incarnations" => oracle.no_duplication(|o, q| o.correct(q), false),
        "integrity" => of_both(rule("no-creation", history), rule("no-duplication", history)),
        "uniform-integrity" => {
            let creation = rule("uniform-no-creation", history);
            of_both(creation, rule("uniform-no-duplication", history))
        }
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
        "anycast-at-least-one" if !is_anycast => Ruling::Undecided,
        "anycast-at-least-one" => oracle.validity(|o, m, owing| {
            let mut members = nodes.iter().filter(|q| o.is_for(m, **q));
            let some = members.clone().any(|q| o.delivers(*q, m));
            let unseen = members.any(|q| o.lies(*q));
            (!owing.is_empty() && (some || !unseen)).then_some(some)
        }),
        "anycast-at-most-one" if !is_anycast => Ruling::Undecided,
        "anycast-at-most-one" => {
            let counting = oracle.counting();
            let bound: Vec<&Act> =
                counting.iter().filter(|d| oracle.surviving(d.node, d.life)).collect();
            let both = |d: &&&Act| bound.iter().any(|e| e.row == d.row && e.node != d.node);
            ruling(bound.len(), bound.iter().any(|d| both(&d)))
        }
        "agreement" => oracle.agreement(|o, d| o.surviving(d.node, d.life)),
        "uniform-agreement" => oracle.agreement(|_, _| true),
        "majority-uniform-agreement" => oracle.agreement(|o, d| o.is_in_majority(d.row)),
        other => panic!("no oracle for {other}"),
    }
}

/// Broken if one is, held if one is; else nothing was to be judged.
fn of_both(one: Ruling, other: Ruling) -> Ruling {
    match [one, other] {
        both if both.contains(&Ruling::Violated) => Ruling::Violated,
        [Ruling::Held, Ruling::Held] => Ruling::Held,
        _ => Ruling::Undecided,
    }
}

impl Oracle<'_> {
    /// The broadcast of a message, by whomever.
    fn anybody_broadcast(&self, row: usize) -> Option<usize> {
        let broadcast = self.history.message_table().broadcasts()[row];
        (broadcast != NONE).then_some(broadcast as usize)
    }

    fn says_the_same(&self, delivery: &Act) -> Option<bool> {
        let digest = |event: usize| self.history.event(EventId(event as u32)).digest();
        let was = digest(self.anybody_broadcast(delivery.row)?)?;
        Some(was == digest(delivery.event)?)
    }

    /// All of no creation.
    fn is_genuine(&self, d: &Act) -> bool {
        let Some(broadcast) = self.anybody_broadcast(d.row) else { return false };
        let early = self.is_virtual() && broadcast > d.event;
        !early && self.says_the_same(d) != Some(false) && self.is_for(d.row, d.node)
    }

    /// Whether the sender does not lie; of a sender that is not known, whether nobody does.
    fn is_trusted(&self, row: usize) -> bool {
        let nodes = self.history.node_count();
        let origin = self.origin(row);
        if origin < nodes { !self.lies(origin) } else { (0..nodes).all(|n| !self.lies(n)) }
    }

    fn no_creation(&self, binds: impl Fn(&Self, usize) -> bool) -> Ruling {
        let bound = |d: &&Act| binds(self, d.node) && self.is_trusted(d.row);
        let bound: Vec<&Act> = self.deliveries.iter().filter(bound).collect();
        ruling(bound.len(), bound.iter().any(|d| !self.is_genuine(d)))
    }

    fn byzantine_no_creation(&self) -> Ruling {
        let is_correct = |n: usize| n < self.history.node_count() && self.correct(n);
        let bound = |d: &&Act| self.correct(d.node) && is_correct(self.origin(d.row));
        let bound: Vec<&Act> = self.deliveries.iter().filter(bound).collect();
        ruling(bound.len(), bound.iter().any(|d| !self.is_genuine(d)))
    }

    fn part(&self, kept: impl Fn(&Self, &Act) -> Option<bool>) -> Ruling {
        let bound = |d: &&Act| self.correct(d.node) && self.is_trusted(d.row);
        let bound = self.deliveries.iter().filter(bound);
        let kept: Vec<bool> = bound.filter_map(|d| kept(self, d)).collect();
        ruling(kept.len(), kept.contains(&false))
    }

    fn no_duplication(&self, binds: impl Fn(&Self, usize) -> bool, forgets: bool) -> Ruling {
        let bound: Vec<&Act> = self.deliveries.iter().filter(|d| binds(self, d.node)).collect();
        let restarted = |node, from: usize, to: usize| {
            forgets && self.at(node, Kind::Recover).any(|r| from < r && r < to)
        };
        let same = |a: &Act, b: &Act| {
            (a.node, a.row) == (b.node, b.row) && !restarted(a.node, a.event, b.event)
        };
        let twice = |d: &&&Act| bound.iter().any(|e| d.event < e.event && same(d, e));
        ruling(bound.len(), bound.iter().any(|d| twice(&d)))
    }

    fn is_in_majority(&self, row: usize) -> bool {
        let Some(group) = self.group(row) else { return false };
        let members = &self.history.groups()[group].1;
        let correct = members.iter().filter(|m| self.correct(m.index())).count();
        2 * correct > members.len()
    }

    /// The sender is correct, may broadcast, and did not crash in the call.
    fn promises(&self, broadcast: &Act) -> bool {
        let returns = |e: &usize| {
            let event = self.history.event(EventId(*e as u32));
            !self.forgets() && event.message() == Some(broadcast.row as u32)
        };
        let returned = self.at(broadcast.node, Kind::BroadcastReturn).find(returns);
        let end = returned.unwrap_or(self.history.len());
        let mut crashes = self.at(broadcast.node, Kind::Crash);
        let closed = self.history.header.contract.group == GroupContract::Closed;
        let is_in = !self.is_out(broadcast.node, broadcast.row)
            && (!closed || self.is_for(broadcast.row, broadcast.node));
        is_in && self.correct(broadcast.node) && !crashes.any(|c| c > broadcast.event && c < end)
    }

    fn validity(&self, kept: impl Fn(&Self, usize, &[usize]) -> Option<bool>) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let promises = self.broadcasts.iter().filter(|b| self.promises(b));
        let kept: Vec<bool> =
            promises.filter_map(|b| kept(self, b.row, &self.debtors(b.row))).collect();
        ruling(kept.len(), kept.contains(&false))
    }

    fn agreement(&self, obliges: impl Fn(&Self, &Act) -> bool) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let counting = self.counting();
        let obliged = |m: &usize| {
            let counts = |d: &Act| d.row == *m && obliges(self, d) && !self.is_out(d.node, *m);
            counting.iter().any(counts)
        };
        let obliged: Vec<usize> = self.rows().filter(obliged).collect();
        let broken = |m: &usize| self.debtors(*m).iter().any(|q| !self.delivers(*q, *m));
        ruling(obliged.len(), obliged.iter().any(broken))
    }
}
