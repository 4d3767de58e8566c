//! What liars are planned to do: in the way that was chosen, to nodes that there are.

mod common;

use common::{ANYTHING, implementation, plan_alone};
use pepperland_core::fault::{Fault, Ground};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Deceit, Disturbance, Fate, Trouble, Way};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::{Span, Time};
use std::collections::{BTreeMap, BTreeSet};

const HEAL: Time = Time::millis(200);

fn plans(fault: &str) -> Vec<Vec<Disturbance>> {
    (0..80).map(|seed| plan_alone(fault, 5, HEAL, seed)).collect()
}

/// What is planned in 300 runs for a runtime that cannot bring about these faults.
fn plans_lacking(fault: &str, lacks: &[Fault]) -> Vec<Disturbance> {
    let (toy, profiles) = (implementation(ANYTHING), pepperland_faults::ALL);
    let (implementation, heal_at) = (&toy, HEAL);
    let (changing, requests) = (&[][..], &[][..]);
    let ground = Ground { nodes: 5, heal_at, changing, requests, implementation, profiles, lacks };
    let (profile, choice) = &pepperland_faults::resolve(fault).expect("a profile")[0];
    let plan = |seed| (profile.plan)(&ground, choice, &mut Seed(seed).stream("faults"));
    (0..300).flat_map(plan).collect()
}

fn deceits(fault: &str) -> Vec<(NodeId, Deceit)> {
    let all = plans(fault).concat().into_iter();
    all.map(|d| match d.trouble {
        Trouble::Lie { node, how, .. } => (node, how),
        other => panic!("{other:?}"),
    })
    .collect()
}

/// Every way of lying in messages.
fn ways_of_messages() -> impl Iterator<Item = Way> {
    Way::ALL.into_iter().filter(|way| *way != Way::Hasty)
}

#[test]
fn each_way_is_the_one_that_was_chosen() {
    for way in Way::ALL {
        let deceits = deceits(&format!("byzantine:{}", way.word()));
        assert!(!deceits.is_empty());
        for (node, how) in deceits {
            assert_eq!(how.way, way);
            assert!(!how.concerns(node) || how.to.is_none(), "nobody lies to itself: {how:?}");
        }
    }
}

#[test]
fn by_default_every_way_is_drawn_that_the_runtime_can_bring_about() {
    let words = |lacks: &[Fault]| -> BTreeSet<&str> {
        let word = |d: Disturbance| match d.trouble {
            Trouble::Lie { how, .. } => how.way.word(),
            other => other.word(),
        };
        plans_lacking("byzantine", lacks).into_iter().map(word).collect()
    };
    let mut all: BTreeSet<&str> = ways_of_messages().map(Way::word).collect();
    assert_eq!(words(&[Fault::Twin, Fault::Haste]), all);
    all.insert("hasty");
    assert_eq!(words(&[Fault::Twin]), all);
    all.insert("twin");
    assert_eq!(words(&[]), all);
}

#[test]
fn two_stories_are_for_two_sets_of_receivers() {
    let mut both = 0;
    for plan in plans("byzantine:equivocate") {
        let mut told: BTreeSet<(NodeId, Time, NodeId)> = BTreeSet::new();
        for d in &plan {
            let Trouble::Lie { node, how, .. } = &d.trouble else { panic!("{d:?}") };
            let set = how.to.as_ref().expect("it is for some");
            assert!(!set.is_empty() && !set.contains(node));
            assert!(set.iter().all(|to| told.insert((*node, d.at, *to))), "{plan:?}");
        }
        let liars: BTreeSet<_> = told.iter().map(|(node, ..)| node).collect();
        both += usize::from(told.len() == 4 * liars.len());
    }
    assert!((10..70).contains(&both), "all are told a lie in {both} of 80 runs");
}

#[test]
fn silence_and_lateness_spare_somebody_or_some_kind_of_message() {
    for fault in ["byzantine:silent", "byzantine:late"] {
        for (_, how) in deceits(fault) {
            assert!(how.to.is_some() || how.kind.is_some(), "{how:?}");
            assert_eq!(how.most > Span::ZERO, how.way == Way::Late);
        }
    }
}

#[test]
fn rounds_of_twins_follow_one_another_and_leave_nobody_alone() {
    let mut most = 0;
    for plan in plans("byzantine:twins") {
        let liars: BTreeSet<NodeId> = plan.iter().filter_map(|d| d.trouble.liar()).collect();
        for liar in liars {
            let rounds: Vec<&Disturbance> =
                plan.iter().filter(|d| d.trouble.liar() == Some(liar)).collect();
            assert!(rounds.windows(2).all(|two| two[0].until == Some(two[1].at)), "{rounds:?}");
            most = most.max(rounds.len());
            for round in rounds {
                let Trouble::Twin { node, first, second } = &round.trouble else {
                    panic!("{round:?}")
                };
                let all: BTreeSet<_> = NodeId::first(5).filter(|other| other != node).collect();
                let talking = first.iter().chain(second).flatten().copied().collect();
                let apart = first.is_some() || second.is_some();
                assert!(!apart || all == talking, "everybody talks with a copy: {round:?}");
            }
        }
    }
    assert_eq!(most, 4);
}

#[test]
fn one_lie_is_named_by_itself() {
    let fates = |word: &str| -> Vec<Fate> {
        let all = plans(&format!("byzantine:{word}:transient")).concat().into_iter();
        all.map(|d| match d.trouble {
            Trouble::Strike { fate, .. } => fate,
            other => panic!("{other:?}"),
        })
        .collect()
    };
    for way in ways_of_messages() {
        let fates = fates(way.word());
        assert!(!fates.is_empty() && fates.iter().all(|fate| fate.is_a_lie()), "{way:?}");
    }
    assert!(fates("silent").iter().all(|fate| *fate == Fate::Withhold));
    assert!(fates("replay").iter().all(|fate| matches!(fate, Fate::Replay { .. })));
    for plan in plans("byzantine:equivocate:transient") {
        let of = |liar: NodeId| plan.iter().filter(move |d| d.trouble.liar() == Some(liar));
        for liar in NodeId::first(5) {
            let told: BTreeSet<String> = of(liar)
                .map(|d| match d.trouble {
                    Trouble::Strike { number, fate, .. } => format!("{number} {fate:?}"),
                    _ => panic!("{d:?}"),
                })
                .collect();
            assert!(told.len() <= 1, "all are told the same: {plan:?}");
        }
    }
}

#[test]
fn whoever_is_in_haste_is_so_in_all_its_time_outs() {
    for fault in ["byzantine:hasty", "byzantine:hasty:rate=30%", "byzantine:hasty:transient"] {
        for d in plans(fault).concat() {
            let Trouble::Lie { rate, how, .. } = &d.trouble else { panic!("{d:?}") };
            assert_eq!((*rate, how), (PerMillion::percent(100), &Deceit::plain(Way::Hasty)));
            assert!(d.until.is_some_and(|until| d.at < until));
        }
    }
}

#[test]
fn who_lies_in_several_ways_does_so_in_two_or_three_each_at_its_own_rate() {
    let (mut numbers, mut apart) = (BTreeSet::new(), 0);
    for plan in plans("byzantine:mixed") {
        let liars: BTreeSet<NodeId> = plan.iter().filter_map(|d| d.trouble.liar()).collect();
        for liar in liars {
            let of_liar = plan.iter().filter_map(|d| match &d.trouble {
                Trouble::Lie { node, rate, how } => (*node == liar).then_some((how.way, *rate)),
                other => panic!("{other:?}"),
            });
            let told: BTreeMap<Way, PerMillion> = of_liar.collect();
            numbers.insert(told.len());
            let rates: BTreeSet<PerMillion> = told.values().copied().collect();
            apart += usize::from(rates.len() > 1);
        }
    }
    assert_eq!(numbers, BTreeSet::from([2, 3]));
    assert!(apart > 40, "{apart}");
}

#[test]
fn several_ways_may_be_for_a_while_each() {
    for plan in plans("byzantine:mixed:intermittent") {
        assert!(plan.iter().all(|d| d.until.is_some_and(|until| until <= HEAL)), "{plan:?}");
    }
    let lacking = |lacks: &[Fault]| plans_lacking("byzantine:mixed", lacks);
    let hasty = |d: &Disturbance| d.trouble.hastens(d.trouble.liar().expect("a liar"));
    assert!(lacking(&[]).iter().any(hasty));
    assert!(!lacking(&[Fault::Haste]).iter().any(hasty));
}

#[test]
fn an_adaptive_liar_waits_for_a_run_without_it() {
    assert!(plans("byzantine:choice=adaptive").concat().is_empty());
    let adaptive = &pepperland_faults::resolve("byzantine:choice=adaptive").expect("a profile")[0];
    let drawn = &pepperland_faults::resolve("byzantine:choice=static").expect("a profile")[0];
    assert!(adaptive.0.foresight(&adaptive.1).is_some());
    assert!(drawn.0.foresight(&drawn.1).is_none());
}
