//! In which view each message was sent and delivered, and by whom in that view.
//!
//! Most messages are delivered in one view only. For those a word is kept: the view, and a bit for
//! each of up to 32 lives that installed it. The others, of several or of large views, are few:
//! their deliveries are listed and sorted. Nothing is hashed, so nothing can collide.
//!
//! # The view of an event
//! A delivery happens in the view that it states, else in the one its life installed last. Only
//! the first delivery in a life counts.
//!
//! A broadcast is made in the view that the sender's life installed last. If the sender was blocked
//! (by `block` or `block_ok` since then) the message may belong to the next view as well. So it may
//! if the call returned in the next view; if it returned later still, its view is not known.

use crate::scene::Scene;
use crate::scene::lives::Now;
use crate::views::installs::{Install, Installs};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use std::sync::Arc;

/// Events taken at a time; blocks without views or restarts are scanned by a shorter loop.
const BLOCK: usize = 512;
/// The view of deliveries in no view.
const NOWHERE: u32 = NONE - 2;
/// Instead of a view: the deliveries are in the list.
const LISTED: u64 = (NONE as u64) << 32;
/// The place of a delivery that no bit stands for.
const CROWD: u32 = 32;

/// Where messages were sent and delivered.
pub struct Placed {
    /// For each message a view + 1 and the ranks of who delivered it there; 0 if nobody did.
    cells: Vec<u64>,
    /// Deliveries of listed messages, sorted by message and view.
    listed: Vec<Listed>,
    /// The installation that began the view in which each message was sent, or [`NONE`].
    sent: Vec<u32>,
    /// Where that is not all.
    also: Map<u32, Also>,
}

/// In which other view a message may have been sent.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Also {
    In(u32),
    Anywhere,
}

/// A delivery of a listed message.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Listed {
    row: u32,
    view: u32,
    rank: u32,
    life: u32,
    event: u32,
}

/// What is known of the view in which a message was sent.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Sent {
    /// Nothing.
    Unknown,
    /// Only that it is not older than this one.
    Since(u32),
    /// It is one of these, which may be the same.
    In(u32, u32),
}

/// One message in one view: the message, the view, and the ranks of those who delivered it.
pub struct Place<'p> {
    /// The message.
    pub row: u32,
    /// The view.
    pub view: u32,
    /// A bit for each rank.
    pub by: &'p [u64],
}

impl Placed {
    /// Those of the scene, worked out once.
    pub fn of(scene: &Scene<'_>) -> Arc<Placed> {
        let installs = Installs::of(scene);
        scene.case.once(|| Walk::new(scene, &installs).placed())
    }

    /// The installation that began the view in which the sender asked for the broadcast.
    pub fn sender<'i>(&self, installs: &'i Installs, row: u32) -> Option<&'i Install> {
        installs.all.get(self.sent[row as usize] as usize)
    }

    /// In which view the message was sent.
    pub fn sent(&self, installs: &Installs, row: u32) -> Sent {
        let Some(view) = self.sender(installs, row).map(|i| i.view) else {
            return Sent::Unknown;
        };
        let also = if self.also.is_empty() { None } else { self.also.get(&row) };
        match also {
            None => Sent::In(view, view),
            Some(Also::In(other)) => Sent::In(view, *other),
            Some(Also::Anywhere) => Sent::Since(view),
        }
    }

    /// Whether the life of this rank delivered the message in the view and nobody did elsewhere.
    pub fn is_only_in(&self, row: u32, view: u32, rank: u32) -> bool {
        let cell = self.cells[row as usize];
        rank < CROWD && (cell >> 32) as u32 == view + 1 && cell >> rank & 1 == 1
    }

    /// Calls `each` with every message and view in which it was delivered, the views of one message
    /// one after the other.
    pub fn each(&self, installs: &Installs, mut each: impl FnMut(Place<'_>)) {
        for (row, cell) in self.cells.iter().enumerate() {
            let view = (cell >> 32) as u32;
            if *cell != 0 && view != NOWHERE && view != NONE {
                let by = [cell & u64::from(u32::MAX)];
                each(Place { row: row as u32, view: view - 1, by: &by });
            }
        }
        let mut by = Vec::new();
        for place in self.listed.chunk_by(|a, b| (a.row, a.view) == (b.row, b.view)) {
            let view = place[0].view;
            let lives = installs.views[view as usize].lives.len();
            by.clear();
            by.resize(lives.div_ceil(64).max(1), 0_u64);
            place.iter().for_each(|d| by[d.rank as usize / 64] |= 1 << (d.rank % 64));
            each(Place { row: place[0].row, view, by: &by });
        }
    }
}

/// One walk through a history.
struct Walk<'s> {
    scene: &'s Scene<'s>,
    installs: &'s Installs,
    groups: usize,
    now: Now,
    /// The next installation.
    next: usize,
    /// For each node and group, the installation that began its view.
    stands: Vec<u32>,
    /// The same as the upper and lower half of a cell; 0 for those whose word is void, and once
    /// more for strangers.
    codes: Vec<u64>,
    blocked: Vec<bool>,
    /// For each node and group, what was sent while blocked.
    pending: Map<u32, Vec<u32>>,
    sent: Vec<u32>,
    also: Map<u32, Also>,
}

fn code(view: u32, rank: u32) -> u64 {
    if rank >= CROWD { LISTED } else { u64::from(view + 1) << 32 | 1 << rank }
}

const NO_VIEW: u64 = (NOWHERE as u64) << 32;

impl<'s> Walk<'s> {
    fn new(scene: &'s Scene<'s>, installs: &'s Installs) -> Walk<'s> {
        let groups = scene.group_count();
        let places = scene.history.node_count() * groups;
        let now = scene.lives.follow(scene.case);
        let code = |at: usize| if now.life((at / groups) as u32) == NONE { 0 } else { NO_VIEW };
        let codes = (0..places).map(code).chain([0]).collect();
        Walk {
            scene,
            installs,
            groups,
            now,
            next: 0,
            stands: vec![NONE; places],
            codes,
            blocked: vec![false; places],
            pending: Map::default(),
            sent: vec![NONE; scene.table.len()],
            also: Map::default(),
        }
    }

    fn placed(mut self) -> Placed {
        let mut cells = vec![0_u64; self.scene.table.len()];
        let plain = self.groups == 1 && self.scene.is_for_everyone() && !self.installs.stated;
        let kinds = self.scene.history.kinds();
        for (number, block) in kinds.chunks(BLOCK).enumerate() {
            let start = number * BLOCK;
            let calm = block.iter().fold(0, |m, k| m.max(*k as u8)) <= Kind::Deliver as u8;
            let returns = block.iter().fold(false, |r, k| r | (*k == Kind::BroadcastReturn));
            let waits = self.blocked.contains(&true);
            if plain && calm && !returns && !waits {
                self.calm(start, block, &mut cells);
            } else {
                for event in start..start + block.len() {
                    self.event(event as u32, |row, code, _| place(&mut cells[row as usize], code));
                }
            }
        }
        let (sent, also) = (std::mem::take(&mut self.sent), std::mem::take(&mut self.also));
        let listed = Walk::new(self.scene, self.installs).listed(&cells);
        Placed { cells, listed, sent, also }
    }

    /// A block of broadcasts and deliveries in which nobody's view changes. Deliveries are put to
    /// the front of one list and broadcasts to that of another, without a branch.
    #[inline]
    fn calm(&mut self, start: usize, kinds: &[Kind], cells: &mut [u64]) {
        let range = start..start + kinds.len();
        let history = self.scene.history;
        let (nodes, rows) = (&history.nodes()[range.clone()], &history.messages()[range]);
        let (mut delivered, mut begun) = ([(0_u64, 0_u32); BLOCK], [0_u32; BLOCK]);
        let (mut deliveries, mut broadcasts) = (0, 0);
        let strangers = self.codes.len() - 1;
        for (i, ((kind, node), row)) in kinds.iter().zip(nodes).zip(rows).enumerate() {
            let code = self.codes[(*node as usize).min(strangers)];
            delivered[deliveries % BLOCK] = (code, *row);
            begun[broadcasts % BLOCK] = (start + i) as u32;
            let (known, delivers) = ((*row != NONE) & (code != 0), *kind == Kind::Deliver);
            deliveries += usize::from(known & delivers);
            broadcasts += usize::from(known & !delivers);
        }
        for (code, row) in &delivered[..deliveries] {
            place(&mut cells[*row as usize], *code);
        }
        for event in &begun[..broadcasts] {
            let place = *event as usize;
            self.broadcast(*event, history.nodes()[place], history.messages()[place]);
        }
    }

    fn broadcast(&mut self, event: u32, node: u32, row: u32) {
        if self.scene.table.broadcasts()[row as usize] != event {
            return;
        }
        let Some(at) = self.at(node, row) else { return };
        let stands = self.stands[at];
        if stands != NONE {
            self.sent[row as usize] = stands;
            if self.blocked[at] {
                self.pending.entry(at as u32).or_default().push(row);
            }
        }
    }

    /// The place of the node in the tables, for the group of the message.
    #[inline]
    fn at(&self, node: u32, row: u32) -> Option<usize> {
        let group = if self.groups == 1 { 0 } else { self.scene.group(row)? };
        Some(node as usize * self.groups + group as usize)
    }

    /// Any event; `delivered` is told of deliveries that count: the message, the cell, the life.
    fn event(&mut self, event: u32, mut delivered: impl FnMut(u32, u64, u32)) {
        let history = self.scene.history;
        let (node, row) = (history.nodes()[event as usize], history.messages()[event as usize]);
        let life = self.now.life(node);
        match history.kinds()[event as usize] {
            Kind::Recover => self.recover(node),
            _ if life == NONE => {}
            Kind::View => self.install(event),
            Kind::Block | Kind::BlockOk => {
                let first = node as usize * self.groups;
                self.blocked[first..first + self.groups].fill(true);
            }
            _ if row == NONE => {}
            Kind::Broadcast => self.broadcast(event, node, row),
            Kind::BroadcastReturn => self.returned(node, row),
            Kind::Deliver if self.scene.is_recipient(row, node) => {
                delivered(row, self.code(event, life, node, row), life);
            }
            _ => {}
        }
    }

    /// In which view the delivery happened.
    fn code(&self, event: u32, life: u32, node: u32, row: u32) -> u64 {
        let Some(at) = self.at(node, row) else { return NO_VIEW };
        if self.installs.stated {
            let place = self.scene.history.event(EventId(event)).place();
            let named = place.and_then(|place| place.view.as_ref());
            let view = named.and_then(|name| self.installs.find((at % self.groups) as u32, name));
            if let Some(view) = view {
                let rank = self.installs.rank(view, life).unwrap_or(CROWD);
                return code(view, rank);
            }
        }
        self.codes[at]
    }

    fn recover(&mut self, node: u32) {
        let life = self.now.life(node);
        self.now.recover(node);
        if life != NONE && self.now.life(node) != life {
            let first = node as usize * self.groups;
            for at in first..first + self.groups {
                (self.stands[at], self.codes[at], self.blocked[at]) = (NONE, NO_VIEW, false);
                self.pending.remove(&(at as u32));
            }
        }
    }

    fn install(&mut self, event: u32) {
        let Some(install) = self.installs.all.get(self.next).filter(|i| i.event == event) else {
            return;
        };
        let group = self.installs.group(install);
        let at = install.node as usize * self.groups + group as usize;
        let stays = self.stands[at];
        if stays == NONE || self.installs.get(stays).view != install.view {
            self.stands[at] = self.next as u32;
        }
        self.next += 1;
        let rank = self.installs.rank(install.view, install.life).unwrap_or(CROWD);
        self.codes[at] = code(install.view, rank);
        self.blocked[at] = false;
        for row in self.pending.remove(&(at as u32)).unwrap_or_default() {
            self.also.insert(row, Also::In(install.view));
        }
    }

    fn returned(&mut self, node: u32, row: u32) {
        let sent = self.installs.all.get(self.sent[row as usize] as usize);
        let sent = sent.filter(|sent| sent.life == self.now.life(node));
        let sender = self.scene.broadcast(row).map(|b| self.scene.history.nodes()[b.index()]);
        let Some(at) = self.at(node, row).filter(|_| sender == Some(node)) else { return };
        let Some(stands) = self.installs.all.get(self.stands[at] as usize) else { return };
        let Some(sent) = sent.map(|i| i.view).filter(|sent| *sent != stands.view) else { return };
        let before = self.installs.before(stands).map(|b| b.view);
        let also = if before == Some(sent) { Also::In(stands.view) } else { Also::Anywhere };
        self.also.insert(row, also);
    }

    /// The deliveries of listed messages: the first of each life, if it was in a view.
    fn listed(mut self, cells: &[u64]) -> Vec<Listed> {
        let is_listed = |row: u32| cells[row as usize] >= LISTED;
        let mut listed = Vec::new();
        if !cells.iter().any(|cell| *cell >= LISTED) {
            return listed;
        }
        for event in 0..self.scene.history.len() as u32 {
            let mut found = None;
            self.event(event, |row, code, life| {
                found = is_listed(row).then_some((row, code, life));
            });
            if let Some((row, code, life)) = found {
                let view = self.view(event, row, code);
                let rank = self.installs.rank(view, life).unwrap_or(0);
                listed.push(Listed { row, view, rank, life, event });
            }
        }
        listed.sort_unstable_by_key(|d| (d.row, d.life, d.event));
        listed.dedup_by_key(|d| (d.row, d.life));
        listed.retain(|d| d.view != NOWHERE);
        listed.sort_unstable();
        listed
    }

    /// The view of a delivery whose cell is known.
    fn view(&self, event: u32, row: u32, code: u64) -> u32 {
        if code == NO_VIEW {
            return NOWHERE;
        }
        if code < LISTED {
            return (code >> 32) as u32 - 1;
        }
        let node = self.scene.history.nodes()[event as usize];
        let Some(at) = self.at(node, row) else { return NOWHERE };
        let place = self.scene.history.event(EventId(event)).place();
        let named = place.and_then(|place| place.view.as_ref());
        let named = named.and_then(|name| self.installs.find((at % self.groups) as u32, name));
        let stands = self.installs.all.get(self.stands[at] as usize).map(|i| i.view);
        named.or(stands).unwrap_or(NOWHERE)
    }
}

/// Adds a delivery to a message's cell.
#[inline]
fn place(cell: &mut u64, code: u64) {
    let known = *cell;
    let same = (known == 0) | ((known ^ code) >> 32 == 0);
    *cell = if same { known | code } else { LISTED };
}
