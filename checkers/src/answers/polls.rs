//! Judging polls one by one.

use crate::answers::logs::{Log, Logs, Poll};
use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::verdict::{Verdict, Witness};

/// Judges each poll that shows something by what is wrong with it, if anything is; the first such is
/// told.
pub fn each_poll<Wrong>(
    case: &Case<'_>,
    wrong: impl Fn(&Log, &Poll) -> Option<Wrong>,
    told: impl Fn(&Logs<'_, '_>, &str, &Poll, &Wrong) -> Witness,
) -> Verdict {
    let scene = Scene::of(case);
    let logs = Logs::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, log) in &logs.contents.all {
        for poll in log.polls.iter().filter(|poll| !poll.shown.is_empty()) {
            let request = logs.request(poll.request);
            tally.count(logs.requests.began_at(request), logs.requests.ended_at(request));
            if let Some(wrong) = wrong(log, poll) {
                tally.breach(&mut witness, || told(&logs, key, poll, &wrong));
            }
        }
    }
    tally.verdict(witness, "no poll shows anything")
}
