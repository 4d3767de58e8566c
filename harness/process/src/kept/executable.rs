//! Which file a program is, and why it cannot be executed, in a sentence with what to do.

use nix::errno::Errno;
use nix::unistd::{AccessFlags, access};
use std::env;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where programs are if there is no PATH.
const USUAL: &str = "/usr/local/bin:/usr/bin:/bin";

/// The absolute path of a program: one with a slash from the working directory, any other from
/// PATH.
///
/// # Errors
/// If it is plain already that it cannot be executed.
pub fn found(program: &Path) -> io::Result<PathBuf> {
    let path = if program.as_os_str().as_bytes().contains(&b'/') {
        std::path::absolute(program)?
    } else {
        in_path(program).ok_or_else(|| in_no_folder(program))?
    };
    let shown = path.display();
    match path.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(sentence(error.kind(), format!("there is no program `{shown}`")));
        }
        Err(error) => {
            let text = format!("`{shown}` cannot be reached: {error}");
            return Err(sentence(error.kind(), text));
        }
        Ok(data) if data.is_dir() => {
            let text = format!("`{shown}` is a folder: name the program in it");
            return Err(sentence(ErrorKind::IsADirectory, text));
        }
        Ok(_) => {}
    }
    if access(&path, AccessFlags::X_OK).is_err() {
        return Err(not_executable(&path));
    }
    interpreter_is_there(&path)?;
    Ok(path)
}

/// The first file of this name that may be executed, or else the first of all.
fn in_path(name: &Path) -> Option<PathBuf> {
    let folders = env::var_os("PATH").unwrap_or_else(|| USUAL.into());
    let files = env::split_paths(&folders).map(|folder| folder.join(name));
    let files: Vec<PathBuf> = files.filter(|file| file.is_file()).collect();
    let best = files.iter().find(|file| access(*file, AccessFlags::X_OK).is_ok());
    std::path::absolute(best.or(files.first())?).ok()
}

fn in_no_folder(name: &Path) -> io::Error {
    let shown = name.display();
    let mend = if name.is_file() {
        format!("for the file here, write ./{shown}")
    } else {
        "install it, or give its path".to_owned()
    };
    let text = format!("there is no program `{shown}` in the folders of PATH: {mend}");
    sentence(ErrorKind::NotFound, text)
}

/// What a script names in its first line must exist.
fn interpreter_is_there(script: &Path) -> io::Result<()> {
    let Some(line) = first_line(script) else { return Ok(()) };
    let shown = script.display();
    if line.ends_with('\r') {
        let text = format!(
            "the first line of `{shown}` ends as on Windows, with a carriage return: \
             sed -i 's/\\r$//' {shown}"
        );
        return Err(sentence(ErrorKind::NotFound, text));
    }
    let mut words = line.split_whitespace();
    let interpreter = Path::new(words.next().unwrap_or_default());
    let missing = |name: &str| {
        let text = format!(
            "the first line of `{shown}` names the interpreter `{name}`, which is not there: \
             install it, or {}",
            with_interpreter(script)
        );
        Err(sentence(ErrorKind::NotFound, text))
    };
    if interpreter.is_absolute() && !interpreter.exists() {
        return missing(&interpreter.display().to_string());
    }
    match words.next() {
        Some(name)
            if interpreter.ends_with("env")
                && !name.starts_with('-')
                && !name.contains(['=', '/']) =>
        {
            if in_path(Path::new(name)).is_none() {
                missing(name)
            } else {
                Ok(())
            }
        }
        _ => Ok(()),
    }
}

/// The absolute path of what executes a script.
pub fn interpreter(script: &Path) -> Option<PathBuf> {
    let line = first_line(script)?;
    let mut words = line.split_whitespace();
    let first = Path::new(words.next()?);
    let name = match first.ends_with("env") {
        true => Path::new(words.find(|word| !word.starts_with('-') && !word.contains('='))?),
        false => first,
    };
    found(name).ok()
}

/// What follows `#!`, of a script.
fn first_line(file: &Path) -> Option<String> {
    let mut start = Vec::new();
    File::open(file).ok()?.take(256).read_to_end(&mut start).ok()?;
    let text = start.strip_prefix(b"#!")?;
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Some(String::from_utf8_lossy(line).into_owned())
}

/// Why the system did not start it.
pub fn not_started(executable: &Path, folder: &Path, error: &io::Error) -> io::Error {
    let shown = executable.display();
    let errno = error.raw_os_error().map(Errno::from_raw);
    let about_a_path = matches!(errno, Some(Errno::ENOENT | Errno::EACCES | Errno::ENOTDIR));
    if about_a_path && let Err(why) = access(folder, AccessFlags::X_OK) {
        let folder = folder.display();
        let text = format!("the folder `{folder}` that `{shown}` is to run in: {}", why.desc());
        return sentence(error.kind(), text);
    }
    let text = match errno {
        Some(Errno::ENOEXEC) => format!(
            "`{shown}` is no program for this system: give a script a first line such as \
             `#!/usr/bin/env python3`, or {}",
            with_interpreter(executable)
        ),
        Some(Errno::EACCES) => return not_executable(executable),
        Some(Errno::ENOENT) => format!(
            "`{shown}` needs an interpreter or a dynamic loader that is not there: install it"
        ),
        Some(Errno::ETXTBSY) => {
            format!("`{shown}` is being written: start it when that is finished")
        }
        Some(Errno::E2BIG) => format!("`{shown}` has longer arguments than the system takes"),
        Some(Errno::EAGAIN) => {
            format!("`{shown}` would be one process too many: raise `ulimit -u`, or --jobs 1")
        }
        Some(Errno::EMFILE | Errno::ENFILE) => {
            format!("`{shown}` would need more open files: raise `ulimit -n`, or --jobs 1")
        }
        _ => format!("`{shown}` could not be started: {error}"),
    };
    sentence(error.kind(), text)
}

fn not_executable(file: &Path) -> io::Error {
    let shown = file.display();
    let mend = with_interpreter(file);
    let text = format!("`{shown}` may not be executed: chmod +x {shown}, or {mend}");
    sentence(ErrorKind::PermissionDenied, text)
}

fn with_interpreter(script: &Path) -> String {
    let interpreter = match script.extension().and_then(|extension| extension.to_str()) {
        Some("py") => "python3",
        Some("rb") => "ruby",
        Some("js" | "mjs") => "node",
        Some("sh") => "sh",
        Some("pl") => "perl",
        _ => "INTERPRETER",
    };
    format!("start it with its interpreter: --bin {interpreter} --arg {}", script.display())
}

fn sentence(kind: ErrorKind, text: String) -> io::Error {
    io::Error::new(kind, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{Permissions, write};
    use std::os::unix::fs::PermissionsExt;

    /// What is said of a file with these bytes and this mode.
    fn said(name: &str, text: &str, mode: u32) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        write(&file, text).unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        let shown = found(&file).map(|path| path.display().to_string());
        let folder = folder.path().display().to_string();
        shown.unwrap_or_else(|error| error.to_string()).replace(&folder, "F")
    }

    #[test]
    fn a_program_is_found() {
        assert!(found(Path::new("sh")).unwrap().is_absolute());
        assert_eq!(found(Path::new("/bin/sh")).unwrap(), Path::new("/bin/sh"));
        let relative = Path::new("./src/../../process/../../../../../../../../bin/sh");
        assert!(found(relative).unwrap().is_absolute());
        assert_eq!(said("node.py", "#!/usr/bin/env sh\n", 0o755), "F/node.py");
        assert_eq!(said("node", "#! /bin/sh -e\n", 0o755), "F/node");
        assert_eq!(said("node", "#!/usr/bin/env -S nobody knows\n", 0o755), "F/node");
    }

    #[test]
    fn what_is_wrong_is_told_with_the_mend() {
        let told = |path: &str| found(Path::new(path)).unwrap_err().to_string();
        assert_eq!(told("/no/where"), "there is no program `/no/where`");
        assert!(told("/tmp").starts_with("`/tmp` is a folder"));
        assert!(told("no-such-program").ends_with("PATH: install it, or give its path"));
        assert!(told("Cargo.toml").ends_with("for the file here, write ./Cargo.toml"));
        let plain = said("node.py", "#!/usr/bin/env python3\n", 0o644);
        let mend = "chmod +x F/node.py, or start it with its interpreter: \
                    --bin python3 --arg F/node.py";
        assert_eq!(plain, format!("`F/node.py` may not be executed: {mend}"));
        assert!(said("n.rb", "#!/no/ruby -w\n", 0o755).contains("the interpreter `/no/ruby`, "));
        assert!(said("n.rb", "#!/usr/bin/env ruby-0\n", 0o755).contains("interpreter `ruby-0`"));
        assert!(said("n.py", "#!/bin/sh\r\n", 0o755).contains("sed -i 's/\\r$//' F/n.py"));
    }
}
