//! The properties of membership once more, straight from their definitions. Histories of one group.

use crate::crosscheck::definition::{Oracle, ruling};
use pepperland_core::history::{Event, EventId, History, Kind, PartitionContract, ViewInstall};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let run = Run { oracle: Oracle::of(history), history };
    match property {
        "flush-shape" => run.flush_shape(),
        "blocking-time" => run.blocking_time(),
        "view-stability" => run.view_stability(),
        "membership-precision" => run
            .in_components(|sets| sets.iter().map(|set| run.common_view(set).is_some()).collect()),
        "multicast-liveness" => run.in_components(|sets| run.last_view_debts(sets, Kind::Deliver)),
        "safe-liveness" => run.in_components(|sets| run.last_view_debts(sets, Kind::Safe)),
        "termination-of-delivery" => run.in_components(|sets| {
            let senders = sets.iter().flat_map(|set| &set.sure);
            senders
                .flat_map(|p| run.debts_of(*p, &run.members(run.last(*p)), Kind::Deliver))
                .collect()
        }),
        "reinclusion" => {
            run.in_components(|sets| sets.iter().flat_map(|set| run.reinclusions(set)).collect())
        }
        other => panic!("no oracle for {other}"),
    }
}

/// Nodes that are connected in the end, and those of them that belong.
pub struct Set {
    pub live: Vec<usize>,
    pub sure: Vec<usize>,
}

pub struct Run<'h> {
    pub oracle: Oracle<'h>,
    pub history: &'h History,
}

impl<'h> Run<'h> {
    pub fn nodes(&self) -> std::ops::Range<usize> {
        0..self.history.node_count()
    }

    pub fn event(&self, event: usize) -> Event<'h> {
        self.history.event(EventId(event as u32))
    }

    pub fn events(&self, kind: Kind) -> Vec<usize> {
        (0..self.history.len()).filter(|e| self.history.kinds()[*e] == kind).collect()
    }

    pub fn time(&self, event: usize) -> u64 {
        self.history.times()[event].0
    }

    pub fn install(&self, event: usize) -> &'h ViewInstall {
        self.event(event).view().unwrap()
    }

    pub fn at(&self, node: usize, kinds: &[Kind]) -> Vec<usize> {
        let here = |e: &usize| self.oracle.node(*e) == Some(node);
        (0..self.history.len())
            .filter(here)
            .filter(|e| kinds.contains(&self.history.kinds()[*e]))
            .collect()
    }

    /// The view that the node is in just before an event, by its install.
    pub fn view_before(&self, node: usize, event: usize) -> Option<usize> {
        let turns = self.at(node, &[Kind::View, Kind::Crash, Kind::Recover]);
        let last = turns.into_iter().rfind(|e| *e < event)?;
        (self.history.kinds()[last] == Kind::View).then_some(last)
    }

    pub fn last(&self, node: usize) -> Option<usize> {
        self.view_before(node, self.history.len())
    }

    pub fn members(&self, install: Option<usize>) -> Vec<usize> {
        install
            .map(|e| self.install(e).members.iter().map(|m| m.index()).collect())
            .unwrap_or_default()
    }

    fn up(&self, node: usize) -> bool {
        let last = self.at(node, &[Kind::Crash, Kind::Recover]).pop();
        last.is_none_or(|e| self.history.kinds()[e] == Kind::Recover)
    }

    fn never_crashed(&self, node: usize) -> bool {
        self.at(node, &[Kind::Crash]).is_empty()
    }

    fn open(&self) -> Vec<usize> {
        let begun = [Kind::Cut, Kind::Lose].map(|kind| self.events(kind)).concat();
        let heals = self.events(Kind::Heal);
        let id = |e: usize| self.event(e).field("id").cloned();
        begun.into_iter().filter(|b| !heals.iter().any(|h| h > b && id(*h) == id(*b))).collect()
    }

    fn cut(&self, cut: usize, p: usize, q: usize) -> bool {
        let name = |n: usize| serde_json::Value::from(self.history.header.nodes[n].clone());
        let list = |key| self.event(cut).field(key).unwrap().as_array().unwrap().clone();
        let one = |p, q| list("from").contains(&name(p)) && list("to").contains(&name(q));
        one(p, q) || self.event(cut).field("both_ways") == Some(&true.into()) && one(q, p)
    }

    fn sure(&self, node: usize) -> bool {
        let start = self.at(node, &[Kind::Recover]).pop().map_or(0, |e| e + 1);
        let subject = |e: usize| match self.event(e).field("target").and_then(|t| t.as_str()) {
            Some(target) => self.history.header.nodes.iter().position(|n| n == target),
            None => self.oracle.node(e),
        };
        let asked = |kinds: &[Kind]| {
            let asks = |e: &usize| kinds.contains(&self.history.kinds()[*e]);
            (start..self.history.len()).rfind(|e| asks(e) && subject(*e) == Some(node))
        };
        let joined = asked(&[Kind::Join]);
        let installed = self.at(node, &[Kind::View]).into_iter().any(|e| e >= start);
        let unwanted = asked(&[Kind::Leave, Kind::Exclude]);
        self.oracle.correct(node)
            && (joined.is_some() || installed)
            && (unwanted.is_none() || unwanted < joined)
    }

    /// The stable components, by trying every set of nodes.
    pub fn components(&self) -> Vec<Set> {
        let up: Vec<usize> = self.nodes().filter(|n| self.up(*n)).collect();
        let paused = |n: &usize| {
            let last = self.at(*n, &[Kind::Pause, Kind::Resume, Kind::Recover]).pop();
            last.is_some_and(|e| self.history.kinds()[e] == Kind::Pause)
        };
        let open = self.open();
        let works = |p: usize, q: usize| !open.iter().any(|cut| self.cut(*cut, p, q));
        let one_way =
            up.iter().any(|p| up.iter().any(|q| p != q && works(*p, *q) != works(*q, *p)));
        let lossy = open.iter().any(|e| self.history.kinds()[*e] == Kind::Lose);
        let liars = self.nodes().any(|n| self.oracle.lies(n));
        if !self.history.header.complete || liars || lossy || one_way || up.iter().any(paused) {
            return Vec::new();
        }
        let mut sets = Vec::new();
        for mask in 1..1 << up.len() {
            let is_in = |i: &usize| mask >> i & 1 == 1;
            let (inside, outside): (Vec<usize>, Vec<usize>) = (0..up.len()).partition(is_in);
            let joined =
                inside.iter().all(|i| inside.iter().all(|j| i == j || works(up[*i], up[*j])));
            let apart = inside.iter().all(|i| outside.iter().all(|j| !works(up[*i], up[*j])));
            let live: Vec<usize> = inside.iter().map(|i| up[*i]).collect();
            let sure: Vec<usize> = live.iter().copied().filter(|n| self.sure(*n)).collect();
            if joined && apart && !sure.is_empty() && self.may_go_on(&live) {
                sets.push(Set { live, sure });
            }
        }
        sets
    }

    fn may_go_on(&self, live: &[usize]) -> bool {
        let constant = |n: &usize| live.contains(n) && self.never_crashed(*n);
        let majority = |all: Vec<usize>| {
            let all: std::collections::BTreeSet<usize> = all.into_iter().collect();
            all.iter().filter(|n| constant(n)).count() * 2 > all.len()
        };
        let lasts = self.nodes().filter_map(|n| self.at(n, &[Kind::View]).pop());
        self.history.header.contract.partition == PartitionContract::Partitionable
            || majority(self.nodes().collect())
                && lasts
                    .filter(|e| self.install(*e).primary)
                    .all(|e| majority(self.members(Some(e))))
    }

    /// Judges obligations, each kept or not, if there is a component.
    pub fn in_components(&self, obligations: impl Fn(&[Set]) -> Vec<bool>) -> Ruling {
        let sets = self.components();
        if sets.is_empty() || self.events(Kind::View).is_empty() {
            return Ruling::Undecided;
        }
        let kept = obligations(&sets);
        ruling(kept.len(), kept.contains(&false))
    }

    pub fn common_view(&self, set: &Set) -> Option<usize> {
        let first = self.last(set.sure[0])?;
        let fits = |n: &usize| {
            self.last(*n).is_some_and(|last| {
                let members = self.members(Some(last));
                self.install(last).view == self.install(first).view
                    && set.sure.iter().all(|q| members.contains(q))
                    && members.iter().all(|q| set.live.contains(q))
            })
        };
        set.sure.iter().all(fits).then_some(first)
    }

    fn last_view_debts(&self, sets: &[Set], kind: Kind) -> Vec<bool> {
        let agreed = sets.iter().filter(|set| self.common_view(set).is_some());
        agreed
            .flat_map(|set| set.sure.iter().flat_map(|p| self.debts_of(*p, &set.sure, kind)))
            .collect()
    }

    /// For each message of the node's last view, whether those who owe it have it.
    fn debts_of(&self, p: usize, owing: &[usize], kind: Kind) -> Vec<bool> {
        let sent = self.at(p, &[Kind::Broadcast]).into_iter();
        let sent = sent.filter(|e| self.last(p).is_some_and(|last| last < *e));
        let excused = |q: usize, b: usize| {
            self.at(q, &[Kind::StateSet]).iter().any(|s| self.oracle.precedes(b, *s))
        };
        let debts = sent.map(|b| {
            let owing = owing.iter().copied().filter(|q| !excused(*q, b));
            let has = |q: usize| {
                let m = self.event(b).message();
                self.at(q, &[kind]).iter().any(|e| self.event(*e).message() == m)
            };
            owing.map(has).collect::<Vec<bool>>()
        });
        debts.filter(|has| !has.is_empty()).map(|has| !has.contains(&false)).collect()
    }

    fn reinclusions(&self, set: &Set) -> Vec<bool> {
        let mut kept = Vec::new();
        for p in &set.sure {
            let Some(last) = self.last(*p) else { continue };
            for q in set.sure.iter().filter(|q| self.never_crashed(**q)) {
                let excludes = |e: &usize| {
                    let before = self.members(self.view_before(*p, *e));
                    before.contains(q) && !self.members(Some(*e)).contains(q)
                };
                if self.at(*p, &[Kind::View]).iter().any(excludes) {
                    kept.push(self.members(Some(last)).contains(q));
                }
            }
        }
        kept
    }

    fn bound(&self, name: &str) -> Option<u64> {
        self.history.header.about.get("bounds")?.get(name)?.as_u64()
    }

    fn view_stability(&self) -> Ruling {
        use Kind::{Crash, Cut, Exclude, Heal, Join, Leave, Lose, Pause, Recover, Resume};
        let Some(margin) = self.bound("settling") else { return Ruling::Undecided };
        let error = self.history.header.clock_error.unwrap_or(0);
        let error = if self.oracle.is_virtual() { 0 } else { error };
        let troubles = [Crash, Recover, Pause, Resume, Join, Leave, Exclude, Cut, Heal, Lose]
            .map(|k| self.events(k));
        let last = troubles.concat().into_iter().map(|e| self.time(e)).max().unwrap_or(0);
        let rest = last + margin + error;
        if self.history.end().0 < rest {
            return Ruling::Undecided;
        }
        self.in_components(|sets| {
            let lasts = sets.iter().flat_map(|set| &set.sure).filter_map(|n| self.last(*n));
            lasts.map(|e| self.time(e) <= rest).collect()
        })
    }

    fn blocking_time(&self) -> Ruling {
        let Some(most) = self.bound("blocking") else { return Ruling::Undecided };
        let mut kept = Vec::new();
        for p in self.nodes().filter(|p| !self.oracle.lies(*p)) {
            for block in self.at(p, &[Kind::Block]) {
                let others = [Kind::Block, Kind::View, Kind::Crash, Kind::Recover, Kind::Pause];
                let acts = self.at(p, &others);
                let before = acts.iter().rfind(|e| **e < block);
                if before.is_some_and(|e| self.history.kinds()[*e] == Kind::Block) {
                    continue;
                }
                let next = self.at(p, &[Kind::View]).into_iter().find(|e| *e > block);
                if self.is_leaving(p, block, next.unwrap_or(self.history.len())) {
                    continue;
                }
                let ends = |e: &&usize| **e > block && self.history.kinds()[**e] != Kind::Block;
                match acts.iter().find(ends).map(|e| (*e, self.history.kinds()[*e])) {
                    Some((e, Kind::View)) => kept.push(self.time(e) - self.time(block) <= most),
                    None if self.history.end().0.saturating_sub(self.time(block)) > most => {
                        kept.push(false);
                    }
                    _ => {}
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    /// Whether it had asked to leave, or was asked to be excluded, when it blocked or before its
    /// next view.
    fn is_leaving(&self, p: usize, block: usize, until: usize) -> bool {
        let kind = |e: usize| self.history.kinds()[e];
        let by = |e: usize| self.event(e).node().map(|node| node.index());
        let named = |e: usize| {
            let target = self.event(e).field("target")?.as_str()?;
            self.history.header.nodes.iter().position(|name| name == target)
        };
        let turns = |e: &usize| match kind(*e) {
            Kind::Leave | Kind::Exclude | Kind::Join => named(*e).or(by(*e)) == Some(p),
            Kind::Crash | Kind::Recover => by(*e) == Some(p),
            _ => false,
        };
        let honest = |e: &usize| by(*e).is_none_or(|node| !self.oracle.lies(node));
        let turns: Vec<usize> = (0..until).filter(|e| turns(e) && honest(e)).collect();
        let out = |e: &usize| matches!(kind(*e), Kind::Leave | Kind::Exclude);
        turns.iter().rfind(|e| **e < block).is_some_and(out)
            || turns.iter().any(|e| *e > block && out(e))
    }

    fn flush_shape(&self) -> Ruling {
        let mut kept = Vec::new();
        let components = self.components();
        for p in self.nodes().filter(|p| !self.oracle.lies(*p)) {
            let ends = self.at(p, &[Kind::View, Kind::Crash, Kind::Recover]);
            let end = |e: usize| ends.iter().copied().find(|f| *f > e);
            for ok in self.at(p, &[Kind::BlockOk]) {
                let sends = self.at(p, &[Kind::Broadcast]);
                kept.push(!sends.iter().any(|b| *b > ok && end(ok).is_none_or(|end| *b < end)));
            }
            for block in self.at(p, &[Kind::Block]) {
                let owes =
                    components.iter().any(|set| set.sure.contains(&p)) && self.last(p).is_some();
                match end(block).map(|e| self.history.kinds()[e]) {
                    Some(Kind::View) => kept.push(true),
                    None if owes => kept.push(false),
                    _ => {}
                }
            }
            for deliver in self.at(p, &[Kind::Deliver]) {
                let stated = self.event(deliver).place().and_then(|place| place.view.clone());
                let current = self.view_before(p, deliver);
                if let (Some(stated), Some(current)) = (stated, current) {
                    kept.push(stated.number >= self.install(current).view.number);
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }
}
