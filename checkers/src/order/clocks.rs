//! Two fast passes for causal order. Each gives up at the first thing it cannot vouch for: that is
//! no verdict, and the exact pass decides.

use crate::order::course::Course;
use crate::scene::streams::Streams;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::history::{Kind, NONE};

/// Vouches for histories in which every life delivers a prefix of one sequence, each message after
/// its broadcast. There a sender has delivered, of all others, no more than a prefix of the
/// sequence that ends before its own message; so all is well if each sender's messages
/// are in order.
pub fn along_one_course(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Option<Tally> {
    let course = Course::of(scene).filter(|course| course.senders_in_order(scene))?;
    let (origins, broadcasts) = (scene.table.origins(), scene.table.broadcasts());
    let depends = |row: usize| {
        let first = course.first(scene).get(origins[row] as usize);
        streams.rank[row].index > 1 || first.is_some_and(|first| *first < broadcasts[row])
    };
    Some(course.deliveries(scene, bound, depends))
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
    /// A lane for each stream, whatever its group.
    pub fn one_each(streams: &Streams) -> Lanes {
        Lanes { of: (0..streams.len() as u32).collect(), width: streams.len() }
    }

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
