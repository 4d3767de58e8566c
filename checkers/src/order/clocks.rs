//! Two fast passes for causal order. Each gives up at the first thing it cannot vouch for: that is
//! no verdict, and the exact pass decides.

use crate::scene::blocks::in_blocks;
use crate::scene::streams::{Rank, Streams};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::history::{Kind, NONE};

/// Vouches for histories in which every life delivers a prefix of one sequence, each message after
/// its broadcast. There a sender has delivered, of all others, no more than a prefix of the
/// sequence that ends before its own message; so all is well if each sender's messages
/// are in order.
pub fn along_one_sequence(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Option<Tally> {
    let plain = scene.lives.starts.is_empty() && scene.case.disturbed.is_empty();
    if !plain || scene.group_count() > 1 || !streams.in_order {
        return None;
    }
    let broadcasts = scene.table.broadcasts();
    let mut place = vec![0u32; scene.table.len()];
    let mut delivered = vec![0u32; scene.lives.len()];
    let mut length = 0;
    let one = in_blocks::<true>(scene, &scene.bound(Bound::Honest), |block, events| {
        let (mut fits, mut end) = (true, length);
        for (pair, event) in block.iter().zip(events) {
            let row = pair.row() as usize;
            let is_first = place[row] == 0;
            end += u32::from(is_first);
            let here = if is_first { end } else { place[row] };
            place[row] = here;
            let count = &mut delivered[pair.life() as usize];
            *count += 1;
            fits &= (here == *count) & (broadcasts[row] < *event);
        }
        length = end;
        fits
    });
    let in_order = one && senders_in_order(streams, &place);
    in_order.then(|| dependent_deliveries(scene, streams, bound, &place, &delivered))
}

/// Whether what was delivered of each stream is a beginning of it, in its order. Places count from
/// 1; at 0 are messages that nobody delivered.
fn senders_in_order(streams: &Streams, place: &[u32]) -> bool {
    let mut last = vec![(0, 0); streams.len()];
    let mut in_order = |(rank, place): (&Rank, &u32)| {
        let here = place.wrapping_sub(1);
        let Some(last) = last.get_mut(rank.stream as usize) else { return here == NONE };
        let (index, before) = std::mem::replace(last, (rank.index, here));
        (rank.index == index + 1) & ((here == NONE) | (index == 0) | (here > before))
    };
    streams.rank.iter().zip(place).all(&mut in_order)
}

/// How many deliveries of bound lives are of messages that depend on another: the sender had
/// broadcast or delivered something before.
fn dependent_deliveries(
    scene: &Scene<'_>,
    streams: &Streams,
    bound: &[bool],
    place: &[u32],
    delivered: &[u32],
) -> Tally {
    let first = first_deliveries(scene, delivered);
    let mut tally = Tally::of(scene);
    let lives = delivered.iter().zip(bound).filter(|(_, bound)| **bound);
    let lives: Vec<u32> = lives.map(|(delivered, _)| *delivered).collect();
    let messages = streams.rank.iter().zip(place).zip(scene.table.broadcasts());
    for (row, ((rank, place), broadcast)) in messages.enumerate() {
        let origin = scene.table.origins()[row] as usize;
        let depends = rank.index > 1 || first.get(origin).is_some_and(|first| first < broadcast);
        if depends && *place > 0 {
            let here = lives.iter().map(|delivered| u64::from(delivered >= place)).sum::<u64>();
            tally.obligations += here;
        }
    }
    tally
}

/// The first delivery of each life, soon found: lives that deliver do so early.
fn first_deliveries(scene: &Scene<'_>, delivered: &[u32]) -> Vec<u32> {
    let mut first = vec![NONE; delivered.len()];
    let mut left = delivered.iter().filter(|count| **count > 0).count();
    let mut deliveries = scene.deliveries();
    while let Some(delivery) = deliveries.next().filter(|_| left > 0) {
        let first = &mut first[delivery.life as usize];
        if *first == NONE {
            *first = delivery.event;
            left -= 1;
        }
    }
    first
}

/// Vouches for histories in which no life starts late and every delivery stands after its
/// broadcast, by a vector for each message: how much of each stream it depends on.
pub fn in_file_order(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Option<Tally> {
    if !scene.lives.starts.is_empty() || !streams.in_order {
        return None;
    }
    let lanes = Lanes::of(scene, streams);
    match lanes.width {
        0..=8 => vectors::<8>(scene, streams, &lanes, bound),
        9..=16 => vectors::<16>(scene, streams, &lanes, bound),
        17..=32 => vectors::<32>(scene, streams, &lanes, bound),
        33..=64 => vectors::<64>(scene, streams, &lanes, bound),
        _ => None,
    }
}

/// A place in the vectors for each stream of a group.
pub struct Lanes {
    /// The lane of each stream.
    pub of: Vec<u32>,
    /// How many lanes the group with the most streams has.
    pub width: usize,
}

impl Lanes {
    /// Numbers the streams of each group.
    pub fn of(scene: &Scene<'_>, streams: &Streams) -> Lanes {
        let mut used = vec![0; scene.group_count()];
        let mut lane = |group: &u32| {
            used[*group as usize] += 1;
            used[*group as usize] - 1
        };
        let of = streams.group.iter().map(&mut lane).collect();
        Lanes { of, width: used.into_iter().max().unwrap_or(0) as usize }
    }
}

/// One more than how many messages of each stream, so that 0 is a vector never written. Signed,
/// because every machine compares signed words lane by lane.
type Vector<const LANES: usize> = [i32; LANES];

fn vectors<const LANES: usize>(
    scene: &Scene<'_>,
    streams: &Streams,
    lanes: &Lanes,
    bound: &[bool],
) -> Option<Tally> {
    let groups = scene.group_count();
    let mut depends: Vec<Vector<LANES>> = vec![[0; LANES]; scene.table.len()];
    let mut known: Vec<Vector<LANES>> = vec![[1; LANES]; scene.lives.len() * groups];
    let mut tally = Tally::of(scene);
    let (nodes, rows) = (scene.history.nodes(), scene.history.messages());
    let now = scene.lives.follow(scene.case);
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        if !matches!(kind, Kind::Broadcast | Kind::Deliver) {
            continue;
        }
        let (life, row) = (now.life(nodes[event]), rows[event]);
        let Some(rank) = streams.rank.get(row as usize).filter(|_| life != NONE) else { continue };
        if rank.stream == NONE {
            continue;
        }
        let lane = lanes.of[rank.stream as usize] as usize;
        let group = streams.group[rank.stream as usize] as usize;
        let known = &mut known[life as usize * groups + group];
        let depends = &mut depends[row as usize];
        if *kind == Kind::Broadcast {
            *depends = *known;
            depends[lane] = rank.index as i32;
        } else if depends[lane] == 0 {
            return None;
        } else if scene.is_recipient(row, scene.node(life)) {
            let strict = bound[life as usize];
            let delivery = Delivery { event: event as u32, life, row };
            let fresh = known[lane] <= rank.index as i32;
            if strict && fresh && depends.iter().any(|d| *d > 1) {
                tally.count_delivery(scene, &delivery);
            }
            receive(known, depends, lane, rank.index as i32, strict)?;
        }
    }
    Some(tally)
}

/// Direct causes suffice: who delivered one of them without what that depends on was found out.
#[inline]
fn receive<const LANES: usize>(
    known: &mut Vector<LANES>,
    depends: &Vector<LANES>,
    lane: usize,
    index: i32,
    strict: bool,
) -> Option<()> {
    let missing = known.iter().zip(depends).fold(false, |m, (k, d)| m | (d > k));
    if strict && missing {
        return None;
    }
    known[lane] = known[lane].max(index + 1);
    Some(())
}
