//! Primary exclusion in time: at no instant do live nodes believe in different primary views of one
//! ordinal.
//!
//! # Definition
//! At no instant is there a `p` that stands in the primary view `V` and a `q` that stands in the
//! primary view `V'` of the same ordinal, where `V` and `V'` are different ids or have different
//! members. A node stands in what it installed last; one that crashed stands in nothing until it
//! installs again, and one that is paused believes nothing meanwhile. That a minority has not
//! noticed yet that the primary has moved on to a later ordinal is no breach. It needs instants,
//! hence a virtual clock. Primary-uniqueness implies it.
//! # Cost
//! O(v log v) in installations, and a scan of the events.
//! # Witness
//! Two installations.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use crate::views::primaries::{PARTITIONABLE, is_primary, words};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-exclusion-in-time",
    number: "VS6b",
    statement: "at no instant do live nodes stand in different primary views of one ordinal",
    source: "Birman 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View],
    given: &[Given::Primary, Given::OneOrder],
    check,
};

const NOTHING: &str = "no two live nodes stood in a primary view of one ordinal";
const NO_INSTANTS: &str = "on a real clock there are no instants to compare";

fn check(case: &Case<'_>) -> Verdict {
    if !is_primary(case) {
        return Verdict::undecided(PARTITIONABLE);
    }
    let scene = Scene::of(case);
    if !scene.is_virtual() {
        return Verdict::undecided(NO_INSTANTS);
    }
    let installs = Installs::of(&scene);
    let mut beliefs = Beliefs::default();
    let mut tally = Tally::of(&scene);
    let (mut witness, mut next) = (None, 0);
    for (event, kind) in case.history.kinds().iter().enumerate() {
        let node = case.history.nodes()[event];
        let entered = match kind {
            Kind::View => {
                let install = installs.all.get(next).filter(|i| i.event as usize == event);
                next += usize::from(install.is_some());
                install.and_then(|install| beliefs.install(&installs, install))
            }
            Kind::Crash | Kind::Recover => {
                beliefs.leave(&installs, node, true);
                None
            }
            Kind::Pause => {
                beliefs.leave(&installs, node, false);
                None
            }
            Kind::Resume => beliefs.resume(&installs, node),
            _ => None,
        };
        if let Some((other, own)) = entered {
            let at = scene.time(event as u32);
            tally.count(at, at);
            let differ = other.view != own.view || other.members != own.members;
            if witness.is_none() && differ {
                witness = Some(told(&scene, &installs, other, own));
            }
        }
    }
    tally.verdict(witness, NOTHING)
}

/// Who stands in which primary view now.
#[derive(Default)]
struct Beliefs<'i> {
    /// For each node, what it stands in, by group.
    stands: Map<u32, BTreeMap<u32, &'i Install>>,
    /// Nodes that are paused.
    paused: Map<u32, ()>,
    /// For each group and ordinal, who is alive and stands in a primary view.
    alive: Map<(u32, u64), Standing<'i>>,
}

/// Installations by view, members and node.
type Standing<'i> = BTreeMap<(u32, &'i [u32], u32), &'i Install>;
/// Another installation, and an own one.
type Pair<'i> = (&'i Install, &'i Install);

impl<'i> Beliefs<'i> {
    fn install(&mut self, installs: &Installs, install: &'i Install) -> Option<Pair<'i>> {
        let (node, group) = (install.node, installs.group(install));
        if let Some(old) = self.stands.entry(node).or_default().insert(group, install) {
            self.remove(installs, old);
        }
        if self.paused.contains_key(&node) { None } else { self.enter(installs, install) }
    }

    /// Another that stands in a view of that ordinal: one in a different view if there is one.
    fn enter(&mut self, installs: &Installs, install: &'i Install) -> Option<Pair<'i>> {
        if !install.primary {
            return None;
        }
        let ordinal = (installs.group(install), installs.number(install.view));
        let alive = self.alive.entry(ordinal).or_default();
        let differs =
            |other: &&&Install| other.view != install.view || other.members != install.members;
        let ends = [alive.values().next(), alive.values().next_back()];
        let other = ends.iter().flatten().find(|o| differs(o)).or(ends[0].as_ref()).copied();
        let other = other.copied();
        alive.insert((install.view, &install.members, install.node), install);
        other.map(|other| (other, install))
    }

    fn remove(&mut self, installs: &Installs, install: &'i Install) {
        let ordinal = (installs.group(install), installs.number(install.view));
        if let Some(alive) = self.alive.get_mut(&ordinal) {
            alive.remove(&(install.view, &install.members[..], install.node));
        }
    }

    /// The node is down, for good or until it resumes.
    fn leave(&mut self, installs: &Installs, node: u32, forgets: bool) {
        if node == NONE {
            return;
        }
        let stands = self.stands.get(&node).cloned().unwrap_or_default();
        stands.into_values().for_each(|install| self.remove(installs, install));
        if forgets {
            self.stands.remove(&node);
            self.paused.remove(&node);
        } else {
            self.paused.insert(node, ());
        }
    }

    fn resume(&mut self, installs: &Installs, node: u32) -> Option<Pair<'i>> {
        self.paused.remove(&node)?;
        let stands = self.stands.get(&node).cloned().unwrap_or_default();
        let entered = stands.into_values().map(|install| self.enter(installs, install));
        let mut entered: Vec<Pair<'i>> =
            entered.collect::<Vec<_>>().into_iter().flatten().collect();
        let differ = |(a, b): &Pair<'i>| a.view != b.view || a.members != b.members;
        entered.sort_by_key(|pair| !differ(pair));
        entered.into_iter().next()
    }
}

fn told(scene: &Scene<'_>, installs: &Installs, other: &Install, own: &Install) -> Witness {
    let (one, two) = if other.event < own.event { (other, own) } else { (own, other) };
    let says =
        |i: &Install| format!("{} stood in {}", scene.who(i.life), words(scene, installs, i));
    Proof::default()
        .yes(says(one), [one.id()])
        .no("nobody stood in another view of that ordinal at that time", [two.id()])
        .because(format!("{} while {}", says(one), says(two)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::find;
    use crate::views::cases::{insert, views};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn two_primaries_at_one_time() {
        let told =
            "n1 stood in primary view 2.n1 {n1, n2} while n3 stood in primary view 2.n3 {n3}";
        assert_eq!(because(&ENTRY, &views("12@2.n1 3@2.n3")), told);
        assert_eq!(ruling(&ENTRY, &views("12@2 21@2")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &views("12@2 3@3")), NOTHING);
    }

    #[test]
    fn one_after_the_other_is_not_unique_but_exclusive() {
        let history = views("12@2.n1 21@2.n1 12@3 21@3 3@2.n3");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        assert_eq!(ruling(find("primary-uniqueness").unwrap(), &history), Ruling::Violated);
    }

    #[test]
    fn the_paused_believe_nothing_until_they_resume() {
        let apart = insert(&views("12@2.n1 3@2.n3 3@3.n3"), 0, 1, "pause");
        assert_eq!(undecided(&ENTRY, &apart), NOTHING);
        assert_eq!(undecided(&ENTRY, &insert(&apart, 3, 1, "resume")), NOTHING);
        assert_eq!(ruling(&ENTRY, &insert(&apart, 2, 1, "resume")), Ruling::Violated);
    }

    #[test]
    fn the_dead_believe_nothing() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1,2} #\nn2:          {1,2}")), NOTHING);
        let real = parse("n1: {1,2}\nn2: {1,2}", Header::new(Vec::new())).unwrap();
        assert_eq!(undecided(&ENTRY, &real), NO_INSTANTS);
    }
}
