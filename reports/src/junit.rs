//! JUnit XML, the dialect that Jenkins and GitLab read: a suite for each scenario, a case for
//! each property. Names carry no seed and no time, so that a platform recognises them next time.

use crate::bound;
use crate::rates;
use crate::terminal::replay;
use crate::text::{ms, short, visible};
use crate::words;
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::verdict::Ruling;
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

/// How many events a failure quotes.
const EVENTS: usize = 20;

/// The campaign as one XML document.
pub fn junit(campaign: &Campaign) -> String {
    let mut report = Report::new("pepperland");
    for scenario in scenarios(campaign) {
        report.add_test_suite(suite(campaign, &scenario));
    }
    report.to_string().expect("text in memory takes every byte")
}

/// The names of the suites, in the order of the rows.
fn scenarios(campaign: &Campaign) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for row in &campaign.rows {
        let name = suite_name(row);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The scenario's name; with the runtime if it is not the usual one, since platforms keep only the
/// first of two cases with one name.
fn suite_name(row: &Row) -> String {
    match row.runtime.as_str() {
        "sim" => visible(&row.scenario),
        runtime => visible(&format!("{}@{runtime}", row.scenario)),
    }
}

fn suite(campaign: &Campaign, name: &str) -> TestSuite {
    let mut suite = TestSuite::new(name);
    suite.add_property(("seed", campaign.seed.to_string().as_str()));
    for row in campaign.rows.iter().filter(|row| suite_name(row) == name) {
        suite.add_test_case(case(campaign, row, name));
    }
    suite
}

fn case(campaign: &Campaign, row: &Row, suite: &str) -> TestCase {
    let finding = campaign.findings.iter().find(|f| Some(&f.id) == row.finding.as_ref());
    let mut case = TestCase::new(visible(&row.property), status(row, finding));
    case.set_classname(format!("pepperland.{}.{suite}", visible(&row.implementation)));
    case.add_properties(properties(campaign, row, finding));
    if bound::not_tested(row) {
        case.set_system_out("not tested: no obligation ever met a fault");
    }
    case
}

fn properties(campaign: &Campaign, row: &Row, finding: Option<&Finding>) -> Vec<Property> {
    let seed = finding.map_or(campaign.seed, |finding| finding.seed);
    let mut all = vec![
        ("seed", seed.to_string()),
        ("runs", row.runs.to_string()),
        ("effective", row.effective.to_string()),
    ];
    if let Some(bound) = bound::of_row(row) {
        all.push(("upper_bound_95", format!("{bound:.6}")));
    }
    if row.beyond_model {
        all.push(("beyond_model", "true".to_owned()));
    }
    if row.unclean > 0 {
        all.push(("unclean", row.unclean.to_string()));
    }
    if let Some(lapse) = &row.lapse {
        all.push(("lapse", lapse.clone()));
    }
    if let Some(finding) = finding.filter(|finding| !finding.repeats.is_exactly()) {
        all.push(("reproduces", rate(finding)));
    }
    all.into_iter().map(|(name, value)| Property::new(name, value)).collect()
}

fn rate(finding: &Finding) -> String {
    let (again, replays) = finding.reproduced;
    format!("{again} of {replays}")
}

fn status(row: &Row, finding: Option<&Finding>) -> TestCaseStatus {
    match row.outcome {
        Ruling::Held => TestCaseStatus::success(),
        Ruling::Undecided => {
            let reason = row.reason.as_deref().unwrap_or("no run was effective");
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("undecided").set_message(short(reason, 1_000));
            status
        }
        Ruling::Violated => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            let id = row.finding.as_deref().unwrap_or("violated");
            let because = finding.map_or("violated", |finding| &finding.witness.because);
            status.set_type(visible(id)).set_message(short(because, 1_000));
            status.set_description(finding.map_or_else(String::new, description));
            status
        }
    }
}

/// The command that repeats the failure, how sure that is, and how it begins.
fn description(finding: &Finding) -> String {
    let history = &finding.history;
    let mut text = format!("{}\n", replay(finding));
    if !finding.repeats.is_exactly() {
        text.push_str(&format!("{}\n", rates::reproduces(finding)));
    }
    if let Some(unclean) = rates::unclean(history) {
        text.push_str(&format!("{unclean}\n"));
    }
    text.push('\n');
    for event in history.events().take(EVENTS) {
        let words = words::event(history, event.id);
        text.push_str(&format!("{:>10} ms  {words}\n", ms(event.time())));
    }
    if history.len() > EVENTS {
        text.push_str(&format!("and {} more events\n", history.len() - EVENTS));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn of_a_mixed_campaign() {
        insta::assert_snapshot!(junit(&fixtures::campaign()));
    }

    #[test]
    fn a_rate_and_unclean_runs_are_said() {
        let mut campaign = fixtures::campaign();
        campaign.findings = vec![fixtures::at_a_rate()];
        campaign.rows[16].unclean = 3;
        let xml = junit(&campaign);
        assert!(xml.contains(r#"<property name="reproduces" value="7 of 10"/>"#), "{xml}");
        assert!(xml.contains(r#"<property name="unclean" value="3"/>"#), "{xml}");
        let unclean = "the run was unclean: the harness was 120 ms late once";
        assert!(xml.contains(&format!("\nreproduces 7 of 10\n{unclean}\n\n")), "{xml}");
    }

    #[test]
    fn cases_of_two_runtimes_are_told_apart() {
        let mut campaign = fixtures::campaign();
        campaign.rows.truncate(1);
        campaign.rows.push(Row { runtime: "turmoil".into(), ..campaign.rows[0].clone() });
        let xml = junit(&campaign);
        assert!(xml.contains(r#"classname="pepperland.fifo.fifo/steady/none""#), "{xml}");
        assert!(xml.contains(r#"classname="pepperland.fifo.fifo/steady/none@turmoil""#), "{xml}");
    }
}
