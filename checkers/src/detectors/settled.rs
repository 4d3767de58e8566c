//! What detectors say for ever: the work shared by completeness and eventual accuracy.

use crate::detectors::watch::{Stretch, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};

/// Whose output must be right.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Need {
    /// That of every correct monitor on every target.
    EveryPair,
    /// That of some correct monitor on every target.
    SomeMonitor,
    /// That of every correct monitor on some target.
    SomeTarget,
}

/// What becomes of one target.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Fate {
    Right,
    /// Wrong for good, because of this monitor.
    Wrong(u32),
    /// This monitor changed its mind too late.
    Open(u32),
}

/// Whether crashed nodes (`down`), or else correct ones, are suspected, or else trusted, in the
/// last stretch of the run.
pub fn judge(case: &Case<'_>, down: bool, need: Need, nothing: &str) -> Verdict {
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let stretch = match Stretch::of(&watch, case) {
        Ok(stretch) => stretch,
        Err(reason) => return Verdict::undecided(reason),
    };
    let mut tally = Tally::of(&scene);
    let mut fates = Vec::new();
    let is_target =
        |node: u32| if down { watch.last_crash(node).is_some() } else { watch.stays(node) };
    for target in (0..scene.history.node_count() as u32).filter(|node| is_target(*node)) {
        let outputs = watch.monitors(target).map(|m| (m, stretch.output(&watch, m, target)));
        let outputs: Vec<(u32, Option<bool>)> = outputs.collect();
        for (monitor, _) in &outputs {
            let last = watch.last_change(*monitor, target).map(|turn| watch.time(turn.event));
            let from =
                watch.last_crash(target).map_or(last.unwrap_or(stretch.from), |c| watch.time(c));
            tally.count(from, from.max(last.unwrap_or(from)));
        }
        fates.extend(fate(&outputs, down, need).map(|fate| (target, fate)));
    }
    let open = |fate: &&(u32, Fate)| matches!(fate.1, Fate::Open(_));
    let wrong = |fate: &&(u32, Fate)| matches!(fate.1, Fate::Wrong(_));
    let decides = match need {
        Need::SomeTarget if fates.iter().any(|(_, fate)| *fate == Fate::Right) => None,
        Need::SomeTarget => fates.iter().find(open).or(fates.first()),
        _ => fates.iter().find(wrong).or(fates.iter().find(open)),
    };
    match decides.copied() {
        None | Some((_, Fate::Right)) => tally.held(nothing),
        Some((target, Fate::Open(monitor))) => Verdict::undecided(format!(
            "{} changed its mind about {} near the end",
            watch.name(monitor),
            watch.name(target)
        )),
        Some((target, Fate::Wrong(monitor))) if need == Need::SomeTarget => {
            let all = fates.iter().filter_map(|(target, fate)| match fate {
                Fate::Wrong(monitor) => Some((*monitor, *target)),
                _ => None,
            });
            tally.violated(nobody(&watch, all, (monitor, target)))
        }
        Some((target, Fate::Wrong(monitor))) => {
            tally.violated(wrong_for_good(&watch, (monitor, target), down, need))
        }
    }
}

fn fate(outputs: &[(u32, Option<bool>)], down: bool, need: Need) -> Option<Fate> {
    let first = outputs.first()?.0;
    let find = |wanted| outputs.iter().find(|(_, output)| *output == wanted).map(|(m, _)| *m);
    let (right, wrong, open) = (find(Some(down)), find(Some(!down)), find(None));
    Some(match (need, right, wrong, open) {
        (Need::SomeMonitor, Some(_), ..) => Fate::Right,
        (Need::SomeMonitor, None, _, Some(open)) => Fate::Open(open),
        (Need::SomeMonitor, None, wrong, None) => Fate::Wrong(wrong.unwrap_or(first)),
        (_, _, Some(wrong), _) => Fate::Wrong(wrong),
        (_, _, None, Some(open)) => Fate::Open(open),
        (_, _, None, None) => Fate::Right,
    })
}

fn wrong_for_good(
    watch: &Watch<'_, '_>,
    (monitor, target): (u32, u32),
    down: bool,
    need: Need,
) -> Witness {
    let last = watch.last_change(monitor, target).map(|turn| EventId(turn.event));
    let crash = watch.last_crash(target).map(EventId);
    let (m, t) = (watch.name(monitor), watch.name(target));
    let by = if need == Need::SomeMonitor { "no correct node" } else { m };
    match down {
        true => Proof::default()
            .yes(format!("{t} crashed"), crash)
            .no(format!("{by} suspects {t} in the end"), last)
            .because(match need {
                Need::SomeMonitor => format!("{t} crashed; no correct node suspects it in the end"),
                _ => format!("{t} crashed; {m}, which is correct, does not suspect it in the end"),
            }),
        false => Proof::default()
            .yes(format!("{m} and {t} are correct"), [])
            .no(format!("{m} trusts {t} in the end"), last)
            .because(format!("{m} suspects {t} to the end, and both are correct")),
    }
}

fn nobody(
    watch: &Watch<'_, '_>,
    all: impl Iterator<Item = (u32, u32)>,
    first: (u32, u32),
) -> Witness {
    let clause = |proof: Proof, (monitor, target): (u32, u32)| {
        let last = watch.last_change(monitor, target).map(|turn| EventId(turn.event));
        proof.yes(format!("{} suspects {}", watch.name(monitor), watch.name(target)), last)
    };
    let (m, t) = (watch.name(first.0), watch.name(first.1));
    all.fold(Proof::default(), clause)
        .no("some correct node is suspected by no correct node in the end", [])
        .because(format!("every correct node is suspected to the end by a correct one: {t} by {m}"))
}
