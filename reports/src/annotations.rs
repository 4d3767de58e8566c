//! What a platform of continuous integration shows beside a build: error lines and a page of
//! Markdown. Only GitHub has these; for the others the text is empty.

mod markdown;

use crate::terminal::replay;
use crate::text::short;
use pepperland_core::finding::{Campaign, Finding};
use std::str::FromStr;

/// Where the command runs.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Platform {
    /// GitHub Actions.
    Github,
    /// GitLab, which reads JUnit.
    Gitlab,
    /// Elsewhere.
    #[default]
    None,
}

/// More error lines than this vanish without a word, so the rest is counted in the last one.
const LINES: usize = 10;

/// One `::error` line for each finding, the gravest first. `file` is what they point at, a path
/// within the repository.
pub fn annotations(platform: Platform, campaign: &Campaign, file: Option<&str>) -> String {
    if platform != Platform::Github {
        return String::new();
    }
    let mut findings: Vec<&Finding> = campaign.findings.iter().collect();
    findings.sort_by_key(|finding| finding.beyond_model);
    let shown = if findings.len() > LINES { LINES - 1 } else { findings.len() };
    let mut out: String = findings[..shown].iter().map(|f| error_of(f, file)).collect();
    if findings.len() > shown {
        let more = format!("and {} more, see the summary", findings.len() - shown);
        out.push_str(&error("more findings", &more, file));
    }
    out
}

/// The page that GitHub shows under a step, at most 900 kB; empty for other platforms.
pub fn step_summary(platform: Platform, campaign: &Campaign) -> String {
    match platform {
        Platform::Github => markdown::summary(campaign),
        Platform::Gitlab | Platform::None => String::new(),
    }
}

fn error_of(finding: &Finding, file: Option<&str>) -> String {
    let outside = if finding.beyond_model { " (outside the model)" } else { "" };
    let title = format!("{} violated by {}{outside}", finding.property, finding.scenario.name());
    let text = format!("{}\n{}", short(&finding.witness.because, 500), replay(finding));
    error(&short(&title, 200), &text, file)
}

fn error(title: &str, text: &str, file: Option<&str>) -> String {
    let file = file.map(|f| format!("file={},", property(f))).unwrap_or_default();
    format!("::error {file}title={}::{}\n", property(title), data(text))
}

/// Text after the `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property before the `::`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The text names no platform.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NoPlatform;

impl std::fmt::Display for NoPlatform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("platforms are github, gitlab and none")
    }
}

impl std::error::Error for NoPlatform {}

impl FromStr for Platform {
    type Err = NoPlatform;
    fn from_str(word: &str) -> Result<Platform, NoPlatform> {
        match word {
            "github" => Ok(Platform::Github),
            "gitlab" => Ok(Platform::Gitlab),
            "none" => Ok(Platform::None),
            _ => Err(NoPlatform),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    fn with(count: usize) -> Campaign {
        let mut campaign = fixtures::campaign();
        campaign.findings = vec![fixtures::two_sequencers(); count];
        campaign
    }

    #[test]
    fn a_line_for_each_finding() {
        let lines = annotations(Platform::Github, &with(1), Some("ci/suites/a,b:c.toml"));
        insta::assert_snapshot!(lines);
    }

    #[test]
    fn the_eleventh_is_counted() {
        let ten = annotations(Platform::Github, &with(10), None);
        assert_eq!((ten.lines().count(), ten.contains("more findings")), (10, false));
        let eleven = annotations(Platform::Github, &with(11), None);
        assert_eq!(eleven.lines().count(), 10);
        let last = "::error title=more findings::and 2 more, see the summary";
        assert_eq!(eleven.lines().last(), Some(last));
    }

    #[test]
    fn the_gravest_come_first() {
        let mut campaign = with(2);
        campaign.findings[0].beyond_model = true;
        let lines = annotations(Platform::Github, &campaign, None);
        let outside: Vec<bool> = lines.lines().map(|l| l.contains("outside the model")).collect();
        assert_eq!(outside, [false, true]);
    }

    #[test]
    fn other_platforms_get_nothing() {
        for platform in [Platform::Gitlab, Platform::None] {
            assert_eq!(annotations(platform, &with(3), None), "");
            assert_eq!(step_summary(platform, &with(3)), "");
        }
        assert_eq!("github".parse(), Ok(Platform::Github));
        assert_eq!("travis".parse::<Platform>(), Err(NoPlatform));
    }
}
