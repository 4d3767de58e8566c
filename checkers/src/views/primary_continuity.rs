//! Primary continuity: somebody carries what the primary knows from each primary view to the next.
//!
//! # Definition
//! Let `V` and `V'` be consecutive primary views of a group. Then some node in both installs `V'`
//! directly after `V` (Chockler, Keidar & Vitenberg 2001, *Primary Component Membership*). We let
//! it pass through views that are not primary and through restarts in between. That nobody did is
//! certain when each node in both is known to have gone elsewhere: it installed some other primary
//! view after `V`, or came to `V'` from another. A node that crashed in `V`, or has not come
//! farther yet, may have taken part in making `V'`, and then nothing is said.
//! # Cost
//! O(v log v) in installations and their members.
//! # Witness
//! An installation of each view, and where those in both went instead.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::primaries::{NOTHING, PARTITIONABLE, is_primary, successions, words};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-continuity",
    number: "VS6",
    statement: "some member of each primary view installs the next one directly after it",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(v log v) in installations",
    needs: &[Kind::View],
    given: &[Given::Primary, Given::ViewChanges],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let paths = paths(&installs);
    let mut tally = Tally::of(&scene);
    let mut witness = None;
    for (before, after) in successions(&installs) {
        let ways = before.shared(after).map(|node| {
            let path = paths.get(&(node, installs.group(before)));
            path.map_or(Way::Open, |path| path.way(&installs, before, after))
        });
        let ways: Vec<Way> = ways.collect();
        let kept = ways.contains(&Way::Straight);
        if !kept && ways.contains(&Way::Open) {
            continue;
        }
        let (from, to) = (scene.time(before.event), scene.time(after.event));
        tally.count(from.min(to), from.max(to));
        if witness.is_none() && !kept {
            witness = Some(told(&scene, &installs, (before, after), &ways));
        }
    }
    tally.verdict(witness, NOTHING)
}

/// How a node that is in two consecutive primary views went on from the first.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Way {
    /// To the second.
    Straight,
    /// It has not been seen since.
    Open,
    /// Elsewhere, by this installation.
    Elsewhere(EventId),
}

/// The primary views of a node in one group, over all its lives.
#[derive(Default)]
struct Path<'i> {
    steps: Vec<&'i Install>,
    /// The highest number so far.
    highest: Vec<u64>,
}

impl Path<'_> {
    fn way(&self, installs: &Installs, before: &Install, after: &Install) -> Way {
        let number = installs.number(before.view);
        let place = self.highest.partition_point(|highest| *highest <= number);
        let Some(step) = self.steps.get(place) else { return Way::Open };
        let came = place.checked_sub(1).map(|place| self.steps[place].view);
        match step.view == after.view && came == Some(before.view) {
            true => Way::Straight,
            false => Way::Elsewhere(step.id()),
        }
    }
}

fn paths(installs: &Installs) -> Map<(u32, u32), Path<'_>> {
    let mut paths: Map<(u32, u32), Path<'_>> = Map::default();
    for install in installs.all.iter().filter(|i| i.primary) {
        let path = paths.entry((install.node, installs.group(install))).or_default();
        let so_far = path.highest.last().copied().unwrap_or(0);
        path.highest.push(so_far.max(installs.number(install.view)));
        path.steps.push(install);
    }
    paths
}

fn told(
    scene: &Scene<'_>,
    installs: &Installs,
    (before, after): (&Install, &Install),
    ways: &[Way],
) -> Witness {
    let (v, w) = (words(scene, installs, before), words(scene, installs, after));
    let because = match ways.is_empty() {
        true => format!("{w} has no member in common with {v}, the one before"),
        false => format!("nobody installed {w} directly after {v}, the one before"),
    };
    let elsewhere = ways.iter().filter_map(|way| match way {
        Way::Elsewhere(event) => Some(*event),
        _ => None,
    });
    Proof::default()
        .yes(format!("{v} was installed"), [before.id()])
        .yes(format!("{w} is the next one"), [after.id()])
        .no("a node in both installed the second directly after the first", elsewhere)
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::views::cases::views;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn somebody_goes_from_one_to_the_next() {
        assert_eq!(ruling(&ENTRY, &views("123@1 213@1 12@2 21@2")), Ruling::Held);
        let told = "primary view 2 {n3} has no member in common with primary view 1 {n1, n2}, \
            the one before";
        assert_eq!(because(&ENTRY, &views("12@1 3@2")), told);
        let told = "nobody installed primary view 3 {n1, n3} directly after \
            primary view 2 {n1, n2}, the one before";
        assert_eq!(because(&ENTRY, &views("12@1 21@1 21@2 13@3")), told);
    }

    #[test]
    fn who_crashed_on_the_way_may_have_carried_it() {
        assert_eq!(undecided(&ENTRY, &views("12@1 21@1 312@2")), NOTHING);
    }
}
