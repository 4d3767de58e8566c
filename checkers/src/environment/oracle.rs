//! The promises once more, straight from their definitions.

use crate::crosscheck::definition::{Oracle, ruling};
use pepperland_core::history::{Channel, EventId, FailureModel, History, Kind, Transmission};
use pepperland_core::verdict::Ruling;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    let at_least = |least| history.header.contract.channel.is_some_and(|c| c <= least);
    let is_of_registers = history.header.workload.as_deref() == Some("register-network");
    let kept = match property {
        "link-validity" if at_least(Channel::Perfect) => oracle.link_validity(),
        "link-no-duplication" if at_least(Channel::Perfect) => oracle.link_no_duplication(),
        "link-no-creation" if at_least(Channel::Perfect) => oracle.link_no_creation(),
        "authentication" if at_least(Channel::Lossy) => oracle.authentication(),
        "fair-loss" if at_least(Channel::FairLoss) => oracle.fair_loss(),
        "fault-budget" => oracle.fault_budget(),
        "delay-bound" => oracle.delay_bound(),
        "drift-bound" => oracle.drift_bound(),
        "omission-degree" => oracle.omission_degree(),
        "register-contract" if is_of_registers => oracle.register_contract(),
        "register-write-order" if is_of_registers => oracle.register_write_order(),
        "register-completeness" if is_of_registers => oracle.register_completeness(),
        _ => None,
    };
    let kept = kept.unwrap_or_default();
    ruling(kept.len(), kept.contains(&false))
}

/// For each obligation whether it was met; none if nothing is promised.
type Kept = Option<Vec<bool>>;

/// A frame on its link: id, sender, receiver.
type Name = (u64, usize, usize);

const SECOND: u64 = 1_000_000_000;

impl Oracle<'_> {
    fn bound(&self, name: &str) -> Option<u64> {
        self.history.header.about["bounds"][name].as_u64()
    }

    fn count(&self) -> std::ops::Range<usize> {
        0..self.history.len()
    }

    fn time(&self, event: usize) -> u64 {
        self.history.times()[event].0
    }

    fn is(&self, event: usize, kind: Kind) -> bool {
        self.history.kinds()[event] == kind
    }

    fn told(&self, event: usize) -> Option<&Transmission> {
        self.history.event(EventId(event as u32)).transmission()
    }

    fn field(&self, event: usize, key: &str) -> Option<&Value> {
        self.history.event(EventId(event as u32)).field(key)
    }

    /// The frame of an event, between nodes that do not lie.
    fn frame(&self, event: usize) -> Option<Name> {
        let (here, frame) = (self.node(event)?, self.told(event)?);
        let there = frame.peer.index();
        let comes = self.is(event, Kind::Recv) || !self.is(event, Kind::Send) && frame.incoming;
        let (from, to) = if comes { (there, here) } else { (here, there) };
        let known = from < self.history.node_count() && to < self.history.node_count();
        (known && !self.lies(from) && !self.lies(to)).then_some((frame.id, from, to))
    }

    fn frame_names(&self) -> BTreeSet<Name> {
        self.count().filter_map(|e| self.frame(e)).collect()
    }

    fn events_of(&self, name: Name, kind: Kind) -> Vec<usize> {
        self.count().filter(|e| self.is(*e, kind) && self.frame(*e) == Some(name)).collect()
    }

    fn arrived(&self, name: Name) -> bool {
        !self.events_of(name, Kind::Recv).is_empty()
    }

    fn dropped(&self, name: Name) -> bool {
        !self.arrived(name) && !self.events_of(name, Kind::Drop).is_empty()
    }

    fn is_steady(&self, node: usize) -> bool {
        let (pause, resume) =
            (self.at(node, Kind::Pause).last(), self.at(node, Kind::Resume).last());
        let crashed = self.at(node, Kind::Crash).next().is_some();
        self.correct(node) && !crashed && (pause.is_none() || pause < resume)
    }

    fn steady(&self, name: Name) -> bool {
        self.is_steady(name.1) && self.is_steady(name.2)
    }

    fn is_overdue(&self, sent: usize) -> bool {
        let passage = |name: Name| {
            let sent = *self.events_of(name, Kind::Send).last()?;
            let received = *self.events_of(name, Kind::Recv).first()?;
            Some(self.time(received).saturating_sub(self.time(sent)))
        };
        let longest = self.frame_names().into_iter().filter_map(passage).max().unwrap_or(0);
        let patience = SECOND.max(2 * longest) + self.error();
        self.history.end().0.saturating_sub(self.time(sent)) > patience
    }

    fn has_open_cut(&self) -> bool {
        let cuts = self.count().filter(|e| self.is(*e, Kind::Cut));
        let mut heals = cuts.map(|cut| {
            let heals = |e: &usize| {
                let same = self.field(*e, "id") == self.field(cut, "id");
                self.is(*e, Kind::Heal) && (self.field(cut, "id").is_none() || same)
            };
            self.count().filter(|e| *e > cut).any(|e| heals(&e))
        });
        heals.any(|heals| !heals)
    }

    fn link_validity(&self) -> Kept {
        let complete = self.history.header.complete;
        let judged = |name: &Name| {
            let sent = *self.events_of(*name, Kind::Send).last()?;
            let waits = !complete || self.has_open_cut() || !self.is_overdue(sent);
            let known = self.arrived(*name) || self.dropped(*name) || !waits;
            (self.steady(*name) && known).then(|| self.arrived(*name))
        };
        let kept: Vec<bool> = self.frame_names().iter().filter_map(judged).collect();
        (complete || kept.contains(&false)).then_some(kept)
    }

    fn link_no_duplication(&self) -> Kept {
        let frames = self.frame_names().into_iter().filter(|name| self.arrived(*name));
        let kept = frames.map(|name| {
            let (sent, received) =
                (self.events_of(name, Kind::Send), self.events_of(name, Kind::Recv));
            received.len() <= sent.len().max(1)
        });
        Some(kept.collect())
    }

    fn records_sendings(&self, node: usize) -> bool {
        self.frame_names().iter().any(|n| n.1 == node && !self.events_of(*n, Kind::Send).is_empty())
    }

    fn link_no_creation(&self) -> Kept {
        let mut kept = vec![];
        for name in self.frame_names().into_iter().filter(|name| self.records_sendings(name.1)) {
            let of = |kind| self.events_of(name, kind);
            let (sent, received) = (of(Kind::Send), of(Kind::Recv));
            for receipt in &received {
                let before = sent.iter().any(|s| !self.is_virtual() || s < receipt);
                let intact = sent.len() + of(Kind::Duplicate).len();
                let spoilt = of(Kind::Corrupt).len();
                let corrupt = spoilt > 0 && received.len() + spoilt > intact;
                let same = |s: &usize| {
                    let bytes = |e: usize| self.told(e).and_then(|frame| frame.bytes);
                    let (was, is) = (bytes(*s), bytes(*receipt));
                    was.is_none() || is.is_none() || was == is
                };
                kept.push(before && !corrupt && sent.iter().any(same));
            }
        }
        Some(kept)
    }

    fn authentication(&self) -> Kept {
        let judged = |name: &Name| {
            let id_sent = |e: usize| {
                let sender = self.node(e) == Some(name.1) && self.is(e, Kind::Send);
                sender && self.told(e).is_some_and(|frame| frame.id == name.0)
            };
            let bound = self.correct(name.1) && self.records_sendings(name.1);
            (bound && self.arrived(*name)).then(|| self.count().any(id_sent))
        };
        Some(self.frame_names().iter().filter_map(judged).collect())
    }

    fn fair_loss(&self) -> Kept {
        let perfect = self.history.header.contract.channel == Some(Channel::Perfect);
        if !self.history.header.complete || perfect && self.has_open_cut() {
            return None;
        }
        let ends = self.count().filter(|e| self.is(*e, Kind::Heal) || self.is(*e, Kind::Resume));
        let last = ends.map(|e| self.time(e)).max().unwrap_or(0);
        let quiet = last.max(self.history.header.heal_at.map_or(0, |at| at.0));
        let mut kept = vec![];
        for (from, to) in (0..9).map(|i| (i / 3, i % 3)).filter(|(from, to)| from != to) {
            let all = self.frame_names();
            let receives = all.iter().any(|name| name.2 == to && self.arrived(*name));
            let late = |name: &&Name| {
                let sent = self.events_of(**name, Kind::Send);
                sent.first().is_some_and(|sent| self.time(*sent) >= quiet)
            };
            let link = all.iter().filter(|name| (name.1, name.2) == (from, to));
            let link: Vec<&Name> = link.filter(late).filter(|n| self.steady(**n)).collect();
            let first = |name: Name| self.events_of(name, Kind::Send)[0];
            let due = link.iter().filter(|name| self.is_overdue(first(***name))).count();
            if receives && due as u64 >= self.bound("losses").unwrap_or(100) {
                kept.push(link.iter().any(|name| self.arrived(**name)));
            }
        }
        Some(kept)
    }

    /// Whether the node is certainly down at that instant.
    fn is_down(&self, node: usize, at: u64) -> bool {
        let when = |e: usize| if self.is_virtual() { e as u64 } else { self.time(e) };
        let back = self.history.header.failure_model != FailureModel::CrashStop;
        let mut down: Option<usize> = None;
        for e in self.count().filter(|e| self.node(*e) == Some(node)) {
            if self.is(e, Kind::Crash) && down.is_none() {
                down = Some(e);
            }
            if self.is(e, Kind::Recover) && back {
                let until = down.take().is_some_and(|d| when(d) + self.error() <= at);
                if until && at < when(e) {
                    return true;
                }
            }
        }
        down.is_some_and(|d| when(d) + self.error() <= at)
    }

    fn fault_budget(&self) -> Kept {
        let most = self.bound("faults")?;
        let nodes = || 0..self.history.node_count();
        let liars = nodes().filter(|n| self.lies(*n)).count();
        let mut kept = vec![liars as u64 <= most; liars];
        for e in self.count().filter(|e| self.is(*e, Kind::Crash)) {
            if self.node(e).is_none_or(|n| self.lies(n)) {
                continue;
            }
            let at = if self.is_virtual() { e as u64 } else { self.time(e) } + self.error();
            let down = nodes().filter(|n| !self.lies(*n) && self.is_down(*n, at)).count();
            if self.is_down(self.node(e).unwrap(), at) {
                kept.push((liars + down) as u64 <= most);
            }
        }
        Some(kept)
    }

    fn stable_from(&self) -> u64 {
        let healed = self.history.header.heal_at.map_or(0, |at| at.0);
        self.bound("gst").unwrap_or(healed)
    }

    fn delay_bound(&self) -> Kept {
        let most = self.bound("delay")? + self.error();
        let mut kept = vec![];
        for name in self.frame_names() {
            let Some(sent) = self.events_of(name, Kind::Send).last().copied() else { continue };
            let since = self.time(sent).max(self.stable_from());
            let received = self.events_of(name, Kind::Recv);
            kept.extend(received.iter().map(|r| self.time(*r) <= since + most));
        }
        Some(kept)
    }

    fn drift_bound(&self) -> Kept {
        let most = self.bound("drift")? as i128;
        let reading = |e: usize| {
            let local = self.field(e, "local")?.as_i64()? as i128;
            let truth = match self.field(e, "true") {
                Some(truth) => truth.as_i64()? as i128,
                None => self.is_virtual().then(|| self.time(e) as i128)?,
            };
            (truth >= self.stable_from() as i128).then_some((local, truth))
        };
        let mut kept = vec![];
        for node in (0..self.history.node_count()).filter(|n| !self.lies(*n)) {
            let kinds = [Kind::Clock, Kind::Crash, Kind::Recover];
            let here = |e: &usize| {
                self.node(*e) == Some(node) && kinds.contains(&self.history.kinds()[*e])
            };
            let events: Vec<usize> = self.count().filter(here).collect();
            for pair in events.windows(2) {
                let both = pair.iter().all(|e| self.is(*e, Kind::Clock));
                let (Some(a), Some(b)) = (reading(pair[0]), reading(pair[1])) else { continue };
                let (shown, passed) = (b.0 - a.0, b.1 - a.1);
                if both && passed >= 0 {
                    let slack = 2 * (1 + self.error() as i128);
                    let off = ((shown - passed).abs() - slack) * 1_000_000;
                    kept.push(off <= most * passed);
                }
            }
        }
        Some(kept)
    }

    fn omission_degree(&self) -> Kept {
        let most = self.bound("omissions")? as usize;
        let first = |name: &Name| self.events_of(*name, Kind::Send).first().copied();
        let mut kept = vec![];
        let frames = self.frame_names();
        for link in frames.iter().map(|n| (n.1, n.2)).collect::<BTreeSet<_>>() {
            let on = frames.iter().filter(|n| (n.1, n.2) == link && self.steady(**n));
            let mut on: Vec<Name> = on.filter(|n| first(n).is_some()).copied().collect();
            on.sort_by_key(first);
            kept.extend(on.iter().filter(|n| self.dropped(**n)).map(|_| true));
            for begin in 0..on.len() {
                for end in begin..on.len() {
                    let row = on[begin..end].iter().all(|n| self.dropped(*n));
                    let broken = row && end - begin > most && self.arrived(on[end]);
                    kept.extend(broken.then_some(false));
                }
            }
        }
        Some(kept)
    }

    /// The response to an invocation: the next event of its client, if it is one.
    fn response(&self, invoke: usize) -> Option<usize> {
        let same = |e: &usize| self.field(*e, "client") == self.field(invoke, "client");
        let next = self.count().filter(|e| *e > invoke).find(same)?;
        self.is(next, Kind::Response).then_some(next)
    }

    fn before(&self, one: usize, other: usize) -> bool {
        match self.is_virtual() {
            true => one < other,
            false => self.time(one) + self.error() < self.time(other),
        }
    }

    fn register_contract(&self) -> Kept {
        let invokes: Vec<usize> = self.count().filter(|e| self.is(*e, Kind::Invoke)).collect();
        let op = |e: usize, key: &str| self.field(e, "op").unwrap().get(key);
        let is = |e: &usize, f: &str| op(*e, "f").unwrap() == f;
        let status = |e: usize| Some(self.field(self.response(e)?, "status")?.as_str()?.to_owned());
        let done = |e: usize| status(e).as_deref() == Some("ok");
        let writes = || invokes.iter().copied().filter(|e| is(e, "write"));
        let mut kept = vec![];
        for write in writes().filter(|_| self.history.header.complete) {
            if self.node(write).is_none_or(|n| self.correct(n)) {
                kept.push(self.response(write).is_some());
            }
        }
        for read in invokes.iter().copied().filter(|e| is(e, "read") && done(*e)) {
            let end = self.response(read).unwrap();
            let value = &self.field(end, "result").unwrap()["value"];
            let here = || writes().filter(|w| op(*w, "key") == op(read, "key"));
            let over = |w: &usize| done(*w) && self.before(self.response(*w).unwrap(), read);
            let replaced = |w: usize| {
                let after = |o: &usize| done(w) && self.before(self.response(w).unwrap(), *o);
                here().any(|o| over(&o) && after(&o))
            };
            let mut wrote = here().filter(|w| status(*w).as_deref() != Some("fail"));
            let may = wrote
                .any(|w| op(w, "value") == Some(value) && !self.before(end, w) && !replaced(w));
            let untouched = value.is_null() && !here().any(|w| over(&w));
            kept.push(may || untouched);
        }
        Some(kept)
    }

    fn register_completeness(&self) -> Kept {
        let write = |e: usize| Some((self.field(e, "op")?["f"] == "write").then_some(e)?);
        let done = |e: usize| {
            let end = self.response(e);
            end.is_some_and(|end| self.field(end, "status").is_some_and(|said| said == "ok"))
        };
        let owed = |e: &usize| {
            let correct = self.node(*e).is_some_and(|node| self.correct(node));
            correct && (self.is(*e, Kind::Apply) || self.is(*e, Kind::Invoke) && done(*e))
        };
        let steady =
            |node: &usize| self.correct(*node) && self.at(*node, Kind::Recover).count() == 0;
        let mut kept = vec![];
        for e in self.count().filter_map(write).filter(owed) {
            for node in (0..self.history.node_count()).filter(steady) {
                let same = |seen: usize| self.field(seen, "op") == self.field(e, "op");
                kept.push(self.at(node, Kind::Apply).any(same));
            }
        }
        self.history.header.complete.then_some(kept)
    }

    fn register_write_order(&self) -> Kept {
        let mut seen: Vec<((usize, usize), u64)> = vec![];
        for e in self.count().filter(|e| self.is(*e, Kind::Apply)) {
            let node = self.node(e).unwrap();
            let op = self.field(e, "op").unwrap();
            if op["f"] == "write" && !self.lies(node) {
                let restarts = self.at(node, Kind::Recover).filter(|r| *r < e).count();
                seen.push(((node, restarts), op["value"].as_u64().unwrap()));
            }
        }
        let servers: BTreeSet<_> = seen.iter().map(|s| s.0).collect();
        let saw =
            |server| -> Vec<u64> { seen.iter().filter(|s| s.0 == server).map(|s| s.1).collect() };
        let sequences: Vec<Vec<u64>> =
            servers.into_iter().map(saw).filter(|s| s.len() > 1).collect();
        let differ = |s: &Vec<u64>| (0..s.len()).all(|i| !s[..i].contains(&s[i]));
        if sequences.len() < 2 || !sequences.iter().all(differ) {
            return None;
        }
        // One order is followed by all if and only if nothing comes before itself, in any steps.
        let values: BTreeSet<u64> = sequences.concat().into_iter().collect();
        let next = |value: u64| -> BTreeSet<u64> {
            let later = |s: &Vec<u64>| match s.iter().position(|v| *v == value) {
                Some(at) => s[at + 1..].to_vec(),
                None => vec![],
            };
            sequences.iter().flat_map(later).collect()
        };
        let cyclic = |start: u64| {
            let mut reached = next(start);
            for _ in &values {
                let further: Vec<u64> = reached.iter().flat_map(|v| next(*v)).collect();
                reached.extend(further);
            }
            reached.contains(&start)
        };
        Some(vec![!values.iter().any(|value| cyclic(*value))])
    }
}
