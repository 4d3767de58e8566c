use super::*;
use crate::fixtures;

#[test]
fn a_page_loads_nothing_and_runs_nothing() {
    let pages = [
        finding_page(&fixtures::two_sequencers()),
        index_page(&fixtures::campaign(), "a run", &[("Budget".into(), "5m".into())]),
    ];
    for page in pages {
        assert!(page.contains("default-src &#39;none&#39;") || page.contains("default-src 'none'"));
        for forbidden in ["src=", "http://", "https://", "@import", "url(http", "onclick"] {
            let page = page.replace("http://www.w3.org/2000/svg", "");
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, page.matches("<script type=\"application/json\"").count());
    }
}

#[test]
fn every_link_within_a_page_leads_somewhere() {
    let views = fixtures::views::forgotten_in_a_flush();
    for finding in [fixtures::two_sequencers(), fixtures::crashed_sender(), views] {
        let page = finding_page(&finding);
        let targets = page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
        let mut links = 0;
        for target in targets {
            assert!(page.contains(&format!("id=\"{target}\"")), "#{target}");
            links += 1;
        }
        assert!(links > finding.witness.events.len());
    }
}

#[test]
fn a_finding_page_has_its_parts_in_order() {
    let mut finding = fixtures::two_sequencers();
    finding.beyond_model = true;
    let page = finding_page(&finding);
    let parts = [
        "FAIL",
        "outside the model",
        "if p and q both deliver a and b",
        "n1 delivered n2:0:1 then n4:0:1",
        "pepperland replay F-5eed52fe",
        "100 of 100",
        "<svg",
        "Order of delivery at each node",
        "The rule, with this run",
        "What the failure needs",
        "not needed",
        "id=\"e0\"",
        "<details>",
        "application/json",
    ];
    let mut rest = page.as_str();
    for part in parts {
        let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part}"));
        rest = after;
    }
}

#[test]
fn who_lacks_is_shown_for_agreement() {
    let page = finding_page(&fixtures::crashed_sender());
    assert!(page.contains("Who has, who lacks") && page.contains("lacks</td>"));
}

#[test]
fn the_index_names_every_outcome() {
    let page = index_page(&fixtures::campaign(), "a run", &[]);
    for part in [
        "1 violated, 1 undecided, 16 held",
        "held, not tested",
        "findings/F-5eed52fe/report.html",
        "2 of 3",
        "the sequencer crashed, and the claim holds only while it lives",
        "98 of 100 · &lt; 3.0 %",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn the_data_of_a_page_can_be_read() {
    let finding = fixtures::two_sequencers();
    let page = finding_page(&finding);
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"finding\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    let data: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(data["events"]["t"].as_array().unwrap().len(), finding.history.len());
    assert_eq!(data["because"], finding.witness.because);
}

#[test]
fn a_page_says_rate_unclean_run_logs_and_frames() {
    let mut captured = fixtures::at_a_rate();
    captured.history.capture = Some([0x0a].into());
    let page = finding_page(&captured);
    let parts = [
        "unclean run",
        "the run was unclean: the harness was 120 ms late once",
        "In other runs it <b>reproduces 7 of 10</b>",
        "id=\"e0\"",
        "The log of n1: the last 2 lines",
        "listening\nI am the sequencer\n",
        "href=\"frames.pcapng\"",
    ];
    let mut rest = page.as_str();
    for part in parts {
        let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part}"));
        rest = after;
    }
    assert!(!page.contains("The log of n2"), "it wrote nothing");
    let sure = finding_page(&fixtures::two_sequencers());
    assert!(
        !sure.contains("unclean")
            && !sure.contains("Logs")
            && !sure.contains("Frames")
            && !sure.contains("other runs")
    );
}

#[test]
fn pieces_that_nobody_had_time_for_are_counted() {
    let mut finding = fixtures::at_a_rate();
    assert!(!finding_page(&finding).contains("time was up"));
    finding.explained.needs.truncate(1);
    assert!(finding_page(&finding).contains("2 more were left out: time was up."));
}

#[test]
fn the_index_says_rates_and_unclean_runs() {
    let mut campaign = fixtures::campaign();
    campaign.findings = vec![fixtures::at_a_rate()];
    campaign.rows[16].unclean = 3;
    let page = index_page(&campaign, "a run", &[]);
    for part in ["reproduces 7 of 10", "unclean run", "3 of 100 runs unclean"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn a_finding_about_deliveries_in_views_says_who_delivered_what() {
    let page = finding_page(&fixtures::views::forgotten_in_a_flush());
    let parts = [
        "dashed: not primary",
        "Who delivered what in a view",
        "Delivered in view 1",
        "colspan=\"3\">→ view 2</th>",
        "colspan=\"1\">× crashed</th>",
        "n4:0:1",
        "<td class=\"no\">lacks</td>",
        "<th scope=\"col\">View</th>",
        "<span class=\"dim\">1 → </span><span class=\"stand v1\">2</span>",
    ];
    let mut rest = page.as_str();
    for part in parts {
        let (_, after) = rest.split_once(part).unwrap_or_else(|| panic!("no {part}"));
        rest = after;
    }
    let other = finding_page(&fixtures::crashed_sender());
    assert!(!other.contains("Who delivered what in a view") && !other.contains(">View</th>"));
}
