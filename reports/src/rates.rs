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

/// How many of a row's runs were unclean: `3 of 40 runs unclean`; nothing if none was.
pub fn unclean_runs(row: &Row) -> Option<String> {
    let runs = count(row.runs, "run", "runs");
    (row.unclean > 0).then(|| format!("{} of {runs} unclean", thousands(row.unclean)))
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
