//! The properties once more, straight from their definitions, on histories of a few transactions:
//! dependencies as sets of pairs, cycles by transitive closure, and serializability of lists by
//! trying every order.

mod pairs;
mod read;

use pepperland_core::history::{Clock, History};
use pepperland_core::verdict::Ruling;
use read::{Op, Txn, txns};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let world = World::of(history);
    let (violated, bound) = match property {
        "g0" => (world.g0(), world.has("ww")),
        "g1a" => (world.g1a(), world.reads_of_others()),
        "g1b" => (world.g1b(), world.reads_of_others()),
        "g1c" => (world.g1c(), world.has("wr")),
        "g-single" => (world.g_single(), world.has("rw")),
        "g2" => (world.g2(), world.has("rw")),
        "lost-update" => (world.lost_update(), world.replaces().next().is_some()),
        "internal" => (world.internal(), world.reads_again()),
        "incompatible-order" => (world.incompatible(), world.reads_twice()),
        "duplicate-elements" => (world.duplicates(), world.reads().any(|read| read.3.len() > 1)),
        "serializability" => (!world.is_serializable(false), world.reads().next().is_some()),
        "strict-serializability" => (!world.is_serializable(true), world.reads().next().is_some()),
        other => panic!("no oracle for {other}"),
    };
    match (violated, bound) {
        (true, _) => Ruling::Violated,
        (false, true) => Ruling::Held,
        (false, false) => Ruling::Undecided,
    }
}

/// Whether some order of the transactions explains every read.
pub fn has_order(history: &History, timed: bool) -> bool {
    let world = World::of(history);
    world.some_order(timed, &mut Vec::new())
}

/// From, to, why, and by which read.
type Pair = (usize, usize, &'static str, (usize, String, usize));

struct World {
    lists: bool,
    real: bool,
    txns: Vec<Txn>,
    pairs: BTreeSet<Pair>,
}

impl World {
    fn of(history: &History) -> World {
        let lists = history.header.workload.as_deref().unwrap().ends_with("append");
        let real = history.header.clock == Clock::Real;
        let txns = txns(history);
        let mut world = World { lists, real, txns, pairs: BTreeSet::new() };
        world.pairs = if lists { world.of_lists() } else { world.of_registers() };
        world
    }

    /// Committed reads: who, the key, whether it had not written it before, and what it saw.
    fn reads(&self) -> impl Iterator<Item = (usize, &String, bool, &Vec<Value>)> {
        let committed = self.txns.iter().enumerate().filter(|(_, txn)| txn.committed());
        committed.flat_map(|(i, txn)| {
            txn.ops.iter().enumerate().filter_map(move |(place, op)| {
                let Op::Read(key, seen) = op else { return None };
                let wrote = |op: &Op| matches!(op, Op::Write(k, _) if k == key);
                Some((i, key, !txn.ops[..place].iter().any(wrote), seen))
            })
        })
    }

    fn foreign(&self) -> impl Iterator<Item = (usize, &String, &Vec<Value>)> {
        self.reads().filter(|read| read.2).map(|(txn, key, _, seen)| (txn, key, seen))
    }

    /// Of lists: what others appended of what was read, where the reader's own elements end it; and
    /// whether it shows an element twice.
    fn others(&self) -> impl Iterator<Item = (usize, &String, Vec<Value>, bool)> {
        let committed = self.txns.iter().enumerate().filter(|(_, txn)| txn.committed());
        committed.flat_map(|(i, txn)| {
            txn.ops.iter().enumerate().filter_map(move |(place, op)| {
                let Op::Read(key, seen) = op else { return None };
                let own = txn.ops[..place].iter().filter_map(|op| match op {
                    Op::Write(k, value) if k == key => Some(value.clone()),
                    _ => None,
                });
                let own: Vec<Value> = own.collect();
                let others = seen.strip_suffix(&own[..])?;
                Some((i, key, others.to_vec(), repeats(seen)))
            })
        })
    }

    fn writer(&self, key: &String, value: &Value) -> Option<usize> {
        self.txns.iter().position(|txn| txn.writes().any(|write| write == (key, value)))
    }

    fn living(&self, key: &String, value: &Value) -> Option<usize> {
        self.writer(key, value).filter(|txn| self.txns[*txn].lives())
    }

    fn installed(&self, key: &String, value: &Value) -> Option<usize> {
        self.living(key, value).filter(|txn| self.txns[*txn].is_last(key, value))
    }

    fn keys(&self) -> BTreeSet<String> {
        let key = |op: &Op| match op {
            Op::Read(key, _) | Op::Write(key, _) => key.clone(),
        };
        self.txns.iter().flat_map(|txn| txn.ops.iter().map(key)).collect()
    }

    /// Whether it committed, or somebody read from it.
    fn takes_effect(&self, txn: usize) -> bool {
        let shows = |(key, value): (&String, &Value)| {
            self.reads().any(|read| read.1 == key && read.3.contains(value))
        };
        let txn = &self.txns[txn];
        txn.committed() || txn.lives() && txn.writes().any(shows)
    }

    /// The longest list without repetitions, and whether all those are prefixes of it.
    fn trunk(&self, key: &String) -> (Vec<Value>, bool) {
        let all = self.others().filter(|read| read.1 == key && !read.3);
        let lists: Vec<Vec<Value>> = all.map(|read| read.2).collect();
        let longest = lists.iter().rev().max_by_key(|list| list.len());
        let longest = longest.cloned().unwrap_or_default();
        let agree = lists.iter().all(|list| longest.starts_with(list));
        (longest, agree)
    }

    fn has(&self, why: &str) -> bool {
        self.pairs.iter().any(|pair| pair.2 == why)
    }

    fn reach(&self, whys: &[&str]) -> Vec<Vec<bool>> {
        let pairs = self.pairs.iter().filter(|pair| whys.contains(&pair.2));
        closure(self.txns.len(), pairs.map(|pair| (pair.0, pair.1)))
    }

    fn g0(&self) -> bool {
        let reach = self.reach(&["ww"]);
        (0..self.txns.len()).any(|i| reach[i][i])
    }

    fn g1c(&self) -> bool {
        let reach = self.reach(&["ww", "wr"]);
        self.pairs.iter().any(|pair| pair.2 == "wr" && reach[pair.1][pair.0])
    }

    fn g_single(&self) -> bool {
        let reach = self.reach(&["ww", "wr"]);
        self.pairs.iter().any(|pair| pair.2 == "rw" && reach[pair.1][pair.0])
    }

    fn g2(&self) -> bool {
        let (alone, all) = (self.reach(&["ww", "wr"]), self.reach(&["ww", "wr", "rw"]));
        let mut groups: BTreeMap<_, Vec<(usize, usize)>> = BTreeMap::new();
        for pair in self.pairs.iter().filter(|pair| pair.2 == "rw") {
            groups.entry(&pair.3).or_default().push((pair.0, pair.1));
        }
        groups.values().any(|pairs| {
            let back = |reach: &[Vec<bool>]| pairs.iter().any(|(from, to)| reach[*to][*from]);
            back(&all) && !back(&alone)
        })
    }

    fn g1a(&self) -> bool {
        let mut reads = self.reads();
        reads.any(|(_, key, _, seen)| seen.iter().any(|value| self.living(key, value).is_none()))
    }

    fn g1b(&self) -> bool {
        self.foreign().any(|(reader, key, seen)| {
            let last = seen.last().and_then(|value| Some((self.writer(key, value)?, value)));
            last.is_some_and(|(w, value)| w != reader && !self.txns[w].is_last(key, value))
        })
    }

    fn reads_of_others(&self) -> bool {
        self.foreign().any(|(.., seen)| !seen.is_empty())
    }

    /// Who read what first of a key that it then wrote.
    fn replaces(&self) -> impl Iterator<Item = (usize, &String, &Vec<Value>)> {
        self.foreign().enumerate().filter_map(|(place, (txn, key, seen))| {
            let first = !self.foreign().take(place).any(|read| read.0 == txn && read.1 == key);
            let writes = self.txns[txn].writes().any(|(k, _)| k == key);
            (first && writes).then_some((txn, key, seen))
        })
    }

    fn lost_update(&self) -> bool {
        let all: Vec<_> = self.replaces().collect();
        all.iter().any(|a| all.iter().any(|b| a.0 < b.0 && (a.1, a.2) == (b.1, b.2)))
    }

    fn internal(&self) -> bool {
        let committed = self.txns.iter().filter(|txn| txn.committed());
        let mut places = committed.flat_map(|txn| (0..txn.ops.len()).map(move |i| (txn, i)));
        places.any(|(txn, place)| {
            let Op::Read(key, seen) = &txn.ops[place] else { return false };
            let foresees = txn.ops[place..]
                .iter()
                .any(|op| matches!(op, Op::Write(k, value) if k == key && seen.contains(value)));
            let of_key = |op: &&Op| matches!(op, Op::Read(k, _) | Op::Write(k, _) if k == key);
            let before: Vec<&Op> = txn.ops[..place].iter().filter(of_key).collect();
            let read = before.iter().rposition(|op| matches!(op, Op::Read(..)));
            let value = |op: &&Op| match op {
                Op::Write(_, value) => value.clone(),
                Op::Read(..) => Value::Null,
            };
            let written: Vec<Value> =
                before[read.map_or(0, |r| r + 1)..].iter().map(value).collect();
            let base = read.map(|read| match before[read] {
                Op::Read(_, seen) => seen.clone(),
                Op::Write(..) => Vec::new(),
            });
            let fits = match (self.lists, base, written.last()) {
                (false, _, Some(last)) => *seen == [last.clone()],
                (_, None, _) => seen.ends_with(&written),
                (_, Some(base), _) => *seen == [base, written].concat(),
            };
            foresees || !fits
        })
    }

    fn reads_again(&self) -> bool {
        self.txns.iter().filter(|txn| txn.committed()).any(|txn| {
            (0..txn.ops.len()).any(|place| {
                let Op::Read(key, _) = &txn.ops[place] else { return false };
                let same = |op: &Op| matches!(op, Op::Read(k, _) | Op::Write(k, _) if k == key);
                txn.ops[..place].iter().any(same)
            })
        })
    }

    fn incompatible(&self) -> bool {
        self.keys().iter().any(|key| {
            let (trunk, agree) = self.trunk(key);
            let disordered = self.txns.iter().filter(|txn| txn.lives()).any(|txn| {
                let own = txn.writes().filter(|(k, _)| *k == key).map(|(_, value)| value);
                let own: Vec<&Value> = own.collect();
                let shown: Vec<&Value> = trunk.iter().filter(|value| own.contains(value)).collect();
                !own.starts_with(&shown)
            });
            !agree || disordered
        })
    }

    fn reads_twice(&self) -> bool {
        let some = |key: &String| self.others().filter(|r| r.1 == key && !r.2.is_empty()).count();
        self.keys().iter().any(|key| some(key) > 1)
    }

    fn duplicates(&self) -> bool {
        self.reads().any(|read| repeats(read.3))
    }

    fn is_serializable(&self, timed: bool) -> bool {
        if self.lists {
            return self.some_order(timed, &mut Vec::new());
        }
        let anomalies = [self.g0(), self.g1a(), self.g1b(), self.g1c(), self.g_single(), self.g2()];
        let others = [self.lost_update(), self.internal()];
        let all = self.pairs.iter().map(|pair| (pair.0, pair.1));
        let time = (0..self.txns.len()).flat_map(|a| (0..self.txns.len()).map(move |b| (a, b)));
        let time = time.filter(|(a, b)| timed && self.precedes(*a, *b));
        let recent = self.recent().into_iter().filter(|_| timed);
        let reach = closure(self.txns.len(), all.chain(time).chain(recent));
        let cycle = (0..self.txns.len()).any(|i| reach[i][i]);
        !(anomalies.contains(&true) || others.contains(&true) || cycle)
    }

    fn precedes(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.txns[a], &self.txns[b]);
        if !one.lives() || !other.lives() || a == b {
            return false;
        }
        let own = one.client == other.client && one.began.0 < other.began.0;
        own || self.earlier(a, b)
    }

    /// Whether the one had ended, by the clock, when the other began.
    fn earlier(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.txns[a], &self.txns[b]);
        let earlier = match self.real {
            true => one.ended.1 < other.began.1,
            false => one.ended.0 < other.began.0,
        };
        one.committed() && earlier
    }

    /// Whether the order so far can be continued with all that committed.
    fn some_order(&self, timed: bool, order: &mut Vec<usize>) -> bool {
        if !self.explains(order) {
            return false;
        }
        let absent: Vec<usize> =
            (0..self.txns.len()).filter(|i| self.txns[*i].lives() && !order.contains(i)).collect();
        if absent.iter().all(|i| !self.txns[*i].committed()) {
            return true;
        }
        absent.iter().any(|i| {
            if timed && absent.iter().any(|j| self.precedes(*j, *i)) {
                return false;
            }
            order.push(*i);
            let found = self.some_order(timed, order);
            order.pop();
            found
        })
    }

    /// Whether one after another would read what they read.
    fn explains(&self, order: &[usize]) -> bool {
        let mut state: BTreeMap<&String, Vec<Value>> = BTreeMap::new();
        order.iter().all(|i| {
            let txn = &self.txns[*i];
            txn.ops.iter().all(|op| match op {
                Op::Read(key, seen) => {
                    !txn.committed() || state.get(key).unwrap_or(&Vec::new()) == seen
                }
                Op::Write(key, value) => {
                    let held = state.entry(key).or_default();
                    if !self.lists {
                        held.clear();
                    }
                    held.push(value.clone());
                    true
                }
            })
        })
    }
}

fn repeats(list: &[Value]) -> bool {
    list.iter().enumerate().any(|(i, value)| list[..i].contains(value))
}

fn closure(size: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<bool>> {
    let mut reach = vec![vec![false; size]; size];
    pairs.for_each(|(a, b)| reach[a][b] = true);
    for middle in 0..size {
        for a in 0..size {
            for b in 0..size {
                reach[a][b] |= reach[a][middle] && reach[middle][b];
            }
        }
    }
    reach
}
