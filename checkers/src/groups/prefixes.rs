//! Two lives and the messages to groups that both are in: is what one delivered of them a prefix of
//! what the other did, but for what a life that starts late is excused from?
//!
//! Lives are compared by the groups that they have in common. For one such set of groups, all is
//! well if what each life delivered is a prefix of the longest. Else messages are ranked by their
//! first delivery anywhere: if every life delivers in the order of ranks, and is excused from what
//! it leaves out, no two disagree. If not, each two lives are compared.

use crate::scene::{Delivery, Scene};
use pepperland_core::collections::Map;
use std::collections::BTreeSet;

/// A delivery, with what decides whether somebody may do without its message.
#[derive(Copy, Clone, Debug)]
pub struct Item {
    /// The delivery.
    pub delivery: Delivery,
    /// The group of its message.
    pub group: u32,
    /// When the message was broadcast, above 0.
    broadcast: u64,
    /// The life may lack what was broadcast no later than this.
    excused: u64,
}

impl Item {
    /// Whether the life, when it delivered this, could not do without the other message.
    fn needs(&self, other: &Item) -> bool {
        other.broadcast > self.excused
    }
}

/// What each bound life delivered, each message once, in order; without messages to no known group.
pub fn items(scene: &Scene<'_>, bound: &[bool]) -> Vec<Vec<Item>> {
    let mut items = vec![Vec::new(); scene.lives.len()];
    let mut excused = vec![0; scene.lives.len()];
    let mut seen =
        crate::scene::deliverers::Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut starts = scene.lives.starts.iter().peekable();
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        while let Some(start) = starts.next_if(|s| s.event < delivery.event) {
            let excused = &mut excused[start.life as usize];
            *excused = scene.start_key(start.event).saturating_add(2).max(*excused);
        }
        let Some(group) = scene.group(delivery.row) else { continue };
        if seen.insert(delivery.row, delivery.life) {
            let known = scene.broadcast(delivery.row).filter(|_| scene.is_broadcast(delivery.row));
            let broadcast = known.map_or(1, |event| scene.key(event.0).saturating_add(2));
            let excused = excused[delivery.life as usize];
            items[delivery.life as usize].push(Item { delivery, group, broadcast, excused });
        }
    }
    items
}

/// The sets of groups that some two nodes have in common.
pub fn common_groups(scene: &Scene<'_>) -> BTreeSet<Vec<u32>> {
    let groups = 0..scene.group_count() as u32;
    let of = |node: u32| groups.clone().filter(|g| scene.is_member(*g, node)).collect::<Vec<u32>>();
    let own: BTreeSet<Vec<u32>> = (0..scene.history.node_count() as u32).map(of).collect();
    let common = |a: &Vec<u32>, b: &Vec<u32>| {
        a.iter().copied().filter(|g| b.binary_search(g).is_ok()).collect::<Vec<u32>>()
    };
    let pairs = own.iter().flat_map(|a| own.iter().map(move |b| common(a, b)));
    pairs.filter(|groups| !groups.is_empty()).collect()
}

/// What the lives that are in all of the groups delivered of the messages to them.
pub fn projected(scene: &Scene<'_>, items: &[Vec<Item>], groups: &[u32]) -> Vec<Vec<Item>> {
    let mut is_among = vec![false; scene.group_count()];
    groups.iter().for_each(|g| is_among[*g as usize] = true);
    let is_in_all = |life: u32| groups.iter().all(|g| scene.is_member(*g, scene.node(life)));
    let lives = items.iter().enumerate().filter(|(life, _)| is_in_all(*life as u32));
    let kept = lives.map(|(_, items)| {
        items.iter().copied().filter(|item| is_among[item.group as usize]).collect::<Vec<Item>>()
    });
    kept.filter(|items| !items.is_empty()).collect()
}

/// The deliveries whose life shares the groups with another that delivered another message.
pub fn obliging(lives: &[Vec<Item>]) -> impl Iterator<Item = Delivery> + '_ {
    let mut only: Map<u32, usize> = Map::default();
    for life in lives.iter().filter(|life| life.len() == 1) {
        *only.entry(life[0].delivery.row).or_default() += 1;
    }
    let others = lives.len() - 1;
    lives.iter().flat_map(|life| life.iter().map(move |item| (life.len(), item))).filter_map(
        move |(length, item)| {
            let same = only.get(&item.delivery.row).copied().unwrap_or(0);
            let same = if length == 1 { same - 1 } else { same };
            (others > same).then_some(item.delivery)
        },
    )
}

/// Whether there is one order of the messages that every life follows without a hole that it is
/// not excused from.
pub fn follow_one_order(lives: &[Vec<Item>]) -> bool {
    let excused = lives.iter().flatten().any(|item| item.excused > 0);
    are_prefixes(lives) || excused && follow_ranks(lives)
}

/// Whether each is a prefix of the longest.
fn are_prefixes(lives: &[Vec<Item>]) -> bool {
    let Some(longest) = lives.iter().max_by_key(|life| life.len()) else { return true };
    let same = |(one, other): (&Item, &Item)| one.delivery.row == other.delivery.row;
    lives.iter().all(|life| life.iter().zip(longest).all(same))
}

/// The same, where the order is that of first deliveries.
fn follow_ranks(lives: &[Vec<Item>]) -> bool {
    let mut all: Vec<&Item> = lives.iter().flatten().collect();
    all.sort_unstable_by_key(|item| item.delivery.event);
    let mut rank: Map<u32, usize> = Map::default();
    let mut broadcasts = Vec::new();
    for item in all {
        let next = broadcasts.len();
        if *rank.entry(item.delivery.row).or_insert(next) == next {
            broadcasts.push(item.broadcast);
        }
    }
    let highest = Highest::of(&broadcasts);
    lives.iter().all(|life| {
        let mut next = 0;
        life.iter().all(|item| {
            let here = rank[&item.delivery.row];
            let before = std::mem::replace(&mut next, here + 1);
            here == before || here > before && highest.between(before, here) <= item.excused
        })
    })
}

/// The highest of a piece of a list: a tree of pairs.
struct Highest {
    tree: Vec<u64>,
}

impl Highest {
    fn of(list: &[u64]) -> Highest {
        let mut tree = vec![0; list.len()];
        tree.extend(list);
        for i in (1..list.len()).rev() {
            tree[i] = tree[2 * i].max(tree[2 * i + 1]);
        }
        Highest { tree }
    }

    /// From the one to before the other.
    fn between(&self, from: usize, to: usize) -> u64 {
        let length = self.tree.len() / 2;
        let (mut from, mut to, mut highest) = (from + length, to + length, 0);
        while from < to {
            if from % 2 == 1 {
                highest = self.tree[from].max(highest);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                highest = self.tree[to].max(highest);
            }
            (from, to) = (from / 2, to / 2);
        }
        highest
    }
}

/// The first two lives that disagree: a delivery of each, whose life could not do without the
/// message of the other and did.
pub fn disagreement(lives: &[Vec<Item>], rows: usize) -> Option<(Delivery, Delivery)> {
    let (mut one, mut other) = (Places::new(rows), Places::new(rows));
    for (i, p) in lives.iter().enumerate() {
        one.set(p);
        for q in &lives[i + 1..] {
            other.set(q);
            let found = inverted(p, q, &one)
                .or_else(|| left_out(p, q, &one))
                .or_else(|| left_out(q, p, &other).map(|(b, a)| (a, b)))
                .or_else(|| parted(p, q, &one, &other));
            other.clear(q);
            if let Some((a, b)) = found {
                return Some((a.delivery, b.delivery));
            }
        }
        one.clear(p);
    }
    None
}

/// Where messages stand in what a life delivered.
struct Places {
    place: Vec<u32>,
}

impl Places {
    fn new(rows: usize) -> Places {
        Places { place: vec![u32::MAX; rows] }
    }

    fn set(&mut self, items: &[Item]) {
        let items = items.iter().enumerate();
        items.for_each(|(i, item)| self.place[item.delivery.row as usize] = i as u32);
    }

    fn clear(&mut self, items: &[Item]) {
        items.iter().for_each(|item| self.place[item.delivery.row as usize] = u32::MAX);
    }

    fn of(&self, item: &Item) -> Option<usize> {
        let place = self.place[item.delivery.row as usize];
        (place != u32::MAX).then_some(place as usize)
    }
}

/// Both delivered both, and the other way round.
fn inverted(p: &[Item], q: &[Item], in_p: &Places) -> Option<(Item, Item)> {
    let mut latest: Option<(usize, Item)> = None;
    for item in q {
        let Some(place) = in_p.of(item) else { continue };
        match latest {
            Some((later, first)) if later > place => return Some((p[place], first)),
            _ => latest = Some((place, *item)),
        }
    }
    None
}

/// Both delivered one message; before it, `q` delivered another, which `p` needed and never had.
fn left_out(p: &[Item], q: &[Item], in_p: &Places) -> Option<(Item, Item)> {
    let mut latest: Option<Item> = None;
    for item in q {
        match in_p.of(item) {
            Some(place) => {
                let found = latest.filter(|missed| p[place].needs(missed));
                if let Some(missed) = found {
                    return Some((p[place], missed));
                }
            }
            None if latest.is_none_or(|l| l.broadcast < item.broadcast) => latest = Some(*item),
            None => {}
        }
    }
    None
}

/// Each delivered a message that the other needed and never had.
fn parted(p: &[Item], q: &[Item], in_p: &Places, in_q: &Places) -> Option<(Item, Item)> {
    let mut latest: Vec<Item> = Vec::new();
    let alone: Vec<Item> = p.iter().copied().filter(|item| in_q.of(item).is_none()).collect();
    for item in &alone {
        let before = latest.last().copied().filter(|b| b.broadcast >= item.broadcast);
        latest.push(before.unwrap_or(*item));
    }
    q.iter().filter(|item| in_p.of(item).is_none()).find_map(|b| {
        let needing = alone.partition_point(|a| a.needs(b));
        let latest = latest[..needing].last()?;
        let a = b.needs(latest).then_some(latest)?;
        Some((*alone[..needing].iter().find(|x| x.delivery == a.delivery)?, *b))
    })
}
