//! A violation made a finding: shrunk, replayed and explained.

use crate::campaign::Progress;
use crate::explain::explain;
use crate::reproduce::{Reproduced, reproduce};
use crate::shrink::{Effort, Shrunk, shrink_from};
use crate::signature::signature;
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::{Explained, Finding, Size};
use pepperland_core::history::{History, Kind};
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;

/// A run of a campaign that violates a property.
pub struct Original {
    /// Its index in the campaign.
    pub run: u64,
    /// Its seed.
    pub seed: Seed,
    /// What was asked for.
    pub schedule: Schedule,
    /// What happened.
    pub violation: Violation,
}

/// Shrinks, replays and explains a violation. `replays` bounds what shrinking may take.
pub fn finding(
    trial: &Trial<'_>,
    checker: &'static Checker,
    original: Original,
    replays: u32,
    progress: &dyn Progress,
) -> Finding {
    let repeats = trial.runtime.repeats();
    let before = Size::of(&original.schedule, &original.violation.history);
    let time_is_up = progress.patience(repeats);
    let effort = Effort { replays, time_is_up: &*time_is_up };
    let (shrunk, again) = shrink_and_replay(trial, checker, &original, &effort, progress);
    // What never fails again cannot be explained by taking pieces away.
    let explained = match (repeats, again.failing) {
        (Repeats::IfTheProgramDoes | Repeats::AtARate, 0) => Explained::default(),
        _ => explain(trial, checker, &shrunk.schedule, &again.best, &*time_is_up),
    };
    let Violation { history, witness } = again.best;
    let scenario = trial.plan.scenario;
    Finding {
        id: id_of(trial, checker, &history),
        signature: signature(checker, &shrunk.schedule, &history, &witness),
        property: checker.property.to_owned(),
        class: checker.class,
        statement: checker.statement.to_owned(),
        scenario: scenario.clone(),
        run: original.run,
        seed: original.seed,
        before,
        after: Size::of(&shrunk.schedule, &history),
        unfinished: shrunk.unfinished,
        explained,
        reproduced: (again.failing, again.replays),
        repeats,
        alike: again.alike,
        digest: format!("{:032x}", history.digest()),
        beyond_model: trial.is_judged_beyond(checker.property, &shrunk.schedule, &history),
        schedule: shrunk.schedule,
        history,
        witness,
    }
}

/// The shrunk schedule and its replays. One that never fails again was shrunk too far: then the
/// original stands for itself.
fn shrink_and_replay(
    trial: &Trial<'_>,
    checker: &'static Checker,
    original: &Original,
    effort: &Effort<'_>,
    progress: &dyn Progress,
) -> (Shrunk, Reproduced) {
    let replay = |schedule: &Schedule, known: Violation| {
        reproduce(trial, checker, schedule, known, || progress.is_interrupted())
    };
    let shrunk = shrink_from(trial, checker, &original.schedule, &original.violation, effort);
    let again = replay(&shrunk.schedule, shrunk.violation());
    let vanished = trial.runtime.repeats() != Repeats::Exactly && again.failing == 0;
    if !vanished || shrunk.schedule == original.schedule {
        return (shrunk, again);
    }
    let Violation { history, witness } = original.violation.clone();
    let schedule = original.schedule.clone();
    let whole = Shrunk { schedule, history, witness, unfinished: false, replays: shrunk.replays };
    let again = replay(&whole.schedule, whole.violation());
    (whole, again)
}

/// The same for the same violation: the implementation, the flaw, the property, and what happened
/// at the nodes, without times.
fn id_of(trial: &Trial<'_>, checker: &Checker, history: &History) -> String {
    let scenario = trial.plan.scenario;
    let flaw = scenario.flaw.as_deref().unwrap_or_default();
    let mut text = format!("{} {flaw} {}", scenario.implementation, checker.property);
    let told = history.events().filter(|event| !event.kind().is_transmission());
    for event in told.filter(|event| event.kind() != Kind::Heal) {
        let node = event.node().map(|node| node.to_string()).unwrap_or_default();
        let message = event.message_name().unwrap_or_default();
        text.push_str(&format!(" {node} {} {message}", event.kind().word()));
    }
    format!("F-{:08x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()) as u32)
}

/// How often a schedule is run to see it fail, where runs differ.
const ATTEMPTS: u32 = 10;

/// Shrinks and explains a schedule that somebody else made, if it violates the property: in one
/// run, or where runs differ in one of a few.
pub fn finding_of(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    replays: u32,
    progress: &dyn Progress,
) -> Option<Finding> {
    let attempts = match trial.runtime.repeats() {
        Repeats::Exactly | Repeats::IfTheProgramDoes => 1,
        Repeats::AtARate => ATTEMPTS,
    };
    let mut attempts = (0..attempts).take_while(|n| *n == 0 || !progress.should_stop());
    let violation =
        attempts.find_map(|_| Violation::of(trial, checker, schedule, Detail::Network))?;
    let seed = schedule.header.seed;
    let original = Original { run: 0, seed, schedule: schedule.clone(), violation };
    Some(finding(trial, checker, original, replays, progress))
}
