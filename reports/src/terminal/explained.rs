//! What replays tell of a finding, for a terminal.

use crate::text::{ms, short};
use pepperland_core::finding::{Chance, Explained, Finding};
use std::fmt::Write;

/// Longest line of a piece.
const PIECE: usize = 160;

/// What the failure needs, when its run was lost, and what passes.
pub fn explained(explained: &Explained) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "  {text}").expect("a string grows");
    for need in &explained.needs {
        let (piece, failing, of) = (short(&need.piece, PIECE), need.failing, need.replays);
        line(format!("without    {failing:>2} of {of} fail   {piece}"));
    }
    for Chance { at, failing, replays } in &explained.chances {
        line(format!("from       {failing:>2} of {replays} fail   {:>10} ms", ms(*at)));
    }
    lost(explained).into_iter().for_each(&mut line);
    if let Some(passing) = &explained.passing {
        line(format!("It passes if {}.", short(&passing.change, PIECE)));
    }
    out
}

/// When the run was lost, in a sentence.
pub fn lost(explained: &Explained) -> Option<String> {
    let (before, after) = explained.lost_between()?;
    let of = after.replays;
    Some(format!(
        "The run was lost between {} and {} ms: from there {} and {} of {of} fail.",
        ms(before.at),
        ms(after.at),
        before.failing,
        after.failing,
    ))
}

/// The command that runs what passes.
pub fn replay_passing(finding: &Finding) -> String {
    let (id, property) = (short(&finding.id, 40), short(&finding.property, 60));
    format!("pepperland replay runs/latest/findings/{id}/passing.jsonl --properties {property}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::finding::{Need, Passing};
    use pepperland_core::time::Time;

    #[test]
    fn what_replays_tell() {
        let finding = crate::fixtures::crashed_sender();
        let at = |ms, failing| Chance { at: Time::millis(ms), failing, replays: 20 };
        let told = Explained {
            needs: vec![Need { piece: "n1 crashes at 5 ms".into(), failing: 0, replays: 20 }],
            chances: vec![at(0, 3), at(5, 4), at(12, 19), at(20, 20)],
            passing: Some(Passing {
                change: "n1 multicasts 1 ms later".into(),
                schedule: finding.schedule,
            }),
        };
        let text = explained(&told);
        let lost = "The run was lost between 5 and 12 ms: from there 4 and 19 of 20 fail.";
        assert!(text.starts_with("  without     0 of 20 fail   n1 crashes at 5 ms\n"), "{text}");
        assert!(text.contains(lost), "{text}");
        assert!(text.ends_with("  It passes if n1 multicasts 1 ms later.\n"), "{text}");
        assert_eq!(explained(&Explained::default()), "");
    }

    #[test]
    fn what_was_never_in_doubt_was_not_lost_at_any_instant() {
        let at = |failing| Chance { at: Time::ZERO, failing, replays: 20 };
        let told = Explained { chances: vec![at(20), at(20)], ..Explained::default() };
        assert_eq!(lost(&told), None);
    }
}
