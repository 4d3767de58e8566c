//! Streams: the broadcasts of one incarnation of one node to one group, in their order.
//!
//! The order is that of the sender's count where the history states one, else that of the file.
//! Counts may have gaps, as in an excerpt: a message's index is its rank among those broadcast.

use crate::scene::Scene;
use crate::scene::lives::Start;
use pepperland_core::collections::Map;
use pepperland_core::history::NONE;

/// Where a message stands.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Rank {
    /// Its stream; [`NONE`] if nobody broadcast it, or a Byzantine node did, or to no known group.
    pub stream: u32,
    /// From 1.
    pub index: u32,
}

/// The streams of a history.
pub struct Streams {
    /// The rank of each message.
    pub rank: Vec<Rank>,
    /// The group of each stream.
    pub group: Vec<u32>,
    /// Whether every stream's order is that of its broadcast events.
    pub in_order: bool,
}

impl Streams {
    /// Ranks every message. O(messages), if they stand in the table in the order of their counts.
    pub fn of(scene: &Scene<'_>) -> Streams {
        let mut build = Build::new(scene);
        let (origins, incarnations) = (scene.table.origins(), scene.table.incarnations());
        let (numbers, broadcasts) = (scene.table.numbers(), scene.table.broadcasts());
        let columns = origins.iter().zip(incarnations).zip(numbers).zip(broadcasts).enumerate();
        let mut rank = Vec::with_capacity(scene.table.len());
        rank.extend(columns.map(|(row, (((origin, incarnation), number), broadcast))| {
            build.rank(row as u32, (*origin, *incarnation), (*number, *broadcast))
        }));
        let group = build.heads.iter().map(|head| head.group).collect();
        let (sorted, in_order) = (build.sorted, build.in_order);
        let mut streams = Streams { rank, group, in_order };
        if !sorted {
            streams.sort(scene);
        }
        streams
    }

    /// Other streams: messages with one key, in the order of their places; those that nobody honest
    /// broadcast are in none, nor are those without a key. O(messages · log messages).
    pub fn by(
        scene: &Scene<'_>,
        mut key: impl FnMut(u32) -> Option<(u32, u32)>,
        place: impl Fn(u32) -> (u32, u32, u32),
    ) -> Streams {
        let mut numbers: Map<(u32, u32), u32> = Map::default();
        let mut rank = vec![Rank { stream: NONE, index: 0 }; scene.table.len()];
        let mut rows = Vec::with_capacity(rank.len());
        for row in (0..rank.len() as u32).filter(|row| scene.is_broadcast(*row)) {
            let Some(key) = key(row) else { continue };
            let next = numbers.len() as u32;
            rank[row as usize].stream = *numbers.entry(key).or_insert(next);
            rows.push(row);
        }
        rows.sort_by_key(|row| (rank[*row as usize].stream, place(*row)));
        let mut length = vec![0; numbers.len()];
        for row in rows {
            let rank = &mut rank[row as usize];
            length[rank.stream as usize] += 1;
            rank.index = length[rank.stream as usize];
        }
        Streams { rank, group: vec![0; length.len()], in_order: false }
    }

    /// How many streams there are.
    pub fn len(&self) -> usize {
        self.group.len()
    }

    /// The message at a place of a stream. O(messages): for witnesses only.
    pub fn row(&self, stream: u32, index: u32) -> u32 {
        let at = self.rank.iter().position(|r| *r == Rank { stream, index });
        at.map_or(NONE, |row| row as u32)
    }

    fn sort(&mut self, scene: &Scene<'_>) {
        let mut rows: Vec<u32> = (0..self.rank.len() as u32).collect();
        rows.retain(|row| self.rank[*row as usize].stream != NONE);
        rows.sort_by_key(|row| (self.rank[*row as usize].stream, order(scene, *row)));
        self.in_order = true;
        let (mut index, mut broadcast) = (vec![0; self.len()], vec![0; self.len()]);
        for row in rows {
            let rank = &mut self.rank[row as usize];
            let stream = rank.stream as usize;
            index[stream] += 1;
            rank.index = index[stream];
            let event = scene.table.broadcasts()[row as usize];
            self.in_order &= broadcast[stream] <= event;
            broadcast[stream] = event;
        }
    }

    /// For each late start, how much of each stream it excuses: up to the last message that was
    /// broadcast before it.
    pub fn excused(&self, scene: &Scene<'_>) -> Vec<Vec<u32>> {
        let starts = &scene.lives.starts;
        if starts.is_empty() {
            return Vec::new();
        }
        let broadcasts = scene.table.broadcasts().iter().zip(&self.rank);
        let mut broadcasts: Vec<(u64, Rank)> = broadcasts
            .filter(|(_, rank)| rank.stream != NONE)
            .map(|(event, rank)| (scene.key(*event), *rank))
            .collect();
        broadcasts.sort_unstable_by_key(|(key, _)| *key);
        let mut order: Vec<usize> = (0..starts.len()).collect();
        order.sort_by_key(|i| scene.start_key(starts[*i].event));
        let (mut excused, mut so_far) = (vec![Vec::new(); starts.len()], vec![0; self.len()]);
        let mut broadcasts = broadcasts.into_iter().peekable();
        for i in order {
            let start = scene.start_key(starts[i].event);
            while let Some((_, rank)) = broadcasts.next_if(|(key, _)| *key <= start) {
                let known: &mut u32 = &mut so_far[rank.stream as usize];
                *known = rank.index.max(*known);
            }
            excused[i].clone_from(&so_far);
        }
        excused
    }
}

/// The late starts of a history, in order, each with what it excuses.
pub struct Excuses<'s> {
    starts: std::iter::Peekable<std::iter::Zip<std::slice::Iter<'s, Start>, ExcusedRows>>,
}

type ExcusedRows = std::vec::IntoIter<Vec<u32>>;

impl<'s> Excuses<'s> {
    /// Those of the scene.
    pub fn of(scene: &'s Scene<'_>, streams: &Streams) -> Excuses<'s> {
        let starts = scene.lives.starts.iter().zip(streams.excused(scene)).peekable();
        Excuses { starts }
    }

    /// The next start before this event, if one is left.
    #[inline]
    pub fn before(&mut self, event: u32) -> Option<(Start, Vec<u32>)> {
        let (start, excused) = self.starts.next_if(|(start, _)| start.event < event)?;
        Some((*start, excused))
    }
}

/// What a stream is ordered by.
fn order(scene: &Scene<'_>, row: u32) -> (u32, u32) {
    let row = row as usize;
    (scene.table.numbers()[row], scene.table.broadcasts()[row])
}

struct Head {
    group: u32,
    length: u32,
    last: (u32, u32),
}

struct Build<'s> {
    scene: &'s Scene<'s>,
    heads: Vec<Head>,
    /// The stream of each node's first incarnation to the first group: the usual case.
    usual: Vec<u32>,
    others: Map<(u32, u32, u32), u32>,
    sorted: bool,
    in_order: bool,
}

impl<'s> Build<'s> {
    fn new(scene: &'s Scene<'s>) -> Build<'s> {
        let usual = vec![NONE; scene.history.node_count()];
        let (heads, others) = (Vec::new(), Map::default());
        Build { scene, heads, usual, others, sorted: true, in_order: true }
    }

    #[inline]
    fn rank(&mut self, row: u32, sender: (u32, u32), order: (u32, u32)) -> Rank {
        let honest = self.scene.case.byzantine.get(sender.0 as usize) == Some(&false);
        let group = if honest && order.1 != NONE { self.scene.group(row) } else { None };
        let Some(group) = group else { return Rank { stream: NONE, index: 0 } };
        let stream = self.stream(sender, group);
        let head = &mut self.heads[stream as usize];
        self.sorted &= head.last < order;
        self.in_order &= head.last.1 <= order.1;
        head.last = order;
        head.length += 1;
        Rank { stream, index: head.length }
    }

    #[inline]
    fn stream(&mut self, (origin, incarnation): (u32, u32), group: u32) -> u32 {
        let stream = if incarnation == 0 && group == 0 {
            &mut self.usual[origin as usize]
        } else {
            self.others.entry((origin, incarnation, group)).or_insert(NONE)
        };
        if *stream == NONE {
            *stream = self.heads.len() as u32;
            self.heads.push(Head { group, length: 0, last: (0, 0) });
        }
        *stream
    }
}

/// Whether a table of that many rows and columns is worth its memory: up to 4 GiB.
pub fn is_affordable(rows: usize, columns: usize) -> bool {
    rows.saturating_mul(columns) <= 1 << 30
}
