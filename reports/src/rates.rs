//! How sure a violation is: how often it came again, and whether the harness itself was up to its
//! promises in the run that is shown.

use crate::text::{count, short, thousands};
use pepperland_core::finding::{Finding, Row};
use pepperland_core::history::History;
use pepperland_core::runtime::Repeats;

/// How often the finding failed again: `reproduces 7 of 10`.
pub fn reproduces(finding: &Finding) -> String {
    let (again, replays) = finding.reproduced;
    let differs = match finding.repeats {
        Repeats::IfTheProgramDoes if !finding.alike => "; the program is not deterministic",
        _ => "",
    };
    match (finding.repeats, again, replays) {
        (Repeats::Exactly, ..) => format!("reproduces {again} of {replays}"),
        (_, _, 0) => "was not replayed".to_owned(),
        (_, 0, _) => format!("did not reproduce: 0 of {replays}{differs}"),
        _ => format!("reproduces {again} of {replays}{differs}"),
    }
}

/// Why what the run shows is less sure than it should be, in a sentence, if it is.
pub fn unclean(history: &History) -> Option<String> {
    history.header.unclean().map(|why| format!("the run was unclean: {}", short(why, 200)))
}

/// How many of a row's runs were unclean, and how the first was: `3 of 40 runs unclean (the harness
/// was 120 ms late once)`; nothing if none was.
pub fn unclean_runs(row: &Row) -> Option<String> {
    unclean_runs_of(&[row])
}

/// The same of rows of several scenarios together.
pub fn unclean_runs_of(rows: &[&Row]) -> Option<String> {
    let unclean: u64 = rows.iter().map(|row| row.unclean).sum();
    let runs = count(rows.iter().map(|row| row.runs).sum(), "run", "runs");
    let lapse = rows.iter().find_map(|row| row.lapse.as_deref());
    let lapse = lapse.map(|lapse| format!(" ({})", short(lapse, 120))).unwrap_or_default();
    (unclean > 0).then(|| format!("{} of {runs} unclean{lapse}", thousands(unclean)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn told(repeats: Repeats, reproduced: (u32, u32), alike: bool) -> String {
        reproduces(&Finding { repeats, reproduced, alike, ..fixtures::crashed_sender() })
    }

    #[test]
    fn every_rate_has_its_words() {
        assert_eq!(told(Repeats::Exactly, (10, 10), true), "reproduces 10 of 10");
        assert_eq!(told(Repeats::Exactly, (0, 10), false), "reproduces 0 of 10");
        assert_eq!(told(Repeats::AtARate, (7, 10), false), "reproduces 7 of 10");
        assert_eq!(told(Repeats::AtARate, (0, 10), false), "did not reproduce: 0 of 10");
        assert_eq!(told(Repeats::AtARate, (0, 0), true), "was not replayed");
        let by_itself = "reproduces 7 of 10; the program is not deterministic";
        assert_eq!(told(Repeats::IfTheProgramDoes, (7, 10), false), by_itself);
        assert_eq!(told(Repeats::IfTheProgramDoes, (10, 10), true), "reproduces 10 of 10");
    }
}
