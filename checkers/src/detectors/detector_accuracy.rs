//! Strong accuracy: nobody is suspected before it crashes.
//!
//! # Definition
//! No node is suspected before it crashes (Chandra & Toueg 1996: *Strong Accuracy*). It binds every
//! monitor but Byzantine ones, those that crash later included. A suspicion is fair if the target
//! was down at any time since the monitor last trusted it, so that one restart may be noticed
//! late; on a real clock, if it may have been so within the clocks' error. A target that lies, or
//! left, is fairly suspected. A node that is only paused is not down.
//! # Cost
//! O(events · log events).
//! # Witness
//! The suspicion; and the last trust before it, if an earlier crash would excuse it otherwise.

use crate::detectors::watch::{Mistake, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-accuracy",
    number: "FD3",
    statement: "no node is suspected before it crashes",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let (mut tally, mut first) = (Tally::of(&scene), None::<((u32, u32), Mistake)>);
    for (pair, turns) in &watch.turns {
        if case.byzantine[pair.1 as usize] {
            continue;
        }
        for turn in turns.iter().filter(|turn| turn.suspects && turn.changes) {
            tally.count(watch.time(turn.event), watch.time(turn.event));
        }
        let mistake = watch.mistakes(*pair).first().copied();
        let earlier = |m: &Mistake| first.is_none_or(|(_, first)| m.began < first.began);
        first = mistake.filter(earlier).map(|mistake| (*pair, mistake)).or(first);
    }
    let witness = first.map(|(pair, mistake)| wrong(&watch, pair, &mistake));
    tally.verdict(witness, "nobody suspected a node that does not lie")
}

fn wrong(watch: &Watch<'_, '_>, pair: (u32, u32), mistake: &Mistake) -> Witness {
    let (m, t) = (watch.name(pair.0), watch.name(pair.1));
    Proof::default()
        .yes(format!("{m} suspected {t}"), mistake.events())
        .no(format!("{t} had crashed by then"), [])
        .because(format!("{m} suspected {t}, which was up"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn who_is_up_is_not_suspected() {
        let history = spoken(&json!({}), "n1 suspect n2; n2 crash");
        assert_eq!(because(&ENTRY, &history), "n1 suspected n2, which was up");
        let history = spoken(&json!({}), "n2 crash; n1 suspect n2; n1 suspect n2 worse");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
        let history = spoken(&json!({"byzantine": ["n2"]}), "n1 suspect n2");
        assert!(undecided(&ENTRY, &history).starts_with("nobody suspected"));
    }

    #[test]
    fn a_restart_may_be_noticed_late_but_once() {
        let header = json!({"failure_model": "crash-recovery"});
        let late = "n2 crash; n2 recover; n1 suspect n2";
        assert_eq!(ruling(&ENTRY, &spoken(&header, late)), Ruling::Held);
        let twice = format!("{late}; n1 trust n2; n1 suspect n2");
        let history = spoken(&header, &twice);
        assert_eq!(because(&ENTRY, &history), "n1 suspected n2, which was up");
        let witness = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(witness.len(), 2);
    }

    #[test]
    fn on_a_real_clock_the_crash_may_have_come_first() {
        let of = |error: u64| {
            let header = json!({"clock": "real", "clock_error": error});
            ruling(&ENTRY, &spoken(&header, "@10 n1 suspect n2; @15 n2 crash"))
        };
        assert_eq!([of(5), of(4)], [Ruling::Held, Ruling::Violated]);
    }
}
