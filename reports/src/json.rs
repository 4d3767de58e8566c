//! Verdicts for other programs: JSON lines, and a run's rows as one document.

mod finding;
pub(crate) mod views;

use crate::judged::Judged;
use finding::FindingLine;
use pepperland_core::finding::{Campaign, Canary, Row};
use pepperland_core::history::EventId;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Clause, Outcome, Ruling};
use serde::{Deserialize, Serialize};

/// The version of every form here.
const VERSION: u32 = 1;

/// A row of a run as one line, without its end.
pub fn row(row: &Row) -> String {
    line(&RowLine { v: Some(VERSION), ..RowLine::of(row) })
}

/// Every row of a campaign, one a line.
pub fn rows(campaign: &Campaign) -> String {
    campaign.rows.iter().map(|r| row(r) + "\n").collect()
}

/// What one property's checker says of one recorded history, as one line, without its end.
pub fn checked(judged: &Judged<'_>) -> String {
    let Judged { name, checker, verdict, beyond_model } = *judged;
    let witness = verdict.witness();
    let reason = match &verdict.outcome {
        Outcome::Undecided(reason) => Some(reason.as_str()),
        _ => None,
    };
    line(&CheckLine {
        v: VERSION,
        history: name,
        property: checker.property,
        outcome: verdict.ruling(),
        obligations: verdict.obligations,
        critical: verdict.critical,
        witness: witness.map_or(&[], |w| &w.events),
        because: witness.map(|w| w.because.as_str()),
        reason,
        discharged: verdict.discharged,
        argument: witness.map(|w| w.argument(checker.statement)),
        clauses: witness.map_or(&[], |w| &w.clauses),
        beyond_model,
    })
}

/// The rows and findings of a campaign as one document. Equal runs give equal bytes: there is no
/// time, path or number of workers in it.
pub fn verdicts_json(campaign: &Campaign) -> String {
    let document = Document {
        v: VERSION,
        seed: campaign.seed,
        runs: campaign.runs,
        events: campaign.events,
        rows: campaign.rows.iter().map(RowLine::of).collect(),
        findings: campaign.findings.iter().map(FindingLine::of).collect(),
        canaries: campaign.canaries.iter().map(CanaryLine::of).collect(),
    };
    serde_json::to_string_pretty(&document).expect("verdicts have a JSON form") + "\n"
}

/// Reads the rows, canaries and totals of [`verdicts_json`] back; findings have files of their
/// own.
///
/// # Errors
/// If the text is no such document.
pub fn read_verdicts(text: &str) -> serde_json::Result<Campaign> {
    let document: Document = serde_json::from_str(text)?;
    Ok(Campaign {
        rows: document.rows.into_iter().map(RowLine::into_row).collect(),
        findings: Vec::new(),
        canaries: document.canaries.into_iter().map(CanaryLine::into_canary).collect(),
        seed: document.seed,
        runs: document.runs,
        events: document.events,
    })
}

fn line(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a verdict has a JSON form")
}

/// Field order is the order of the keys, an outside contract.
#[derive(Serialize, Deserialize)]
struct RowLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    v: Option<u32>,
    property: String,
    #[serde(rename = "impl")]
    implementation: String,
    outcome: Ruling,
    runs: u64,
    effective: u64,
    obligations: u64,
    critical: u64,
    scenario: String,
    runtime: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    finding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flaw: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    beyond_model: bool,
    #[serde(default, skip_serializing_if = "is_none")]
    unclean: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lapse: Option<String>,
}

/// Where runs are clean nothing is said of it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_none(unclean: &u64) -> bool {
    *unclean == 0
}

impl RowLine {
    fn of(row: &Row) -> RowLine {
        let row = row.clone();
        RowLine {
            v: None,
            property: row.property,
            implementation: row.implementation,
            outcome: row.outcome,
            runs: row.runs,
            effective: row.effective,
            obligations: row.obligations,
            critical: row.critical,
            scenario: row.scenario,
            runtime: row.runtime,
            finding: row.finding,
            flaw: row.flaw,
            reason: row.reason,
            beyond_model: row.beyond_model,
            unclean: row.unclean,
            lapse: row.lapse,
        }
    }

    fn into_row(self) -> Row {
        Row {
            property: self.property,
            implementation: self.implementation,
            flaw: self.flaw,
            scenario: self.scenario,
            runtime: self.runtime,
            outcome: self.outcome,
            runs: self.runs,
            effective: self.effective,
            obligations: self.obligations,
            critical: self.critical,
            finding: self.finding,
            reason: self.reason,
            beyond_model: self.beyond_model,
            unclean: self.unclean,
            lapse: self.lapse,
        }
    }
}

#[derive(Serialize)]
struct CheckLine<'a> {
    v: u32,
    history: &'a str,
    property: &'a str,
    outcome: Ruling,
    obligations: u64,
    critical: u64,
    witness: &'a [EventId],
    because: Option<&'a str>,
    reason: Option<&'a str>,
    discharged: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    argument: Option<String>,
    #[serde(skip_serializing_if = "<[Clause]>::is_empty")]
    clauses: &'a [Clause],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    beyond_model: bool,
}

#[derive(Serialize, Deserialize)]
struct Document {
    v: u32,
    seed: Seed,
    runs: u64,
    events: u64,
    rows: Vec<RowLine>,
    findings: Vec<FindingLine>,
    canaries: Vec<CanaryLine>,
}

#[derive(Serialize, Deserialize)]
struct CanaryLine {
    #[serde(rename = "impl")]
    implementation: String,
    flaw: String,
    property: String,
    found: bool,
    collateral: Vec<String>,
}

impl CanaryLine {
    fn of(canary: &Canary) -> CanaryLine {
        let Canary { implementation, flaw, property, found, collateral } = canary.clone();
        CanaryLine { implementation, flaw, property, found, collateral }
    }

    fn into_canary(self) -> Canary {
        let CanaryLine { implementation, flaw, property, found, collateral } = self;
        Canary { implementation, flaw, property, found, collateral }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;
    use crate::judged::tests::TOTAL_ORDER;
    use pepperland_core::verdict::Verdict;

    #[test]
    fn rows_have_their_keys_in_order() {
        let held = fixtures::held_row("fifo", "fifo/steady/none", "fifo");
        assert_eq!(
            row(&held),
            r#"{"v":1,"property":"fifo","impl":"fifo","outcome":"held","runs":100,"effective":98,"#
                .to_owned()
                + r#""obligations":980,"critical":40,"scenario":"fifo/steady/none","#
                + r#""runtime":"sim"}"#
        );
        let violated = Row {
            outcome: Ruling::Violated,
            finding: Some("F-0badcafe".into()),
            flaw: Some("f".into()),
            reason: Some("r".into()),
            beyond_model: true,
            ..held
        };
        let end = r#""finding":"F-0badcafe","flaw":"f","reason":"r","beyond_model":true}"#;
        assert!(row(&violated).ends_with(end), "{}", row(&violated));
        let unclean = Row { unclean: 3, ..fixtures::held_row("a", "a/b/c", "d") };
        assert!(row(&unclean).ends_with(r#""runtime":"sim","unclean":3}"#));
    }

    #[test]
    fn checks_have_their_keys_in_order() {
        let verdict = Verdict::violated(fixtures::two_sequencers().witness, 12, 3);
        let judged = |name, verdict| checked(&Judged::of(name, &TOTAL_ORDER, verdict));
        let line = judged("h.jsonl", &verdict);
        let begin = r#"{"v":1,"history":"h.jsonl","property":"total-order","outcome":"violated","#
            .to_owned()
            + r#""obligations":12,"critical":3,"witness":["#;
        assert!(line.starts_with(&begin), "{line}");
        assert!(line.contains(r#","reason":null,"discharged":11,"argument":"Let "#), "{line}");
        let undecided = judged("h", &Verdict::undecided("nothing"));
        let end = r#""witness":[],"because":null,"reason":"nothing","discharged":0}"#;
        assert!(undecided.ends_with(end), "{undecided}");
    }

    #[test]
    fn a_document_can_be_read_back() {
        let mut campaign = fixtures::campaign();
        campaign.rows[0].unclean = 3;
        campaign.rows[0].lapse = Some("the harness was 120 ms late once".to_owned());
        let text = verdicts_json(&campaign);
        let read = read_verdicts(&text).unwrap();
        assert_eq!((&read.rows, &read.canaries), (&campaign.rows, &campaign.canaries));
        assert_eq!(
            (read.seed, read.runs, read.events),
            (campaign.seed, campaign.runs, campaign.events)
        );
        assert_eq!(text, verdicts_json(&campaign.clone()), "equal runs give equal bytes");
    }
}
