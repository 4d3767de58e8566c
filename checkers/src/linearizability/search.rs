//! The search for an order (Wing & Gong 1993), with a memory of where it has been (Lowe 2017).
//!
//! Where it stands is how far each client has come, and the state; both are kept as one fingerprint
//! of 128 bits. A client's next operation may come next if no operation that is still to come ended
//! before it began. An operation that is possible and changes nothing is taken at once: whatever
//! order there is, it can be moved to the front. Of open operations that are alike, the one that
//! began first is tried alone. Steps are counted, not time.

use crate::linearizability::calls::{Call, Calls, OPEN};
use crate::linearizability::machine::{Back, Machine, mix};
use pepperland_core::collections::Set;

/// What a search came to.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Found {
    /// There is an order.
    Order,
    /// There is none.
    None,
    /// It gave up.
    GaveUp,
}

/// Searches an order of these operations, and takes its steps from the budget.
pub fn search(calls: &Calls, ids: &[u32], budget: &mut u64) -> Found {
    Search::new(calls, ids).run(budget)
}

struct Search<'c> {
    calls: &'c [Call],
    machine: Machine,
    /// The operations of each client, in order; clients in the order of their first beginnings.
    lanes: Vec<Vec<u32>>,
    /// How many of them have come.
    at: Vec<u32>,
    /// How many certain operations are still to come.
    left: usize,
    been: Set<u128>,
    place: u128,
    /// The lanes that are still to be tried, of all steps on the way.
    pool: Vec<u32>,
    steps: Vec<Step>,
}

struct Step {
    /// Where in the pool its alternatives begin.
    pool: usize,
    /// What was done, and how it is taken back.
    done: Option<(u32, Back)>,
}

impl<'c> Search<'c> {
    fn new(calls: &'c Calls, ids: &[u32]) -> Search<'c> {
        let mut lanes: Vec<(u32, Vec<u32>)> = Vec::new();
        let mut of_client = vec![u32::MAX; calls.clients as usize];
        for id in ids {
            let client = calls.all[*id as usize].client;
            let lane = &mut of_client[client as usize];
            if *lane == u32::MAX {
                *lane = lanes.len() as u32;
                lanes.push((client, Vec::new()));
            }
            lanes[*lane as usize].1.push(*id);
        }
        let mut lanes: Vec<Vec<u32>> = lanes.into_iter().map(|(_, lane)| lane).collect();
        let first = |lane: &Vec<u32>| lane.iter().map(|id| calls.all[*id as usize].begin).min();
        lanes.sort_by_cached_key(first);
        Search {
            calls: &calls.all,
            machine: Machine::new(calls),
            at: vec![0; lanes.len()],
            lanes,
            left: ids.iter().filter(|id| calls.all[**id as usize].is_done()).count(),
            been: Set::default(),
            place: 0,
            pool: Vec::new(),
            steps: Vec::new(),
        }
    }

    fn run(&mut self, budget: &mut u64) -> Found {
        while self.left > 0 {
            self.branch();
            match self.advance(budget) {
                Some(true) => {}
                Some(false) => return Found::None,
                None => return Found::GaveUp,
            }
        }
        Found::Order
    }

    /// Tries alternatives, on the way back too, until one leads to where the search has not been.
    fn advance(&mut self, budget: &mut u64) -> Option<bool> {
        loop {
            let Some(step) = self.steps.last_mut() else { return Some(false) };
            let from = step.pool;
            if let Some((lane, back)) = step.done.take() {
                self.retreat(lane, back);
            }
            if self.pool.len() == from {
                self.steps.pop();
                continue;
            }
            let lane = self.pool.pop().expect("it is not empty");
            *budget = budget.checked_sub(1)?;
            if let Some(back) = self.try_lane(lane) {
                self.steps.last_mut().expect("it is there").done = Some((lane, back));
                return Some(true);
            }
        }
    }

    fn next(&self, lane: usize) -> Option<&'c Call> {
        let id = self.lanes[lane].get(self.at[lane] as usize)?;
        Some(&self.calls[*id as usize])
    }

    /// Puts the alternatives into the pool, the one that ends first on top.
    fn branch(&mut self) {
        let from = self.pool.len();
        self.steps.push(Step { pool: from, done: None });
        let (mut soonest, mut lanes) = (OPEN, self.lanes.len());
        for lane in 0..self.lanes.len() {
            if self.calls[self.lanes[lane][0] as usize].begin > soonest {
                lanes = lane;
                break;
            }
            soonest = soonest.min(self.next(lane).map_or(OPEN, |call| call.end));
        }
        for lane in 0..lanes {
            let Some(call) = self.next(lane).filter(|call| call.begin < soonest) else { continue };
            if self.machine.only_looks(call) {
                self.pool.truncate(from);
                self.pool.push(lane as u32);
                return;
            }
            if call.is_done() || !self.is_tried(call, from) {
                self.pool.push(lane as u32);
            }
        }
        let mut pool = std::mem::take(&mut self.pool);
        let end = |lane: &u32| self.next(*lane as usize).map_or(OPEN, |call| call.end);
        pool[from..].sort_by_key(|lane| std::cmp::Reverse(end(lane)));
        self.pool = pool;
    }

    /// Whether an open operation just like this one is among the alternatives.
    fn is_tried(&self, call: &Call, from: usize) -> bool {
        let same = |other: &Call| (other.key, other.action) == (call.key, call.action);
        let mut others = self.pool[from..].iter().filter_map(|lane| self.next(*lane as usize));
        others.any(|other| !other.is_done() && same(other))
    }

    fn try_lane(&mut self, lane: u32) -> Option<Back> {
        let call = self.next(lane as usize)?;
        let back = self.machine.step(call)?;
        self.go(lane, call, 1);
        if self.been.insert(self.place ^ self.machine.fingerprint()) {
            return Some(back);
        }
        self.retreat(lane, back);
        None
    }

    fn retreat(&mut self, lane: u32, back: Back) {
        let id = self.lanes[lane as usize][self.at[lane as usize] as usize - 1];
        let call = &self.calls[id as usize];
        self.machine.back(call, back);
        self.go(lane, call, -1);
    }

    fn go(&mut self, lane: u32, call: &Call, by: i32) {
        let at = &mut self.at[lane as usize];
        self.place ^= mark(lane, *at);
        *at = at.wrapping_add_signed(by);
        self.place ^= mark(lane, *at);
        if call.is_done() {
            self.left = self.left.wrapping_add_signed(-by as isize);
        }
    }
}

/// One client has come so far.
fn mark(lane: u32, at: u32) -> u128 {
    if at == 0 { 0 } else { mix(u64::from(lane) << 32 | u64::from(at), 0x1a7e) }
}
