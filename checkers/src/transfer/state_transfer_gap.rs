//! State transfer without gap: after a snapshot a node goes on just where the snapshot ends.
//!
//! # Definition
//! After a node that is not Byzantine has installed a snapshot (`state_set`), and until it
//! installs another or crashes,
//! - it delivers no message that the snapshot lists, and comes to no position that it covers:
//!   nothing is done twice (Birman & Joseph 1987: the snapshot stands for these deliveries);
//! - its first delivery, and its first execution, that state their position leave out no position
//!   that the snapshot does not cover, that another node came to, and that this one never does.
//!
//! Where every component goes on, only what others did in the same view is left out: positions of
//! different components do not compare. A snapshot that lists messages fixes no order; what is
//! missing there is missing for good, and `state-transfer` says so. A snapshot of `n` positions
//! surely covers those below `n`; that it does not cover `n` itself must be shown by some position
//! 0.
//! # Cost
//! O(events · log events).
//! # Witness
//! The snapshot and the act that does something twice; or the act that leaves something out, and
//! what another node did there.

use crate::membership::stays::{Stays, group_of};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transfer::snapshot::{Doings, Origin, Snapshot, position};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Set;
use pepperland_core::history::{Event, EventId, Kind, NONE, PartitionContract};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "state-transfer-gap",
    number: "ST2",
    statement: "after a snapshot a node goes on where that ends, with nothing twice or left out",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::StateSet],
    given: &[],
    check,
};

const NOTHING: &str = "nobody did anything after a snapshot that says what it covers";

/// The last snapshot of a node, and what it did since.
struct Since<'h> {
    snapshot: Snapshot<'h>,
    set: Set<&'h str>,
    /// Whether it delivered, executed, with a position.
    went_on: [bool; 2],
    counted: bool,
}

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let origin = Origin::of(&scene);
    let watch = Watch {
        reached: reached(&scene, &stays),
        doings: Doings::of(&scene),
        scene: &scene,
        stays: &stays,
        origin,
    };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut since: BTreeMap<(u32, u32), Since<'_>> = BTreeMap::new();
    for event in scene.history.events() {
        let node = event.node().map_or(NONE, |node| node.0);
        if case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        match event.kind() {
            Kind::Crash | Kind::Recover => since.retain(|(n, _), _| *n != node),
            Kind::StateSet => {
                let Some(snapshot) = Snapshot::of(&scene, event.id.0) else { continue };
                let set = snapshot.set.iter().flatten().copied().collect();
                let key = (node, snapshot.group);
                since.insert(key, Since { snapshot, set, went_on: [false; 2], counted: false });
            }
            Kind::Deliver | Kind::Apply => {
                let Some(group) = group_of(&scene, event) else { continue };
                let Some(since) = since.get_mut(&(node, group)) else { continue };
                let found = watch.act(since, event, &mut tally);
                witness = witness.or(found);
            }
            _ => {}
        }
    }
    tally.verdict(witness, NOTHING)
}

/// Who came to a position first, and who other than that: node and event. By group, view where
/// views have positions of their own, and position.
type Reached = BTreeMap<(u32, u32, u64), [(u32, u32); 2]>;

fn reached(scene: &Scene<'_>, stays: &Stays) -> Reached {
    let mut reached = Reached::new();
    for event in scene.history.events() {
        let node = event.node().map_or(NONE, |node| node.0);
        if scene.case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        let (Some(position), Some(group)) = (position(event), group_of(scene, event)) else {
            continue;
        };
        let key = (group, view(scene, stays, event.id.0), position);
        let here = reached.entry(key).or_insert([(NONE, NONE); 2]);
        if here[0].0 == NONE {
            here[0] = (node, event.id.0);
        } else if here[1].0 == NONE && here[0].0 != node {
            here[1] = (node, event.id.0);
        }
    }
    reached
}

/// The view whose positions an event counts, where they differ.
fn view(scene: &Scene<'_>, stays: &Stays, event: u32) -> u32 {
    match scene.history.header.contract.partition {
        PartitionContract::Primary => NONE,
        PartitionContract::Partitionable => stays.of_event(event).map_or(NONE, |stay| stay.view),
    }
}

struct Watch<'s, 'a> {
    scene: &'s Scene<'a>,
    stays: &'s Stays,
    origin: Origin,
    doings: Doings,
    reached: Reached,
}

impl Watch<'_, '_> {
    fn act(&self, since: &mut Since<'_>, event: Event<'_>, tally: &mut Tally) -> Option<Witness> {
        let name = event.message_name().filter(|_| since.snapshot.set.is_some());
        let position = position(event).filter(|_| since.snapshot.slot.is_some());
        if name.is_none() && position.is_none() {
            return None;
        }
        if !std::mem::replace(&mut since.counted, true) {
            tally.count(self.scene.time(since.snapshot.event), event.time());
        }
        if let Some(name) = name.filter(|name| since.set.contains(name.as_str())) {
            return Some(self.twice(since, event, &name));
        }
        let (position, covered) = (position?, since.snapshot.slot?);
        if position < covered {
            return Some(self.twice(since, event, &format!("position {position}")));
        }
        let kind = usize::from(event.kind() == Kind::Apply);
        let first = !std::mem::replace(&mut since.went_on[kind], true);
        if first { self.left_out(since, event, position, covered) } else { None }
    }

    fn left_out(
        &self,
        since: &Since<'_>,
        event: Event<'_>,
        position: u64,
        covered: u64,
    ) -> Option<Witness> {
        let (q, group) = (since.snapshot.node, since.snapshot.group);
        let view = view(self.scene, self.stays, event.id.0);
        let between = self.reached.range((group, view, covered)..(group, view, position));
        let lacking = between.filter(|((.., y), _)| {
            self.origin.is_beyond(group, *y, covered) && !self.doings.reached(q, group, *y)
        });
        let mut others = lacking.filter_map(|((.., y), who)| {
            Some((*y, *who.iter().find(|(node, _)| *node != q && *node != NONE)?))
        });
        let (y, (p, other)) = others.next()?;
        let (who, p) = (self.scene.node_name(q), self.scene.node_name(p));
        let went_on = format!("{who} went on at position {position}");
        let proof = Proof::default()
            .yes(format!("{who} installed {covered} positions"), [EventId(since.snapshot.event)])
            .yes(&*went_on, [event.id])
            .yes(format!("{p} came to position {y}"), [EventId(other)]);
        let proof = match self.origin.shown(group, y, covered) {
            Some(zero) => proof.yes("positions are counted from 0", [zero]),
            None => proof,
        };
        let because = format!(
            "{went_on} after a snapshot of {covered}, and left out position {y}, to which {p} came"
        );
        Some(proof.no(format!("{who} came to position {y}"), []).because(because))
    }

    fn twice(&self, since: &Since<'_>, event: Event<'_>, what: &str) -> Witness {
        let who = self.scene.node_name(since.snapshot.node);
        let does = if event.kind() == Kind::Apply { "executed" } else { "delivered" };
        let covers = format!("the snapshot that {who} had installed covers {what}");
        let again = format!("{who} {does} {what}");
        Proof::default()
            .yes(covers, [EventId(since.snapshot.event)])
            .no(format!("{again} no more"), [event.id])
            .because(format!("{again} after it had installed a snapshot that covers it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::transfer::small::join;
    use pepperland_core::verdict::Ruling;

    fn set(slot: u64) -> String {
        format!(r#"{{"t":9,"n":"n2","k":"state_set","from":"n1","slot":{slot}}}"#)
    }

    fn apply(node: &str, slot: u64) -> String {
        format!(r#"{{"t":9,"n":"{node}","k":"apply","slot":{slot}}}"#)
    }

    #[test]
    fn it_goes_on_where_the_snapshot_ends() {
        let good = join(&[&set(1), &apply("n1", 1), &apply("n2", 1)]);
        assert_eq!(ruling(&ENTRY, &good), Ruling::Held);
        let gap = join(&[&set(1), &apply("n1", 1), &apply("n2", 2)]);
        let told = "n2 went on at position 2 after a snapshot of 1, and left out position 1, to \
                    which n1 came";
        assert_eq!(because(&ENTRY, &gap), told);
    }

    #[test]
    fn nothing_is_done_twice() {
        let told = "n2 executed position 0 after it had installed a snapshot that covers it";
        assert_eq!(because(&ENTRY, &join(&[&set(1), &apply("n2", 0)])), told);
        let listed = r#"{"t":9,"n":"n2","k":"state_set","from":"n1","set":["n1:0:1"]}"#;
        let again = r#"{"t":9,"n":"n2","k":"deliver","m":"n1:0:1"}"#;
        let told = "n2 delivered n1:0:1 after it had installed a snapshot that covers it";
        assert_eq!(because(&ENTRY, &join(&[listed, again])), told);
        assert_eq!(undecided(&ENTRY, &join(&[listed])), NOTHING);
    }
}
