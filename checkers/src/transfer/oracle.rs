//! The properties of state transfer once more, straight from their definitions. Histories of one
//! group.

use crate::crosscheck::definition::{Oracle, ruling};
use crate::membership::oracle::Run;
use pepperland_core::history::{DeliveryContract, History, Kind, PartitionContract};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let run = Run { oracle: Oracle::of(history), history };
    match property {
        "state-transfer" => run.state_transfer(),
        "state-transfer-gap" => run.gap(),
        "donor-consistency" => run.donors(),
        "state-transfer-completion" => run.completion(),
        "state-exchange-liveness" => run.exchange(),
        "rejoin-replaces-state" => run.rejoin(),
        "no-lost-update-in-merge" => run.merge(),
        other => panic!("no oracle for {other}"),
    }
}

const ACTS: &[Kind] = &[Kind::Deliver, Kind::Apply];
const TURNS: &[Kind] = &[Kind::Crash, Kind::Recover];

impl Run<'_> {
    fn honest(&self) -> Vec<usize> {
        self.nodes().filter(|n| !self.oracle.lies(*n)).collect()
    }

    /// Events of a kind at honest nodes, with the node.
    fn all(&self, kind: Kind) -> Vec<(usize, usize)> {
        self.honest()
            .into_iter()
            .flat_map(|n| self.at(n, &[kind]).into_iter().map(move |e| (n, e)))
            .collect()
    }

    fn field(&self, event: usize, key: &str) -> Option<Value> {
        self.event(event).field(key).cloned()
    }

    fn slot(&self, event: usize) -> Option<u64> {
        match self.history.kinds()[event] {
            Kind::Deliver => self.event(event).place()?.slot,
            _ => self.field(event, "slot")?.as_u64(),
        }
    }

    fn set(&self, event: usize) -> Option<Vec<String>> {
        let set = self.field(event, "set")?;
        Some(set.as_array()?.iter().filter_map(|n| n.as_str()).map(str::to_owned).collect())
    }

    fn name(&self, event: usize) -> Option<String> {
        self.event(event).message_name()
    }

    fn from(&self, event: usize) -> Option<usize> {
        let from = self.field(event, "from")?;
        self.history.header.nodes.iter().position(|n| *n == from)
    }

    fn counts_from_zero(&self) -> bool {
        let acts = self.honest().into_iter().flat_map(|n| self.at(n, ACTS));
        acts.into_iter().any(|e| self.slot(e) == Some(0))
    }

    fn beyond(&self, position: u64, covered: u64) -> bool {
        position > covered || position == covered && self.counts_from_zero()
    }

    fn view_name(&self, install: usize) -> String {
        self.install(install).view.to_string()
    }

    /// The view before an install in the same incarnation.
    fn origin(&self, node: usize, install: usize) -> Option<String> {
        self.view_before(node, install).map(|e| self.view_name(e))
    }

    fn next_install(&self, node: usize, event: usize) -> Option<usize> {
        let turns = [TURNS, &[Kind::View]].concat();
        let next = self.at(node, &turns).into_iter().find(|e| *e > event)?;
        (self.history.kinds()[next] == Kind::View).then_some(next)
    }

    /// The install that a snapshot is for.
    fn joined(&self, node: usize, set: usize) -> Option<usize> {
        let stated = self.field(set, "view").map(|v| v.as_str().unwrap().to_owned());
        let fits = |e: &usize| stated.as_ref().is_none_or(|v| *v == self.view_name(*e));
        let here = self.view_before(node, set);
        here.filter(fits).or_else(|| self.next_install(node, set).filter(fits))
    }

    /// Who came to a view from another, with the install and the other view's name.
    fn survivors(&self, view: &str) -> Vec<(usize, usize, String)> {
        let installs = self.all(Kind::View).into_iter().filter(|(_, e)| self.view_name(*e) == view);
        installs.filter_map(|(p, e)| Some((p, e, self.origin(p, e)?))).collect()
    }

    /// Deliveries and executions in the view that the node came from.
    fn acts_before(&self, node: usize, install: usize) -> Vec<usize> {
        let before = self.view_before(node, install).unwrap();
        self.at(node, ACTS).into_iter().filter(|e| *e > before && *e < install).collect()
    }

    fn ended(&self, node: usize, install: usize) -> bool {
        let crash = self.at(node, TURNS).into_iter().any(|e| e > install);
        let next = self.next_install(node, install).is_some();
        next || !crash && self.history.header.complete
    }

    fn state_transfer(&self) -> Ruling {
        let mut kept = Vec::new();
        for (q, set) in self.all(Kind::StateSet) {
            let Some(install) = self.joined(q, set) else { continue };
            let mut others = self.survivors(&self.view_name(install));
            others.retain(|(p, ..)| *p != q);
            let origins: Vec<String> = match self.field(set, "from") {
                Some(_) => {
                    let from = self.from(set);
                    others
                        .iter()
                        .filter(|o| Some(o.0) == from)
                        .map(|o| o.2.clone())
                        .take(1)
                        .collect()
                }
                None => others.iter().map(|o| o.2.clone()).collect(),
            };
            let one = origins.first().filter(|first| origins.iter().all(|o| o == *first));
            let Some(from) = one.filter(|w| self.origin(q, install).as_ref() != Some(*w)) else {
                continue;
            };
            others.retain(|(_, _, w)| w == from);
            if let (Some(slot), Some(hash)) = (self.slot(set), self.field(set, "hash")) {
                for (p, ..) in &others {
                    let gets = self.at(*p, &[Kind::StateGet]).into_iter();
                    let gets = gets.filter(|e| self.slot(*e) == Some(slot));
                    let applies = self.at(*p, &[Kind::Apply]).into_iter().filter(|e| {
                        self.counts_from_zero()
                            && self.slot(*e).map(|s| s + 1) == Some(slot)
                            && self.view_before(*p, *e).is_some()
                    });
                    let hashes = gets.chain(applies).filter_map(|e| self.field(e, "hash"));
                    kept.extend(hashes.map(|other| other == hash));
                }
            }
            if !self.ended(q, install) {
                continue;
            }
            for (p, e, _) in &others {
                for act in self.acts_before(*p, *e) {
                    let own = self.at(q, ACTS);
                    let delivers = own
                        .iter()
                        .any(|o| self.name(act).is_some() && self.name(*o) == self.name(act));
                    let reaches = own
                        .iter()
                        .any(|o| self.slot(act).is_some() && self.slot(*o) == self.slot(act));
                    if let (Some(set), Some(name)) = (self.set(set), self.name(act)) {
                        kept.push(set.contains(&name) || delivers);
                    }
                    if let (Some(covered), Some(slot)) = (self.slot(set), self.slot(act)) {
                        kept.push(!self.beyond(slot, covered) || delivers || reaches);
                    } else if self.set(set).is_some() || self.slot(set).is_some() {
                        kept.push(true);
                    }
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    fn gap(&self) -> Ruling {
        let apart = self.history.header.contract.partition == PartitionContract::Partitionable;
        let mut kept = Vec::new();
        for (q, set) in self.all(Kind::StateSet) {
            let ends = self.at(q, &[TURNS, &[Kind::StateSet]].concat());
            let end = ends.into_iter().find(|e| *e > set).unwrap_or(self.history.len());
            let acts: Vec<usize> =
                self.at(q, ACTS).into_iter().filter(|e| *e > set && *e < end).collect();
            for act in &acts {
                if let (Some(set), Some(name)) = (self.set(set), self.name(*act)) {
                    kept.push(!set.contains(&name));
                }
                if let (Some(covered), Some(slot)) = (self.slot(set), self.slot(*act)) {
                    kept.push(slot >= covered);
                }
            }
            for kind in ACTS {
                let of_kind = |e: &&usize| self.history.kinds()[**e] == *kind;
                let counted = |e: &&usize| self.slot(**e) >= self.slot(set);
                let mut acts = acts.iter().filter(of_kind).filter(|e| self.slot(**e).is_some());
                let Some(first) = acts.find(counted).filter(|_| self.slot(set).is_some()) else {
                    continue;
                };
                let view = |n: usize, e: usize| self.view_before(n, e).map(|v| self.view_name(v));
                let comparable = |p: usize, e: usize| !apart || view(p, e) == view(q, *first);
                let others = self.honest().into_iter().filter(|p| *p != q);
                let known = others
                    .flat_map(|p| self.at(p, ACTS).into_iter().filter(move |e| comparable(p, *e)));
                for y in known.filter_map(|e| self.slot(e)) {
                    let between =
                        self.beyond(y, self.slot(set).unwrap()) && y < self.slot(*first).unwrap();
                    let reached = self.at(q, ACTS).iter().any(|e| self.slot(*e) == Some(y));
                    kept.push(!between || reached);
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    /// What the node delivered in the life of an event, before it, each message once.
    fn delivered(&self, p: usize, before: usize) -> Vec<String> {
        let life = self.oracle.life(p, before);
        let mut names: Vec<String> = Vec::new();
        for e in self.at(p, &[Kind::Deliver]).into_iter().filter(|e| *e < before) {
            let name = self.name(e).unwrap();
            if self.oracle.life(p, e) == life && !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// How many messages the node had delivered in that life when it last installed a snapshot.
    fn replaced(&self, p: usize, before: usize) -> usize {
        let life = self.oracle.life(p, before);
        let mut sets = self.at(p, &[Kind::StateSet]).into_iter();
        let own = |e: &usize| *e < before && self.oracle.life(p, *e) == life;
        sets.rfind(own).map_or(0, |set| self.delivered(p, set).len())
    }

    fn is_late(&self, p: usize, before: usize) -> bool {
        let life = self.oracle.life(p, before);
        self.oracle.starts.iter().any(|(n, l, e)| *n == p && *l == life && *e < before)
    }

    fn donors(&self) -> Ruling {
        let mut kept = Vec::new();
        let list = |snapshot: usize, p: usize, before: usize| -> Option<bool> {
            let (set, had) = (self.set(snapshot)?, self.delivered(p, before));
            let known = set.iter().all(|m| had.contains(m)) || self.is_late(p, before);
            let last = had.iter().rposition(|m| set.contains(m)).map_or(0, |i| i + 1);
            let replaced = self.replaced(p, before);
            Some(known && had[..last].iter().skip(replaced).all(|m| set.contains(m)))
        };
        for (p, get) in self.all(Kind::StateGet) {
            kept.extend(list(get, p, get));
            let earlier: Vec<usize> = self.at(p, ACTS).into_iter().filter(|e| *e < get).collect();
            let furthest = earlier.iter().filter_map(|e| self.slot(*e)).max();
            if let (Some(slot), Some(furthest), false) =
                (self.slot(get), furthest, self.is_late(p, get))
            {
                kept.push(slot < furthest + 2);
            }
            let resets = self.at(p, &[TURNS, &[Kind::StateSet]].concat());
            let reset = resets.into_iter().rfind(|e| *e < get);
            let applies = |e: &&usize| self.history.kinds()[**e] == Kind::Apply;
            let last = earlier.iter().rfind(|e| applies(e) && Some(**e) > reset);
            if let (Some(slot), Some(hash), Some(last)) =
                (self.slot(get), self.field(get, "hash"), last)
                && self.counts_from_zero()
                && self.slot(*last).map(|s| s + 1) == Some(slot)
            {
                kept.push(self.field(*last, "hash") == Some(hash));
            }
        }
        for (_, set) in self.all(Kind::StateSet) {
            let Some(p) = self.from(set).filter(|p| !self.oracle.lies(*p)) else { continue };
            let restarted = self.oracle.forgets() && !self.at(p, &[Kind::Recover]).is_empty();
            if !restarted {
                kept.extend(list(set, p, self.history.len()));
            }
            let gets =
                self.at(p, &[Kind::StateGet]).into_iter().filter(|get| match self.slot(set) {
                    Some(slot) => self.slot(*get) == Some(slot),
                    None => {
                        let view = self.field(set, "view");
                        self.slot(*get).is_none()
                            && view.is_some()
                            && self.field(*get, "view") == view
                    }
                });
            let hashes: Vec<Value> = gets.filter_map(|get| self.field(get, "hash")).collect();
            if let Some(hash) = self.field(set, "hash").filter(|_| !hashes.is_empty()) {
                kept.push(hashes.contains(&hash));
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    fn completion(&self) -> Ruling {
        let logged = self.history.header.contract.delivery == DeliveryContract::Logged;
        self.in_components(|sets| {
            let mut kept = Vec::new();
            for set in sets {
                for q in &set.sure {
                    let start = self.at(*q, TURNS).pop();
                    let first = self.at(*q, &[Kind::View]).into_iter().find(|e| Some(*e) > start);
                    let Some(join) = first.filter(|_| !logged || start.is_none()) else { continue };
                    let donors = self.survivors(&self.view_name(join));
                    let knows = |(p, install, _): &(usize, usize, String)| {
                        set.sure.contains(p)
                            && self.at(*p, &[Kind::Crash]).is_empty()
                            && !self.acts_before(*p, *install).is_empty()
                    };
                    if donors.iter().any(knows) {
                        let sets = self.at(*q, &[Kind::StateSet]);
                        kept.push(sets.into_iter().any(|e| Some(e) > start));
                    }
                }
            }
            kept
        })
    }

    fn exchange(&self) -> Ruling {
        self.in_components(|sets| {
            let mut kept = Vec::new();
            for set in sets {
                let Some(view) = self.common_view(set).map(|e| self.view_name(e)) else { continue };
                let origins: Vec<Option<String>> =
                    set.sure.iter().map(|q| self.origin(*q, self.last(*q).unwrap())).collect();
                let here = |kind| {
                    let all = self.all(kind).into_iter().filter(|(n, _)| set.sure.contains(n));
                    let for_it = all.filter(|(n, e)| {
                        let install = self.joined(*n, *e);
                        install.is_some() && install == self.last(*n)
                    });
                    for_it.collect::<Vec<_>>()
                };
                if origins.iter().all(|o| *o == origins[0]) {
                    continue;
                }
                assert!(!view.is_empty());
                for (p, get) in here(Kind::StateGet) {
                    let later = |e: usize| e > get || !self.oracle.is_virtual();
                    kept.push(here(Kind::StateSet).iter().any(|(q, e)| *q != p && later(*e)));
                }
            }
            kept
        })
    }

    fn rejoin(&self) -> Ruling {
        if self.history.header.contract.partition == PartitionContract::Partitionable {
            return Ruling::Undecided;
        }
        let mut kept = Vec::new();
        for (q, back) in self.all(Kind::View) {
            let Some(old) = self.parting(q, back) else { continue };
            let until = self.at(q, &[TURNS, &[Kind::View]].concat()).into_iter();
            let until = until.filter(|e| *e > back).min().unwrap_or(self.history.len());
            let Some(first) = self.at(q, ACTS).into_iter().find(|e| *e > back && *e < until) else {
                continue;
            };
            let number = |e: usize| self.install(e).view.number;
            let others = self.survivors(&self.view_name(back));
            let excludes = |(p, install, _): &&(usize, usize, String)| {
                let before = self.view_before(*p, *install).unwrap();
                let in_old = self.at(*p, &[Kind::View]);
                *p != q
                    && number(before) > number(old)
                    && self.install(before).primary
                    && !self.members(Some(before)).contains(&q)
                    && in_old.iter().any(|e| self.view_name(*e) == self.view_name(old))
            };
            let from: Vec<&String> =
                others.iter().filter(excludes).map(|(.., from)| from).collect();
            let acts = others
                .iter()
                .filter(|o| from.contains(&&o.2))
                .flat_map(|o| self.acts_before(o.0, o.1));
            let own = self.at(q, &[Kind::Deliver]);
            let missed = |e: usize| {
                let same = |d: &usize| *d <= first && self.name(*d) == self.name(e);
                self.history.kinds()[e] == Kind::Deliver && !own.iter().any(same)
            };
            if acts.into_iter().any(missed) {
                let sets = self.at(q, &[Kind::StateSet]);
                kept.push(sets.iter().any(|e| *e > old && *e < first));
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    /// The last view of `q` before this one that another was in who came to this one.
    fn parting(&self, q: usize, back: usize) -> Option<usize> {
        let others = self.survivors(&self.view_name(back));
        let shared = |old: usize| {
            others.iter().any(|(p, ..)| {
                let views = self.at(*p, &[Kind::View]);
                *p != q && views.iter().any(|e| self.view_name(*e) == self.view_name(old))
            })
        };
        let mut old = self.view_before(q, back)?;
        while !shared(old) {
            old = self.view_before(q, old)?;
        }
        Some(old)
    }

    fn merge(&self) -> Ruling {
        let mut kept = Vec::new();
        for (x, set) in self.all(Kind::StateSet) {
            let (Some(install), Some(covered)) = (self.joined(x, set), self.slot(set)) else {
                continue;
            };
            let view = self.view_name(install);
            let from: std::collections::BTreeSet<String> =
                self.survivors(&view).into_iter().map(|(.., from)| from).collect();
            if from.len() < 2 || !self.ended(x, install) {
                continue;
            }
            for invoke in self.events(Kind::Invoke) {
                let op = self.field(invoke, "op");
                let same = |e: &usize| self.field(*e, "op") == op;
                let client = self.field(invoke, "client");
                let answers = self.events(Kind::Response).into_iter().filter(|e| *e > invoke);
                let answer = answers.into_iter().find(|e| self.field(*e, "client") == client);
                let ok = answer.is_some_and(|e| self.field(e, "status") == Some("ok".into()));
                if !ok || self.events(Kind::Invoke).iter().filter(|e| same(e)).count() != 1 {
                    continue;
                }
                let applies = self.events(Kind::Apply).into_iter().filter(same);
                let mut applies = applies.filter(|e| {
                    let p = self.oracle.node(*e).unwrap();
                    self.view_before(p, *e).is_some_and(|v| self.install(v).primary)
                });
                let Some(apply) = applies.next() else { continue };
                let in_view = self.view_before(self.oracle.node(apply).unwrap(), apply).unwrap();
                if self.install(in_view).view.number < self.install(install).view.number {
                    let again = self.at(x, &[Kind::Apply]).into_iter().filter(|e| *e > set);
                    let position = self.slot(apply).unwrap();
                    kept.push(
                        !self.beyond(position, covered) || again.into_iter().any(|e| same(&e)),
                    );
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }
}
