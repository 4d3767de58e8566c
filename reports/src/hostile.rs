//! What nodes say is hostile input: none of it may leave the place it is shown in.

use crate::annotations::{Platform, annotations, step_summary};
use crate::fixtures::{self, EVIL, evil_finding};
use crate::style::Style;
use crate::{finding_page, index_page, json, junit, terminal};
use pepperland_core::finding::Campaign;
use pepperland_core::verdict::Ruling;

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
fn views_of_strangers_stay_in_their_place() {
    let finding = fixtures::views::evil_views();
    let page = finding_page(&finding);
    assert!(!page.contains("<script>") && !page.contains("<img") && !has_raw_controls(&page));
    assert!(page.contains("{1,000 members}") && page.contains("−497 more"));
    let text = terminal::finding(&finding, "r", Style::Plain);
    assert!(!has_raw_controls(&text) && text.len() < 20_000, "{} bytes", text.len());
    assert!(text.contains("delivered in view") && text.contains(" no"), "{text}");
    let campaign = Campaign { findings: vec![finding], ..fixtures::campaign() };
    let json = json::verdicts_json(&campaign);
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    let message = &read["findings"][0]["views"][0]["messages"][0];
    for key in ["delivered", "lacks", "snapshot"] {
        assert_eq!(message[key].as_array().map(Vec::len), Some(1), "{key}: {message}");
    }
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
