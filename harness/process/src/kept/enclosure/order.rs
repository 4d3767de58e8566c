//! What the harness orders of a keeper for one start: it is handed on as an argument.

use crate::kept::cgroups::Cgroup;
use crate::kept::enclosure::{Enclosure, Private};
use crate::kept::executable;
use crate::kept::report::Word;
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the harness orders of a keeper for one start.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Order {
    /// Namespaces of its own.
    pub private: Option<Private>,
    /// The node's folder.
    pub folder: PathBuf,
    /// The program, and what its arguments name.
    pub named: Vec<PathBuf>,
    /// Its control group: whoever ends last removes it.
    pub cgroup: Option<Cgroup>,
    environment: Vec<(String, String)>,
}

impl Order {
    /// The order for a program that is started in a folder; none if a keeper has nothing to do but
    /// to keep it.
    pub fn of(
        enclosure: &Enclosure,
        executable: &Path,
        arguments: &[String],
        folder: &Path,
        cgroup: Option<&Cgroup>,
    ) -> Option<Order> {
        if enclosure.is_ordinary() && cgroup.is_none() {
            return None;
        }
        let private = enclosure.private.clone();
        let named = named(executable, arguments);
        let environment = enclosure.environment.clone();
        Some(Order {
            private,
            folder: folder.to_owned(),
            named,
            cgroup: cgroup.cloned(),
            environment,
        })
    }

    /// As it is handed on.
    ///
    /// # Errors
    /// If a path is no text.
    pub fn written(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|error| {
            let folder = self.folder.display();
            format!("the enclosure of the node in `{folder}` names what is no text: {error}")
        })
    }

    /// As the keeper takes it.
    ///
    /// # Errors
    /// If it is none.
    pub fn read(text: Option<&str>) -> io::Result<Order> {
        let Some(text) = text else { return Ok(Order::default()) };
        serde_json::from_str(text)
            .map_err(|error| io::Error::other(format!("this is no enclosure: {error}")))
    }

    /// Starts the node, with the caller's three streams, as a process group's leader.
    ///
    /// # Errors
    /// What is to be told.
    pub fn spawn(&self, program: &OsStr, arguments: &[OsString]) -> Result<Pid, Word> {
        let environment = self.environment.iter().map(|(name, value)| (name, value));
        let mut command = Command::new(program);
        command.args(arguments).envs(environment).process_group(0);
        let spawned = match &self.cgroup {
            Some(cgroup) => cgroup.around(|| command.spawn()).map_err(not_in_its_group)?,
            None => command.spawn(),
        };
        match spawned {
            Ok(child) => Ok(Pid::from_raw(child.id() as i32)),
            Err(error) => Err(Word::Failed(error.raw_os_error().unwrap_or_default())),
        }
    }
}

fn not_in_its_group(error: io::Error) -> Word {
    Word::refused(format!(
        "the node's control group takes nobody in ({error}): run as root, or start the node \
         without limits"
    ))
}

/// The program, what executes it if it is a script, and the existing files that its arguments name
/// by absolute paths, alone or after an equals sign.
fn named(executable: &Path, arguments: &[String]) -> Vec<PathBuf> {
    let values = arguments.iter().filter_map(|arg| Some(arg.split_once('=')?.1));
    let files = arguments.iter().map(String::as_str).chain(values).map(Path::new);
    let files = files.filter(|path| path.is_absolute());
    let existing = files.filter(|path| path.exists()).map(Path::to_owned);
    let executed = [executable.to_owned()].into_iter().chain(executable::interpreter(executable));
    executed.chain(existing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_with_its_interpreter_and_what_its_arguments_name() {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("script");
        std::fs::write(&script, "#!/usr/bin/env sh\n").unwrap();
        let arguments = ["--file=/etc/passwd", "/nowhere", "usr", "/usr/lib"].map(str::to_owned);
        let named = named(&script, &arguments);
        let [first, shell, rest @ ..] = &named[..] else { panic!("{named:?}") };
        assert_eq!((first, shell.file_name().unwrap()), (&script, OsStr::new("sh")));
        assert_eq!(rest, ["/usr/lib", "/etc/passwd"].map(PathBuf::from));
    }

    #[test]
    fn an_order_is_read_as_it_is_written() {
        let of = |enclosure: &Enclosure| {
            Order::of(enclosure, Path::new("/bin/sh"), &[], Path::new("/n"), None)
        };
        let mut enclosure = Enclosure::none();
        assert_eq!(of(&enclosure), None);
        enclosure.private = Some(Private::named("n1"));
        enclosure.environment.push(("KEY".to_owned(), "a value".to_owned()));
        let order = of(&enclosure).unwrap();
        assert_eq!(Order::read(Some(&order.written().unwrap())).unwrap(), order);
        assert_eq!(Order::read(None).unwrap(), Order::default());
        assert!(Order::read(Some("{")).is_err());
    }
}
