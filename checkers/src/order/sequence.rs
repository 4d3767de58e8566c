//! One sequence that several lives follow, or one tree: who comes right after whom, and who first.
//!
//! A sequence without repetition, of which some lives deliver prefixes and others pieces, exists if
//! and only if each message has one successor and one predecessor at most, the lives that start at
//! the beginning start with the same message, that message has no predecessor, and following the
//! predecessors leads nowhere in a circle. Where a message may have several successors, and lives
//! may start with different messages, the same makes a tree (or several).

use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::{Delivery, Scene};
use pepperland_core::history::EventId;
use pepperland_core::verdict::Witness;

/// Two neighbours in the deliveries of a life: first the one, right after it the other.
type Link = (Delivery, Delivery);

/// Where a life stands in the sequence of a group.
#[derive(Copy, Clone)]
enum Place {
    Beginning,
    Unknown,
    After(Delivery),
}

/// What the lives are to follow.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Shape {
    /// Each message has one successor.
    Line,
    /// It may have several: ways part, but never meet again.
    Tree,
}

/// Whether a message was delivered before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Met {
    /// Nobody did.
    Nowhere,
    /// Another life did.
    Elsewhere,
    /// This life did.
    Here,
}

/// What is known of the sequence of each group.
pub struct Sequence<'s, 'a> {
    scene: &'s Scene<'a>,
    shape: Shape,
    groups: usize,
    next: Vec<Option<Link>>,
    previous: Vec<Option<Link>>,
    /// The first delivery of a life that started at the beginning: for each group, or, in a tree,
    /// for each message.
    root: Vec<Option<Delivery>>,
    /// For each life and group.
    place: Vec<Place>,
    seen: Deliverers<u64>,
    known: Vec<bool>,
    /// How many late starts have passed.
    passed: usize,
}

impl<'s, 'a> Sequence<'s, 'a> {
    /// Nothing is known yet.
    pub fn of(scene: &'s Scene<'a>, shape: Shape) -> Sequence<'s, 'a> {
        let (rows, lives, groups) = (scene.table.len(), scene.lives.len(), scene.group_count());
        Sequence {
            scene,
            shape,
            groups,
            next: vec![None; rows],
            previous: vec![None; rows],
            root: vec![None; if shape == Shape::Line { groups } else { rows }],
            place: vec![Place::Beginning; lives * groups],
            seen: Deliverers::empty(rows, lives),
            known: vec![false; rows],
            passed: 0,
        }
    }

    /// Notes a delivery; whether its message was delivered before.
    pub fn meet(&mut self, delivery: &Delivery) -> Met {
        let known = std::mem::replace(&mut self.known[delivery.row as usize], true);
        match (known, self.seen.insert(delivery.row, delivery.life)) {
            (_, false) => Met::Here,
            (true, true) => Met::Elsewhere,
            (false, true) => Met::Nowhere,
        }
    }

    /// Adds a life's next delivery; the proof, if it does not fit.
    pub fn take(&mut self, delivery: &Delivery, group: u32) -> Option<Witness> {
        self.pass_starts(delivery.event);
        let place = delivery.life as usize * self.groups + group as usize;
        match std::mem::replace(&mut self.place[place], Place::After(*delivery)) {
            Place::Beginning => self.begin(*delivery, group),
            Place::After(before) => self.link((before, *delivery), group),
            Place::Unknown => None,
        }
    }

    /// After a late start, what comes next need not be the successor of what came last.
    fn pass_starts(&mut self, event: u32) {
        let groups = self.groups;
        let starts = &self.scene.lives.starts[self.passed..];
        for start in starts.iter().take_while(|s| s.event < event) {
            let first = start.life as usize * groups;
            self.place[first..first + groups].fill(Place::Unknown);
            self.passed += 1;
        }
    }

    fn root_of(&self, row: u32, group: u32) -> usize {
        if self.shape == Shape::Line { group as usize } else { row as usize }
    }

    fn begin(&mut self, first: Delivery, group: u32) -> Option<Witness> {
        let root = self.root_of(first.row, group);
        match self.root[root] {
            Some(root) if root.row != first.row => return Some(two_roots(self.scene, root, first)),
            Some(_) => return None,
            None => self.root[root] = Some(first),
        }
        self.previous[first.row as usize].map(|link| not_first(self.scene, first, link))
    }

    fn link(&mut self, link: Link, group: u32) -> Option<Witness> {
        let (before, after) = link;
        let next = *self.next[before.row as usize].get_or_insert(link);
        let previous = *self.previous[after.row as usize].get_or_insert(link);
        if self.shape == Shape::Line && next.1.row != after.row {
            return Some(fork(self.scene, next, link));
        }
        if previous.0.row != before.row {
            return Some(join(self.scene, previous, link));
        }
        let root = self.root[self.root_of(after.row, group)].filter(|root| root.row == after.row);
        root.map(|root| not_first(self.scene, root, link))
    }

    /// The proof that predecessors lead in a circle, if they do.
    pub fn circle(&self) -> Option<Witness> {
        let mut visited = vec![None; self.previous.len()];
        for start in 0..self.previous.len() {
            let mut row = start;
            while let Some((before, _)) = self.previous[row].filter(|_| visited[row].is_none()) {
                visited[row] = Some(start);
                row = before.row as usize;
            }
            if visited[row] == Some(start) {
                return Some(self.round(row));
            }
        }
        None
    }

    fn round(&self, start: usize) -> Witness {
        let (mut links, mut row) = (Vec::new(), start);
        while let Some(link) = self.previous[row] {
            links.push(link);
            row = link.0.row as usize;
            if row == start {
                break;
            }
        }
        links.reverse();
        round(self.scene, &links)
    }
}

fn events(links: &[Link]) -> impl Iterator<Item = EventId> + '_ {
    links.iter().flat_map(|(a, b)| [EventId(a.event), EventId(b.event)])
}

fn says(scene: &Scene<'_>, (before, after): Link) -> String {
    let (who, a, b) = (scene.who(after.life), scene.name(after.row), scene.name(before.row));
    format!("{who} delivered {a} right after {b}")
}

fn two_roots(scene: &Scene<'_>, one: Delivery, other: Delivery) -> Witness {
    let says = |d: Delivery| format!("{} delivered {} first", scene.who(d.life), scene.name(d.row));
    let events = [one, other].map(|d| EventId(d.event));
    Proof::default()
        .yes(says(one), [events[0]])
        .yes(says(other), [events[1]])
        .no("one is a prefix of the other", events)
        .because(format!("{}; {}", says(one), says(other)))
}

fn not_first(scene: &Scene<'_>, root: Delivery, link: Link) -> Witness {
    let first = format!("{} delivered {} first", scene.who(root.life), scene.name(root.row));
    let root = EventId(root.event);
    Proof::default()
        .yes(first.clone(), [root])
        .yes(says(scene, link), events(&[link]))
        .no("one is a prefix of the other", events(&[link]).chain([root]))
        .because(format!("{first}; {}", says(scene, link)))
}

fn fork(scene: &Scene<'_>, one: Link, other: Link) -> Witness {
    two_links(scene, one, other, "the message has one successor")
}

fn join(scene: &Scene<'_>, one: Link, other: Link) -> Witness {
    two_links(scene, one, other, "the message has one predecessor")
}

fn two_links(scene: &Scene<'_>, one: Link, other: Link, broken: &str) -> Witness {
    Proof::default()
        .yes(says(scene, one), events(&[one]))
        .yes(says(scene, other), events(&[other]))
        .no(broken, events(&[one, other]))
        .because(format!("{}; {}", says(scene, one), says(scene, other)))
}

fn round(scene: &Scene<'_>, links: &[Link]) -> Witness {
    let told: Vec<String> = links.iter().map(|link| says(scene, *link)).collect();
    let yes = |proof: Proof, link: &Link| proof.yes(says(scene, *link), events(&[*link]));
    links
        .iter()
        .fold(Proof::default(), yes)
        .no("there is a first among them", events(links))
        .because(told.join("; "))
}
