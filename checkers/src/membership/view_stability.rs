//! View stability: once nothing happens to the network and nobody comes or goes, views come to
//! rest.
//!
//! # Definition
//! Let `T` be the instant after which nothing happened from outside: the end of the last fault,
//! and the last crash, restart, pause, disturbance, and request to join, leave or exclude. In a
//! complete history no node of a stable [component](crate::membership::component) installs a view
//! after `T + B`: there is no livelock of views that come and go. "From some time on" can never be
//! refuted by a finite run, so `B` must be stated: `settling`, in ns, under `about.bounds`. On a
//! real clock its error is added. A run that ended before `T + B` decides nothing.
//! # Cost
//! O(events); n² for n nodes if links are still cut in the end.
//! # Witness
//! The view that came too late.

use crate::membership::component::in_each;
use crate::membership::stays::Stays;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given, bound};
use pepperland_core::history::{Event, EventId, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "view-stability",
    number: "VS25",
    statement: "some time after the last trouble nobody installs a view any more",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Liveness,
    binds: Binds::Component,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View],
    given: &[Given::Bound(BOUND)],
    check,
};

const BOUND: &str = "settling";
const TOO_SHORT: &str = "the run ended before views had the time to settle";

fn check(case: &Case<'_>) -> Verdict {
    let Some(margin) = bound(case.history, BOUND) else {
        return Verdict::undecided("about.bounds.settling does not say how long views may take");
    };
    let scene = Scene::of(case);
    let stays = Stays::of(&scene);
    let error = if scene.is_virtual() { 0 } else { case.history.header.clock_error.unwrap_or(0) };
    let trouble = last_trouble(&scene);
    let rest = Time(trouble.0.saturating_add(margin).saturating_add(error));
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let judged = in_each(&scene, &stays, |group, component| {
        for node in &component.sure {
            let Some(last) = stays.last(*node, group) else { continue };
            tally.count(trouble, scene.history.end());
            if witness.is_none() && scene.time(last.install) > rest {
                let view = stays.name(last.view).to_string();
                witness = Some(restless(&scene, (last.node, view), last.install, trouble, margin));
            }
        }
    });
    match judged {
        Err(reason) => Verdict::undecided(reason),
        Ok(()) if scene.history.end() < rest => Verdict::undecided(TOO_SHORT),
        Ok(()) => tally.verdict(witness, "nobody of the last component installed a view"),
    }
}

/// The last instant at which something happened from outside.
fn last_trouble(scene: &Scene<'_>) -> Time {
    let last = scene.history.events().filter(|event| is_from_outside(*event));
    let last = last.map(|event| event.time()).max().unwrap_or(Time::ZERO);
    last.max(scene.history.header.heal_at.unwrap_or(Time::ZERO))
}

fn is_from_outside(event: Event<'_>) -> bool {
    use Kind::{Crash, Exclude, Join, Leave, Pause, Recover, Resume};
    let kind = event.kind();
    let of_a_node = matches!(kind, Crash | Recover | Pause | Resume | Join | Leave | Exclude);
    let of_the_network = kind.is_disturbance() || kind.is_transmission();
    of_a_node || of_the_network && event.node().is_none()
}

fn restless(
    scene: &Scene<'_>,
    (node, view): (u32, String),
    install: u32,
    trouble: Time,
    margin: u64,
) -> Witness {
    let (who, at) = (scene.node_name(node), scene.time(install).0);
    let installed = format!("{who} installed view {view} at {at} ns");
    Proof::default()
        .yes(format!("nothing happened from outside after {} ns", trouble.0), [])
        .yes(&*installed, [EventId(install)])
        .no(format!("that is within {margin} ns of it"), [])
        .because(format!(
            "{installed}, more than {margin} ns after the last trouble, at {} ns",
            trouble.0
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Header, History};
    use pepperland_core::verdict::Ruling;

    fn settling(ns: u64, picture: &str) -> History {
        let mut header: Header = lanes(picture).header;
        header.about.insert("bounds".into(), serde_json::json!({ "settling": ns }));
        header.end = Some(Time(40));
        parse(picture, header).unwrap()
    }

    #[test]
    fn a_view_out_of_nothing_is_restless() {
        let picture = "n1: {1,2} {2,1}\nn2: {1,2} {2,1}";
        assert_eq!(ruling(&ENTRY, &settling(10, picture)), Ruling::Held);
        let told = "n1 installed view 2 at 10 ns, more than 9 ns after the last trouble, at 0 ns";
        assert_eq!(because(&ENTRY, &settling(9, picture)), told);
        assert_eq!(undecided(&ENTRY, &settling(90, picture)), TOO_SHORT);
        assert!(undecided(&ENTRY, &lanes(picture)).contains("settling"));
    }
}
