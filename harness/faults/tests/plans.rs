//! What every fault profile promises, at every size: planning is pure, disturbances fall within the
//! chaos and name nodes that exist, and no more nodes fail than the budget allows.

mod common;

use common::{ANYTHING, implementation, plan_alone, planned};
use pepperland_core::fault::{Choice, Profile};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Time;
use std::collections::BTreeSet;

/// Every profile in every variant, for one to nine nodes.
fn everywhere(mut check: impl FnMut(&str, usize, Time, &[Disturbance])) {
    for profile in pepperland_faults::ALL {
        for name in variants(profile) {
            for nodes in 1..=9 {
                for heal_at in [Time(2), Time::millis(1), Time::millis(200)] {
                    for seed in 0..40 {
                        let planned = plan_alone(&name, nodes, heal_at, seed);
                        check(&name, nodes, heal_at, &planned);
                    }
                }
            }
        }
    }
}

fn variants(profile: &Profile) -> Vec<String> {
    let words = pepperland_faults::words_of(profile).into_iter();
    let words = words.map(|word| format!("{}:{word}", profile.name));
    words.chain([profile.name.to_owned()]).collect()
}

fn nodes_of(trouble: &Trouble) -> Vec<NodeId> {
    match trouble {
        Trouble::Crash { node, .. }
        | Trouble::Pause { node }
        | Trouble::Skew { node, .. }
        | Trouble::Lie { node, .. }
        | Trouble::Disk { node, .. } => vec![*node],
        Trouble::Twin { node, first, second } => {
            first.iter().chain(second).flatten().copied().chain([*node]).collect()
        }
        Trouble::Strike { from, to, .. } => vec![*from, *to],
        other => other.links().into_iter().flat_map(|links| links.nodes()).collect(),
    }
}

#[test]
fn planning_is_pure() {
    everywhere(|name, nodes, heal_at, planned| {
        assert_eq!(plan_alone(name, nodes, heal_at, 39), plan_alone(name, nodes, heal_at, 39));
        assert!(planned.len() <= 100, "{name} plans {} disturbances", planned.len());
    });
}

#[test]
fn disturbances_fall_before_the_heal() {
    everywhere(|name, nodes, heal_at, planned| {
        for d in planned {
            assert!(d.at < heal_at, "{name}, {nodes} nodes, heal at {heal_at}: {d:?}");
            let over = d.until.is_none_or(|until| d.at <= until && until <= heal_at);
            assert!(over, "{name}, {nodes} nodes, heal at {heal_at}: {d:?}");
        }
    });
}

#[test]
fn nodes_exist_and_no_side_of_links_is_empty() {
    everywhere(|name, nodes, _, planned| {
        for d in planned {
            let exists = nodes_of(&d.trouble).iter().all(|node| node.index() < nodes);
            assert!(exists, "{name}, {nodes} nodes: {d:?}");
            if let Some(links) = d.trouble.links() {
                let empty = |side: &Option<Vec<NodeId>>| side.as_ref().is_some_and(Vec::is_empty);
                assert!(!empty(&links.from) && !empty(&links.to), "{name}: {d:?}");
            }
        }
    });
}

/// The nodes that crash or lie.
fn victims(disturbances: &[Disturbance]) -> BTreeSet<NodeId> {
    let fails = |d: &Disturbance| match d.trouble {
        Trouble::Crash { node, .. } => Some(node),
        _ => d.trouble.liar(),
    };
    disturbances.iter().filter_map(fails).collect()
}

#[test]
fn no_more_nodes_fail_than_the_budget_allows() {
    let budgets: [fn(usize) -> usize; 4] = [|_| 0, |_| 1, |n| (n - 1) / 2, |n| n];
    for budget in budgets {
        let mut implementation = implementation(ANYTHING);
        implementation.budget = budget;
        for faults in [
            "crash",
            "crash-recovery",
            "churn",
            "byzantine",
            "byzantine:transient",
            "byzantine:twins",
            "byzantine:equivocate",
            "value:in-code",
            "disk",
            "swarm",
            "crash,crash-recovery",
            "crash,byzantine",
            "core",
            "core:stopped,crash",
            "crash,swarm",
        ] {
            for nodes in 1..=9 {
                for seed in 0..60 {
                    let schedule = planned(&implementation, faults, nodes, seed);
                    let victims = victims(&schedule.disturbances).len();
                    // Where everybody may fail there would be nobody left to judge.
                    let most = budget(nodes).min(nodes - 1);
                    assert!(victims <= most, "{faults}: {victims} of {nodes}, budget {most}");
                }
            }
        }
    }
}

#[test]
fn the_whole_budget_is_used_now_and_then() {
    let reached = |faults: &str| {
        let crashed = (0..200).map(|seed| victims(&plan_alone(faults, 5, Time::millis(200), seed)));
        crashed.map(|victims| victims.len()).collect::<BTreeSet<_>>()
    };
    assert_eq!(reached("crash"), BTreeSet::from([1, 2, 3, 4]));
    assert_eq!(reached("crash-recovery"), BTreeSet::from([1, 2, 3, 4]));
    assert_eq!(reached("byzantine"), BTreeSet::from([1, 2, 3, 4]));
}

#[test]
fn the_core_is_what_the_budget_leaves_and_nobody_else_is_there_after_the_heal() {
    let heal_at = Time::millis(200);
    let mut implementation = implementation(ANYTHING);
    implementation.budget = |nodes| (nodes - 1) / 2;
    let (mut gone, mut cut) = (BTreeSet::new(), 0);
    for seed in 0..60 {
        let planned = planned(&implementation, "core", 5, seed).disturbances;
        let victims = victims(&planned);
        assert_eq!(victims.len(), 2, "{planned:?}");
        for d in &planned {
            match &d.trouble {
                Trouble::Cut { links } => {
                    let core = NodeId::first(5).filter(|node| !victims.contains(node));
                    let crossed =
                        core.filter(|node| victims.iter().any(|v| links.contain(*v, *node)));
                    assert_eq!((crossed.count(), d.until), (3, Some(heal_at)));
                    cut += 1;
                }
                _ => assert_eq!((d.at, d.until), (Time(heal_at.0 - 1), None)),
            }
        }
        gone.insert(victims);
    }
    assert_eq!((gone.len(), cut), (10, 120), "each pair of five");
}

#[test]
fn churn_has_nodes_come_back_and_fall_again_before_others_have_come_back() {
    let until = |d: &Disturbance| d.until.expect("it comes back");
    let (mut again, mut together) = (0, 0);
    for seed in 0..200 {
        let crashes = plan_alone("churn", 5, Time::millis(200), seed);
        assert!(!crashes.is_empty());
        for (i, one) in crashes.iter().enumerate() {
            let same = |d: &&Disturbance| nodes_of(&d.trouble) == nodes_of(&one.trouble);
            let later = crashes[i + 1..].iter();
            for next in later.clone().filter(same) {
                assert!(until(one) < next.at, "a node falls only when it is up: {crashes:?}");
                again += 1;
            }
            together += later.filter(|d| !same(d) && d.at < until(one)).count();
        }
    }
    assert!(again > 50 && together > 50, "{again} fell again, {together} while another was down");
}

#[test]
fn the_whole_group_restarts_whatever_the_budget_if_that_is_asked_for() {
    for (nodes, faults) in [(1, "crash-recovery:all"), (5, "crash,crash-recovery:all")] {
        let mut implementation = implementation(ANYTHING);
        implementation.budget = |_| 1;
        for seed in 0..60 {
            let planned = planned(&implementation, faults, nodes, seed).disturbances;
            let (back, gone): (Vec<_>, Vec<_>) = planned.iter().partition(|d| d.until.is_some());
            assert_eq!((back.len(), gone.len()), (nodes, usize::from(nodes > 1)));
            let up = back.iter().filter_map(|d| d.until).min().expect("somebody comes back");
            assert!(back.iter().all(|d| d.at <= up), "somebody is up all the time: {back:?}");
        }
    }
    let mut nobody = implementation(ANYTHING);
    nobody.budget = |_| 0;
    assert!(planned(&nobody, "crash-recovery:all", 5, 0).disturbances.is_empty());
}

#[test]
fn crashes_fall_in_the_middle_of_handlers_and_between_them_for_good_or_not() {
    let all = |faults| -> Vec<Disturbance> {
        (0..200).flat_map(|seed| plan_alone(faults, 5, Time::millis(200), seed)).collect()
    };
    let effects = |d: &Disturbance| match d.trouble {
        Trouble::Crash { effects, .. } => effects,
        _ => None,
    };
    let crashes = all("crash");
    let after: BTreeSet<Option<u32>> = crashes.iter().map(effects).collect();
    // After none to all but one of the unicasts of a multicast, and at an instant.
    for effects in [None, Some(0), Some(1), Some(2), Some(3), Some(4)] {
        assert!(after.contains(&effects), "{effects:?}");
    }
    assert!(crashes.iter().all(|d| d.until.is_none()));
    assert!(all("crash-recovery").iter().all(|d| d.until.is_some()));
}

#[test]
fn every_profile_but_none_does_something() {
    let foresees = |profile: &Profile| profile.foresight(&Choice::none_of(profile)).is_some();
    let acts = |profile: &&&Profile| profile.name != "none" && !foresees(profile);
    for profile in pepperland_faults::ALL.iter().filter(acts) {
        let something = (0..20)
            .filter(|seed| !plan_alone(profile.name, 5, Time::millis(200), *seed).is_empty());
        assert!(something.count() > 10, "{}", profile.name);
    }
    assert!(plan_alone("none", 5, Time::millis(200), 0).is_empty());
}

#[test]
fn adding_a_fault_does_not_change_the_workload_of_an_old_seed() {
    let implementation = implementation(ANYTHING);
    for seed in 0..10 {
        let without = planned(&implementation, "none", 5, seed);
        for profile in pepperland_faults::ALL {
            let with = planned(&implementation, profile.name, 5, seed);
            assert_eq!(with.steps, without.steps, "{}", profile.name);
            assert_eq!(with.header.seed, without.header.seed);
            assert_eq!(with.header.network, without.header.network);
        }
    }
}

#[test]
fn another_fault_behind_leaves_the_first_as_it_was() {
    let implementation = implementation(ANYTHING);
    for seed in 0..10 {
        let one = planned(&implementation, "partition", 5, seed).disturbances;
        let both = planned(&implementation, "partition,crash,loss", 5, seed).disturbances;
        assert!(both.starts_with(&one) && both.len() > one.len());
    }
}

#[test]
fn names_are_unique_and_resolve() {
    let names: BTreeSet<&str> = pepperland_faults::ALL.iter().map(|p| p.name).collect();
    assert_eq!(names.len(), pepperland_faults::ALL.len());
    for name in pepperland_faults::ALL.iter().flat_map(|profile| variants(profile)) {
        let resolved = pepperland_faults::resolve(&name).expect("its own name");
        assert_eq!(resolved.len(), 1, "{name}");
    }
}
