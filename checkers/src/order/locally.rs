//! Local order, shared by its two forms: each receiver follows what each sender had delivered when
//! it broadcast.

use crate::order::course::Course;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::{Excuses, Streams, is_affordable};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::Case;
use pepperland_core::collections::Map;
use pepperland_core::history::{Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// Judges the bound lives. An obligation is a delivery of a message whose sender had delivered
/// another one before.
pub fn judge(case: &Case<'_>, bound: Bound, nothing: &str) -> Verdict {
    let scene = Scene::of(case);
    let streams = scene.streams();
    let bound = scene.bound(bound);
    if let Some(course) = Course::of(&scene).filter(|course| course.senders_in_order(&scene)) {
        let (origins, broadcasts) = (scene.table.origins(), scene.table.broadcasts());
        let depends = |row: usize| {
            let first = course.first(&scene).get(origins[row] as usize);
            first.is_some_and(|first| *first < broadcasts[row])
        };
        return course.deliveries(&scene, &bound, depends).held(nothing);
    }
    let senders = scene.lives.len() * scene.group_count();
    if !is_affordable(scene.lives.len(), senders.max(streams.len())) {
        return Verdict::undecided("too many nodes to follow each pair");
    }
    let minds = Minds::of(&scene, &streams);
    one_by_one(&scene, &streams, &minds, &bound, nothing)
}

/// What the sender of a message had delivered: so many of the first in its list.
#[derive(Copy, Clone, Default)]
struct Before {
    list: u32,
    count: u32,
}

/// What each life delivered in each group, and how much of it before each of its broadcasts.
struct Minds {
    lists: Vec<Vec<Delivery>>,
    before: Vec<Before>,
}

impl Minds {
    fn of(scene: &Scene<'_>, streams: &Streams) -> Minds {
        let groups = scene.group_count();
        let mut lists = vec![Vec::new(); scene.lives.len() * groups];
        let mut before = vec![Before::default(); scene.table.len()];
        let mut now = scene.lives.follow(scene.case);
        let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
        let columns = scene.history.nodes().iter().zip(scene.history.messages());
        let columns = scene.history.kinds().iter().zip(columns).enumerate();
        for (event, (kind, (node, row))) in columns {
            if *kind == Kind::Recover {
                now.recover(*node);
            }
            let (event, life) = (event as u32, now.life(*node));
            let rank = streams.rank.get(*row as usize).filter(|r| r.stream != NONE && life != NONE);
            let Some(rank) = rank else { continue };
            let list = life as usize * groups + streams.group[rank.stream as usize] as usize;
            let broadcast = scene.table.broadcasts()[*row as usize];
            match kind {
                Kind::Broadcast if broadcast == event => {
                    let count = lists[list].len() as u32;
                    before[*row as usize] = Before { list: list as u32, count };
                }
                Kind::Deliver
                    if (!scene.is_virtual() || broadcast < event)
                        && scene.is_recipient(*row, *node)
                        && seen.insert(*row, life) =>
                {
                    lists[list].push(Delivery { event, life, row: *row });
                }
                _ => {}
            }
        }
        Minds { lists, before }
    }
}

fn one_by_one(
    scene: &Scene<'_>,
    streams: &Streams,
    minds: &Minds,
    bound: &[bool],
    nothing: &str,
) -> Verdict {
    let mut tally = Tally::of(scene);
    let mut excuses = Excuses::of(scene, streams);
    let mut receivers = Receivers::of(scene, streams, minds);
    for delivery in scene.deliveries() {
        while let Some((start, excused)) = excuses.before(delivery.event) {
            receivers.excuse(start.life, &excused);
        }
        let known = streams.rank[delivery.row as usize].stream != NONE;
        if !bound[delivery.life as usize] || !known {
            continue;
        }
        if !receivers.seen.insert(delivery.row, delivery.life) {
            continue;
        }
        if minds.before[delivery.row as usize].count > 0 {
            tally.count_delivery(scene, &delivery);
        }
        let broken = receivers.lacks(&delivery).or_else(|| receivers.late(scene, &delivery));
        if let Some((before, after)) = broken {
            return tally.violated(witness(scene, delivery.life, before, after));
        }
    }
    tally.held(nothing)
}

/// How far each receiver has followed each sender.
struct Receivers<'s> {
    streams: &'s Streams,
    minds: &'s Minds,
    /// For each life and list: how many of the first it has delivered or may lack.
    covered: Vec<u32>,
    /// The same: how much of it the delivered messages had before them.
    needed: Vec<u32>,
    /// For each life and stream: up to where it may lack everything.
    excused: Vec<u32>,
    is_late: Vec<bool>,
    /// Where messages stand in lists; only if some life starts late.
    place: Map<(u32, u32), u32>,
    seen: Deliverers<u64>,
}

impl<'s> Receivers<'s> {
    fn of(scene: &Scene<'_>, streams: &'s Streams, minds: &'s Minds) -> Receivers<'s> {
        let (lives, lists) = (scene.lives.len(), minds.lists.len());
        let mut place = Map::default();
        let starts = !scene.lives.starts.is_empty();
        for (list, deliveries) in minds.lists.iter().enumerate().filter(|_| starts) {
            let places = deliveries.iter().zip(0..);
            place.extend(places.map(|(delivery, at)| ((list as u32, delivery.row), at)));
        }
        Receivers {
            streams,
            minds,
            covered: vec![0; lives * lists],
            needed: vec![0; if starts { lives * lists } else { 0 }],
            excused: vec![0; if starts { lives * streams.len() } else { 0 }],
            is_late: scene.lives.late(),
            place,
            seen: Deliverers::empty(scene.table.len(), lives),
        }
    }

    fn excuse(&mut self, life: u32, excused: &[u32]) {
        let first = life as usize * self.streams.len();
        let known = &mut self.excused[first..first + self.streams.len()];
        known.iter_mut().zip(excused).for_each(|(k, e)| *k = (*k).max(*e));
    }

    fn may_lack(&self, life: u32, row: u32) -> bool {
        let rank = self.streams.rank[row as usize];
        let place = life as usize * self.streams.len() + rank.stream as usize;
        self.excused.get(place).is_some_and(|excused| rank.index <= *excused)
    }

    /// What the sender had delivered and the receiver has not, with the message delivered now.
    fn lacks(&mut self, delivery: &Delivery) -> Option<(u32, u32)> {
        let Before { list, count } = self.minds.before[delivery.row as usize];
        let place = delivery.life as usize * self.minds.lists.len() + list as usize;
        let rows = &self.minds.lists[list as usize][..count as usize];
        let mut covered = self.covered[place];
        while let Some(next) = rows.get(covered as usize) {
            let has = self.seen.has(next.row, delivery.life);
            if !has && !self.may_lack(delivery.life, next.row) {
                return Some((next.row, delivery.row));
            }
            covered += 1;
        }
        self.covered[place] = covered;
        if let Some(needed) = self.needed.get_mut(place) {
            *needed = (*needed).max(count);
        }
        None
    }

    /// What a receiver might have done without, but delivers after a message whose sender had it.
    fn late(&self, scene: &Scene<'_>, delivery: &Delivery) -> Option<(u32, u32)> {
        if !self.is_late[delivery.life as usize] {
            return None;
        }
        let lists = self.minds.lists.len();
        let needed = &self.needed[delivery.life as usize * lists..][..lists];
        let known = |list: &usize| {
            let place = self.place.get(&(*list as u32, delivery.row));
            place.is_some_and(|place| *place < needed[*list])
        };
        let list = (0..lists).find(known)?;
        let place = self.place[&(list as u32, delivery.row)];
        let early = |d: &Delivery| {
            let before = self.minds.before[d.row as usize];
            d.life == delivery.life && before.list as usize == list && before.count > place
        };
        let after = scene.deliveries().filter(|d| d.event < delivery.event).find(early)?;
        Some((delivery.row, after.row))
    }
}

/// The life delivered `after` without having delivered `before`.
fn witness(scene: &Scene<'_>, life: u32, before: u32, after: u32) -> Witness {
    let (who, first, second) = (scene.who(life), scene.name(before), scene.name(after));
    let late = scene.first(life, before);
    let how = if late.is_some() { "before" } else { "without" };
    let broadcast = scene.broadcast(after);
    let sender = sender_life(scene, after);
    let (name, had) = (scene.who(sender), scene.first(sender, before));
    let told = format!("{name} had delivered when it broadcast {second}");
    Proof::default()
        .yes(
            format!("{name} delivered {first} before it broadcast {second}"),
            had.into_iter().chain(broadcast),
        )
        .yes(format!("{first} was broadcast"), scene.broadcast(before))
        .yes(format!("{who} delivered {second}"), scene.first(life, after))
        .no(format!("{who} delivered {first} before that"), late)
        .because(format!("{who} delivered {second} {how} {first}, which {told}"))
}

fn sender_life(scene: &Scene<'_>, row: u32) -> u32 {
    let broadcast = scene.broadcast(row).map_or(0, |event| event.index());
    let mut now = scene.lives.follow(scene.case);
    let events = scene.history.kinds()[..broadcast].iter().zip(scene.history.nodes());
    for (_, node) in events.filter(|(kind, _)| **kind == Kind::Recover) {
        now.recover(*node);
    }
    now.life(scene.history.nodes().get(broadcast).copied().unwrap_or(NONE))
}
