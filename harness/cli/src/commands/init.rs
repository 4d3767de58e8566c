//! `pepperland init`: a ready project for a user's own implementation.

use crate::exit::{Failure, Outcome};
use crate::files::write;
use crate::options::{Init, Language};
use crate::output::print;
use std::path::Path;
use std::process::ExitCode;

/// The files of a project, and how its node is built and started.
struct Project {
    /// The file that is edited.
    file: &'static str,
    /// The program that runs.
    bin: &'static str,
    /// The command that makes the program, if one does.
    build: Option<&'static str>,
    files: &'static [(&'static str, &'static str)],
}

const SUITE: &str = include_str!("../../templates/suite.toml");
const README: &str = include_str!("../../templates/README.md");

const PYTHON: Project = Project {
    file: "node.py",
    bin: "./node.py",
    build: None,
    files: &[("node.py", include_str!("../../templates/python/node.py"))],
};

const NODE: Project = Project {
    file: "node.js",
    bin: "./node.js",
    build: None,
    files: &[("node.js", include_str!("../../templates/node/node.js"))],
};

const GO: Project = Project {
    file: "main.go",
    bin: "./node",
    build: Some("go build -o node ."),
    files: &[
        ("main.go", include_str!("../../templates/go/main.go")),
        ("go.mod", include_str!("../../templates/go/go.mod")),
    ],
};

const RUST: Project = Project {
    file: "src/main.rs",
    bin: "./target/debug/node",
    build: Some("cargo build"),
    files: &[
        ("src/main.rs", include_str!("../../templates/rust/src/main.rs")),
        // A file named Cargo.toml would make the template a package of its own.
        ("Cargo.toml", include_str!("../../templates/rust/Cargo.toml.template")),
        (".gitignore", "target\nruns\n"),
    ],
};

/// Makes the project; a file that is there already is never written over.
pub fn init(options: &Init) -> Result<ExitCode, Failure> {
    let project = match options.language {
        Language::Python => PYTHON,
        Language::Rust => RUST,
        Language::Go => GO,
        Language::Node => NODE,
    };
    let files = project.all();
    let taken = files.iter().map(|(name, _)| options.dir.join(name)).find(|path| path.exists());
    if let Some(path) = taken {
        let path = path.display();
        return Err(Failure::Usage(format!("{path} exists already: name another folder")));
    }
    for (name, text) in &files {
        let path = options.dir.join(name);
        write(&path, text.as_bytes())?;
        if text.starts_with("#!") {
            make_executable(&path)?;
        }
    }
    print(&project.next(&options.dir));
    Ok(Outcome::Held.end(&format!("{} files were written", files.len())))
}

impl Project {
    fn all(&self) -> Vec<(&'static str, String)> {
        let build = self.build.map_or_else(String::new, |command| {
            format!("```\n{command}\n```\n\nmakes it, and\n\n")
        });
        let fill = |text: &str| {
            text.replace("{bin}", self.bin).replace("{file}", self.file).replace("{build}", &build)
        };
        let own = self.files.iter().map(|(name, text)| (*name, (*text).to_owned()));
        own.chain([("pepperland.toml", fill(SUITE)), ("README.md", fill(README))]).collect()
    }

    /// The commands to be given next.
    fn next(&self, dir: &Path) -> String {
        let mut lines = vec!["next:".to_owned()];
        if dir != Path::new(".") {
            lines.push(format!("  cd {}", dir.display()));
        }
        lines.extend(self.build.map(|command| format!("  {command}")));
        lines.push("  pepperland run pepperland.toml".to_owned());
        lines.join("\n") + "\n"
    }
}

fn make_executable(path: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).map_err(|error| {
        Failure::Harness(format!("failed to make {} executable: {error}", path.display()))
    })
}
