//! What is chosen of a profile is what is planned, and all else stays as it was drawn.

mod common;

use common::{ANYTHING, implementation, plan_alone, planned};
use pepperland_core::fault::Fault;
use pepperland_core::schedule::{Ask, Disturbance, Failing, Fate, Step, Trouble, When};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeSet;

const HEAL: Time = Time::millis(200);

fn plans(fault: &str) -> Vec<Vec<Disturbance>> {
    (0..60).map(|seed| plan_alone(fault, 5, HEAL, seed)).collect()
}

fn all(fault: &str) -> Vec<Trouble> {
    let troubles: Vec<Trouble> = plans(fault).concat().into_iter().map(|d| d.trouble).collect();
    assert!(!troubles.is_empty(), "{fault}");
    troubles
}

fn rates(fault: &str) -> BTreeSet<PerMillion> {
    let rate = |trouble: Trouble| match trouble {
        Trouble::Lose { rate, .. }
        | Trouble::Omit { rate, .. }
        | Trouble::Corrupt { rate, .. }
        | Trouble::Garble { rate, .. }
        | Trouble::Duplicate { rate, .. }
        | Trouble::Lie { rate, .. }
        | Trouble::Delay { rate, .. } => rate,
        other => panic!("{other:?} has no rate"),
    };
    all(fault).into_iter().map(rate).collect()
}

#[test]
fn the_rate_is_the_one_that_was_given() {
    for profile in ["loss", "corrupt", "duplicate", "reorder", "byzantine:small-scope"] {
        let given = rates(&format!("{profile}:rate=33%"));
        assert_eq!(given, BTreeSet::from([PerMillion::percent(33)]), "{profile}");
        assert!(rates(profile).len() > 1, "{profile} draws its rate by default");
    }
    for fault in ["omission:send", "value:out-of-code", "value:in-code"] {
        let given = rates(&format!("{fault}:permanent:rate=33%"));
        assert_eq!(given, BTreeSet::from([PerMillion::percent(33)]), "{fault}");
    }
}

#[test]
fn a_number_that_is_given_leaves_what_else_is_drawn_as_it_was() {
    for (fault, given) in [
        ("loss", "loss:rate=33%"),
        ("duplicate", "duplicate:most=7ms"),
        ("clock", "clock:drift=50%"),
        ("rate", "rate:per-second=7"),
        ("partition", "partition:lasts=7ms"),
    ] {
        for (one, other) in plans(fault).iter().zip(plans(given)) {
            let begun = |plan: &[Disturbance]| -> Vec<_> {
                plan.iter().map(|d| (d.at, d.trouble.links().cloned())).collect()
            };
            assert_eq!(begun(one), begun(&other), "{given}");
        }
    }
}

#[test]
fn spans_stay_within_what_was_given() {
    for fault in ["delay:most=7ms", "jitter:most=7ms", "timing:late:permanent:most=7ms"] {
        for trouble in all(fault) {
            let Trouble::Delay { least, most, .. } = trouble else { panic!("{trouble:?}") };
            assert!(least <= most && most <= Span::millis(7), "{fault}");
        }
    }
    for trouble in all("clock:jump=3ms:drift=0.01%") {
        let Trouble::Skew { jump, drift, .. } = trouble else { panic!("{trouble:?}") };
        assert!(jump.abs() <= 3_000_000 && drift.abs() <= 100, "{jump} {drift}");
    }
    for trouble in all("timing:early:drift=50%") {
        let Trouble::Skew { jump: 0, drift, .. } = trouble else { panic!("{trouble:?}") };
        assert!((1..=500_000).contains(&drift), "{drift}");
    }
    for trouble in all("rate:per-second=50") {
        assert!(matches!(trouble, Trouble::Throttle { every, .. } if every == Span::millis(20)));
    }
}

#[test]
fn a_window_lasts_as_long_as_was_given_or_until_the_heal() {
    for profile in ["loss", "delay", "partition", "pause", "rate", "corrupt", "clock"] {
        for d in plans(&format!("{profile}:lasts=5ms")).concat() {
            let until = d.until.expect("it ends");
            assert!(until == (d.at + Span::millis(5)).min(HEAL), "{profile}: {d:?}");
        }
    }
}

#[test]
fn what_is_permanent_lasts_until_the_heal() {
    for profile in
        ["loss", "omission", "timing", "value", "partition", "pause", "byzantine", "rate"]
    {
        for d in plans(&format!("{profile}:permanent")).concat() {
            if matches!(d.trouble, Trouble::Twin { .. }) {
                continue;
            }
            assert_eq!(d.until, Some(HEAL), "{profile}: {d:?}");
        }
    }
}

#[test]
fn what_is_intermittent_comes_and_goes() {
    for fault in ["loss", "omission:send", "timing:late", "value:out-of-code", "rate", "clock"] {
        for plan in plans(&format!("{fault}:intermittent")) {
            assert!((2..=4).contains(&plan.len()), "{fault}: {plan:?}");
            let apart = plan.windows(2).all(|two| two[0].until.is_some_and(|u| u <= two[1].at));
            assert!(apart, "{fault}: {plan:?}");
        }
    }
}

#[test]
fn what_is_transient_befalls_one_message() {
    for (fault, fate) in [
        ("loss", Fate::Lose),
        ("corrupt", Fate::Corrupt),
        ("omission:receive", Fate::Lose),
        ("value:out-of-code", Fate::Garble),
    ] {
        for plan in plans(&format!("{fault}:transient")) {
            let [Disturbance { trouble: Trouble::Strike { fate: suffered, .. }, .. }] = plan[..]
            else {
                panic!("{fault}: {plan:?}")
            };
            assert_eq!(suffered, fate, "{fault}");
        }
    }
    let lies = plans("byzantine:small-scope:transient").concat();
    assert!(
        lies.iter().all(|d| matches!(d.trouble, Trouble::Strike { fate: Fate::Lie { .. }, .. }))
    );
}

#[test]
fn omissions_are_of_the_component_and_of_the_degree() {
    for (variant, both_ways, sides) in
        [("send", false, (1, 0)), ("receive", false, (0, 1)), ("general", true, (1, 0))]
    {
        for trouble in all(&format!("omission:{variant}:permanent:k=2")) {
            let Trouble::Omit { links, degree: 2, .. } = trouble else { panic!("{trouble:?}") };
            let size = |side: &Option<Vec<_>>| side.as_ref().map_or(0, Vec::len);
            assert_eq!((size(&links.from), size(&links.to)), sides);
            assert_eq!(links.both_ways, both_ways);
        }
    }
}

#[test]
fn a_disk_fails_until_its_node_is_back() {
    for (variant, word) in [("lost", "lost"), ("torn", "torn"), ("lying-sync", "lying")] {
        for plan in plans(&format!("disk:{variant}")) {
            for pair in plan.chunks(2) {
                let [disk, crash] = pair else { panic!("{plan:?}") };
                let Trouble::Disk { node, how } = disk.trouble else { panic!("{disk:?}") };
                assert!(matches!(crash.trouble, Trouble::Crash { node: n, .. } if n == node));
                assert!(disk.at <= crash.at && disk.until == crash.until, "{plan:?}");
                assert_eq!(how.word(), word);
            }
        }
    }
    let unsynced = Failing::Lost { unsynced: Span::millis(5) };
    let lost = all("disk:lost:unsynced=5ms").into_iter().filter(|t| t.word() == "disk");
    assert!(lost.into_iter().all(|t| matches!(t, Trouble::Disk { how, .. } if how == unsynced)));
}

fn asked(schedule_steps: &[Step]) -> Vec<(Time, String)> {
    let told = |step: &Step| match (&step.when, &step.ask) {
        (When::At(at), Ask::Leave { .. }) => Some((*at, format!("{} leaves", step.node))),
        (When::At(at), Ask::Join { .. }) => Some((*at, format!("{} joins", step.node))),
        _ => None,
    };
    schedule_steps.iter().filter_map(told).collect()
}

/// A schedule of a workload in which members come and go.
fn changing(faults: &str, seed: u64) -> Vec<Step> {
    let scenario = pepperland_core::scenario::Scenario::new("toy", faults);
    let workloads = pepperland_workloads::ALL.iter();
    let workload = workloads.copied().find(|w| w.layout.is_changing()).expect("there is one");
    let implementation = implementation(ANYTHING);
    let plan = pepperland_core::plan::Plan {
        scenario: &scenario,
        implementation: &implementation,
        workload,
        faults: pepperland_faults::resolve(faults).expect("profiles"),
        profiles: Vec::new(),
        lacks: &[],
    };
    plan.schedule(Seed(seed)).steps
}

#[test]
fn whoever_leaves_comes_back_before_the_heal() {
    let mut departures = 0;
    for seed in 0..20 {
        let (with, without) = (changing("churn:leave", seed), changing("none", seed));
        let ids: BTreeSet<u32> = with.iter().map(|step| step.id).collect();
        assert_eq!(ids.len(), with.len(), "each step has an id of its own");
        let more = asked(&with).len() - asked(&without).len();
        assert_eq!(more % 2, 0, "each departure has its return");
        departures += more / 2;
        assert!(asked(&with).iter().all(|(at, _)| *at <= HEAL));
    }
    assert!(departures > 20, "{departures}");
    let toy = implementation(ANYTHING);
    let nobody = planned(&toy, "churn:leave", 5, 1);
    assert!(asked(&nobody.steps).is_empty() && nobody.disturbances.is_empty());
}

#[test]
fn only_groups_with_views_live_with_departures() {
    let mut implementation = implementation(ANYTHING);
    assert_eq!(implementation.outside_model(&[Fault::Leave]), [Fault::Leave]);
    implementation.model.views = true;
    assert_eq!(implementation.outside_model(&[Fault::Leave]), []);
}
