//! Detection time: a crashed node is suspected in time, and then for good.
//!
//! # Definition
//! From some time no later than `about.bounds.detection` nanoseconds after a crash, every monitor
//! suspects the crashed node as long as that is down (Chen, Toueg & Aguilera 2002: the upper bound
//! on T_D, the time from the crash to the suspicion that is not taken back). A monitor that starts
//! or goes on after a pause gets the time anew; while it is down or paused nothing is asked of it.
//! Across real clocks the bound is longer by their error. It binds every node that is not
//! Byzantine, for the nodes of its groups; a target that left is not looked for.
//! # Cost
//! O(crashes · nodes · log events + events · log pairs).
//! # Witness
//! The crash; and the trust, if the monitor trusted the node again.

use crate::detectors::watch::{Down, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-detection-time",
    number: "FD7",
    statement: "a crashed node is suspected within the bound, for as long as it is down",
    source: "Chen, Toueg & Aguilera 2002",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(crashes · nodes · log events + events · log pairs)",
    needs: &[Kind::Crash],
    given: &[Given::Bound("detection"), Given::AnyOf(&[Kind::Suspect, Kind::Trust])],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(bound) = bound(case.history, "detection") else {
        return Verdict::undecided("about.bounds.detection does not say how long it may take");
    };
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let slack = bound.saturating_add(scene.clock_error());
    for (target, downs) in watch.downs.iter().enumerate() {
        if case.byzantine[target] || watch.left[target] {
            continue;
        }
        for (down, monitor) in
            downs.iter().flat_map(|d| watch.watchers(target as u32).map(move |m| (d, m)))
        {
            for (from, until) in due(&watch, monitor, down, slack) {
                tally.count(watch.time(down.from), until);
                if witness.is_none() {
                    let pair = (monitor, target as u32);
                    let silent = silence(&watch, pair, from, until);
                    witness = silent.map(|trust| late(&watch, pair, (down, until), trust, bound));
                }
            }
        }
    }
    tally.verdict(witness, "nobody was down for longer than the bound while a node watched")
}

/// The spans in which the monitor must suspect the node that is down: what is left, after the
/// slack, of each span in which both are as they are. Both ends are excluded.
fn due(
    watch: &Watch<'_, '_>,
    monitor: u32,
    down: &Down,
    slack: u64,
) -> impl Iterator<Item = (Time, Time)> {
    let error = watch.scene.clock_error();
    let up = down.to.map_or(watch.end, |event| watch.time(event));
    let up = Time(up.0.saturating_sub(if down.to.is_some() { error } else { 0 }));
    let crash = watch.time(down.from);
    let active = &watch.active[monitor as usize];
    let first = active.partition_point(|(_, until)| *until <= crash);
    let during = active[first..].iter().take_while(move |(from, _)| *from < up);
    during.filter_map(move |(from, until)| {
        let (from, until) = (Time(crash.max(*from).0.saturating_add(slack)), up.min(*until));
        (from < until).then_some((from, until))
    })
}

/// Whether the monitor did not suspect the target at some time in the span; and the trust that says
/// so, if there is one.
fn silence(
    watch: &Watch<'_, '_>,
    pair: (u32, u32),
    from: Time,
    until: Time,
) -> Option<Option<u32>> {
    let turns = watch.turns.get(&pair).map_or(&[][..], Vec::as_slice);
    let begun = turns.partition_point(|turn| watch.time(turn.event) <= from);
    let ended = turns.partition_point(|turn| watch.time(turn.event) < until);
    let restarts = &watch.downs[pair.0 as usize];
    let past = |down: &Down| down.to.is_some_and(|to| watch.time(to) <= from);
    let restarted = restarts[..restarts.partition_point(past)].last();
    let fresh = restarted.and_then(|down| down.to).unwrap_or(0);
    let before = turns[..begun].last().filter(|turn| turn.event >= fresh);
    if !before.is_some_and(|turn| turn.suspects) {
        return Some(None);
    }
    let lasts = |place: &usize| {
        let (turn, next) = (&turns[*place], turns.get(place + 1));
        !turn.suspects && next.is_none_or(|next| watch.time(next.event) > watch.time(turn.event))
    };
    (begun..ended).find(lasts).map(|place| Some(turns[place].event))
}

fn late(
    watch: &Watch<'_, '_>,
    (monitor, target): (u32, u32),
    (down, until): (&Down, Time),
    trust: Option<u32>,
    bound: u64,
) -> Witness {
    let (m, t) = (watch.name(monitor), watch.name(target));
    let crash = EventId(down.from);
    let proof = Proof::default().yes(format!("{t} crashed"), [crash]);
    let stated = watch.scene.history.header.end.is_some();
    let end = (!stated && until == watch.end).then(|| watch.scene.history.len() as u32 - 1);
    match trust {
        Some(trust) => {
            let after = watch.time(trust).since(watch.time(down.from)).0;
            proof
                .no(format!("{m} suspected it for good {bound} ns later"), [EventId(trust)])
                .because(format!("{t} crashed; {m} trusted it {after} ns later, not just {bound}"))
        }
        None => proof
            .no(format!("{m} suspected it {bound} ns later"), end.map(EventId))
            .because(format!("{t} crashed; {m} did not suspect it within {bound} ns")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> History {
        let header = json!({"about": {"bounds": {"detection": 10}}, "nodes": ["n1", "n2"],
            "failure_model": "crash-recovery", "end": 50});
        spoken(&header, words)
    }

    #[test]
    fn a_crash_is_noticed_in_time() {
        assert_eq!(ruling(&ENTRY, &of("@5 n2 crash; @15 n1 suspect n2")), Ruling::Held);
        let told = "n2 crashed; n1 did not suspect it within 10 ns";
        assert_eq!(because(&ENTRY, &of("@5 n2 crash; @16 n1 suspect n2")), told);
        assert_eq!(because(&ENTRY, &of("@5 n2 crash")), told);
        let again = "@5 n2 crash; @6 n1 suspect n2; @20 n1 trust n2; @21 n1 suspect n2";
        let told = "n2 crashed; n1 trusted it 15 ns later, not just 10";
        assert_eq!(because(&ENTRY, &of(again)), told);
    }

    #[test]
    fn a_short_absence_and_an_absent_monitor_are_excused() {
        let short = of("@5 n2 crash; @15 n2 recover");
        assert!(undecided(&ENTRY, &short).starts_with("nobody was down"));
        let paused = "@4 n1 pause; @5 n2 crash; @30 n1 resume; @40 n1 suspect n2";
        assert_eq!(ruling(&ENTRY, &of(paused)), Ruling::Held);
        let restarted = "@5 n2 crash; @6 n1 suspect n2; @20 n1 crash; @21 n1 recover";
        assert_eq!(ruling(&ENTRY, &of(restarted)), Ruling::Violated);
    }
}
