//! Initial view: what a node delivers it delivers in a view.
//!
//! # Definition
//! Every delivery, optimistic delivery and safe indication at `p` happens in some view of the
//! message's group: `p` installed one before (Chockler, Keidar & Vitenberg 2001, *Initial View
//! Event*), or the delivery states its view. A restart that forgot needs a view again. The original
//! binds broadcasts too; but those are the application's doing, and a service may well hold one
//! back until the first view has come, so we do not. Groups of which the history has no views are
//! left out. It binds every node that is not Byzantine.
//! # Cost
//! O(events).
//! # Witness
//! The delivery.

use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use crate::views::installs::Installs;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "initial-view",
    number: "VS3",
    statement: "whatever a node delivers it delivers in a view that it has installed",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "nobody delivered anything in a group that has views";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let groups = scene.group_count();
    let mut viewed = vec![false; groups];
    installs.all.iter().for_each(|i| viewed[installs.group(i) as usize] = true);
    let mut inside = vec![NONE; scene.history.node_count() * groups];
    let mut tally = Tally::of(&scene);
    let (mut witness, mut next) = (None, 0);
    let mut now = scene.lives.follow(case);
    let columns = scene.history.kinds().iter().zip(scene.history.nodes());
    let columns = columns.zip(scene.history.messages()).enumerate();
    for (event, ((kind, node), row)) in columns {
        match kind {
            Kind::Recover => now.recover(*node),
            Kind::View => {
                let install = installs.all.get(next).filter(|i| i.event as usize == event);
                if let Some(install) = install {
                    let group = installs.group(install) as usize;
                    inside[install.node as usize * groups + group] = install.life;
                    next += 1;
                }
            }
            _ if !kind.is_delivery() || *row == NONE || now.life(*node) == NONE => {}
            _ => {
                let delivery = Delivery { event: event as u32, life: now.life(*node), row: *row };
                let group = if groups == 1 { Some(0) } else { scene.group(*row) };
                let Some(group) = group.filter(|g| viewed[*g as usize]) else { continue };
                tally.count_delivery(&scene, &delivery);
                let here = inside[*node as usize * groups + group as usize] == delivery.life;
                if witness.is_none() && !here && !states(&scene, &installs, event) {
                    witness = Some(told(&scene, &delivery));
                }
            }
        }
    }
    tally.verdict(witness, NOTHING)
}

fn states(scene: &Scene<'_>, installs: &Installs, event: usize) -> bool {
    let place = || scene.history.event(EventId(event as u32)).place();
    installs.stated && place().is_some_and(|place| place.view.is_some())
}

fn told(scene: &Scene<'_>, delivery: &Delivery) -> Witness {
    let says = format!("{} delivered {}", scene.who(delivery.life), scene.name(delivery.row));
    Proof::default()
        .yes(says.clone(), [EventId(delivery.event)])
        .no("it had installed a view before", [])
        .because(format!("{says} before it installed any view"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{DeliveryContract, FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_delivery_needs_a_view() {
        let told = "n2 delivered n1:0:1 before it installed any view";
        assert_eq!(because(&ENTRY, &lanes("n1: {1,2} !a\nn2:    a     {1,2}")), told);
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a\nn2: {1,2}   a")), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1,2} !a\nn2: {1,2}")), NOTHING);
    }

    #[test]
    fn a_restart_that_forgot_needs_one_again() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let picture = "n1: {1} !a # ^ a";
        let told = "n1 (incarnation 1) delivered n1:0:1 before it installed any view";
        assert_eq!(because(&ENTRY, &parse(picture, header.clone()).unwrap()), told);
        header.contract.delivery = DeliveryContract::Logged;
        assert_eq!(ruling(&ENTRY, &parse(picture, header).unwrap()), Ruling::Held);
    }
}
