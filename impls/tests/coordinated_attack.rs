//! No protocol of coordinated attack solves it, and each shows so itself.

use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::Ask;
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::workload::Stage;
use pepperland_impls::agreement::coordinated_attack::ENTRY;
use pepperland_impls::agreement::coordinated_attack::demonstration::{
    Battle, Failure, decisions, demonstrate,
};
use pepperland_impls::agreement::coordinated_attack::family::Family;
use pepperland_sim::Simulator;
use pepperland_workloads::agreement::attack;

#[test]
fn every_protocol_of_the_family_fails_in_some_run() {
    let run = |schedule: &_| Simulator.run(schedule, &ENTRY, Detail::Application);
    let table = demonstrate(run).expect("nothing is refused");
    assert_eq!(table.len(), 176);
    for (family, shown) in &table {
        assert!(!shown.is_empty(), "{family:?} solves it");
    }
    for failure in [Failure::Disagree, Failure::NeverDecide, Failure::NeverAttack] {
        let shows = |(_, shown): &&(_, Vec<(_, Failure)>)| shown.iter().any(|(_, f)| *f == failure);
        assert!(table.iter().any(|row| shows(&row)), "no protocol fails by {failure:?}");
    }
}

#[test]
fn an_army_attacks_if_as_many_messengers_as_it_waits_for_have_arrived() {
    for family in Family::all() {
        for battle in Battle::all(family).filter(|battle| battle.wishes == [true; 2]) {
            let history = Simulator.run(&battle.schedule(), &ENTRY, Detail::Application);
            let decided = decisions(&history.expect("nothing is refused"));
            let arrived = [battle.arrive / 2, battle.arrive.div_ceil(2)];
            for army in 0..2 {
                let attacks = arrived[army] >= family.thresholds[army];
                let expected = (attacks || !family.patient).then_some(attacks);
                assert_eq!(decided[army], expected, "{battle:?}, army {army}");
            }
        }
    }
}

#[test]
fn the_workload_draws_from_the_family() {
    let all: Vec<Family> = Family::all().collect();
    let groups = attack::ENTRY.layout.groups(2);
    let stage = Stage { nodes: 2, groups, broadcasts: 400, until: Time::millis(200) };
    for step in (attack::ENTRY.plan)(&stage, &mut Seed(1).stream("workload")) {
        let Ask::Propose { instance, .. } = step.ask else { panic!("{step:?}") };
        assert!(all.contains(&Family::of(instance)), "{instance}");
    }
}
