//! Who owes the delivery of what, at the end of a complete history.
//!
//! Every correct recipient owes a message, in any of its lives; but one whose last life starts
//! late does not owe what was broadcast before that, and one that is out in the end owes nothing.

use crate::reliability::absent::Absent;
use crate::scene::deliverers::{Deliverers, Word, is_narrow};
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::Case;
use pepperland_core::history::{EventId, NONE};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The reason why nothing can be owed yet.
pub const INCOMPLETE: &str = "the history is not complete: what is missing may still come";

/// Who owes what.
pub struct Debts<'s, 'a> {
    scene: &'s Scene<'a>,
    /// The lives of each node.
    lives: Vec<Vec<u32>>,
    /// The key of the last late start of each node's last life.
    late: Vec<Option<u64>>,
    absent: Absent,
}

impl<'s, 'a> Debts<'s, 'a> {
    /// Those of the scene.
    pub fn of(scene: &'s Scene<'a>) -> Debts<'s, 'a> {
        let nodes = scene.history.node_count();
        let (mut lives, mut late) = (vec![Vec::new(); nodes], vec![None; nodes]);
        for (life, node) in scene.lives.node.iter().enumerate() {
            lives[*node as usize].push(life as u32);
        }
        for start in &scene.lives.starts {
            let node = scene.node(start.life) as usize;
            late[node] = Some(scene.start_key(start.event)).max(late[node]);
        }
        Debts { scene, lives, late, absent: Absent::of(scene) }
    }

    /// The correct nodes that owe the message.
    pub fn debtors(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let nodes = 0..self.scene.group(row).map_or(0, |_| self.lives.len() as u32);
        nodes.filter(move |node| !self.is_out(*node, row) && self.owes(*node, row))
    }

    /// Whether the node is out, in the end, of the group of the message.
    pub fn is_out(&self, node: u32, row: u32) -> bool {
        self.scene.group(row).is_some_and(|group| self.absent.is_out(group, node))
    }

    /// Whether the node is correct and owes the message if it is in the group in the end.
    pub fn owes(&self, node: u32, row: u32) -> bool {
        self.scene.case.correct[node as usize]
            && self.scene.group(row).is_some_and(|g| self.scene.is_member(g, node))
            && !self.is_excused(node, row)
    }

    fn is_excused(&self, node: u32, row: u32) -> bool {
        let Some(start) = self.late[node as usize] else { return false };
        self.scene.broadcast(row).is_none_or(|b| self.scene.key(b.0) <= start)
    }

    /// Whether one of these lives delivered the message at a node that is not out in the end.
    fn is_obliged<W: Word>(&self, delivered: &Deliverers<W>, by: &[bool], row: u32) -> bool {
        let mut lives = (0..by.len() as u32).filter(|life| by[*life as usize]);
        let counts =
            |life: u32| delivered.has(row, life) && !self.is_out(self.scene.node(life), row);
        self.absent.is_nobody() || lives.any(counts)
    }

    /// Whether some life of the node delivered the message.
    pub fn has<W: Word>(&self, delivered: &Deliverers<W>, node: u32, row: u32) -> bool {
        self.lives[node as usize].iter().any(|life| delivered.has(row, *life))
    }
}

/// Agreement: what one of the `trigger` lives delivered is owed by every debtor.
pub fn agreement(case: &Case<'_>, trigger: Bound, nothing: &str) -> Verdict {
    agreement_on(&Scene::of(case), trigger, nothing, |_| true)
}

/// The same in a scene, of the messages that are `judged`.
pub fn agreement_on(
    scene: &Scene<'_>,
    trigger: Bound,
    nothing: &str,
    judged: impl Fn(u32) -> bool,
) -> Verdict {
    if !scene.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    if is_narrow(scene) {
        judge::<u8>(scene, trigger, nothing, judged)
    } else {
        judge::<u64>(scene, trigger, nothing, judged)
    }
}

fn judge<W: Word>(
    scene: &Scene<'_>,
    trigger: Bound,
    nothing: &str,
    judged: impl Fn(u32) -> bool,
) -> Verdict {
    let triggers = scene.bound(trigger);
    let delivered = Deliverers::<W>::of(scene);
    let (obliging, content) = (obliging(scene, &triggers), content(scene));
    let last = last_deliveries(scene);
    let debts = Debts::of(scene);
    let (mut tally, mut witness) = (Tally::of(scene), None);
    for row in 0..scene.table.len() as u32 {
        let obliged = delivered.meets(row, &obliging, 0) && judged(row);
        if !obliged || !debts.is_obliged(&delivered, &triggers, row) {
            continue;
        }
        count(&mut tally, scene, row, &last);
        let group = scene.group(row).filter(|g| !delivered.holds(row, &content, *g));
        let mut debtors = group.into_iter().flat_map(|_| debts.debtors(row));
        if let Some(node) = debtors.find(|node| !debts.has(&delivered, *node, row)) {
            tally.breach(&mut witness, || not_all(scene, &triggers, row, node));
        }
    }
    tally.verdict(witness, nothing)
}

/// One set: the lives whose deliveries oblige the others.
fn obliging<W: Word>(scene: &Scene<'_>, triggers: &[bool]) -> Deliverers<W> {
    let mut set = Deliverers::empty(1, scene.lives.len());
    for life in (0..triggers.len()).filter(|l| triggers[*l]) {
        set.insert(0, life as u32);
    }
    set
}

/// For each group a set: if all of them delivered a message, nobody owes it any more.
fn content<W: Word>(scene: &Scene<'_>) -> Deliverers<W> {
    let mut sets = Deliverers::empty(scene.group_count(), scene.lives.len());
    for (life, surviving) in scene.bound(Bound::Surviving).into_iter().enumerate() {
        for group in (0..scene.group_count() as u32).filter(|_| surviving) {
            if scene.is_member(group, scene.node(life as u32)) {
                sets.insert(group, life as u32);
            }
        }
    }
    sets
}

/// The time of the last delivery of each message; empty if no obligation can be critical.
pub fn last_deliveries(scene: &Scene<'_>) -> Vec<Time> {
    if scene.case.disturbed.is_empty() {
        return Vec::new();
    }
    let mut last = vec![Time::ZERO; scene.table.len()];
    for delivery in scene.deliveries() {
        let here = &mut last[delivery.row as usize];
        *here = scene.time(delivery.event).max(*here);
    }
    last
}

/// Counts the obligation that stood from the broadcast of a message to its last delivery.
pub fn count(tally: &mut Tally, scene: &Scene<'_>, row: u32, last: &[Time]) {
    match last.get(row as usize) {
        Some(to) => {
            let from = scene.broadcast(row).map_or(*to, |b| scene.time(b.0));
            tally.count(from, from.max(*to));
        }
        None => tally.obligations += 1,
    }
}

fn not_all(scene: &Scene<'_>, triggers: &[bool], row: u32, missing: u32) -> Witness {
    let absent = Absent::of(scene);
    let out = |life| scene.group(row).is_some_and(|g| absent.is_out(g, scene.node(life)));
    let mut deliveries = scene.deliveries().filter(|d| d.row == row && !out(d.life));
    let first = deliveries.find(|d| triggers[d.life as usize]);
    let (message, node) = (scene.name(row), scene.node_name(missing));
    let deliverer = first.map_or(NONE, |d| d.life);
    let who = if deliverer == NONE { "?".to_owned() } else { scene.who(deliverer) };
    Proof::default()
        .yes(format!("{message} was broadcast"), scene.broadcast(row))
        .yes(format!("{who} delivered {message}"), first.map(|d| EventId(d.event)))
        .yes(format!("{node} is correct and in the group of {message}"), [])
        .no(format!("{node} delivered {message} by the end of the run"), [])
        .because(format!("{who} delivered {message}; {node}, which is correct, never did"))
}
