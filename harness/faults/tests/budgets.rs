//! How many nodes fail: of each class of nodes no more than may, unless more were asked for.

mod common;

use common::{ANYTHING, implementation, planned};
use pepperland_core::fault::{Choice, Fault, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Class, Implementation, Model, Roles};
use pepperland_core::schedule::{Schedule, Trouble, Way};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::Time;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// A third of the nodes are clients, of which a third may fail, and half of the servers may.
fn with_roles(clients_may_lie: bool) -> Implementation {
    let roles = Roles {
        clients: |nodes| nodes / 3,
        failing_clients: |clients| clients / 3,
        failing_servers: |servers| servers / 2,
        clients_may_lie,
    };
    let plain = implementation(ANYTHING);
    Implementation { model: Model { roles: Some(roles), ..plain.model }, ..plain }
}

fn with_budget(budget: fn(usize) -> usize) -> Implementation {
    Implementation { budget, ..implementation(ANYTHING) }
}

fn implementations() -> [Implementation; 6] {
    [
        with_roles(false),
        with_roles(true),
        with_budget(|_| 0),
        with_budget(|_| 1),
        with_budget(|nodes| (nodes - 1) / 2),
        with_budget(|nodes| nodes),
    ]
}

/// Every profile in every form, but for those that are to have more nodes fail than may, or all of
/// them crash and come back.
fn forms() -> Vec<String> {
    let within = |profile: &&&Profile| !(profile.exceeds)(&Choice::none_of(profile));
    let form = |profile: &&'static Profile| {
        let words = pepperland_faults::words_of(profile).into_iter();
        let words = words.map(|word| format!("{}:{word}", profile.name));
        words.chain([profile.name.to_owned()]).collect::<Vec<_>>()
    };
    let mut forms: Vec<String> =
        pepperland_faults::ALL.iter().filter(within).flat_map(form).collect();
    forms.retain(|form| !["none", "crash-recovery:all"].contains(&form.as_str()));
    forms
}

/// Those of a class who crash or lie.
fn failing(schedule: &Schedule, class: &Class) -> BTreeSet<NodeId> {
    let fails = |trouble: &Trouble| match trouble {
        Trouble::Crash { node, .. } => Some(*node),
        other => other.liar(),
    };
    let failing = schedule.disturbances.iter().filter_map(|one| fails(&one.trouble));
    failing.filter(|node| class.holds(*node)).collect()
}

proptest! {
    #[test]
    fn no_class_has_more_nodes_fail_than_may(
        which in 0..6_usize,
        forms in prop::collection::vec(prop::sample::select(forms()), 1..4),
        nodes in 1..12_usize,
        seed: u64,
    ) {
        let implementation = &implementations()[which];
        let faults = forms.join(",");
        let schedule = planned(implementation, &faults, nodes, seed);
        for class in implementation.classes(nodes) {
            let failing = failing(&schedule, &class);
            let most = class.most;
            prop_assert!(failing.len() <= most, "{faults}: {failing:?} of {class:?}");
            let liars = schedule.liars().into_iter().filter(|liar| class.holds(*liar)).count();
            prop_assert!(liars <= class.most(Fault::Byzantine), "{faults}: {class:?}");
        }
    }

    #[test]
    fn as_many_lie_as_were_asked_for(asked in 1..9_usize, nodes in 3..12_usize, seed: u64) {
        for implementation in &implementations()[..3] {
            let schedule = planned(implementation, &format!("byzantine:liars={asked}"), nodes, seed);
            let classes = implementation.classes(nodes);
            let able = classes.iter().filter(|class| class.may_lie).map(|class| class.nodes.len());
            let able: usize = able.sum();
            let liars = schedule.liars();
            prop_assert_eq!(liars.len(), asked.min(able), "{:?}", liars);
            let allowed: usize = classes.iter().map(|class| class.most(Fault::Byzantine)).sum();
            for class in classes.iter().filter(|_| asked <= allowed) {
                let failing = failing(&schedule, class).len();
                prop_assert!(failing <= class.most, "no class is over before all are full");
            }
        }
    }
}

#[test]
fn who_lies_beyond_the_budget_leaves_nothing_of_it_to_others() {
    for seed in 0..60 {
        let one = with_budget(|_| 1);
        let schedule = planned(&one, "byzantine:liars=2,crash", 5, seed);
        let crash = |trouble: &Trouble| matches!(trouble, Trouble::Crash { .. });
        let crashed = schedule.disturbances.iter().filter(|d| crash(&d.trouble));
        let crashed: Vec<_> = crashed.map(|d| failing_node(&d.trouble)).collect();
        let liars = schedule.liars();
        assert_eq!(liars.len(), 2);
        assert!(crashed.iter().flatten().all(|node| liars.contains(node)), "{crashed:?}");
    }
}

fn failing_node(trouble: &Trouble) -> Option<NodeId> {
    if let Trouble::Crash { node, .. } = trouble { Some(*node) } else { None }
}

#[test]
fn wrong_orders_are_those_of_every_server_and_of_nobody_else() {
    let implementation = with_roles(true);
    for (faults, rate) in [("wrong-orders", 10), ("wrong-orders:rate=40%", 40)] {
        let schedule = planned(&implementation, faults, 7, 3);
        assert_eq!(schedule.liars(), (2..7).map(NodeId).collect());
        for disturbance in &schedule.disturbances {
            let Trouble::Lie { rate: drawn, how, .. } = &disturbance.trouble else {
                panic!("{disturbance:?}")
            };
            assert_eq!((*drawn, how.way), (PerMillion::percent(rate), Way::SmallScope));
            assert_eq!((how.label.as_deref(), disturbance.at), (Some("Order"), Time::ZERO));
        }
        assert_eq!(Schedule::from_text(&schedule.to_text()), Ok(schedule));
    }
}

#[test]
fn where_no_message_orders_any_may_be_wrong() {
    let plain = implementation(ANYTHING);
    let implementation = Implementation { model: Model { orders: None, ..plain.model }, ..plain };
    let schedule = planned(&implementation, "wrong-orders", 3, 0);
    assert_eq!(schedule.liars().len(), 3);
    assert!(!schedule.to_text().contains("label"));
}

#[test]
fn a_swarm_has_no_more_nodes_fail_than_may() {
    let implementation = with_budget(|_| 1);
    for seed in 0..200 {
        let schedule = planned(&implementation, "swarm", 5, seed);
        assert!(schedule.liars().len() <= 1);
    }
}
