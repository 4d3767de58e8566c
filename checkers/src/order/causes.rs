//! The exact pass for causal order: any history, any scope, and the shortest chain for a violation.

use crate::order::chain;
use crate::order::clocks::Lanes;
use crate::order::sender_order::Form;
use crate::order::steps::{Scope, Step, What, steps};
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::{Excuses, Rank, Streams};
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::collections::Map;
use pepperland_core::history::NONE;
use pepperland_core::verdict::{Verdict, Witness};

/// How much of each stream in its scope each message depends on.
pub struct Causes<'s, 'a> {
    scene: &'s Scene<'a>,
    streams: &'s Streams,
    scope: Scope,
    lanes: Lanes,
    /// Broadcasts, deliveries and the like such that every cause stands before its effects.
    steps: Vec<Step>,
    depends: Vec<u32>,
}

impl<'s, 'a> Causes<'s, 'a> {
    /// Works out what depends on what; nothing if causes go in circles.
    pub fn of(scene: &'s Scene<'a>, streams: &'s Streams, scope: Scope) -> Option<Causes<'s, 'a>> {
        let lanes = match scope {
            Scope::InGroup => Lanes::of(scene, streams),
            _ => Lanes::one_each(streams),
        };
        let (steps, clients) = steps(scene, streams, scope)?;
        let depends = vec![0; scene.table.len() * lanes.width];
        let mut causes = Causes { scene, streams, scope, lanes, steps, depends };
        match scope {
            Scope::InGroup => causes.trace_groups(),
            _ => causes.trace_all(clients),
        }
        Some(causes)
    }

    /// How many vectors of knowledge there are.
    fn actors(&self) -> usize {
        let groups = if self.scope == Scope::InGroup { self.scene.group_count() } else { 1 };
        self.scene.lives.len() * groups
    }

    fn trace_groups(&mut self) {
        let width = self.lanes.width;
        let mut known = vec![0; self.actors() * width];
        for step in &self.steps {
            let (What::Broadcast(row) | What::Deliver(row)) = step.what else { continue };
            let (rank, place) = (self.streams.rank[row as usize], row as usize * width);
            let lane = self.lanes.of[rank.stream as usize] as usize;
            let actor = self.actor(step.life, rank) * width;
            let known = &mut known[actor..actor + width];
            let depends = &mut self.depends[place..place + width];
            if let What::Broadcast(_) = step.what {
                depends.copy_from_slice(known);
                depends[lane] = rank.index - 1;
            } else {
                join(known, depends);
                known[lane] = known[lane].max(rank.index);
            }
        }
    }

    fn trace_all(&mut self, clients: usize) {
        let width = self.lanes.width;
        let mut heard = vec![vec![0; width]; self.actors()];
        let mut own = heard.clone();
        let mut clients = vec![vec![0; width]; clients];
        let mut snapshots: Map<u32, Vec<u32>> = Map::default();
        for step in &self.steps {
            let Step { event, life, what } = *step;
            let alive = life != NONE;
            let life = life as usize;
            match what {
                What::Broadcast(row) => {
                    let (rank, place) = (self.streams.rank[row as usize], row as usize * width);
                    let depends = &mut self.depends[place..place + width];
                    depends.copy_from_slice(&heard[life]);
                    join(depends, &own[life]);
                    depends[rank.stream as usize] = rank.index - 1;
                    own[life][rank.stream as usize] = rank.index;
                }
                What::Deliver(row) => {
                    let (rank, place) = (self.streams.rank[row as usize], row as usize * width);
                    let known = &mut heard[life];
                    join(known, &self.depends[place..place + width]);
                    let here = &mut known[rank.stream as usize];
                    *here = rank.index.max(*here);
                }
                What::Restart => own[life].fill(0),
                What::Invoke(client) if alive => join(&mut heard[life], &clients[client as usize]),
                What::Respond(client) if alive => {
                    join(&mut clients[client as usize], &heard[life]);
                    join(&mut clients[client as usize], &own[life]);
                }
                What::Take => {
                    let mut snapshot = heard[life].clone();
                    join(&mut snapshot, &own[life]);
                    snapshots.insert(event, snapshot);
                }
                What::Install(get) => {
                    let snapshot = snapshots.get(&get);
                    snapshot.into_iter().for_each(|snapshot| join(&mut heard[life], snapshot));
                }
                What::Invoke(_) | What::Respond(_) => {}
            }
        }
    }

    fn actor(&self, life: u32, rank: Rank) -> usize {
        if self.scope != Scope::InGroup {
            return life as usize;
        }
        let group = self.streams.group[rank.stream as usize] as usize;
        life as usize * self.scene.group_count() + group
    }

    fn of_row(&self, row: u32) -> &[u32] {
        let place = row as usize * self.lanes.width;
        &self.depends[place..place + self.lanes.width]
    }

    /// Whether the life is to deliver what the lane holds.
    fn is_for(&self, life: u32, lane: usize) -> bool {
        let group = || self.streams.group[lane];
        self.scope == Scope::InGroup || self.scene.is_member(group(), self.scene.node(life))
    }

    /// Judges the deliveries of the bound lives.
    pub fn judge(&self, bound: &[bool], form: Form, nothing: &str) -> Verdict {
        let scene = self.scene;
        let mut receipts = Receipts::of(self, form);
        let mut excuses = Excuses::of(scene, self.streams);
        let mut tally = Tally::of(scene);
        for delivery in scene.deliveries() {
            while let Some((start, excused)) = excuses.before(delivery.event) {
                receipts.excuse(start.life, &excused);
            }
            let rank = self.streams.rank[delivery.row as usize];
            let counts = bound[delivery.life as usize] && rank.stream != NONE;
            if !counts || !receipts.seen.insert(delivery.row, delivery.life) {
                continue;
            }
            if receipts.binds(&delivery, rank) {
                tally.count_delivery(scene, &delivery);
            }
            if let Some((before, after)) = receipts.take(&delivery, rank) {
                return tally.violated(self.witness(delivery.life, before, after));
            }
        }
        tally.held(nothing)
    }

    /// The message of a lane with this index.
    fn message(&self, group: u32, lane: usize, index: u32) -> u32 {
        if self.scope != Scope::InGroup {
            return self.streams.row(lane as u32, index);
        }
        let here = |s: &u32| {
            self.streams.group[*s as usize] == group && self.lanes.of[*s as usize] as usize == lane
        };
        let stream = (0..self.streams.len() as u32).find(here);
        stream.map_or(NONE, |stream| self.streams.row(stream, index))
    }

    /// The life delivered `after` without having delivered `before`.
    fn witness(&self, life: u32, before: u32, after: u32) -> Witness {
        let scene = self.scene;
        let (who, first, second) = (scene.who(life), scene.name(before), scene.name(after));
        let delivery = scene.first(life, after);
        let late = scene.first(life, before);
        let how = if late.is_some() { "before" } else { "without" };
        let chain = self.chain(before, after);
        let through = self.through(&chain);
        Proof::default()
            .yes(
                format!("the broadcast of {first} happened before that of {second}{through}"),
                chain::events(&chain),
            )
            .yes(format!("{who} delivered {second}"), delivery)
            .no(format!("{who} delivered {first} before that"), late)
            .because(format!(
                "{who} delivered {second} {how} {first}, on which it depends{through}"
            ))
    }

    /// The shortest chain from one broadcast to another.
    fn chain(&self, from: u32, to: u32) -> Vec<Step> {
        let group = self.scene.group(from);
        let counts = |step: &&Step| match step.what {
            What::Broadcast(row) | What::Deliver(row) if self.scope == Scope::InGroup => {
                self.scene.group(row) == group
            }
            _ => true,
        };
        chain::shortest(self.steps.iter().filter(counts).copied(), from, to)
    }

    /// By what kinds of steps, other than broadcasts and deliveries, a chain leads.
    fn through(&self, chain: &[Step]) -> String {
        let client = |step: &Step| matches!(step.what, What::Invoke(_) | What::Respond(_));
        let snapshot = |step: &Step| matches!(step.what, What::Take | What::Install(_));
        match (chain.iter().any(client), chain.iter().any(snapshot)) {
            (true, true) => " by way of a client and a snapshot".to_owned(),
            (true, false) => " by way of a client".to_owned(),
            (false, true) => " by way of a snapshot".to_owned(),
            (false, false) => String::new(),
        }
    }
}

fn join(known: &mut [u32], other: &[u32]) {
    known.iter_mut().zip(other).for_each(|(k, o)| *k = (*k).max(*o));
}

/// How far each life has come.
struct Receipts<'c, 's, 'a> {
    causes: &'c Causes<'s, 'a>,
    form: Form,
    next: Vec<u32>,
    /// All that the delivered messages depend on.
    needed: Vec<u32>,
    /// The first message of each lane that was delivered: the one with the least index.
    least: Vec<u32>,
    seen: Deliverers<u64>,
}

impl<'c, 's, 'a> Receipts<'c, 's, 'a> {
    fn of(causes: &'c Causes<'s, 'a>, form: Form) -> Receipts<'c, 's, 'a> {
        let table = vec![0; causes.actors() * causes.lanes.width];
        let seen = Deliverers::empty(causes.scene.table.len(), causes.scene.lives.len());
        let least = vec![NONE; if form == Form::Order { table.len() } else { 0 }];
        Receipts { causes, form, next: table.clone(), needed: table, least, seen }
    }

    fn excuse(&mut self, life: u32, excused: &[u32]) {
        let causes = self.causes;
        for (stream, excused) in excused.iter().enumerate() {
            let rank = Rank { stream: stream as u32, index: 0 };
            let lane = causes.lanes.of[stream] as usize;
            let next = &mut self.next[causes.actor(life, rank) * causes.lanes.width + lane];
            *next = (*next).max(*excused);
        }
    }

    /// Whether something must come before the delivery, or before it if it comes at all.
    fn binds(&self, delivery: &Delivery, rank: Rank) -> bool {
        let depends = self.causes.of_row(delivery.row);
        let place = self.causes.actor(delivery.life, rank) * self.causes.lanes.width;
        let mut lanes = depends.iter().enumerate().filter(|(_, depends)| **depends > 0);
        match self.form {
            Form::NoGap => lanes.any(|(lane, _)| self.causes.is_for(delivery.life, lane)),
            Form::Order => lanes.any(|(lane, depends)| self.least[place + lane] <= *depends),
        }
    }

    /// Takes a first delivery. If it breaks the order: the message that should have come before,
    /// and the one that should have come after it.
    fn take(&mut self, delivery: &Delivery, rank: Rank) -> Option<(u32, u32)> {
        let width = self.causes.lanes.width;
        let place = self.causes.actor(delivery.life, rank) * width;
        let (group, lane) = (
            self.causes.streams.group[rank.stream as usize],
            self.causes.lanes.of[rank.stream as usize] as usize,
        );
        let depends = self.causes.of_row(delivery.row);
        let next = &mut self.next[place..place + width];
        let lacks =
            |lane: &usize| depends[*lane] > next[*lane] && self.causes.is_for(delivery.life, *lane);
        let gap = (0..width).find(lacks).filter(|_| self.form == Form::NoGap);
        if let Some(gap) = gap {
            let missing = self.causes.message(group, gap, next[gap] + 1);
            return Some((missing, delivery.row));
        }
        if rank.index <= self.needed[place + lane] {
            return Some((delivery.row, self.early(delivery, rank, lane)));
        }
        next[lane] = next[lane].max(rank.index);
        if self.form == Form::Order {
            let least = &mut self.least[place + lane];
            *least = (*least).min(rank.index);
        }
        join(&mut self.needed[place..place + width], depends);
        None
    }

    /// A message that the life delivered already and that depends on this one.
    fn early(&self, delivery: &Delivery, rank: Rank, lane: usize) -> u32 {
        let causes = self.causes;
        let actor = causes.actor(delivery.life, rank);
        let depends = |d: &Delivery| {
            let same = d.life == delivery.life && d.event < delivery.event;
            let other = causes.streams.rank[d.row as usize];
            same && other.stream != NONE
                && causes.actor(d.life, other) == actor
                && causes.of_row(d.row)[lane] >= rank.index
        };
        causes.scene.deliveries().find(depends).map_or(NONE, |d| d.row)
    }
}
