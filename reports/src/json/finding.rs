//! A finding in a run's document.

use super::views::{self, ViewLine};
use pepperland_core::finding::Finding;
use pepperland_core::history::EventId;
use pepperland_core::runtime::Repeats;
use pepperland_core::seed::Seed;
use serde::{Deserialize, Serialize};

/// A finding as the document of a run has it.
#[derive(Serialize, Deserialize)]
pub struct FindingLine {
    id: String,
    #[serde(default)]
    signature: String,
    property: String,
    scenario: String,
    run: u64,
    seed: Seed,
    because: String,
    witness: Vec<EventId>,
    events: usize,
    faults: usize,
    nodes: usize,
    reproduced: (u32, u32),
    digest: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    beyond_model: bool,
    #[serde(default, skip_serializing_if = "Repeats::is_exactly")]
    repeats: Repeats,
    /// Said only where the program could repeat, and does not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deterministic: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unclean: Option<String>,
    /// Of a property about deliveries in views: who delivered what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    views: Vec<ViewLine>,
}

impl FindingLine {
    /// The line of a finding.
    pub fn of(finding: &Finding) -> FindingLine {
        let could_repeat = finding.repeats == Repeats::IfTheProgramDoes;
        FindingLine {
            id: finding.id.clone(),
            signature: finding.signature.clone(),
            property: finding.property.clone(),
            scenario: finding.scenario.name(),
            run: finding.run,
            seed: finding.seed,
            because: finding.witness.because.clone(),
            witness: finding.witness.events.clone(),
            events: finding.after.events,
            faults: finding.after.faults,
            nodes: finding.after.nodes,
            reproduced: finding.reproduced,
            digest: finding.digest.clone(),
            beyond_model: finding.beyond_model,
            repeats: finding.repeats,
            deterministic: could_repeat.then_some(finding.alike),
            unclean: finding.history.header.unclean().map(str::to_owned),
            views: views::lines(finding),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn what_is_unclean_or_comes_at_a_rate_is_said() {
        let line = |finding| serde_json::to_string(&FindingLine::of(&finding)).unwrap();
        let sure = line(fixtures::two_sequencers());
        let flaky = fixtures::at_a_rate();
        let by_itself = Finding { repeats: Repeats::IfTheProgramDoes, ..flaky.clone() };
        let unclean = r#""unclean":"the harness was 120 ms late once"}"#;
        assert!(sure.ends_with(&format!(r#""digest":"{}"}}"#, flaky.digest)), "{sure}");
        let (flaky, by_itself) = (line(flaky), line(by_itself));
        assert!(flaky.contains(r#""reproduced":[7,10]"#), "{flaky}");
        assert!(flaky.ends_with(&format!(r#""repeats":"at-a-rate",{unclean}"#)), "{flaky}");
        let repeats = r#""repeats":"if-the-program-does","deterministic":false"#;
        assert!(by_itself.ends_with(&format!("{repeats},{unclean}")), "{by_itself}");
    }
}
