//! Non-triviality: what all want is decided, where nothing goes wrong.
//!
//! # Definition
//! If all members of an instance's group propose `v` and nothing else, and until the last decision
//! of the instance nobody crashes, nobody stands still, no clock is wrong and no message is lost,
//! late or changed, then whoever decides decides `v` (the condition that Gray 1978 and Lynch 1996,
//! 5.1, put on coordinated attack: if all generals want to attack and all messages are delivered,
//! they attack). Without it, whoever never attacks agrees. What goes wrong is read off the events of
//! the environment, wherever it befalls. Where nodes lie, nothing is judged.
//! # Cost
//! O(events · log instances + instances · nodes).
//! # Witness
//! A proposal of each member, and the decision.

use crate::consensus::instances::{Act, Instance, Instances, Name};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-non-triviality",
    number: "CO11",
    statement: "where nothing goes wrong and all propose the same value, no other is decided",
    source: "Gray 1978; Lynch 1996, 5.1",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events · log instances + instances · nodes)",
    needs: &[Kind::Propose, Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.byzantine.contains(&true) {
        return Verdict::undecided("a node that lies may have proposed anything");
    }
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let trouble = first_trouble(scene.history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (name, instance) in &instances.all {
        let last = instance.decisions.last().filter(|last| (last.event as usize) < trouble);
        let Some(all) = last.and_then(|_| of_one_mind(&instances, *name, instance)) else {
            continue;
        };
        for act in &instance.decisions {
            let (proposed, decided) = (instances.time(&all[0]), instances.time(act));
            tally.count(proposed.min(decided), proposed.max(decided));
            if witness.is_none() && act.value != all[0].value {
                witness = Some(another(&instances, *name, &all, act));
            }
        }
    }
    tally.verdict(witness, "nothing was decided that all had wanted and nothing had disturbed")
}

/// Where the first thing goes wrong; the end, if nothing does.
fn first_trouble(history: &History) -> usize {
    let goes_wrong = |kind: &Kind| match kind {
        Kind::Heal => false,
        Kind::Crash | Kind::Pause | Kind::Drop | Kind::Corrupt => true,
        kind => kind.is_disturbance(),
    };
    history.kinds().iter().position(goes_wrong).unwrap_or(history.len())
}

/// The first proposal of each member, if each made one and all are of one value.
fn of_one_mind(instances: &Instances<'_, '_>, name: Name, instance: &Instance) -> Option<Vec<Act>> {
    let value = instance.proposals.first()?.value;
    if instance.proposals.iter().any(|act| act.value != value) {
        return None;
    }
    let first = |node| instance.proposals.iter().find(|act| act.node == node).copied();
    let mut all: Vec<Act> = instances.members(name).map(first).collect::<Option<_>>()?;
    all.sort_unstable_by_key(|act| act.event);
    (!all.is_empty()).then_some(all)
}

fn another(instances: &Instances<'_, '_>, name: Name, all: &[Act], act: &Act) -> Witness {
    let (says, wanted) = (instances.decided(name, act), instances.told(&all[0]));
    let yes = |proof: Proof, act: &Act| proof.yes(instances.proposed(name, act), [act.id()]);
    all.iter()
        .fold(Proof::default(), yes)
        .yes("nothing went wrong until then", [])
        .no(format!("whoever decided {} decided {wanted}", instances.say(name)), [act.id()])
        .because(format!("{says}, where all proposed {wanted} and nothing went wrong"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const ALL: &str = "n1 propose 1 a; n2 propose 1 a; n3 propose 1 a";

    #[test]
    fn what_all_want_is_decided() {
        let told = "n2 decided b in instance 1, where all proposed a and nothing went wrong";
        let words = format!("{ALL}; n1 decide 1 a; n2 decide 1 b");
        assert_eq!(because(&ENTRY, &spoken(&json!({}), &words)), told);
        let held = spoken(&json!({}), &format!("{ALL}; n1 decide 1 a; n2 decide 1 a"));
        assert_eq!(ruling(&ENTRY, &held), Ruling::Held);
    }

    #[test]
    fn nothing_is_owed_where_somebody_wants_another_value_or_none() {
        for words in [
            "n1 propose 1 a; n2 propose 1 a; n3 propose 1 b; n1 decide 1 c",
            "n1 propose 1 a; n2 propose 1 a; n1 decide 1 c",
        ] {
            let history = spoken(&json!({}), words);
            assert!(undecided(&ENTRY, &history).starts_with("nothing was decided"), "{words}");
        }
    }

    #[test]
    fn what_goes_wrong_excuses_what_is_decided_after_it_and_not_what_was_before() {
        let ruling = |words: &str| ruling(&ENTRY, &spoken(&json!({}), &format!("{ALL}; {words}")));
        assert_eq!(ruling("n3 crash; n1 decide 1 b"), Ruling::Undecided);
        assert_eq!(ruling("- lose; n1 decide 1 b"), Ruling::Undecided);
        assert_eq!(ruling("- heal; n1 decide 1 b"), Ruling::Violated);
        assert_eq!(ruling("n1 decide 1 b; n3 crash"), Ruling::Violated);
        assert_eq!(ruling("n1 decide 1 b; n3 crash; n2 decide 1 b"), Ruling::Undecided);
    }
}
