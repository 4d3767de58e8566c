//! What nodes deliver between one view and the next, side by side for those that make the same
//! move.

use crate::order::pairwise::{self, Inversion};
use crate::scene::deliverers::Deliverers;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE, ViewName};
use pepperland_core::verdict::Witness;

/// A delivery in a stay; `begins` if what its node delivered right before it is not known to
/// matter, because a late start lies between.
#[derive(Copy, Clone, Debug)]
pub struct Entry {
    /// The delivery.
    pub delivery: Delivery,
    /// Whether a late start lies between it and the one before, or the beginning of the stay.
    pub begins: bool,
}

/// What a node delivered in a view.
struct Stay {
    view: u32,
    /// The view that it installed next, if it did before it crashed.
    next: Option<u32>,
    entries: Vec<Entry>,
    /// A late start has passed since the last entry.
    started: bool,
}

/// What several nodes delivered that went from one view to the next together: a list for each.
pub struct Move {
    /// The lists.
    pub lists: Vec<Vec<Entry>>,
    /// The views.
    pub names: [String; 2],
}

/// The moves of a history, and in which view each message was sent.
pub struct Moves {
    /// Those that at least one node made.
    pub of: Vec<Move>,
    /// By row; [`NONE`] if its sender was in no view, or is not to be believed.
    pub sent: Vec<u32>,
}

/// A node, how often it has restarted, and a group.
type Seat = (u32, u32, u32);

struct Build<'s, 'a> {
    scene: &'s Scene<'a>,
    names: Map<(u32, ViewName), u32>,
    words: Vec<String>,
    stays: Vec<Stay>,
    /// The stay that a node is in; and every one since its last restart, by its view.
    now: Map<Seat, usize>,
    known: Map<(Seat, u32), usize>,
    /// How often each node has restarted.
    restarts: Vec<u32>,
    sent: Vec<u32>,
    seen: Deliverers<u64>,
}

impl Moves {
    /// Follows every node that is not Byzantine through its views. O(events).
    pub fn of(scene: &Scene<'_>) -> Moves {
        let mut build = Build {
            scene,
            names: Map::default(),
            words: Vec::new(),
            stays: Vec::new(),
            now: Map::default(),
            known: Map::default(),
            restarts: vec![0; scene.history.node_count()],
            sent: vec![NONE; scene.table.len()],
            seen: Deliverers::empty(scene.table.len(), scene.lives.len()),
        };
        let (mut now, mut starts) = (scene.lives.follow(scene.case), scene.lives.starts.iter());
        let mut start = starts.next();
        for (event, kind) in scene.history.kinds().iter().enumerate() {
            let node = scene.history.nodes()[event];
            if *kind == Kind::Recover {
                now.recover(node);
            }
            if now.life(node) != NONE {
                build.event(event as u32, *kind, node, now.life(node));
            }
            while start.is_some_and(|start| start.event as usize <= event) {
                build.start(node);
                start = starts.next();
            }
        }
        build.moves()
    }
}

impl Build<'_, '_> {
    fn event(&mut self, event: u32, kind: Kind, node: u32, life: u32) {
        let row = self.scene.history.messages()[event as usize];
        match kind {
            Kind::Recover => self.restarts[node as usize] += 1,
            Kind::View => self.view(event, node),
            Kind::Broadcast if row != NONE && self.scene.is_broadcast(row) => {
                let group = self.scene.group(row).unwrap_or(NONE);
                let here = self.scene.table.broadcasts()[row as usize] == event;
                if let Some(stay) = self.now.get(&self.seat(node, group)).filter(|_| here) {
                    self.sent[row as usize] = self.stays[*stay].view;
                }
            }
            Kind::Deliver
                if row != NONE
                    && self.scene.is_recipient(row, node)
                    && self.seen.insert(row, life) =>
            {
                self.deliver(Delivery { event, life, row }, node);
            }
            _ => {}
        }
    }

    fn seat(&self, node: u32, group: u32) -> Seat {
        (node, self.restarts[node as usize], group)
    }

    fn start(&mut self, node: u32) {
        for group in 0..self.scene.group_count() as u32 {
            if let Some(stay) = self.now.get(&self.seat(node, group)) {
                self.stays[*stay].started = true;
            }
        }
    }

    fn view(&mut self, event: u32, node: u32) {
        let Some(install) = self.scene.history.event(EventId(event)).view() else { return };
        let group = install.group.unwrap_or(0);
        let view = self.number(group, &install.view);
        let seat = self.seat(node, group);
        if let Some(stay) = self.now.get(&seat).map(|stay| &mut self.stays[*stay]) {
            if stay.view == view {
                return;
            }
            stay.next = Some(view);
        }
        let started = self.restarts[node as usize] > 0 && !self.now.contains_key(&seat);
        let stay = Stay { view, next: None, entries: Vec::new(), started };
        self.now.insert(seat, self.stays.len());
        self.known.insert((seat, view), self.stays.len());
        self.stays.push(stay);
    }

    fn number(&mut self, group: u32, view: &ViewName) -> u32 {
        let next = self.words.len() as u32;
        let number = *self.names.entry((group, view.clone())).or_insert(next);
        if number == next {
            self.words.push(view.to_string());
        }
        number
    }

    /// The delivery counts in the view that it states, if its node installed it.
    fn deliver(&mut self, delivery: Delivery, node: u32) {
        let Some(group) = self.scene.group(delivery.row) else { return };
        let seat = self.seat(node, group);
        let place = self.scene.history.event(EventId(delivery.event)).place();
        let stay = match place.and_then(|place| place.view.as_ref()) {
            Some(view) => {
                let view = self.number(group, view);
                self.known.get(&(seat, view))
            }
            None => self.now.get(&seat),
        };
        if let Some(stay) = stay.map(|stay| &mut self.stays[*stay]) {
            let begins = std::mem::replace(&mut stay.started, false);
            stay.entries.push(Entry { delivery, begins });
        }
    }

    fn moves(self) -> Moves {
        let mut of: Vec<Move> = Vec::new();
        let mut places: Map<(u32, u32), usize> = Map::default();
        for stay in self.stays {
            let Some(next) = stay.next else { continue };
            let place = *places.entry((stay.view, next)).or_insert(of.len());
            if place == of.len() {
                let names = [stay.view, next].map(|view| self.words[view as usize].clone());
                of.push(Move { lists: Vec::new(), names });
            }
            of[place].lists.push(stay.entries);
        }
        Moves { of, sent: self.sent }
    }
}

impl Move {
    /// Counts as obligations the deliveries of what another node delivered before, and tells
    /// whether some two nodes share two messages.
    pub fn count(&self, scene: &Scene<'_>, tally: &mut Tally) -> bool {
        let mut deliverers: Map<u32, Vec<usize>> = Map::default();
        let (mut met, mut pairs, mut shares_two) = (Set::default(), Set::default(), false);
        for (list, entries) in self.lists.iter().enumerate() {
            for entry in entries {
                if !met.insert(entry.delivery.row) {
                    tally.count_delivery(scene, &entry.delivery);
                }
                if !shares_two {
                    let others = deliverers.entry(entry.delivery.row).or_default();
                    shares_two = others.iter().any(|other| !pairs.insert((*other, list)));
                    others.push(list);
                }
            }
        }
        shares_two
    }

    /// Two messages that two of the nodes deliver in different orders. `place` is as in
    /// [`pairwise::inversion`].
    pub fn inversion(&self, place: &mut [u32]) -> Option<Inversion> {
        let list = |list: &Vec<Entry>| list.iter().map(|entry| entry.delivery).collect();
        let sequences: Vec<Vec<Delivery>> = self.lists.iter().map(list).collect();
        let one = follow_one(&sequences, place);
        if one { None } else { pairwise::inversion(&sequences, place) }
    }
}

/// Whether every sequence goes through the rows in the order in which the sequences, one after the
/// other, first name them. Leaves `place` as it was: [`NONE`] throughout.
pub fn follow_one(sequences: &[Vec<Delivery>], place: &mut [u32]) -> bool {
    let (mut next, mut rises) = (0, true);
    for sequence in sequences {
        let mut last = None;
        for delivery in sequence {
            let here = &mut place[delivery.row as usize];
            if *here == NONE {
                *here = next;
                next += 1;
            }
            rises &= last < Some(*here);
            last = Some(*here);
        }
    }
    sequences.iter().flatten().for_each(|delivery| place[delivery.row as usize] = NONE);
    rises
}

/// The proof of an inversion in a move.
pub fn witness(scene: &Scene<'_>, here: &Move, (one, other): Inversion) -> Witness {
    let [from, to] = &here.names;
    let witness = pairwise::witness(scene, one, other);
    Witness { because: format!("from view {from} to {to}, {}", witness.because), ..witness }
}
