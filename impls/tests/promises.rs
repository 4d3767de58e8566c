//! What the simulator's network promises it keeps: under faults that a channel allows, no promise of
//! the environment is ever broken; under those that it does not, some are.

use pepperland_core::checker::{Case, Class};
use pepperland_core::history::Channel;
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_sim::Simulator;
use std::collections::BTreeMap;

/// How many runs each implementation gets under each profile.
const SEEDS: u64 = 8;

/// How often each promise was kept and broken.
type Rulings = BTreeMap<&'static str, [u32; 2]>;

/// Runs of one implementation under one profile over a channel, judged by every promise.
fn run(
    channel: Channel,
    implementation: &'static Implementation,
    faults: &str,
    told: &mut Rulings,
) {
    let scenario = Scenario::new(implementation.name, faults);
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: pepperland_workloads::ALL[0],
        faults: pepperland_faults::resolve(faults).expect("a profile"),
        profiles: pepperland_faults::without(Simulator.lacks()).collect(),
        lacks: &[],
    };
    for seed in 0..SEEDS {
        let mut schedule = plan.schedule(Seed(seed));
        schedule.header.network.channel = channel;
        let history = Simulator.run(&schedule, implementation, Detail::Network).expect("it runs");
        let case = Case::new(&history);
        let promises = pepperland_checkers::all().filter(|c| c.class == Class::Assumption);
        for promise in promises.filter(|promise| promise.lacks(&history).is_none()) {
            let verdict: Verdict = (promise.check)(&case);
            let count = told.entry(promise.property).or_default();
            match verdict.ruling() {
                Ruling::Held => count[0] += 1,
                Ruling::Violated => count[1] += 1,
                Ruling::Undecided => {}
            }
        }
    }
}

fn under(channel: Channel, profiles: &[&str]) -> Rulings {
    let mut told = Rulings::new();
    for implementation in pepperland_impls::all() {
        profiles.iter().for_each(|faults| run(channel, implementation, faults, &mut told));
    }
    println!("{channel:?} {told:?}");
    told
}

#[test]
fn a_channel_keeps_its_promise_under_the_faults_it_allows() {
    let allowed = ["none", "crash", "crash-recovery", "partition", "delay", "reorder", "pause"];
    let everything = pepperland_faults::without(Simulator.lacks());
    // Of wrong-orders, all servers lie: more than any budget.
    let everything = everything.map(|profile| profile.name).filter(|name| *name != "wrong-orders");
    let everything: Vec<&str> = everything.collect();
    let allowed: Vec<&str> = allowed.into_iter().filter(|name| everything.contains(name)).collect();
    let rulings = [
        (under(Channel::Perfect, &allowed), "link-validity"),
        (under(Channel::FairLoss, &everything), "authentication"),
        (under(Channel::Lossy, &everything), "authentication"),
    ];
    for (told, held) in rulings {
        assert!(told[held][0] > 0, "{held} was never judged: {told:?}");
        assert!(told.values().all(|[_, broken]| *broken == 0), "{told:?}");
    }
}

#[test]
fn a_channel_that_breaks_its_promise_is_seen() {
    let broken = |faults, promise| under(Channel::Perfect, &[faults])[promise][1];
    assert!(broken("loss", "link-validity") > 0);
    assert!(broken("duplicate", "link-no-duplication") > 0);
}
