//! What every workload promises, at every size: so many requests as asked for, within the chaos, at
//! nodes that exist, each waiting for an earlier one if for any.

use pepperland_core::id::NodeId;
use pepperland_core::implementation::Groups;
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Stage, Workload};
use pepperland_workloads::agreement::ALL as AGREEMENT;
use pepperland_workloads::maelstrom::ALL as MAELSTROM;
use std::collections::BTreeSet;

fn plan(workload: &Workload, stage: &Stage, seed: u64) -> Vec<Step> {
    (workload.plan)(stage, &mut Seed(seed).stream("workload"))
}

/// Every workload on stages of every size.
fn everywhere(mut check: impl FnMut(&Workload, &Stage, &[Step])) {
    for workload in pepperland_workloads::all() {
        for nodes in 1..=9 {
            for broadcasts in [0, 1, 2, 5, 6, 40] {
                for until in [Time(1), Time::millis(1), Time::millis(200)] {
                    let groups = workload.layout.groups(nodes);
                    let stage = Stage { nodes, groups, broadcasts, until };
                    for seed in 0..5 {
                        check(workload, &stage, &plan(workload, &stage, seed));
                    }
                }
            }
        }
    }
}

#[test]
fn as_many_multicasts_or_operations_as_asked_for() {
    everywhere(|workload, stage, steps| {
        let moves = |step: &&Step| matches!(step.ask, Ask::Join { .. } | Ask::Leave { .. });
        let moves = steps.iter().filter(moves).count();
        let beforehand = if workload.name == "broadcast" { stage.nodes } else { moves };
        let proposes = AGREEMENT.iter().any(|w| w.name == workload.name);
        let proposers = if workload.name == "attack" { stage.nodes.min(2) } else { stage.nodes };
        let each = if proposes { proposers } else { 1 };
        assert_eq!(
            steps.len() - beforehand,
            each * stage.broadcasts,
            "{} {stage:?}",
            workload.name
        );
        let asks = ["requests", "expressions"].contains(&workload.name)
            || MAELSTROM.iter().any(|w| w.name == workload.name);
        let expected = |step: &Step| match step.ask {
            Ask::Multicast { .. } => !asks && !proposes,
            Ask::Propose { .. } => proposes,
            Ask::Join { .. } | Ask::Leave { .. } => workload.layout.is_changing(),
            _ => asks && matches!(step.ask, Ask::Invoke { .. }),
        };
        assert!(steps.iter().all(expected), "{} {stage:?}", workload.name);
    });
}

#[test]
fn groups_exist_and_only_members_multicast_to_closed_ones() {
    everywhere(|workload, stage, steps| {
        for members in &stage.groups {
            let may_be_empty =
                matches!(workload.layout.needs(), Groups::Dynamic | Groups::DynamicOpen);
            let ordered = members.is_sorted_by(|a, b| a < b);
            let ordered = ordered && (may_be_empty || !members.is_empty());
            let exist = members.iter().all(|node| node.index() < stage.nodes);
            assert!(ordered && exist, "{} {stage:?}", workload.name);
        }
        for step in steps {
            let Some(group) = step.ask.group() else { continue };
            let member = stage.groups[group.index()].contains(&step.node);
            let open = workload.layout.is_open() || workload.layout.is_changing();
            let may = open || workload.name == "trespassers";
            assert!(member || may, "{} {stage:?}: {step:?}", workload.name);
        }
    });
}

#[test]
fn layouts_are_what_they_are_called() {
    use pepperland_workloads::groups::{DISJOINT, OPEN_GROUP, OVERLAPPING};
    let shared = |a: &[NodeId], b: &[NodeId]| a.iter().filter(|node| b.contains(node)).count();
    for nodes in 3..=9 {
        let pairs = OVERLAPPING.layout.groups(nodes);
        for (i, j) in [(0, 1), (1, 2), (0, 2)] {
            assert_eq!(shared(&pairs[i], &pairs[j]), 1, "a side each, and a corner in common");
        }
        let halves = DISJOINT.layout.groups(nodes);
        assert_eq!((halves.len(), shared(&halves[0], &halves[1])), (2, 0));
        let members = &OPEN_GROUP.layout.groups(nodes)[0];
        assert!((2..nodes).contains(&members.len()), "somebody is outside");
        let outside = |step: &Step| !members.contains(&step.node);
        assert!(plan(&OPEN_GROUP, &stage(&OPEN_GROUP, nodes), 7).iter().any(outside));
    }
}

#[test]
fn nodes_join_what_they_are_not_in_and_leave_what_they_are_in() {
    everywhere(|workload, stage, steps| {
        let mut moves: Vec<(When, &Step)> = steps.iter().map(|step| (step.when, step)).collect();
        moves.sort_by_key(|(when, _)| *when);
        let mut members: Vec<BTreeSet<NodeId>> =
            stage.groups.iter().map(|first| first.iter().copied().collect()).collect();
        for (_, step) in moves {
            let moved = match step.ask {
                Ask::Join { group } => members[group.index()].insert(step.node),
                Ask::Leave { group } => members[group.index()].remove(&step.node),
                _ => continue,
            };
            assert!(moved, "{} {stage:?}: {step:?}", workload.name);
        }
    });
}

#[test]
fn groups_lose_members_and_get_them_back_and_are_made_and_gone() {
    use pepperland_workloads::{dynamic, leaving};
    let (mut left, mut back, mut gone) = (0, 0, 0);
    for seed in 0..50 {
        let steps = plan(&leaving::ENTRY, &stage(&leaving::ENTRY, 5), seed);
        left += steps.iter().filter(|step| matches!(step.ask, Ask::Leave { .. })).count();
        back += steps.iter().filter(|step| matches!(step.ask, Ask::Join { .. })).count();
        let stage = stage(&dynamic::ENTRY, 5);
        let mut moves = plan(&dynamic::ENTRY, &stage, seed);
        moves.sort_by_key(|step| step.when);
        let mut third = BTreeSet::new();
        for step in moves.iter().filter(|step| step.ask.group().is_some_and(|g| g.0 == 2)) {
            match step.ask {
                Ask::Join { .. } => drop(third.insert(step.node)),
                Ask::Leave { .. } => {
                    gone += usize::from(third.remove(&step.node) && third.is_empty())
                }
                _ => {}
            }
        }
    }
    assert!((80..160).contains(&left) && (30..90).contains(&back), "{left} left, {back} came back");
    assert!(gone > 10, "{gone} times the last left");
}

#[test]
fn steps_are_numbered_from_nought() {
    everywhere(|workload, _, steps| {
        let numbers: Vec<u32> = steps.iter().map(|step| step.id).collect();
        assert_eq!(numbers, (0..steps.len() as u32).collect::<Vec<_>>(), "{}", workload.name);
    });
}

#[test]
fn a_step_that_waits_waits_for_an_earlier_one() {
    everywhere(|workload, stage, steps| {
        for step in steps {
            if let When::Upon { of, .. } = step.when {
                assert!(of < step.id, "{} {stage:?}: {step:?}", workload.name);
            }
        }
    });
}

#[test]
fn requests_fall_within_the_chaos() {
    everywhere(|workload, stage, steps| {
        for step in steps {
            if let When::At(at) = step.when {
                assert!(at < stage.until, "{} {stage:?}: {step:?}", workload.name);
            }
        }
    });
}

#[test]
fn nodes_exist() {
    everywhere(|workload, stage, steps| {
        let exists = |step: &Step| step.node.index() < stage.nodes;
        assert!(steps.iter().all(exists), "{} {stage:?}", workload.name);
    });
}

fn stage(workload: &Workload, nodes: usize) -> Stage {
    let groups = workload.layout.groups(nodes);
    Stage { nodes, groups, broadcasts: 40, until: Time::millis(200) }
}

#[test]
fn planning_is_pure_and_seeds_matter() {
    for workload in pepperland_workloads::all() {
        let stage = stage(workload, 5);
        assert_eq!(plan(workload, &stage, 7), plan(workload, &stage, 7), "{}", workload.name);
        let different = (0..20).map(|seed| format!("{:?}", plan(workload, &stage, seed)));
        assert!(different.collect::<BTreeSet<_>>().len() >= 3, "{}", workload.name);
    }
}

fn nodes(steps: &[Step]) -> BTreeSet<NodeId> {
    steps.iter().map(|step| step.node).collect()
}

fn instants(steps: &[Step]) -> BTreeSet<Time> {
    let at = |step: &Step| match step.when {
        When::At(at) => Some(at),
        When::Upon { .. } => None,
    };
    steps.iter().filter_map(at).collect()
}

#[test]
fn each_workload_has_its_shape() {
    use pepperland_workloads::{
        all_at_once, bulletin_board, burst, replies, single_sender, steady,
    };
    for seed in 0..20 {
        let steps = |workload| plan(workload, &stage(workload, 5), seed);
        assert_eq!(nodes(&steps(&steady::ENTRY)).len(), 5);
        assert_eq!(nodes(&steps(&single_sender::ENTRY)).len(), 1);
        assert_eq!(instants(&steps(&all_at_once::ENTRY)).len(), 8, "eight rounds of five");
        for five in steps(&burst::ENTRY).chunks(5) {
            let at = instants(five);
            let (first, last) = (at.first().unwrap(), at.last().unwrap());
            assert!(last.since(*first) < Span::millis(1));
            assert_eq!(nodes(five).len(), 1);
        }
        let waits = |step: &&Step| matches!(step.when, When::Upon { .. });
        let chain = steps(&replies::ENTRY);
        assert_eq!(chain.iter().filter(waits).count(), 32, "an opening and four replies each");
        for post in steps(&bulletin_board::ENTRY) {
            let Ask::Multicast { body, .. } = &post.ask else { panic!("a post is a multicast") };
            assert_eq!(body.contains(": Re: "), waits(&&post), "{body}");
            assert!(body.starts_with(&format!("{}: ", post.node)), "{body}");
        }
    }
}

#[test]
fn every_proposer_proposes_once_to_each_instance() {
    everywhere(|workload, _, steps| {
        let mut made = BTreeSet::new();
        for step in steps {
            if let Ask::Propose { instance, .. } = step.ask {
                assert!(made.insert((instance, step.node)), "{}: {step:?}", workload.name);
            }
        }
    });
}

#[test]
fn some_instances_are_of_one_mind_and_most_are_not() {
    use pepperland_workloads::agreement::proposals;
    let alike = |workload: &Workload| {
        let plans = (0..50).map(|seed| plan(workload, &stage(workload, 5), seed));
        let minds = plans.flat_map(|steps| {
            let minds = steps.chunks(5).map(|of| {
                let bodies = of.iter().map(|step| format!("{:?}", step.ask));
                bodies.collect::<BTreeSet<_>>().len()
            });
            minds.collect::<Vec<_>>()
        });
        minds.filter(|minds| *minds == 1).count()
    };
    let (any, binary) = (alike(&proposals::ENTRY), alike(&proposals::BINARY));
    assert!((100..300).contains(&any), "{any} of 2000");
    assert!((600..1000).contains(&binary), "{binary} of 2000");
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = pepperland_workloads::all().map(|w| w.name).collect();
    assert_eq!(names.len(), pepperland_workloads::all().count());
}
