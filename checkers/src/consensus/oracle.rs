//! The properties of consensus once more, straight from their definitions.

use crate::crosscheck::definition::{Oracle, ruling};
use pepperland_core::history::{EventId, FailureModel, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let spoken = Spoken::of(history);
    match property {
        "consensus-agreement" => spoken.agreement(|o, d| o.surviving(d.node, d.life)),
        "consensus-uniform-agreement" => spoken.agreement(|_, _| true),
        "consensus-integrity" => spoken.integrity(),
        "consensus-validity" => spoken.validity(),
        "consensus-weak-validity" => spoken.weak_validity(),
        "consensus-strong-validity" => spoken.strong_validity(),
        "k-set-agreement" => spoken.few_values(),
        "vector-validity" => spoken.vectors(),
        "commit-validity" => spoken.commit(),
        "abort-validity" => spoken.abort(),
        "consensus-termination" => spoken.termination(false),
        "consensus-termination-if-all-propose" => spoken.termination(true),
        "terminating-broadcast-validity" => spoken.broadcast_validity(),
        "terminating-broadcast-accuracy" => spoken.broadcast_accuracy(),
        "terminating-broadcast-termination" => spoken.broadcast_termination(),
        "consensus-order" => spoken.order(),
        "consensus-non-triviality" => spoken.non_triviality(),
        other => panic!("no oracle for {other}"),
    }
}

type Name = (Option<usize>, u64);

#[derive(Copy, Clone)]
struct Said<'h> {
    event: usize,
    node: usize,
    life: usize,
    restarts: usize,
    name: Name,
    value: &'h Value,
}

struct Spoken<'h> {
    oracle: Oracle<'h>,
    proposals: Vec<Said<'h>>,
    decisions: Vec<Said<'h>>,
}

impl<'h> Spoken<'h> {
    fn of(history: &'h History) -> Spoken<'h> {
        let oracle = Oracle::of(history);
        let all = |kind| {
            let said = |event: usize| {
                let fields = history.event(EventId(event as u32));
                let node = oracle.node(event).filter(|n| !oracle.lies(*n))?;
                let groups = history.groups();
                let stated = fields.field("g").and_then(Value::as_str);
                let group = match groups.len() {
                    1 => Some(0),
                    _ => groups.iter().position(|(name, _)| Some(name.as_str()) == stated),
                };
                let name = (group, fields.field("i")?.as_u64()?);
                let restarts = oracle.at(node, Kind::Recover).filter(|r| *r < event).count();
                let (life, value) = (oracle.life(node, event), fields.field("value")?);
                Some(Said { event, node, life, restarts, name, value })
            };
            let events = (0..history.len()).filter(|e| history.kinds()[*e] == kind);
            events.filter_map(said).collect::<Vec<_>>()
        };
        let (proposals, decisions) = (all(Kind::Propose), all(Kind::Decide));
        Spoken { oracle, proposals, decisions }
    }

    fn names(&self) -> Vec<Name> {
        let mut names: Vec<Name> =
            self.proposals.iter().chain(&self.decisions).map(|s| s.name).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn proposed(&self, name: Name) -> Vec<Said<'h>> {
        self.proposals.iter().filter(|s| s.name == name).copied().collect()
    }

    fn decided(&self, name: Name) -> Vec<Said<'h>> {
        self.decisions.iter().filter(|s| s.name == name).copied().collect()
    }

    fn members(&self, name: Name) -> Vec<usize> {
        let nodes = 0..self.oracle.history.node_count();
        let is_in = |g: usize, n: usize| {
            self.oracle.history.groups()[g].1.iter().any(|member| member.index() == n)
        };
        nodes.filter(|n| name.0.is_none_or(|g| is_in(g, *n))).collect()
    }

    fn survives(&self, said: &Said<'_>) -> bool {
        self.oracle.surviving(said.node, said.life)
    }

    fn crashes(&self, node: usize) -> usize {
        self.oracle.at(node, Kind::Crash).count()
    }

    fn agreement(&self, bound: impl Fn(&Oracle<'_>, &Said<'_>) -> bool) -> Ruling {
        let (mut pairs, mut broken) = (0, false);
        let bound: Vec<&Said<'_>> =
            self.decisions.iter().filter(|d| bound(&self.oracle, d)).collect();
        for a in &bound {
            for b in bound.iter().filter(|b| b.name == a.name && b.node != a.node) {
                pairs += 1;
                broken |= a.value != b.value;
            }
        }
        ruling(pairs, broken)
    }

    fn integrity(&self) -> Ruling {
        let broken = self.decisions.iter().any(|a| {
            self.decisions.iter().any(|b| {
                let other = a.event < b.event && a.node == b.node && a.name == b.name;
                other && (a.restarts == b.restarts || a.value != b.value)
            })
        });
        ruling(self.decisions.len(), broken)
    }

    /// The decision ought to be one of the proposals.
    fn ought_to_be_proposed(&self, decision: &Said<'_>) -> bool {
        let proposals = self.proposed(decision.name);
        let votes = proposals.iter().all(|p| is_vote(p.value));
        let outcome = votes && outcome(decision.value).is_some();
        let vector = decision.value.is_array() && proposals.iter().all(|p| !p.value.is_array());
        !decision.value.is_null() && !outcome && !vector
    }

    fn all_proposed(&self, decisions: Vec<&Said<'_>>) -> Ruling {
        let is_proposed =
            |d: &Said<'_>| self.proposals.iter().any(|p| p.name == d.name && p.value == d.value);
        ruling(decisions.len(), decisions.iter().any(|d| !is_proposed(d)))
    }

    fn validity(&self) -> Ruling {
        if (0..self.oracle.history.node_count()).any(|n| self.oracle.lies(n)) {
            return Ruling::Undecided;
        }
        self.all_proposed(self.decisions.iter().filter(|d| self.ought_to_be_proposed(d)).collect())
    }

    fn weak_validity(&self) -> Ruling {
        let all_correct =
            |d: &&Said<'_>| self.members(d.name).iter().all(|n| self.oracle.correct(*n));
        let decisions = self.decisions.iter().filter(|d| self.ought_to_be_proposed(d));
        self.all_proposed(decisions.filter(all_correct).collect())
    }

    fn non_triviality(&self) -> Ruling {
        if (0..self.oracle.history.node_count()).any(|n| self.oracle.lies(n)) {
            return Ruling::Undecided;
        }
        let undisturbed = |d: &Said<'_>| {
            let until = |event: usize| &self.oracle.history.kinds()[..event];
            let later = self.decisions.iter().filter(|other| other.name == d.name);
            !later.map(|d| d.event).any(|event| until(event).iter().any(|kind| is_trouble(*kind)))
        };
        let all_want = |d: &Said<'_>, value: &Value| {
            let proposals = self.proposed(d.name);
            let wants = |n: usize| proposals.iter().any(|p| p.node == n);
            let members = self.members(d.name);
            !members.is_empty()
                && members.into_iter().all(wants)
                && proposals.iter().all(|p| p.value == value)
        };
        let (mut obligations, mut broken) = (0, false);
        for d in self.decisions.iter().filter(|d| undisturbed(d)) {
            let wanted = self.proposed(d.name).first().map(|p| p.value);
            if let Some(value) = wanted.filter(|value| all_want(d, value)) {
                obligations += 1;
                broken |= d.value != value;
            }
        }
        ruling(obligations, broken)
    }

    fn strong_validity(&self) -> Ruling {
        let model = self.oracle.history.header.failure_model == FailureModel::Byzantine;
        let (mut obligations, mut broken) = (0, false);
        if !model && self.oracle.history.header.byzantine.is_empty() {
            return Ruling::Undecided;
        }
        for d in self.decisions.iter().filter(|d| self.survives(d)) {
            obligations += 1;
            let proposals = self.proposed(d.name);
            let correct: Vec<usize> =
                self.members(d.name).into_iter().filter(|n| self.oracle.correct(*n)).collect();
            let mut theirs = proposals.iter().filter(|p| self.oracle.correct(p.node));
            let all = correct.iter().all(|n| proposals.iter().any(|p| p.node == *n));
            let one = theirs.clone().all(|p| theirs.clone().all(|q| p.value == q.value));
            broken |= match (all && one && !correct.is_empty(), theirs.next()) {
                (true, Some(p)) => p.value != d.value,
                _ => !d.value.is_null() && !proposals.iter().any(|p| p.value == d.value),
            };
        }
        ruling(obligations, broken)
    }

    fn bound(&self, name: &str) -> u64 {
        self.oracle.history.header.about["bounds"][name].as_u64().expect("a bound")
    }

    fn few_values(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for name in self.names() {
            let decided = self.decided(name);
            let bound: Vec<_> = decided.iter().filter(|d| self.survives(d)).collect();
            obligations += usize::from(bound.iter().any(|d| d.node != bound[0].node));
            let mut values: Vec<&Value> = bound.iter().map(|d| d.value).collect();
            values.sort_by_key(|v| v.to_string());
            values.dedup();
            broken |= values.len() as u64 > self.bound("k");
        }
        ruling(obligations, broken)
    }

    fn vectors(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for d in self.decisions.iter().filter(|d| self.survives(d) && d.value.is_array()) {
            let (members, proposals) = (self.members(d.name), self.proposed(d.name));
            let faulty = members.iter().filter(|n| !self.oracle.correct(**n)).count() as u64;
            if proposals.iter().any(|p| p.value.is_array()) || faulty > self.bound("faults") {
                continue;
            }
            obligations += 1;
            let entries = d.value.as_array().expect("an array");
            let given = |i: usize| !entries[i].is_null() && self.oracle.correct(members[i]);
            let true_ =
                |i: usize| proposals.iter().any(|p| p.node == members[i] && p.value == &entries[i]);
            broken |= entries.len() != members.len()
                || (0..entries.len()).any(|i| given(i) && !true_(i))
                || (0..entries.len()).filter(|i| given(*i) && true_(*i)).count() as u64
                    <= self.bound("faults");
        }
        ruling(obligations, broken)
    }

    fn commit(&self) -> Ruling {
        let commits = self.decisions.iter().filter(|d| outcome(d.value) == Some("commit"));
        let voted = |d: &&Said<'_>| self.proposed(d.name).iter().any(|p| is_vote(p.value));
        let commits: Vec<_> = commits.filter(voted).collect();
        let against = |d: &&Said<'_>| self.proposed(d.name).iter().any(|p| p.value == "no");
        ruling(commits.len(), commits.iter().any(against))
    }

    fn abort(&self) -> Ruling {
        let aborts = self.decisions.iter().filter(|d| outcome(d.value) == Some("abort"));
        let voted = |d: &&Said<'_>| self.proposed(d.name).iter().all(|p| is_vote(p.value));
        let aborts: Vec<_> = aborts.filter(voted).collect();
        let reason = |d: &Said<'_>| {
            let trouble = |n: &usize| self.oracle.lies(*n) || self.crashes(*n) > 0;
            self.members(d.name).iter().any(trouble)
                || self.proposed(d.name).iter().any(|p| p.value == "no")
        };
        ruling(aborts.len(), aborts.iter().any(|d| !reason(d)))
    }

    /// A correct node said it and did not crash since.
    fn stands(&self, said: &Said<'_>) -> bool {
        let crash = self.oracle.at(said.node, Kind::Crash).last();
        self.oracle.correct(said.node) && crash.is_none_or(|crash| crash < said.event)
    }

    /// The node's last life started late, after what was said.
    fn is_excused(&self, node: usize, said: &[Said<'_>]) -> bool {
        let last = self.oracle.life(node, self.oracle.history.len());
        let mut starts = self.oracle.starts.iter().filter(|(n, l, _)| (*n, *l) == (node, last));
        starts.any(|(.., start)| said.iter().any(|s| self.oracle.precedes(s.event, *start)))
    }

    fn everybody_decides(&self, begun: impl Fn(Name) -> Vec<Said<'h>>) -> Ruling {
        if !self.oracle.history.header.complete {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for name in self.names().into_iter().filter(|name| name.0.is_some()) {
            let begun = begun(name);
            for node in self.members(name).into_iter().filter(|n| self.oracle.correct(*n)) {
                if begun.is_empty() || self.is_excused(node, &begun) {
                    continue;
                }
                obligations += 1;
                broken |= !self.decided(name).iter().any(|d| d.node == node);
            }
        }
        ruling(obligations, broken)
    }

    fn termination(&self, all: bool) -> Ruling {
        self.everybody_decides(|name| {
            let mut standing = self.proposed(name);
            standing.retain(|p| self.stands(p));
            let proposes = |n: &usize| standing.iter().any(|p| p.node == *n);
            let correct = self.members(name).into_iter().filter(|n| self.oracle.correct(*n));
            let everybody = correct.into_iter().all(|n| proposes(&n));
            if all {
                // Each node's first proposal that stands.
                let first = standing.clone();
                let later =
                    |p: &Said<'_>| first.iter().any(|q| q.node == p.node && q.event < p.event);
                standing.retain(|p| !later(p) && self.members(name).contains(&p.node));
            }
            if all && !everybody { Vec::new() } else { standing }
        })
    }

    /// The only proposal, or repetitions of it.
    fn sent(&self, name: Name) -> Option<Said<'h>> {
        let all = self.proposed(name);
        let same = |p: &Said<'_>| p.node == all[0].node && p.value == all[0].value;
        all.first().filter(|p| all.iter().all(same) && !p.value.is_null()).copied()
    }

    fn broadcast_validity(&self) -> Ruling {
        if !self.oracle.history.header.complete {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for name in self.names().into_iter().filter(|name| name.0.is_some()) {
            let Some(sent) = self.sent(name) else { continue };
            if !self.oracle.correct(sent.node) || self.crashes(sent.node) > 0 {
                continue;
            }
            for node in self.members(name).into_iter().filter(|n| self.oracle.correct(*n)) {
                if !self.is_excused(node, &[sent]) {
                    obligations += 1;
                    let mut decided = self.decided(name).into_iter();
                    broken |= !decided.any(|d| d.node == node && d.value == sent.value);
                }
            }
        }
        ruling(obligations, broken)
    }

    fn broadcast_accuracy(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for d in self.decisions.iter().filter(|d| self.survives(d) && d.value.is_null()) {
            if let Some(sent) = self.sent(d.name) {
                obligations += 1;
                broken |= self.oracle.correct(sent.node) && self.crashes(sent.node) == 0;
            }
        }
        ruling(obligations, broken)
    }

    fn broadcast_termination(&self) -> Ruling {
        if !self.decisions.iter().any(|d| d.value.is_null()) {
            return Ruling::Undecided;
        }
        self.everybody_decides(|name| {
            let proposals = self.proposed(name);
            match proposals.iter().all(|p| p.node == proposals[0].node) {
                true => [proposals, self.decided(name)].concat(),
                false => Vec::new(),
            }
        })
    }

    /// The messages in the order of the decisions; whether that is all there will be.
    fn sequence(&self) -> (Vec<u32>, bool) {
        let mut sequence = Vec::new();
        for name in self.names() {
            let decided = self.decided(name);
            let Some(first) = decided.first() else { continue };
            let listed = match first.value {
                Value::Array(list) if list.iter().all(Value::is_string) => list.clone(),
                Value::String(_) => vec![first.value.clone()],
                Value::Null => Vec::new(),
                _ => return (sequence, false),
            };
            if decided.iter().any(|d| d.value != first.value) {
                return (sequence, false);
            }
            for name in listed {
                let row = self.oracle.history.message_row(name.as_str().expect("a name"));
                sequence.extend(row.filter(|row| !sequence.contains(row)));
            }
        }
        (sequence, true)
    }

    fn order(&self) -> Ruling {
        let (sequence, is_all) = self.sequence();
        if self.oracle.history.groups().len() > 1 || sequence.is_empty() {
            return Ruling::Undecided;
        }
        let counting = self.oracle.counting();
        let (mut obligations, mut broken) = (0, false);
        for d in &counting {
            let same = |e: &(usize, usize)| *e == (d.node, d.life);
            let before = counting.iter().filter(|e| same(&(e.node, e.life)) && e.event < d.event);
            let last = before.max_by_key(|e| e.event);
            let mut starts = self.oracle.starts.iter();
            let starts = starts.any(|(n, l, s)| {
                same(&(*n, *l)) && *s < d.event && last.is_none_or(|last| last.event < *s)
            });
            let place = |row: usize| sequence.iter().position(|m| *m as usize == row);
            let due = match last {
                _ if starts => continue,
                None => 0,
                Some(last) => match place(last.row) {
                    Some(place) => place + 1,
                    None => continue,
                },
            };
            if due < sequence.len() || is_all {
                obligations += 1;
                broken |= place(d.row) != Some(due);
            }
        }
        ruling(obligations, broken)
    }
}

fn is_vote(value: &Value) -> bool {
    ["yes", "no"].iter().any(|word| value == word)
}

fn outcome(value: &Value) -> Option<&'static str> {
    let text = value.as_str()?.to_lowercase();
    ["commit", "abort"].into_iter().find(|word| *word == text)
}

/// After such an event nobody need decide what all want.
fn is_trouble(kind: Kind) -> bool {
    use Kind::{Byzantine, Corrupt, Crash, Cut, Delay, Disk, Drop, Lose, Pause, Skew};
    [Byzantine, Corrupt, Crash, Cut, Delay, Disk, Drop, Lose, Pause, Skew].contains(&kind)
}
