//! All or nothing: if some of these lives deliver a message in a view, all of those do.
//!
//! Virtual synchrony and its relatives are rules of this form and differ in who obliges whom. For
//! each message the lives that delivered it in the view are a set of bits; a rule is two more, and
//! whether it is kept is a matter of a few machine words. The answer is exact.
//!
//! # Snapshots
//! Who installed a snapshot may lack what was broadcast before: in the views that it had not left
//! by then, and, if it is a joiner or restarted, in any view before its first snapshot. A joiner
//! whose snapshot never came, in a history that has snapshots, was not at work yet and lacks
//! nothing.

use crate::scene::Scene;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::placed::{Place, Placed};
use pepperland_core::collections::Map;
use pepperland_core::history::{Kind, NONE};
use pepperland_core::time::Time;

/// In one view, who obliges whom.
pub struct Rule {
    /// The view.
    pub view: u32,
    /// The installation that shows where they went; [`NONE`] if nowhere.
    pub next: u32,
    /// Until when it is owed.
    pub until: Time,
    /// By rank in the view: whose delivery obliges the others.
    oblige: Vec<u64>,
    /// By rank: who owes the delivery.
    owe: Vec<u64>,
    /// Those who owe it though they never were in the view.
    strangers: Vec<(u32, u64)>,
    /// Up to which key a life is excused, for ranks that are.
    excused: Vec<(u32, u64)>,
}

/// A message that one life delivered and another lacks.
pub struct Missing<'r> {
    /// The rule.
    pub rule: &'r Rule,
    /// The message.
    pub row: u32,
    /// The life that delivered it in the view.
    pub has: u32,
    /// The life that did not.
    pub lacks: u32,
}

/// Makes rules.
pub struct Rules<'s, 'a> {
    scene: &'s Scene<'a>,
    /// The views of the history.
    pub installs: &'s Installs,
    snapshots: Snapshots,
}

impl<'s, 'a> Rules<'s, 'a> {
    /// Rules of this scene.
    pub fn of(scene: &'s Scene<'a>, installs: &'s Installs) -> Rules<'s, 'a> {
        Rules { scene, installs, snapshots: Snapshots::of(scene) }
    }

    /// What these lives deliver in the view is owed by those, each until it makes its step: an
    /// installation, or [`NONE`] if it need not have left the view.
    pub fn rule(
        &self,
        view: u32,
        oblige: impl Iterator<Item = u32>,
        owe: impl Iterator<Item = (u32, u32)>,
        next: u32,
    ) -> Rule {
        let words = self.installs.views[view as usize].lives.len().div_ceil(64).max(1);
        let (mut obliging, mut owing) = (vec![0; words], vec![0; words]);
        for rank in oblige.filter_map(|life| self.installs.rank(view, life)) {
            obliging[rank as usize / 64] |= 1_u64 << (rank % 64);
        }
        let (mut strangers, mut excused, mut until) = (Vec::new(), Vec::new(), Time::ZERO);
        for (life, step) in owe {
            let step = self.installs.all.get(step as usize);
            let event = step.map_or(NONE, |step| step.event);
            let to = step.map_or(self.scene.history.end(), |step| self.scene.time(step.event));
            until = until.max(to);
            let excuse = self.snapshots.excuse(life, event);
            match self.installs.rank(view, life) {
                Some(rank) => {
                    owing[rank as usize / 64] |= 1 << (rank % 64);
                    excused.extend((excuse > 0).then_some((rank, excuse)));
                }
                None => strangers.push((life, excuse)),
            }
        }
        excused.sort_unstable();
        Rule { view, next, until, oblige: obliging, owe: owing, strangers, excused }
    }
}

impl Rule {
    fn obliges(&self, by: &[u64]) -> bool {
        self.oblige.iter().zip(by).any(|(a, b)| a & b != 0)
    }

    fn is_kept(&self, by: &[u64]) -> bool {
        self.strangers.is_empty() && self.owe.iter().zip(by).all(|(owe, by)| owe & !by == 0)
    }

    /// A life that lacks a message with this key, in spite of any snapshot.
    fn lacks(&self, by: &[u64], key: u64, lives: &[u32]) -> Option<u32> {
        let stranger = self.strangers.iter().find(|(_, excuse)| key >= *excuse);
        let excused = |rank: u32| {
            let at = self.excused.binary_search_by_key(&rank, |(rank, _)| *rank);
            at.is_ok_and(|at| key < self.excused[at].1)
        };
        let missing =
            self.owe.iter().zip(by).enumerate().flat_map(|(word, (owe, by))| {
                Bits(owe & !by).map(move |bit| word as u32 * 64 + bit)
            });
        let mut missing = missing.filter(|rank| !excused(*rank));
        let member = missing.next().map(|rank| lives[rank as usize]);
        member.or(stranger.map(|(life, _)| *life))
    }
}

/// Holds every message against the rules; the first that breaks one.
pub fn judge<'r>(
    scene: &Scene<'_>,
    installs: &Installs,
    rules: &'r [Rule],
) -> (Tally, Option<Missing<'r>>) {
    let placed = Placed::of(scene);
    let mut start = vec![(0_u32, 0_u32); installs.views.len()];
    for (i, rule) in rules.iter().enumerate() {
        let (first, length) = &mut start[rule.view as usize];
        *first = if *length == 0 { i as u32 } else { *first };
        *length += 1;
    }
    debug_assert!(rules.is_sorted_by_key(|rule| rule.view), "rules of one view stand together");
    let (mut tally, mut missing) = (Tally::of(scene), None);
    placed.each(installs, |place| {
        let (first, length) = start[place.view as usize];
        for rule in &rules[first as usize..(first + length) as usize] {
            if !rule.obliges(place.by) {
                continue;
            }
            if tally.is_watching() {
                let from = scene.broadcast(place.row).map_or(rule.until, |b| scene.time(b.0));
                tally.count(from.min(rule.until), rule.until);
            } else {
                tally.obligations += 1;
            }
            if missing.is_none() && !rule.is_kept(place.by) {
                missing = broken(scene, installs, rule, &place);
            }
        }
    });
    (tally, missing)
}

fn broken<'r>(
    scene: &Scene<'_>,
    installs: &Installs,
    rule: &'r Rule,
    place: &Place<'_>,
) -> Option<Missing<'r>> {
    let lives = &installs.views[rule.view as usize].lives;
    // What nobody broadcast was broadcast before any snapshot; 0 means that there is none.
    let key = scene.broadcast(place.row).map_or(0, |b| scene.key(b.0).saturating_add(1));
    let lacks = rule.lacks(place.by, key, lives)?;
    let both = rule.oblige.iter().zip(place.by).map(|(a, b)| a & b).enumerate();
    let has = both.flat_map(|(word, bits)| Bits(bits).map(move |bit| word as u32 * 64 + bit));
    let has = lives[has.into_iter().next()? as usize];
    Some(Missing { rule, row: place.row, has, lacks })
}

/// The places of the bits of a word.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = (self.0 != 0).then(|| self.0.trailing_zeros())?;
        self.0 &= self.0 - 1;
        Some(bit)
    }
}

/// Which lives installed snapshots, and when.
struct Snapshots {
    /// For each life, the events and their keys + 2, the highest so far.
    of: Map<u32, Vec<(u32, u64)>>,
    /// Joiners and lives after a restart.
    late: Vec<bool>,
}

impl Snapshots {
    fn of(scene: &Scene<'_>) -> Snapshots {
        let mut late = vec![false; scene.lives.len()];
        let mut of: Map<u32, Vec<(u32, u64)>> = Map::default();
        for start in &scene.lives.starts {
            if scene.history.kinds()[start.event as usize] != Kind::StateSet {
                late[start.life as usize] = true;
                continue;
            }
            let snapshots = of.entry(start.life).or_default();
            let before = snapshots.last().map_or(0, |(_, key)| *key);
            let key = scene.start_key(start.event).saturating_add(2).max(before);
            snapshots.push((start.event, key));
        }
        Snapshots { of, late }
    }

    /// Messages whose key + 1 is less than this need not be delivered by the life before the event;
    /// 0 if all must.
    fn excuse(&self, life: u32, event: u32) -> u64 {
        let late = self.late[life as usize];
        let Some(snapshots) = self.of.get(&life) else {
            return if late && !self.of.is_empty() { u64::MAX } else { 0 };
        };
        let before = snapshots.partition_point(|(snapshot, _)| *snapshot < event);
        let joined = if late { snapshots[0].1 } else { 0 };
        before.checked_sub(1).map_or(joined, |last| snapshots[last].1)
    }
}

/// The steps that lead from a view to a view, as lives with their installations.
pub fn movers<'i>(
    installs: &'i Installs,
    steps: &'i [&Install],
) -> impl Iterator<Item = (u32, u32)> + 'i {
    steps.iter().map(|to| {
        let at = installs.all.partition_point(|install| install.event < to.event);
        (to.life, at as u32)
    })
}
