//! Negative acknowledgements, judged with every frame written down: what is discarded was received
//! by all, and repairs are spared.

use pepperland_core::checker::Case;
use pepperland_core::history::{History, Kind};
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Disturbance, Links, Schedule, Trouble};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_impls::multicast::nack;
use pepperland_sim::Simulator;

const NACK: &Implementation = &nack::ENTRY;

fn run(schedule: &Schedule) -> History {
    Simulator.run(schedule, NACK, Detail::Network).expect("nothing is refused")
}

fn judge(property: &str, history: &History) -> Verdict {
    let checker = pepperland_checkers::find(property).expect("there is such a property");
    (checker.check)(&Case::new(history))
}

#[test]
fn what_is_discarded_was_received_by_all_and_repairs_end() {
    let profiles = ["none", "loss", "crash,loss", "partition,duplicate", "jitter,pause"];
    let mut held = 0;
    for (index, faults) in profiles.into_iter().enumerate() {
        let scenario = Scenario::new(NACK.name, faults);
        let plan = Plan {
            scenario: &scenario,
            implementation: NACK,
            workload: pepperland_workloads::ALL[index],
            faults: pepperland_faults::resolve(faults).expect("a profile"),
            profiles: pepperland_faults::without(Simulator.lacks()).collect(),
            lacks: &[],
        };
        for seed in 0..20 {
            let history = run(&plan.schedule(Seed(seed)));
            for property in ["safe-discard", "quiescence"] {
                let verdict = judge(property, &history);
                assert_ne!(verdict.ruling(), Ruling::Violated, "{faults}, {seed}: {verdict:?}");
                held += u32::from(verdict.ruling() == Ruling::Held);
            }
        }
    }
    assert!(held > 150, "{held}");
}

#[test]
fn what_is_collected_before_it_is_stable_is_seen() {
    let flaw = NACK.flaw("collect-before-stable").expect("it is planted");
    let schedule = Schedule::from_text(flaw.killer).expect("it is a schedule");
    let verdict = judge("safe-discard", &run(&schedule));
    assert_eq!(verdict.ruling(), Ruling::Violated, "{verdict:?}");
}

/// How many repairs a group of ten needs when each of its messages is lost to some.
fn repairs(change: Option<&str>) -> usize {
    let text = NACK.breaks[0].killer;
    let mut schedule = Schedule::from_text(text).expect("it is a schedule");
    schedule.header.flaw = change.map(str::to_owned);
    schedule.header.nodes = 10;
    schedule.disturbances.clear();
    let (links, rate) = (Links::all(), PerMillion::percent(30));
    let until = Time::millis(400);
    schedule.disturbances.push(Disturbance::during(
        Time::ZERO,
        until,
        Trouble::Lose { links, rate },
    ));
    let of_a_seed = |seed| {
        schedule.header.seed = Seed(seed);
        let history = run(&schedule);
        let frames = history.events().filter(|event| event.kind() == Kind::Send);
        let labels = frames.filter_map(|event| event.transmission()?.label.clone());
        labels.filter(|label| &**label == "Repair").count()
    };
    (0..20).map(of_a_seed).sum()
}

#[test]
fn whoever_hears_a_repair_spares_its_own() {
    let (spared, storm) = (repairs(None), repairs(Some("no-suppression")));
    println!("{spared} frames of repairs with suppression, {storm} without");
    assert!(spared > 0 && 2 * storm > 3 * spared, "{spared} {storm}");
}
