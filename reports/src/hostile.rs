//! What nodes say is hostile input: none of it may leave the place it is shown in.

use crate::annotations::{Platform, annotations, step_summary};
use crate::fixtures::{self, Tape};
use crate::style::Style;
use crate::{finding_page, index_page, json, junit, terminal};
use pepperland_core::finding::{Campaign, Finding, Need};
use pepperland_core::history::Kind;
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::{Clause, Ruling, Witness};
use serde_json::json;

const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202e}\
    \u{1b}[31m\u{0}\u{fffe}\n::error::owned\r\n| x |\n```\n;end";

fn evil_finding() -> Finding {
    let long = "x".repeat(10_000);
    let mut tape = Tape::new(&[EVIL, &long]);
    let message = &fixtures::message(0, 1);
    let cast = tape.broadcast(1, 0, message);
    let (_, frame) = tape.frame((1, 0), (5, 1), (EVIL, message), None, Some(cast));
    let got = tape.end(frame);
    let delivery = tape.deliver(6, 1, message, Some(1), got);
    tape.event(7, 1, Kind::Note, json!({ "text": EVIL }));
    tape.event(8, 1, Kind::Decide, json!({ "i": EVIL, "value": long }));
    tape.environment(9, Kind::Note, json!({ "text": EVIL }));
    let mut scenario = Scenario::new(EVIL, EVIL);
    scenario.flaw = Some(long.clone());
    let clauses = vec![Clause { says: EVIL.into(), events: vec![delivery], holds: false }];
    let mut finding = fixtures::finding(fixtures::Sketch {
        property: EVIL,
        statement: EVIL,
        scenario,
        history: tape.finish(20),
        witness: Witness { events: vec![cast, delivery], because: EVIL.into(), clauses },
        needs: vec![Need { piece: EVIL.into(), failing: 0, replays: 3 }],
        disturbances: Vec::new(),
        steps: Vec::new(),
    });
    finding.id = EVIL.into();
    finding.digest = EVIL.into();
    finding
}

fn evil_campaign() -> Campaign {
    let finding = evil_finding();
    let mut campaign = fixtures::campaign();
    let row = &mut campaign.rows[0];
    row.outcome = Ruling::Violated;
    row.finding = Some(finding.id.clone());
    row.property = EVIL.into();
    row.scenario = finding.scenario.name();
    row.implementation = EVIL.into();
    row.flaw = Some(EVIL.into());
    let mut open = row.clone();
    open.outcome = Ruling::Undecided;
    open.reason = Some(EVIL.into());
    campaign.rows.push(open);
    campaign.findings = vec![finding];
    campaign.canaries[0].flaw = EVIL.into();
    campaign
}

fn has_raw_controls(text: &str) -> bool {
    text.chars().any(|c| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{fffe}'))
}

#[test]
fn pages_hold_text_as_text() {
    let facts = [(EVIL.to_owned(), EVIL.to_owned())];
    for page in [finding_page(&evil_finding()), index_page(&evil_campaign(), EVIL, &facts)] {
        assert!(!page.contains("<script>") && !page.contains("<img"));
        assert!(!has_raw_controls(&page));
        assert!(page.contains("⟨U+202E⟩"));
    }
}

#[test]
fn long_names_are_cut_and_kept_in_the_tooltip() {
    let page = finding_page(&evil_finding());
    let long = "x".repeat(10_000);
    assert!(page.contains(&format!("title=\"{long}\"")));
    let visible = page.split("<script type").next().unwrap().replace("<title>", "<title ");
    assert!(!visible.contains(&format!(">{long}")));
}

#[test]
fn terminals_get_no_codes_of_others() {
    let text = terminal::finding(&evil_finding(), EVIL, Style::Plain);
    assert!(!has_raw_controls(&text), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("::")));
    assert!(text.len() < 10_000, "{} bytes", text.len());
    assert!(!has_raw_controls(&terminal::summary(&evil_campaign(), Style::Plain)));
}

#[test]
fn xml_stays_xml() {
    let xml = junit::junit(&evil_campaign());
    assert!(!has_raw_controls(&xml) && !xml.contains("<script>"));
    assert_eq!(xml.matches("<failure").count(), xml.matches("</failure>").count());
}

#[test]
fn annotations_stay_on_their_line() {
    let lines = annotations(Platform::Github, &evil_campaign(), Some(EVIL));
    assert_eq!(lines.lines().count(), 1);
    assert!(!lines.contains('\r') && lines.starts_with("::error file="));
}

#[test]
fn markdown_stays_within_its_fences() {
    let text = step_summary(Platform::Github, &evil_campaign());
    assert_eq!(text.matches("```").count(), 4, "two fenced blocks");
    let outside: String = text.split("```").step_by(2).collect();
    assert!(!outside.contains("<script>") && !has_raw_controls(&text));
}

#[test]
fn json_lines_stay_lines() {
    let campaign = evil_campaign();
    let lines = json::rows(&campaign);
    assert_eq!(lines.lines().count(), campaign.rows.len());
    for line in lines.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert_eq!(json::read_verdicts(&json::verdicts_json(&campaign)).unwrap().rows, campaign.rows);
}
