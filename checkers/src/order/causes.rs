//! The exact pass for causal order: any history, and the shortest chain for a violation.

use crate::order::clocks::Lanes;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::{Excuses, Rank, Streams};
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// A broadcast or a delivery that may be a cause.
#[derive(Copy, Clone, Debug)]
struct Step {
    event: u32,
    life: u32,
    row: u32,
    is_broadcast: bool,
}

/// How much of each stream of its group each message depends on.
pub struct Causes<'s, 'a> {
    scene: &'s Scene<'a>,
    streams: &'s Streams,
    lanes: Lanes,
    /// Broadcasts and deliveries such that every cause stands before its effects.
    steps: Vec<Step>,
    depends: Vec<u32>,
}

impl<'s, 'a> Causes<'s, 'a> {
    /// Works out what depends on what; nothing if causes go in circles.
    pub fn of(scene: &'s Scene<'a>, streams: &'s Streams) -> Option<Causes<'s, 'a>> {
        let lanes = Lanes::of(scene, streams);
        let steps = Replay::new(scene, streams).steps()?;
        let depends = vec![0; scene.table.len() * lanes.width];
        let mut causes = Causes { scene, streams, lanes, steps, depends };
        causes.trace();
        Some(causes)
    }

    fn trace(&mut self) {
        let width = self.lanes.width;
        let mut known = vec![0; self.scene.lives.len() * self.scene.group_count() * width];
        for step in &self.steps {
            let (rank, place) = (self.streams.rank[step.row as usize], step.row as usize * width);
            let lane = self.lanes.of[rank.stream as usize] as usize;
            let actor = self.actor(step.life, rank) * width;
            let known = &mut known[actor..actor + width];
            let depends = &mut self.depends[place..place + width];
            if step.is_broadcast {
                depends.copy_from_slice(known);
                depends[lane] = rank.index - 1;
            } else {
                join(known, depends);
                known[lane] = known[lane].max(rank.index);
            }
        }
    }

    fn actor(&self, life: u32, rank: Rank) -> usize {
        let group = self.streams.group[rank.stream as usize] as usize;
        life as usize * self.scene.group_count() + group
    }

    fn of_row(&self, row: u32) -> &[u32] {
        let place = row as usize * self.lanes.width;
        &self.depends[place..place + self.lanes.width]
    }

    /// Judges the deliveries of the bound lives.
    pub fn judge(&self, bound: &[bool]) -> Verdict {
        let (scene, width) = (self.scene, self.lanes.width);
        let table = vec![0; scene.lives.len() * scene.group_count() * width];
        let mut receipts =
            Receipts { next: table.clone(), needed: table, seen: empty(scene), causes: self };
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
            if self.of_row(delivery.row).iter().any(|d| *d > 0) {
                tally.count_delivery(scene, &delivery);
            }
            if let Some((before, after)) = receipts.take(&delivery, rank) {
                return tally.violated(self.witness(delivery.life, before, after));
            }
        }
        tally.held("no correct node delivered a message that depends on another")
    }

    /// A message of the lane that the row depends on: the newest one.
    fn message(&self, group: u32, lane: usize, index: u32) -> u32 {
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
        Proof::default()
            .yes(
                format!("the broadcast of {first} happened before that of {second}"),
                self.chain(before, after),
            )
            .yes(format!("{who} delivered {second}"), delivery)
            .no(format!("{who} delivered {first} before that"), late)
            .because(format!("{who} delivered {second} {how} {first}, on which it depends"))
    }

    /// The shortest chain from one broadcast to another.
    fn chain(&self, from: u32, to: u32) -> Vec<EventId> {
        let mut links = Links::new(from, self.scene.lives.len());
        for step in &self.steps {
            let group = |row: u32| self.scene.group(row);
            if group(step.row) != group(from) {
                continue;
            }
            let rank = self.streams.rank[step.row as usize];
            links.step(step, rank.stream);
            if step.is_broadcast && step.row == to {
                break;
            }
        }
        links.back_from(to, self.scene)
    }
}

fn empty(scene: &Scene<'_>) -> Deliverers<u64> {
    Deliverers::empty(scene.table.len(), scene.lives.len())
}

fn join(known: &mut [u32], other: &[u32]) {
    known.iter_mut().zip(other).for_each(|(k, o)| *k = (*k).max(*o));
}

/// How far each life has come.
struct Receipts<'c, 's, 'a> {
    causes: &'c Causes<'s, 'a>,
    next: Vec<u32>,
    /// All that the delivered messages depend on.
    needed: Vec<u32>,
    seen: Deliverers<u64>,
}

impl Receipts<'_, '_, '_> {
    fn excuse(&mut self, life: u32, excused: &[u32]) {
        let causes = self.causes;
        for (stream, excused) in excused.iter().enumerate() {
            let rank = Rank { stream: stream as u32, index: 0 };
            let lane = causes.lanes.of[stream] as usize;
            let next = &mut self.next[causes.actor(life, rank) * causes.lanes.width + lane];
            *next = (*next).max(*excused);
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
        if let Some(gap) = (0..width).find(|lane| depends[*lane] > next[*lane]) {
            let missing = self.causes.message(group, gap, next[gap] + 1);
            return Some((missing, delivery.row));
        }
        if rank.index <= self.needed[place + lane] {
            return Some((delivery.row, self.early(delivery, rank, lane)));
        }
        next[lane] = next[lane].max(rank.index);
        join(&mut self.needed[place..place + width], depends);
        None
    }

    /// A message that the life delivered already and that depends on this one.
    fn early(&self, delivery: &Delivery, rank: Rank, lane: usize) -> u32 {
        let group = self.causes.streams.group[rank.stream as usize];
        let depends = |d: &Delivery| {
            let same = d.life == delivery.life && d.event < delivery.event;
            let stream = self.causes.streams.rank[d.row as usize].stream;
            same && stream != NONE
                && self.causes.streams.group[stream as usize] == group
                && self.causes.of_row(d.row)[lane] >= rank.index
        };
        self.causes.scene.deliveries().find(depends).map_or(NONE, |d| d.row)
    }
}

/// The shortest chains from one broadcast on, as far as the steps were followed.
struct Links {
    /// How each life came to know: the event, the message before it in the chain, and how long the
    /// chain is.
    life: Vec<Option<(u32, u32, u32)>>,
    /// The same for the sender's own broadcasts, by stream.
    stream: Map<u32, (u32, u32)>,
    /// For each broadcast in a chain: what it follows, and how long the chain is.
    row: Map<u32, (Option<(u32, u32)>, u32)>,
    from: u32,
}

impl Links {
    fn new(from: u32, lives: usize) -> Links {
        Links { life: vec![None; lives], stream: Map::default(), row: Map::default(), from }
    }

    fn step(&mut self, step: &Step, stream: u32) {
        let life = &mut self.life[step.life as usize];
        if !step.is_broadcast {
            if let Some((_, length)) = self.row.get(&step.row) {
                let found = (step.event, step.row, length + 1);
                if life.is_none_or(|(_, _, known)| known > found.2) {
                    *life = Some(found);
                }
            }
            return;
        }
        let through = life.map(|(event, row, length)| (Some((event, row)), length));
        let own = self.stream.get(&stream).map(|(row, length)| (Some((NONE, *row)), *length));
        let start = (step.row == self.from).then_some((None, 0));
        let link = [start, own, through].into_iter().flatten().min_by_key(|(_, length)| *length);
        if let Some((before, length)) = link {
            self.row.insert(step.row, (before, length + 1));
            let best = self.stream.entry(stream).or_insert((step.row, length + 1));
            if best.1 > length + 1 {
                *best = (step.row, length + 1);
            }
        }
    }

    fn back_from(&self, to: u32, scene: &Scene<'_>) -> Vec<EventId> {
        let (mut events, mut row) = (Vec::new(), Some(to));
        while let Some(here) = row {
            events.extend(scene.broadcast(here));
            let before = self.row.get(&here).and_then(|(before, _)| *before);
            events.extend(before.map(|(event, _)| event).filter(|e| *e != NONE).map(EventId));
            row = before.map(|(_, row)| row);
        }
        events.reverse();
        events
    }
}

/// Puts steps into an order in which causes stand before effects. That is the file's order, unless
/// the clock is real and the file has some delivery before its broadcast.
struct Replay<'s, 'a> {
    scene: &'s Scene<'a>,
    streams: &'s Streams,
    /// The steps of each node, the last one first.
    queues: Vec<Vec<Step>>,
    done: Vec<bool>,
    /// How many of each stream were broadcast.
    issued: Vec<u32>,
    /// The nodes that wait for a message.
    waiting: Map<u32, Vec<usize>>,
}

impl<'s, 'a> Replay<'s, 'a> {
    fn new(scene: &'s Scene<'a>, streams: &'s Streams) -> Replay<'s, 'a> {
        let queues = vec![Vec::new(); scene.history.node_count()];
        let (done, issued) = (vec![false; scene.table.len()], vec![0; streams.len()]);
        Replay { scene, streams, queues, done, issued, waiting: Map::default() }
    }

    fn steps(mut self) -> Option<Vec<Step>> {
        let steps = causal_steps(self.scene, self.streams);
        if steps.iter().all(|step| self.take(step).is_ok()) {
            return Some(steps);
        }
        let (scene, streams) = (self.scene, self.streams);
        let mut again = Replay::new(scene, streams);
        for step in steps.iter().rev() {
            again.queues[scene.node(step.life) as usize].push(*step);
        }
        again.run(steps.len())
    }

    fn run(mut self, total: usize) -> Option<Vec<Step>> {
        let mut order = Vec::with_capacity(total);
        let mut ready: Vec<usize> = (0..self.queues.len()).collect();
        while let Some(node) = ready.pop() {
            while let Some(step) = self.queues[node].pop() {
                if let Err(needed) = self.take(&step) {
                    self.queues[node].push(step);
                    self.waiting.entry(needed).or_default().push(node);
                    break;
                }
                order.push(step);
                if step.is_broadcast {
                    ready.extend(self.waiting.remove(&step.row).unwrap_or_default());
                }
            }
        }
        (order.len() == total).then_some(order)
    }

    /// Takes a step, unless another message must be broadcast first.
    fn take(&mut self, step: &Step) -> Result<(), u32> {
        let rank = self.streams.rank[step.row as usize];
        if !step.is_broadcast {
            return if self.done[step.row as usize] { Ok(()) } else { Err(step.row) };
        }
        let issued = &mut self.issued[rank.stream as usize];
        if *issued + 1 != rank.index {
            return Err(self.streams.row(rank.stream, rank.index - 1));
        }
        *issued += 1;
        self.done[step.row as usize] = true;
        Ok(())
    }
}

/// The broadcasts, and the deliveries that are effects of theirs, in the order of the file.
fn causal_steps(scene: &Scene<'_>, streams: &Streams) -> Vec<Step> {
    let mut now = scene.lives.follow(scene.case);
    let columns = scene.history.nodes().iter().zip(scene.history.messages());
    let columns = scene.history.kinds().iter().zip(columns).enumerate();
    let mut steps = Vec::new();
    for (event, (kind, (node, row))) in columns {
        let event = event as u32;
        let life = now.life(*node);
        let known = streams.rank.get(*row as usize).is_some_and(|r| r.stream != NONE);
        let is_broadcast = *kind == Kind::Broadcast;
        match kind {
            Kind::Recover => now.recover(*node),
            Kind::Broadcast | Kind::Deliver if known && life != NONE => {
                let broadcast = scene.table.broadcasts()[*row as usize];
                let after = !scene.is_virtual() || broadcast < event;
                let counts = is_broadcast && broadcast == event
                    || !is_broadcast && after && scene.is_recipient(*row, *node);
                if counts {
                    steps.push(Step { event, life, row: *row, is_broadcast });
                }
            }
            _ => {}
        }
    }
    steps
}
