//! Running the built binary in a folder of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// How a run of the command ended.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// A folder to run the command in.
pub struct Folder {
    dir: TempDir,
}

impl Folder {
    pub fn new() -> Folder {
        Folder { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn files(&self, name: &str) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.path(name)).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    }

    /// The id of the only finding of the newest run.
    pub fn only_finding(&self) -> String {
        self.finding_in("runs/latest")
    }

    pub fn finding_in(&self, run: &str) -> String {
        let findings = self.files(&format!("{run}/findings"));
        assert_eq!(findings.len(), 1, "{findings:?}");
        name(&findings[0])
    }

    /// Starts the command and leaves it running.
    pub fn start(&self, arguments: &str) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs the command with these arguments, split at spaces.
    pub fn run(&self, arguments: &str) -> Ended {
        let output = self.command(arguments).output().unwrap();
        Ended {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Folder {
    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pepperland"));
        command.args(arguments.split_whitespace()).current_dir(self.dir.path());
        command.env_remove("GITHUB_ACTIONS").env("NO_COLOR", "1");
        command
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Asserts how the command ended, and what its last line on stderr says of it.
pub fn ends(ended: &Ended, code: i32, why: &str) {
    let last = ended.stderr.lines().last().unwrap_or_default();
    assert_eq!(ended.code, code, "stdout:\n{}\nstderr:\n{}", ended.stdout, ended.stderr);
    assert!(last.starts_with(&format!("exit {code}: ")), "the last line was: {last}");
    assert!(last.contains(why), "the last line was: {last}");
}
