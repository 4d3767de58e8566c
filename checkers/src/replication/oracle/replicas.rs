//! What replicas execute, from the definitions.

use super::{bound, clients, leads};
use crate::crosscheck::draft::{certainly_before, field, honest, ruling};
use pepperland_core::history::{Clock, DeliveryContract, FailureModel, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;
use std::collections::BTreeSet;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let run = Run { history, all: honest(history, Kind::Apply) };
    match property {
        "fenced-effects" => run.fenced_effects(),
        "primary-order" => run.primary_order(),
        "at-most-once" => run.at_most_once(),
        "state-hash-agreement" => run.state_hash_agreement(),
        "replica-determinism" => run.replica_determinism(),
        "reply-agreement" => run.reply_agreement(),
        "checkpoint-law" => run.checkpoint_law(),
        "convergence" => run.convergence(),
        "single-responder" => run.single_responder(),
        "output-commit" => run.output_commit(),
        other => panic!("no oracle for {other}"),
    }
}

struct Run<'h> {
    history: &'h History,
    /// The executions.
    all: Vec<usize>,
}

impl Run<'_> {
    fn applies(&self) -> Vec<usize> {
        self.all.clone()
    }

    fn node(&self, event: usize) -> usize {
        self.history.nodes()[event] as usize
    }

    fn key(&self, event: usize, key: &str) -> Option<&Value> {
        field(self.history, event, key).filter(|value| !value.is_null())
    }

    /// The operation's client and number, as the histories of these tests state them.
    fn name(&self, event: usize) -> Option<String> {
        let op = self.key(event, "op")?;
        Some(format!("{} {}", op.get("client")?, op.get("id")?))
    }

    fn forgets(&self) -> bool {
        self.history.header.contract.delivery != DeliveryContract::Logged
    }

    /// Whether an event of these kinds happened at the node between the two.
    fn between(&self, node: usize, from: usize, to: usize, kinds: &[Kind]) -> bool {
        (from + 1..to).any(|e| self.node(e) == node && kinds.contains(&self.history.kinds()[e]))
    }

    fn one_life(&self, a: usize, b: usize) -> bool {
        let kinds: &[Kind] = if self.forgets() { &[Kind::Recover] } else { &[] };
        self.node(a) == self.node(b) && !self.between(self.node(a), a.min(b), a.max(b), kinds)
    }

    fn one_lineage(&self, a: usize, b: usize) -> bool {
        self.one_life(a, b) && !self.between(self.node(a), a.min(b), a.max(b), &[Kind::StateSet])
    }

    /// Pairs of executions, in order.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let all = self.applies();
        let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
        pairs.filter(|(a, b)| a < b).collect()
    }

    /// The first execution of its operation in its life.
    fn is_first(&self, event: usize) -> bool {
        let same = |e: &&usize| **e < event && self.name(**e) == self.name(event);
        !self.all.iter().filter(same).any(|e| self.one_life(*e, event))
    }

    fn fenced_effects(&self) -> Ruling {
        let epoch = |e: &usize| self.key(*e, "epoch").and_then(Value::as_u64);
        let stated = self.applies().into_iter().filter(|e| epoch(e).is_some());
        let fine = |b: usize| {
            let mut all = self.applies().into_iter();
            !all.any(|a| a < b && self.one_lineage(a, b) && epoch(&a) > epoch(&b))
        };
        ruling(&stated.map(fine).collect::<Vec<_>>())
    }

    fn primary_order(&self) -> Ruling {
        let leads = leads(self.history);
        let named = self.applies().into_iter().filter(|e| self.name(*e).is_some());
        let firsts: Vec<usize> = named.filter(|e| self.is_first(*e)).collect();
        // The executions of the operation by a node that led then: the lead, and the event.
        let homes = |event: usize| -> Vec<(usize, usize)> {
            let same = firsts.iter().filter(|e| self.name(**e) == self.name(event));
            let led = same.filter_map(|e| {
                let holds = |l: &crate::crosscheck::draft::Hold| {
                    l.node == self.node(*e) && l.begin < *e && l.end.is_none_or(|end| end > *e)
                };
                leads.iter().position(holds).map(|lead| (lead, *e))
            });
            led.collect()
        };
        let homes: Vec<(usize, Vec<(usize, usize)>)> =
            firsts.iter().map(|e| (*e, homes(*e))).collect();
        let mut met = Vec::new();
        for (a, of_a) in &homes {
            for (b, of_b) in homes.iter().filter(|(b, _)| a < b && self.one_life(*a, *b)) {
                let ([(lead, first)], [(other, second)]) = (&of_a[..], &of_b[..]) else {
                    continue;
                };
                if lead == other && first != a && second != b {
                    met.push(first < second);
                }
            }
        }
        ruling(&met)
    }

    fn at_most_once(&self) -> Ruling {
        let named = self.applies().into_iter().filter(|e| self.name(*e).is_some());
        let named: Vec<usize> = named.collect();
        let once = |b: &usize| {
            let again =
                |a: &usize| a < b && self.name(*a) == self.name(*b) && self.one_lineage(*a, *b);
            !named.iter().any(again)
        };
        ruling(&named.iter().map(once).collect::<Vec<_>>())
    }

    fn state_hash_agreement(&self) -> Ruling {
        let told = |(a, b): &(usize, usize)| {
            let slots = (self.key(*a, "slot")?, self.key(*b, "slot")?);
            let hashes = (self.key(*a, "hash")?, self.key(*b, "hash")?);
            (slots.0 == slots.1).then_some(hashes.0 == hashes.1)
        };
        ruling(&self.pairs().iter().filter_map(told).collect::<Vec<_>>())
    }

    fn replica_determinism(&self) -> Ruling {
        let all = self.applies();
        let steps: Vec<(usize, usize)> = self.pairs();
        let next = |(a, b): &(usize, usize)| {
            let mut between = all.iter().filter(|e| a < *e && *e < b);
            let slot = |e: usize| self.key(e, "slot").and_then(Value::as_u64);
            let adjacent = match (slot(*a), slot(*b)) {
                (Some(a), Some(b)) => a + 1 == b,
                _ => true,
            };
            self.one_lineage(*a, *b) && adjacent && !between.any(|e| self.node(*e) == self.node(*a))
        };
        let steps: Vec<(usize, usize)> = steps.into_iter().filter(next).collect();
        let compare = |(a, b): &(usize, usize), (c, d): &(usize, usize)| {
            let from = (self.key(*a, "hash")?, self.key(*c, "hash")?);
            let ops = (self.key(*b, "op")?, self.key(*d, "op")?);
            let to = (self.key(*b, "hash")?, self.key(*d, "hash")?);
            let replies = (self.key(*b, "result"), self.key(*d, "result"));
            let one = replies.0.is_none() || replies.1.is_none() || replies.0 == replies.1;
            (from.0 == from.1 && ops.0 == ops.1).then_some(to.0 == to.1 && one)
        };
        let pairs = steps.iter().flat_map(|s| steps.iter().map(move |t| (s, t)));
        ruling(&pairs.filter(|(s, t)| s < t).filter_map(|(s, t)| compare(s, t)).collect::<Vec<_>>())
    }

    fn correct(&self, node: usize) -> bool {
        let last = |kind| {
            (0..self.history.len())
                .rfind(|e| self.node(*e) == node && self.history.kinds()[*e] == kind)
        };
        let (crash, recover) = (last(Kind::Crash), last(Kind::Recover));
        let name = &self.history.header.nodes[node];
        let up = match self.history.header.failure_model {
            FailureModel::CrashStop => crash.is_none(),
            _ => crash.is_none() || recover > crash,
        };
        up && !self.history.header.byzantine.contains(name)
    }

    fn reply_agreement(&self) -> Ruling {
        let counts = |e: usize| {
            self.correct(self.node(e))
                && self.name(e).is_some()
                && self.is_first(e)
                && field(self.history, e, "result").is_some()
        };
        let result = |e| field(self.history, e, "result");
        let same = |(a, b): &(usize, usize)| {
            (counts(*a) && counts(*b) && self.name(*a) == self.name(*b))
                .then(|| result(*a) == result(*b))
        };
        ruling(&self.pairs().iter().filter_map(same).collect::<Vec<_>>())
    }

    fn checkpoint_law(&self) -> Ruling {
        let mut all = honest(self.history, Kind::StateGet);
        all.extend(honest(self.history, Kind::StateSet));
        let mut met = Vec::new();
        for a in &all {
            for b in all.iter().filter(|b| a < *b) {
                let lengths = (self.key(*a, "slot"), self.key(*b, "slot"));
                let hashes = (self.key(*a, "hash"), self.key(*b, "hash"));
                let stated = lengths.0.is_some() && hashes.0.is_some() && hashes.1.is_some();
                if stated && lengths.0 == lengths.1 {
                    met.push(hashes.0 == hashes.1);
                }
            }
        }
        ruling(&met)
    }

    fn convergence(&self) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let last = |node: usize| {
            let here = |e: &usize| self.node(*e) == node;
            let tells =
                |e: &usize| matches!(self.history.kinds()[*e], Kind::Apply | Kind::StateSet);
            let last = (0..self.history.len()).filter(here).rfind(tells)?;
            let forgot = (last..self.history.len())
                .any(|e| self.node(e) == node && self.history.kinds()[e] == Kind::Recover);
            if forgot && self.forgets() { None } else { self.key(last, "hash") }
        };
        let nodes = 0..self.history.node_count();
        let states: Vec<&Value> =
            nodes.filter(|node| self.correct(*node)).filter_map(last).collect();
        ruling(&states.iter().skip(1).map(|s| *s == states[0]).collect::<Vec<_>>())
    }

    fn single_responder(&self) -> Ruling {
        let Some(takeover) = bound(self.history, "takeover") else { return Ruling::Undecided };
        let error = match self.history.header.clock {
            Clock::Virtual => 0,
            Clock::Real => self.history.header.clock_error.unwrap_or(0),
        };
        let time = |e: usize| self.history.times()[e].0;
        let is_fault = |e: &usize| matches!(self.history.kinds()[*e], Kind::Crash | Kind::Recover);
        let faults = (0..self.history.len()).filter(is_fault).map(time);
        let faults: Vec<u64> = faults.chain([0]).collect();
        let quiet = |from: u64, to: u64| {
            !faults.iter().any(|f| f.saturating_sub(error) <= to && from <= f + takeover + error)
        };
        let named = self.applies().into_iter().filter(|e| self.name(*e).is_some());
        let named: Vec<usize> = named.filter(|e| quiet(time(*e), time(*e))).collect();
        let alone = |a: &usize| {
            let other = |b: &usize| {
                let (from, to) = (time(*a).min(time(*b)), time(*a).max(time(*b)));
                self.name(*a) == self.name(*b) && self.node(*a) != self.node(*b) && quiet(from, to)
            };
            !named.iter().any(other)
        };
        ruling(&named.iter().map(alone).collect::<Vec<_>>())
    }

    fn output_commit(&self) -> Ruling {
        let Some(replicas) = bound(self.history, "replicas") else { return Ruling::Undecided };
        let told = clients::ops(self.history);
        let told = told.iter().filter(|op| op.status == "ok" && op.f != "read");
        let met = told.filter_map(|op| {
            let id = self.key(op.invoke, "op")?.get("id")?;
            let name = Some(format!("{} {id}", self.key(op.invoke, "client")?));
            let executed: Vec<usize> =
                self.all.iter().copied().filter(|e| self.name(*e) == name).collect();
            let response = op.response?;
            let counts = |e: &&usize| !certainly_before(self.history, response, **e);
            let nodes: BTreeSet<usize> =
                executed.iter().filter(counts).map(|e| self.node(*e)).collect();
            (!executed.is_empty()).then_some(nodes.len() as u64 >= replicas)
        });
        ruling(&met.collect::<Vec<_>>())
    }
}
