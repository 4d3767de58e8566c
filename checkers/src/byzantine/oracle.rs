//! The properties among nodes that lie once more, straight from their definitions.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use crate::reliability::oracle as reliability;
use pepperland_core::history::{Clock, EventId, FailureModel, History, Kind, NONE};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let liars = Among { oracle: Oracle::of(history), history };
    match property {
        "byzantine-validity" => reliability::rule("validity-all", history),
        "byzantine-totality" => reliability::rule("agreement", history),
        "byzantine-consistency" => liars.consistency(),
        "byzantine-integrity" => liars.integrity(|row, node| liars.oracle.is_for(row, node)),
        "difato-integrity" => liars.integrity(|row, node| liars.is_client_of(row, node)),
        "difato-validity" => liars.validity(),
        "difato-agreement" => liars.agreement(),
        _ if !liars.are_stated() => Ruling::Undecided,
        "difato-total-order" => liars.total_order(),
        "accept-certificate" => liars.certificate(),
        "one-accept-per-slot" => liars.one_accept(),
        "sequencer-change-certificate" => liars.changes(),
        "no-permanent-hole" => liars.holes(),
        "bounded-sequencer-change" => liars.bounded(),
        "exclusion-certificate" => liars.exclusions(),
        other => panic!("no oracle for {other}"),
    }
}

/// An acceptance.
struct Accept<'h> {
    event: usize,
    server: usize,
    life: usize,
    slot: u64,
    value: &'h Value,
}

struct Among<'h> {
    oracle: Oracle<'h>,
    history: &'h History,
}

impl<'h> Among<'h> {
    fn group(&self, name: &str) -> Option<Vec<usize>> {
        let group = self.history.groups().iter().find(|(group, _)| group == name)?;
        Some(group.1.iter().map(|member| member.index()).collect())
    }

    fn told_apart(&self) -> bool {
        self.group("clients").is_some() && self.group("servers").is_some()
    }

    fn are_stated(&self) -> bool {
        let header = &self.history.header;
        let model = header.failure_model == FailureModel::Byzantine;
        model || !header.byzantine.is_empty() || self.told_apart()
    }

    fn servers(&self) -> Vec<usize> {
        match self.told_apart() {
            true => self.group("servers").expect("servers"),
            false => (0..self.history.node_count()).collect(),
        }
    }

    fn is_client_of(&self, row: usize, node: usize) -> bool {
        match self.told_apart() {
            true => self.group("clients").expect("clients").contains(&node),
            false => self.oracle.is_for(row, node),
        }
    }

    fn faults(&self) -> usize {
        let stated = self.history.header.about.get("bounds").and_then(|b| b["faults"].as_u64());
        stated.map_or((self.servers().len() - 1) / 2, |faults| faults as usize)
    }

    fn slot(&self, delivery: &Act) -> Option<u64> {
        self.history.event(EventId(delivery.event as u32)).place()?.slot
    }

    fn digest(&self, event: usize) -> Option<String> {
        self.history.event(EventId(event as u32)).digest()
    }

    fn is_first(&self, d: &Act) -> bool {
        let earlier =
            |e: &Act| (e.node, e.life, e.row) == (d.node, d.life, d.row) && e.event < d.event;
        !self.oracle.deliveries.iter().any(earlier)
    }

    /// First deliveries by clients.
    fn at_clients(&self) -> Vec<Act> {
        let all = self.oracle.deliveries.iter();
        all.filter(|d| self.is_client_of(d.row, d.node) && self.is_first(d)).copied().collect()
    }

    fn surely_before(&self, a: usize, b: usize) -> bool {
        let (times, error) = (self.history.times(), self.history.header.clock_error.unwrap_or(0));
        let lines = self.history.header.clock == Clock::Virtual
            || self.history.nodes()[a] == self.history.nodes()[b];
        if lines { a < b } else { times[a].0 + error < times[b].0 }
    }

    fn consistency(&self) -> Ruling {
        let (mut pairs, mut broken) = (0, false);
        let all: Vec<Act> = self.oracle.counting();
        let all: Vec<&Act> = all.iter().filter(|d| self.oracle.surviving(d.node, d.life)).collect();
        for (i, a) in all.iter().enumerate() {
            for b in all[..i].iter().filter(|b| b.row == a.row) {
                if let (Some(x), Some(y)) = (self.digest(a.event), self.digest(b.event)) {
                    pairs += 1;
                    broken |= x != y;
                }
            }
        }
        ruling(pairs, broken)
    }

    fn integrity(&self, is_for: impl Fn(usize, usize) -> bool) -> Ruling {
        let bound = |d: &&Act| self.oracle.correct(d.node) && is_for(d.row, d.node);
        let all: Vec<&Act> = self.oracle.deliveries.iter().filter(bound).collect();
        let liars = !self.history.header.byzantine.is_empty();
        let broken = |d: &&Act| {
            let origin = self.oracle.origin(d.row);
            let stranger = origin >= self.history.node_count();
            let honest = if stranger { !liars } else { !self.oracle.lies(origin) };
            let broadcast = self.history.message_table().broadcasts()[d.row];
            let fits = broadcast != NONE && {
                let (early, digests) = (
                    self.oracle.is_virtual() && broadcast as usize > d.event,
                    (self.digest(broadcast as usize), self.digest(d.event)),
                );
                !early && (digests.0.is_none() || digests.1.is_none() || digests.0 == digests.1)
            };
            !self.is_first(d) || honest && !fits
        };
        ruling(all.len(), all.iter().any(broken))
    }

    /// Whether the node, a correct client, owes the message.
    fn owes(&self, node: usize, row: usize) -> bool {
        let known = self.told_apart() || self.oracle.group(row).is_some();
        known
            && self.oracle.correct(node)
            && self.is_client_of(row, node)
            && !self.oracle.is_excused(node, row)
    }

    fn has(&self, node: usize, row: usize) -> bool {
        let here = |d: &Act| d.node == node && d.row == row && self.is_client_of(row, node);
        self.oracle.deliveries.iter().any(here)
    }

    fn nodes(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.history.node_count()
    }

    fn validity(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for row in self.oracle.rows().filter(|_| self.history.header.complete) {
            let Some(call) = self.oracle.broadcast(row) else { continue };
            let crashed = self.oracle.at(call.node, Kind::Crash).any(|c| c > call.event);
            let promises = self.oracle.correct(call.node) && !crashed;
            if promises && self.nodes().any(|n| self.owes(n, row)) {
                obligations += 1;
                broken |= !self.nodes().any(|n| self.oracle.correct(n) && self.has(n, row));
            }
        }
        ruling(obligations, broken)
    }

    fn agreement(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for d in self.at_clients().iter().filter(|_| self.history.header.complete) {
            if self.oracle.surviving(d.node, d.life) {
                obligations += 1;
                broken |= self.nodes().any(|n| self.owes(n, d.row) && !self.has(n, d.row));
            }
        }
        ruling(obligations, broken)
    }

    fn total_order(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        let mut all = self.at_clients();
        all.retain(|d| self.oracle.surviving(d.node, d.life) && self.slot(d).is_some());
        for (i, b) in all.iter().enumerate() {
            for a in &all[..i] {
                let (s, t) = (self.slot(a), self.slot(b));
                let same_node = a.node == b.node;
                obligations += usize::from(same_node || s == t || a.row == b.row);
                broken |= same_node && s >= t;
                broken |= (s == t) != (a.row == b.row);
            }
        }
        ruling(obligations, broken)
    }

    fn accepts(&self) -> Vec<Accept<'h>> {
        let accept = |event: usize| {
            let server = self.oracle.node(event).filter(|n| self.servers().contains(n))?;
            let said = self.history.event(EventId(event as u32));
            let (slot, value) = (said.field("i")?.as_u64()?, said.field("value")?);
            let life = self.oracle.life(server, event);
            (!self.oracle.lies(server)).then_some(Accept { event, server, life, slot, value })
        };
        let decides = (0..self.history.len()).filter(|e| self.history.kinds()[*e] == Kind::Decide);
        decides.filter_map(accept).collect()
    }

    /// How many of these servers there must be, if each that lies is one more.
    fn suffice(&self, honest: usize) -> bool {
        let liars = self.servers().into_iter().filter(|s| self.oracle.lies(*s)).count();
        honest + liars > self.faults()
    }

    fn certificate(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        let accepts = self.accepts();
        for d in self.at_clients().iter().filter(|d| self.oracle.correct(d.node)) {
            let Some(slot) = self.slot(d) else { continue };
            obligations += 1;
            let name = self.history.message_name(d.row as u32);
            let digest = self.digest(d.event);
            let backs = |a: &Accept<'_>| {
                let text = a.value.as_str();
                let same = text == Some(&name) || text.is_some() && text == digest.as_deref();
                a.slot == slot && same && !self.surely_before(d.event, a.event)
            };
            let servers = self.servers();
            let backers =
                servers.iter().filter(|s| accepts.iter().any(|a| a.server == **s && backs(a)));
            broken |= !self.suffice(backers.count());
        }
        ruling(obligations, broken)
    }

    fn one_accept(&self) -> Ruling {
        let accepts = self.accepts();
        let names_a_message = |value: &Value| {
            let events = self.history.events();
            let mut words = events.flat_map(|e| [e.message_name(), e.digest()]).flatten();
            words.any(|word| value.as_str() == Some(&word))
        };
        let clash = |a: &Accept<'_>, b: &Accept<'_>| {
            let two = a.slot == b.slot && a.value != b.value;
            let moved = a.slot != b.slot && a.value == b.value && names_a_message(a.value);
            (a.server, a.life) == (b.server, b.life) && (two || moved)
        };
        let broken = accepts.iter().any(|a| accepts.iter().any(|b| clash(a, b)));
        ruling(accepts.len(), broken)
    }

    /// Who became the sequencer, in order: event, place, epoch.
    fn leads(&self) -> Vec<(usize, usize, Option<u64>)> {
        let servers = self.servers();
        let lead = |event: usize| {
            let node = self.oracle.node(event).filter(|n| !self.oracle.lies(*n))?;
            let place = servers.iter().position(|s| *s == node)?;
            let epoch = self.history.event(EventId(event as u32)).field("epoch");
            Some((event, place, epoch.and_then(Value::as_u64)))
        };
        let leads = (0..self.history.len()).filter(|e| self.history.kinds()[*e] == Kind::Lead);
        let mut leads: Vec<_> = leads.filter_map(lead).collect();
        if !self.oracle.is_virtual() {
            leads.sort_by_key(|(event, ..)| self.history.times()[*event]);
        }
        let all = leads.clone();
        let mut place = 0..;
        leads.retain(|lead| {
            let here = place.next().unwrap_or(0);
            here == 0 || all[here - 1].1 != lead.1
        });
        leads
    }

    /// The server's suspicion of the other stands at the change, or came since the one before.
    fn suspects(&self, server: usize, old: usize, since: Option<usize>, change: usize) -> bool {
        let about = |e: &usize| {
            let target = self.history.event(EventId(*e as u32)).field("target");
            let target = target.and_then(Value::as_str);
            target == Some(&self.history.header.nodes[old]) && !self.surely_before(change, *e)
        };
        let trusts: Vec<usize> = self.oracle.at(server, Kind::Trust).filter(about).collect();
        let mut suspicions = self.oracle.at(server, Kind::Suspect).filter(about);
        let counts = suspicions.any(|s| {
            let fresh = since.is_none_or(|since| !self.surely_before(s, since));
            fresh || trusts.iter().all(|t| *t < s)
        });
        !self.oracle.lies(server) && counts
    }

    fn changes(&self) -> Ruling {
        let (servers, leads) = (self.servers(), self.leads());
        let n = servers.len();
        let (mut obligations, mut broken) = (0, false);
        for (i, (event, place, epoch)) in leads.iter().enumerate() {
            let before = i.checked_sub(1).map(|i| leads[i]);
            if before.is_none() && *place == 0 {
                continue;
            }
            obligations += 1;
            if let Some((_, from, then)) = before {
                let mut passed = Vec::new();
                let mut at = (from + 1) % n;
                while at != *place {
                    passed.push(servers[at]);
                    at = (at + 1) % n;
                }
                broken |= match (then, *epoch) {
                    (Some(then), Some(now)) if now > then => {
                        (from as u64 + now - then) % n as u64 != *place as u64
                    }
                    (Some(_), Some(_)) => false,
                    _ => passed.iter().any(|s| self.oracle.correct(*s)),
                };
            }
            let (old, since) = (servers[(place + n - 1) % n], before.map(|(event, ..)| event));
            let asked = servers.iter().filter(|s| self.suspects(**s, old, since, *event));
            broken |= !self.suffice(asked.count());
        }
        ruling(obligations, broken)
    }

    fn holes(&self) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let at_clients = self
            .oracle
            .deliveries
            .iter()
            .filter(|d| self.is_client_of(d.row, d.node) && self.oracle.correct(d.node));
        let slots: Vec<u64> = at_clients.filter_map(|d| self.slot(d)).collect();
        let (Some(low), Some(high)) = (slots.iter().min(), slots.iter().max()) else {
            return Ruling::Undecided;
        };
        let filled = |s: u64| self.oracle.deliveries.iter().any(|d| self.slot(d) == Some(s));
        ruling((high - low) as usize, (*low..*high).any(|s| !filled(s)))
    }

    /// What a correct or crashed node installs at an event: its life, the view's number, who is in it.
    fn installed(&self, event: usize) -> Option<(usize, usize, u64, Vec<usize>)> {
        let node = self.oracle.honest(event)?;
        let told = self.history.event(EventId(event as u32)).view()?;
        let members = told.members.iter().map(|member| member.index()).collect();
        Some((node, self.oracle.life(node, event), told.view.number, members))
    }

    /// The event that began the view which the node leaves by this one, if it leaves one.
    fn left_by(&self, event: usize) -> Option<usize> {
        let (node, life, view, _) = self.installed(event)?;
        let mine =
            |e: &usize| self.installed(*e).is_some_and(|other| (other.0, other.1) == (node, life));
        let earlier: Vec<usize> = (0..event).filter(mine).collect();
        let number = |e: usize| self.installed(e).map(|told| told.2);
        let last = number(*earlier.last()?);
        let run = earlier.iter().rev().take_while(|e| number(**e) == last);
        run.last().copied().filter(|_| last != Some(view))
    }

    fn exclusions(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for to in 0..self.history.len() {
            let Some(from) = self.left_by(to) else { continue };
            let (Some(before), Some(after)) = (self.installed(from), self.installed(to)) else {
                continue;
            };
            if !self.oracle.correct(after.0) {
                continue;
            }
            let leaves = |q: usize| self.oracle.at(q, Kind::Leave).next().is_some();
            let gone = before.3.iter().filter(|q| !after.3.contains(q) && !leaves(**q));
            for q in gone {
                obligations += 1;
                let asks = |s: usize| {
                    let mut began = (0..self.history.len()).filter(|e| {
                        self.installed(*e).is_some_and(|told| (told.0, told.2) == (s, before.2))
                    });
                    let began = began.next();
                    let about = |e: &usize| {
                        let target = self.history.event(EventId(*e as u32)).field("target");
                        target.and_then(Value::as_str) == Some(&self.history.header.nodes[*q])
                    };
                    let mut told = self.oracle.at(s, Kind::Suspect).filter(about);
                    began.is_some_and(|began| told.any(|e| e > began && !self.surely_before(to, e)))
                };
                let asked = |s: &&usize| **s != *q && (self.oracle.lies(**s) || asks(**s));
                let void = usize::from(self.oracle.lies(*q));
                let asked = before.3.iter().filter(asked).count() + void;
                broken |= asked <= (before.3.len() - 1) / 3;
            }
        }
        ruling(obligations, broken)
    }

    fn bounded(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        let leads = self.leads();
        let first = self.at_clients();
        for row in self.oracle.rows() {
            let Some(call) = self.oracle.broadcast(row) else { continue };
            if !self.oracle.correct(call.node) {
                continue;
            }
            let first = first.iter().filter(|d| d.row == row && self.oracle.correct(d.node));
            let times = self.history.times();
            let error = self.history.header.clock_error.unwrap_or(0);
            let after = |a: usize, b: usize| match self.oracle.is_virtual() {
                true => a > b,
                false => times[a].0 > times[b].0 + error,
            };
            let first: Vec<&Act> = first.collect();
            let is_change = |(i, lead): &(usize, &(usize, usize, Option<u64>))| {
                (*i > 0 || lead.1 != 0)
                    && after(lead.0, call.event)
                    && first.iter().all(|d| after(d.event, lead.0))
            };
            let waited = leads.iter().enumerate().filter(is_change).count();
            obligations += usize::from(waited > 0);
            broken |= waited > self.faults();
        }
        ruling(obligations, broken)
    }
}
