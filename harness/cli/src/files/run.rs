//! The folder of a run.

use crate::exit::Failure;
use crate::files::{Stored, read_text, write};
use pepperland_core::finding::{Campaign, Finding};
use pepperland_core::history::History;
use std::path::{Path, PathBuf};

/// The folder of a run, `runs/<time>` unless told otherwise; `runs/latest` leads to the newest.
pub struct RunFolder {
    path: PathBuf,
}

impl RunFolder {
    /// A new folder.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(out: Option<&Path>) -> Result<RunFolder, Failure> {
        let path = match out {
            Some(path) => path.to_owned(),
            None => unused(Path::new("runs"), &now()),
        };
        std::fs::create_dir_all(&path).map_err(|error| {
            Failure::Harness(format!("failed to make the folder {}: {error}", path.display()))
        })?;
        forget_earlier(&path)?;
        let pointed = point_latest_at(&path);
        // With a folder of its own a run needs nothing of the working directory.
        if out.is_none() {
            pointed?;
        }
        Ok(RunFolder { path })
    }

    /// The folder of an earlier run.
    ///
    /// # Errors
    /// If it is none.
    pub fn open(path: &Path) -> Result<RunFolder, Failure> {
        match path.join("verdicts.json").is_file() {
            true => Ok(RunFolder { path: path.to_owned() }),
            false => Err(Failure::Usage(format!(
                "{} is not a run's folder: it has no verdicts.json",
                path.display()
            ))),
        }
    }

    /// Where the page of a finding lies.
    pub fn report_of(&self, finding: &Finding) -> PathBuf {
        self.path.join("findings").join(&finding.id).join("report.html")
    }

    /// Where the run's page lies.
    pub fn index(&self) -> PathBuf {
        self.path.join("index.html")
    }

    /// Writes everything but histories.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn write(&self, campaign: &Campaign, elapsed: &str) -> Result<(), Failure> {
        for finding in &campaign.findings {
            let folder = self.path.join("findings").join(&finding.id);
            Stored::of(finding).write(&folder)?;
        }
        let verdicts = pepperland_reports::json::verdicts_json(campaign);
        write(&self.path.join("verdicts.json"), verdicts.as_bytes())?;
        let junit = pepperland_reports::junit::junit(campaign);
        write(&self.path.join("junit.xml"), junit.as_bytes())?;
        self.write_pages(campaign, elapsed)
    }

    /// Writes the pages.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn write_pages(&self, campaign: &Campaign, elapsed: &str) -> Result<(), Failure> {
        for finding in &campaign.findings {
            let page = pepperland_reports::finding_page(finding);
            write(&self.report_of(finding), page.as_bytes())?;
        }
        let time = ("time".to_owned(), elapsed.to_owned());
        let facts: Vec<_> = Some(time).filter(|(_, time)| !time.is_empty()).into_iter().collect();
        let title = self.path.file_name().unwrap_or_default().to_string_lossy();
        let index = pepperland_reports::index_page(campaign, &title, &facts);
        write(&self.index(), index.as_bytes())
    }

    /// Keeps a run's history.
    ///
    /// # Errors
    /// If the disk does not take it.
    pub fn keep_history(&self, name: &str, run: u64, history: &History) -> Result<(), Failure> {
        let mut bytes = Vec::new();
        history.write_to(&mut bytes).map_err(|error| Failure::Harness(error.to_string()))?;
        let name = name.replace(['/', ':', ','], "_");
        write(&self.path.join("histories").join(format!("{name}-{run}.jsonl")), &bytes)
    }

    /// The campaign as its files have it.
    ///
    /// # Errors
    /// If a file is missing or wrong.
    pub fn read(&self) -> Result<Campaign, Failure> {
        let path = self.path.join("verdicts.json");
        let text = read_text(&path)?;
        let wrong = |error| Failure::Usage(format!("{}: {error}", path.display()));
        let mut campaign = pepperland_reports::json::read_verdicts(&text).map_err(wrong)?;
        for id in campaign.rows.iter().filter_map(|row| row.finding.clone()) {
            if campaign.findings.iter().all(|finding| finding.id != id) {
                let stored = Stored::read(&self.path.join("findings").join(&id))?;
                campaign.findings.push(stored.into_finding());
            }
        }
        Ok(campaign)
    }
}

/// The instant as a folder's name: `2026-11-21T04-15-00Z`.
#[expect(clippy::disallowed_types, reason = "a folder's name")]
fn now() -> String {
    humantime::format_rfc3339_seconds(std::time::SystemTime::now()).to_string().replace(':', "-")
}

fn unused(parent: &Path, name: &str) -> PathBuf {
    let numbered = (2..).map(|n| parent.join(format!("{name}-{n}")));
    let mut names = std::iter::once(parent.join(name)).chain(numbered);
    names.find(|path| !path.exists()).expect("there are infinitely many numbers")
}

/// A folder that is used again keeps no finding or history of the run before.
fn forget_earlier(path: &Path) -> Result<(), Failure> {
    if !path.join("verdicts.json").is_file() {
        return Ok(());
    }
    for folder in ["findings", "histories"].map(|name| path.join(name)) {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let folder = folder.display();
                return Err(Failure::Harness(format!("failed to empty {folder}: {error}")));
            }
            _ => {}
        }
    }
    Ok(())
}

/// `runs/latest` leads to the newest run, wherever that is: ids of findings are looked up there.
fn point_latest_at(path: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::Harness(format!("failed to point runs/latest at {}: {error}", path.display()))
    };
    std::fs::create_dir_all("runs").map_err(failed)?;
    let target = match path.strip_prefix("runs") {
        Ok(within) => within.to_owned(),
        Err(_) => path.canonicalize().map_err(failed)?,
    };
    let (fresh, latest) = (Path::new("runs/.latest"), Path::new("runs/latest"));
    let _ = std::fs::remove_file(fresh);
    std::os::unix::fs::symlink(target, fresh).map_err(failed)?;
    std::fs::rename(fresh, latest).map_err(failed)
}
