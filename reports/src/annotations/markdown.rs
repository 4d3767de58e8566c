//! The summary of a step, in Markdown.

use crate::bound;
use crate::mermaid;
use crate::terminal::{replay, size};
use crate::text::{count, short, thousands};
use pepperland_core::finding::{Campaign, Finding, Row};
use pepperland_core::verdict::Ruling;

/// Over 1 MiB GitHub drops the whole page.
const BYTES: usize = 900_000;
/// The table must leave room for findings.
const TABLE: usize = 400_000;

pub fn summary(campaign: &Campaign) -> String {
    let mut out = headline(campaign);
    table(&mut out, &campaign.rows);
    for (i, finding) in campaign.findings.iter().enumerate() {
        let section = section(finding);
        if out.len() + section.len() > BYTES - 200 {
            let more = count((campaign.findings.len() - i) as u64, "finding", "findings");
            out.push_str(&format!("\n{more} left out for want of room: see the report.\n"));
            break;
        }
        out.push_str(&section);
    }
    out
}

fn headline(campaign: &Campaign) -> String {
    let of = |ruling| campaign.rows.iter().filter(|row| row.outcome == ruling).count();
    format!(
        "## Pepperland: {} held, {} violated, {} undecided\n\n{}, {}, seed `{}`\n\n",
        of(Ruling::Held),
        of(Ruling::Violated),
        of(Ruling::Undecided),
        count(campaign.runs, "run", "runs"),
        count(campaign.events, "event", "events"),
        campaign.seed,
    )
}

/// Violated rows first, then undecided ones, then those that held.
fn table(out: &mut String, rows: &[Row]) {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.outcome));
    out.push_str("| outcome | property | scenario | effective runs | chance per run below |\n");
    out.push_str("|---|---|---|---:|---:|\n");
    for (i, row) in rows.iter().enumerate() {
        if out.len() > TABLE {
            let more = count((rows.len() - i) as u64, "row", "rows");
            out.push_str(&format!("\n{more} left out for want of room.\n"));
            return;
        }
        out.push_str(&line(row));
    }
}

fn line(row: &Row) -> String {
    let bound = match row.outcome {
        Ruling::Held => bound::percent(row.effective),
        _ => String::new(),
    };
    format!(
        "| {} | {} | {} | {} of {} | {bound} |\n",
        row.outcome.word(),
        escape(&row.property),
        escape(&row.scenario),
        thousands(row.effective),
        thousands(row.runs),
    )
}

fn section(finding: &Finding) -> String {
    let outside = if finding.beyond_model { " (outside the model)" } else { "" };
    format!(
        "\n### {} {}: {}{outside}\n\n{}\n\n{}\n\n```\n{}\n```\n\n```mermaid\n{}```\n",
        escape(&finding.id),
        escape(&finding.property),
        escape(&finding.scenario.name()),
        escape(&finding.witness.because),
        size(finding),
        short(&replay(finding), 200).replace('`', "'"),
        mermaid::sequence(&finding.history, &finding.witness.events),
    )
}

/// Text as Markdown shows it, letter by letter, on one line.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in short(text, 600).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '!' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn of_a_mixed_campaign() {
        insta::assert_snapshot!(summary(&fixtures::campaign()));
    }

    #[test]
    fn stays_below_the_limit_and_says_so() {
        let mut campaign = fixtures::campaign();
        campaign.findings = vec![fixtures::two_sequencers(); 600];
        campaign.rows = vec![campaign.rows[0].clone(); 10_000];
        let text = summary(&campaign);
        assert!(text.len() <= BYTES, "{} bytes", text.len());
        assert!(text.contains("findings left out") && text.contains("rows left out"));
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("a|b <img> @all `x`\n"), "a\\|b &lt;img&gt; &#64;all \\`x\\`⟨U+000A⟩");
    }
}
