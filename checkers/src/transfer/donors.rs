//! What donors knew when they took their snapshots.

use crate::membership::stays::group_of;
use crate::scene::{Delivery, Scene};
use crate::transfer::snapshot::{Snapshot, position, text};
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, Kind, NONE};

/// What a node knew at some instant.
#[derive(Clone, Default)]
pub struct Known {
    /// Its life.
    life: u32,
    /// How much of what it delivered in that life.
    length: usize,
    /// How much of that before its own last snapshot, which took the place of all that it had.
    pub replaced: usize,
    /// Whether that life started late by then, so that it may know more than it delivered.
    pub late: bool,
    /// The highest position it came to, and where.
    pub furthest: Option<(u64, u32)>,
    /// The last position it executed since its start and its own last snapshot, with the
    /// fingerprint it stated then, and where.
    pub last: Option<(u64, String, u32)>,
}

/// The deliveries of each life, in order, and what was known at each `state_get`.
pub struct Donors {
    sequences: Vec<Vec<Delivery>>,
    places: Map<(u32, u32), usize>,
    /// For each life, how much was delivered before the node's own last snapshot so far.
    replaced: Vec<usize>,
    /// For each snapshot that was taken, in order.
    pub at_takes: Vec<Known>,
}

/// What a node did in a group.
#[derive(Default)]
struct Acts {
    furthest: Option<(u64, u32)>,
    last: Option<(u64, String, u32)>,
}

impl Donors {
    /// Nobody of so many lives has done anything.
    fn new(lives: usize) -> Donors {
        let (sequences, replaced) = (vec![Vec::new(); lives], vec![0; lives]);
        Donors { sequences, places: Map::default(), replaced, at_takes: Vec::new() }
    }

    /// Those of the scene. O(events).
    pub fn of(scene: &Scene<'_>) -> Donors {
        let mut donors = Donors::new(scene.lives.len());
        let mut now = scene.lives.follow(scene.case);
        let mut late = vec![false; scene.lives.len()];
        let mut starts = scene.lives.starts.iter().peekable();
        let mut acts: Map<(u32, u32), Acts> = Map::default();
        for event in scene.history.events() {
            let node = event.node().map_or(NONE, |node| node.0);
            if event.kind() == Kind::Recover {
                now.recover(node);
            }
            while let Some(start) = starts.next_if(|start| start.event <= event.id.0) {
                late[start.life as usize] = true;
            }
            let life = now.life(node);
            if life == NONE {
                continue;
            }
            match event.kind() {
                Kind::Crash | Kind::Recover => {
                    let groups = 0..scene.group_count() as u32;
                    let mut here = |g| acts.get_mut(&(node, g)).map(|acts| acts.last = None);
                    groups.for_each(|g| here(g).unwrap_or_default());
                }
                Kind::StateGet => {
                    let Some(snapshot) = Snapshot::of(scene, event.id.0) else { continue };
                    let known = donors.known(life, late[life as usize]);
                    let acts = acts.get(&(node, snapshot.group));
                    donors.at_takes.push(known.with(acts));
                }
                Kind::StateSet => {
                    donors.replace(life);
                    let group = group_of(scene, event);
                    let acts = group.and_then(|group| acts.get_mut(&(node, group)));
                    acts.into_iter().for_each(|acts| acts.last = None);
                }
                Kind::Deliver | Kind::Apply => {
                    donors.deliver(scene, event, life);
                    if let (Some(at), Some(g)) = (position(event), group_of(scene, event)) {
                        acts.entry((node, g)).or_default().act(event, at);
                    }
                }
                _ => {}
            }
        }
        donors
    }

    fn deliver(&mut self, scene: &Scene<'_>, event: Event<'_>, life: u32) {
        let Some(row) = event.message().filter(|r| scene.is_recipient(*r, scene.node(life))) else {
            return;
        };
        let sequence = &mut self.sequences[life as usize];
        let next = sequence.len();
        if *self.places.entry((life, row)).or_insert(next) == next {
            sequence.push(Delivery { event: event.id.0, life, row });
        }
    }

    /// A snapshot takes the place of whatever was delivered.
    fn replace(&mut self, life: u32) {
        self.replaced[life as usize] = self.sequences[life as usize].len();
    }

    fn known(&self, life: u32, late: bool) -> Known {
        let length = self.sequences[life as usize].len();
        let replaced = self.replaced[life as usize];
        Known { life, length, replaced, late, ..Known::default() }
    }

    /// What a node knew in the end, if it has one life.
    pub fn in_the_end(&self, scene: &Scene<'_>, node: u32) -> Option<Known> {
        let one = scene.lives.last[node as usize] == node;
        one.then(|| self.known(node, scene.lives.starts.iter().any(|start| start.life == node)))
    }

    /// Where in its order of deliveries the node delivered the message.
    pub fn place(&self, known: &Known, row: u32) -> Option<usize> {
        self.places.get(&(known.life, row)).copied().filter(|place| *place < known.length)
    }

    /// The delivery at a place.
    pub fn delivery(&self, known: &Known, place: usize) -> Delivery {
        self.sequences[known.life as usize][place]
    }
}

impl Acts {
    fn act(&mut self, event: Event<'_>, at: u64) {
        if self.furthest.is_none_or(|(furthest, _)| furthest < at) {
            self.furthest = Some((at, event.id.0));
        }
        if event.kind() == Kind::Apply {
            self.last = text(event, "hash").map(|hash| (at, hash, event.id.0));
        }
    }
}

impl Known {
    fn with(mut self, acts: Option<&Acts>) -> Known {
        let Some(acts) = acts else { return self };
        self.furthest = acts.furthest;
        self.last.clone_from(&acts.last);
        self
    }
}
