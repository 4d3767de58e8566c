//! Each partition has its shape, and a swarm holds what the model allows and nothing else.

mod common;

use common::{ANYTHING, implementation, plan_alone, plan_for};
use pepperland_core::fault::Fault;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Which nodes hear each node's messages while the partition lasts, the node itself aside.
type Hearing = BTreeMap<NodeId, BTreeSet<NodeId>>;

fn hearing(variant: &str, nodes: usize, seed: u64) -> Hearing {
    let planned = plan_alone(&format!("partition:{variant}"), nodes, Time::millis(200), seed);
    let windows: BTreeSet<_> = planned.iter().map(|d| (d.at, d.until)).collect();
    assert_eq!(windows.len(), 1, "the cuts of one partition come and go together");
    let cut = |from, to| {
        planned.iter().any(|d| match &d.trouble {
            Trouble::Cut { links } => links.contain(from, to),
            other => panic!("a partition cuts and does nothing else: {other:?}"),
        })
    };
    let hear = |from| {
        let others = NodeId::first(nodes).filter(move |to| *to != from);
        (from, others.filter(|to| !cut(from, *to)).collect())
    };
    NodeId::first(nodes).map(hear).collect()
}

/// Each shape at each size, several times.
fn each(variant: &str, least: usize, check: impl Fn(usize, Hearing)) {
    for nodes in least..=9 {
        (0..30).for_each(|seed| check(nodes, hearing(variant, nodes, seed)));
    }
}

/// How many nodes are heard by so many others.
fn degrees(hearing: &Hearing) -> BTreeMap<usize, usize> {
    let mut degrees = BTreeMap::new();
    hearing.values().for_each(|heard| *degrees.entry(heard.len()).or_default() += 1);
    degrees
}

fn is_symmetric(hearing: &Hearing) -> bool {
    hearing.iter().all(|(from, to)| to.iter().all(|to| hearing[to].contains(from)))
}

/// The groups of nodes that can reach each other, directly or through others.
fn groups(hearing: &Hearing) -> BTreeSet<BTreeSet<NodeId>> {
    let reach = |start: &NodeId| {
        let (mut seen, mut open) = (BTreeSet::from([*start]), vec![*start]);
        while let Some(node) = open.pop() {
            open.extend(hearing[&node].iter().filter(|other| seen.insert(**other)));
        }
        seen
    };
    hearing.keys().map(reach).collect()
}

fn sizes(groups: &BTreeSet<BTreeSet<NodeId>>) -> Vec<usize> {
    let mut sizes: Vec<usize> = groups.iter().map(BTreeSet::len).collect();
    sizes.sort_unstable();
    sizes
}

fn is_whole_within(hearing: &Hearing, groups: &BTreeSet<BTreeSet<NodeId>>) -> bool {
    groups.iter().all(|group| group.iter().all(|node| hearing[node].len() == group.len() - 1))
}

#[test]
fn halves_are_two_groups_of_almost_one_size() {
    each("halves", 2, |nodes, hearing| {
        let groups = groups(&hearing);
        assert_eq!(sizes(&groups), [nodes / 2, nodes.div_ceil(2)]);
        assert!(is_whole_within(&hearing, &groups) && is_symmetric(&hearing));
    });
}

#[test]
fn isolation_leaves_one_node_alone() {
    each("isolate", 2, |nodes, hearing| {
        let groups = groups(&hearing);
        assert_eq!(sizes(&groups), [1, nodes - 1]);
        assert!(is_whole_within(&hearing, &groups) && is_symmetric(&hearing));
    });
}

#[test]
fn a_one_way_partition_leaves_the_other_way() {
    each("one-way", 2, |nodes, hearing| {
        let muted: BTreeSet<NodeId> =
            hearing.iter().filter(|(_, heard)| heard.len() < nodes - 1).map(|(n, _)| *n).collect();
        assert!(!muted.is_empty() && muted.len() < nodes);
        for node in &muted {
            let friends: BTreeSet<NodeId> = muted.iter().copied().filter(|n| n != node).collect();
            assert_eq!(hearing[node], friends);
        }
    });
}

#[test]
fn a_bridge_hears_both_sides_which_do_not_hear_each_other() {
    each("bridge", 3, |nodes, mut hearing| {
        assert!(is_symmetric(&hearing));
        let bridges: Vec<NodeId> =
            hearing.iter().filter(|(_, heard)| heard.len() == nodes - 1).map(|(n, _)| *n).collect();
        assert_eq!(bridges.len(), 1);
        hearing.remove(&bridges[0]);
        hearing.values_mut().for_each(|heard| assert!(heard.remove(&bridges[0])));
        let groups = groups(&hearing);
        assert_eq!(sizes(&groups), [(nodes - 1) / 2, nodes / 2]);
        assert!(is_whole_within(&hearing, &groups));
    });
}

#[test]
fn in_a_ring_each_hears_two_and_all_are_joined() {
    each("ring", 4, |nodes, hearing| {
        assert_eq!(degrees(&hearing), BTreeMap::from([(2, nodes)]));
        assert!(is_symmetric(&hearing));
        assert_eq!(groups(&hearing).len(), 1);
    });
}

#[test]
fn thirds_are_three_groups_of_almost_one_size() {
    each("thirds", 3, |nodes, hearing| {
        let groups = groups(&hearing);
        assert_eq!(sizes(&groups), [nodes / 3, (nodes + 1) / 3, nodes.div_ceil(3)]);
        assert!(is_whole_within(&hearing, &groups) && is_symmetric(&hearing));
    });
}

#[test]
fn a_majority_is_cut_from_a_minority_of_any_size() {
    let mut seen = BTreeSet::new();
    for seed in 0..60 {
        let hearing = hearing("majority", 7, seed);
        let groups = groups(&hearing);
        assert!(is_whole_within(&hearing, &groups) && is_symmetric(&hearing));
        seen.insert(sizes(&groups));
    }
    assert_eq!(seen, BTreeSet::from([vec![1, 6], vec![2, 5], vec![3, 4]]));
}

#[test]
fn in_a_partial_partition_some_hear_both_sides() {
    each("partial", 3, |nodes, hearing| {
        assert!(is_symmetric(&hearing));
        let both = hearing.values().filter(|heard| heard.len() == nodes - 1).count();
        assert!((1..=nodes - 2).contains(&both), "{both} of {nodes}");
        assert_eq!(groups(&hearing).len(), 1, "whoever hears both joins them");
    });
}

#[test]
fn too_few_nodes_for_a_shape_are_halved() {
    for (variant, nodes) in
        [("bridge", 2), ("ring", 2), ("ring", 3), ("thirds", 2), ("majority", 2), ("partial", 2)]
    {
        let hearing = hearing(variant, nodes, 1);
        assert_eq!(groups(&hearing).len(), 2, "{variant} of {nodes}");
    }
    for variant in
        ["halves", "isolate", "one-way", "bridge", "ring", "thirds", "majority", "partial"]
    {
        let alone = plan_alone(&format!("partition:{variant}"), 1, Time::millis(200), 1);
        assert!(alone.is_empty(), "{variant}");
    }
}

#[test]
fn without_a_variant_every_shape_is_drawn() {
    let shapes: BTreeSet<_> = (0..100)
        .map(|seed| {
            let planned = plan_alone("partition", 5, Time::millis(200), seed);
            planned.iter().map(|d| d.trouble.links().map(|l| l.both_ways)).collect::<Vec<_>>()
        })
        .collect();
    let one_way = vec![Some(false)];
    assert!(shapes.contains(&one_way) && shapes.len() >= 3, "{shapes:?}");
}

/// The faults that a disturbance is.
fn faults_of(d: &Disturbance) -> Vec<Fault> {
    match &d.trouble {
        Trouble::Crash { .. } if d.until.is_some() => vec![Fault::Crash, Fault::Recovery],
        Trouble::Crash { .. } => vec![Fault::Crash],
        Trouble::Cut { .. } => vec![Fault::Partition],
        Trouble::Lose { .. } => vec![Fault::Loss],
        // Some messages late by more than others, or some of them alone, overtake each other.
        Trouble::Delay { least, most, rate, .. } => match least == most && rate.0 == 1_000_000 {
            true => vec![Fault::Delay],
            false => vec![Fault::Reorder],
        },
        Trouble::Duplicate { .. } => vec![Fault::Duplication],
        Trouble::Corrupt { .. } => vec![Fault::Corruption],
        Trouble::Pause { .. } | Trouble::Starve { .. } => vec![Fault::Pause],
        Trouble::Skew { .. } => vec![Fault::Clock],
        Trouble::Lie { .. } | Trouble::Twin { .. } => vec![Fault::Byzantine],
        Trouble::Omit { .. } => vec![Fault::Loss],
        Trouble::Garble { .. } => vec![Fault::Corruption],
        Trouble::Throttle { .. } => vec![Fault::Delay],
        Trouble::Disk { .. } => vec![Fault::Disk],
        Trouble::Strike { .. } => d.trouble.faults(false).to_vec(),
    }
}

fn swarm(tolerates: &'static [Fault]) -> BTreeSet<Fault> {
    let implementation = implementation(tolerates);
    let plan = |seed| plan_for(&implementation, "swarm", 5, Time::millis(200), seed);
    (0..60).flat_map(plan).flat_map(|d| faults_of(&d)).collect()
}

#[test]
fn a_swarm_uses_what_the_model_allows_and_nothing_else() {
    assert!(swarm(&[]).is_empty());
    // Crashes are a profile of their own; recovery needs them, and failing disks need both.
    for (at, one) in ANYTHING.iter().enumerate() {
        let expected = match one {
            Fault::Recovery | Fault::Disk => BTreeSet::new(),
            one => BTreeSet::from([*one]),
        };
        assert_eq!(swarm(&ANYTHING[at..=at]), expected, "{}", one.word());
    }
    assert_eq!(swarm(ANYTHING), ANYTHING.iter().copied().collect());
}

#[test]
fn a_swarm_differs_from_run_to_run() {
    let profiles = |seed| {
        let planned = plan_alone("swarm", 5, Time::millis(200), seed);
        planned.iter().flat_map(faults_of).collect::<BTreeSet<_>>()
    };
    let drawn: BTreeSet<_> = (0..100).map(profiles).collect();
    assert!(drawn.len() > 50, "{} different swarms in 100", drawn.len());
}

#[test]
fn what_implementations_claim_to_live_with_is_all_a_swarm_holds_for_them() {
    for implementation in pepperland_impls::all() {
        for seed in 0..100 {
            for d in plan_for(implementation, "swarm", 5, Time::millis(200), seed) {
                let faults = faults_of(&d);
                let outside = implementation.outside_model(&faults);
                assert!(outside.is_empty(), "{}: {d:?}", implementation.name);
            }
        }
    }
}
