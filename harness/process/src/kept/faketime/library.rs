//! Where libfaketime is, and which one it is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 4] = ["/usr/local/lib", "/usr/lib", "/usr/lib64", "/usr/local/lib64"];

/// The one that guards its state from threads goes first: the file is rewritten at any moment.
const NAMES: [&str; 2] = ["libfaketimeMT.so.1", "libfaketime.so.1"];

/// A word that libfaketime knows since 0.9.11.
const USABLE: &str = "FAKETIME_DISABLE_SHM";

/// A word that it knows since its condition variables wait right (after 0.9.12).
const FLAWLESS: &str = "FAKETIME_FOLLOW_ABSOLUTE";

/// What to do where there is none.
pub const MEND: &str = "build it: `git clone https://github.com/wolfcw/libfaketime && \
                        make -C libfaketime && make -C libfaketime install`";

/// A libfaketime that does its work.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Library {
    path: PathBuf,
    flawless: bool,
}

impl Library {
    /// The best of those that are installed.
    ///
    /// # Errors
    /// If there is none that can be used: why, and the mend.
    pub fn found() -> Result<Library, String> {
        let installed =
            folders().into_iter().flat_map(|folder| NAMES.map(|name| folder.join(name)));
        let (good, bad): (Vec<_>, Vec<_>) = installed
            .filter(|path| path.is_file())
            .map(|path| Library::at(&path))
            .partition(Result::is_ok);
        let mut good: Vec<Library> = good.into_iter().flatten().collect();
        good.sort_by_key(|library| !library.flawless);
        let why = bad.into_iter().find_map(Result::err);
        let none = || why.unwrap_or_else(|| format!("libfaketime is not installed: {MEND}"));
        good.into_iter().next().ok_or_else(none)
    }

    /// The one in this file.
    ///
    /// # Errors
    /// If it cannot be used: why, and the mend.
    pub fn at(path: &Path) -> Result<Library, String> {
        let shown = path.display();
        let bytes = fs::read(path).map_err(|error: io::Error| format!("`{shown}`: {error}"))?;
        let knows = |word: &str| bytes.windows(word.len()).any(|bytes| bytes == word.as_bytes());
        if !knows(USABLE) {
            return Err(format!(
                "`{shown}` is older than libfaketime 0.9.11, under which programs that sleep \
                 fail: {MEND}"
            ));
        }
        Ok(Library { path: path.to_owned(), flawless: knows(FLAWLESS) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it does wrong, if anything is known.
    pub fn caveat(&self) -> Option<&'static str> {
        let caveat = "this libfaketime lets waits for condition variables end early after a step \
                      of the clock: take one that is newer than 0.9.12";
        (!self.flawless).then_some(caveat)
    }
}

/// `faketime` below each library folder, and below those of one architecture.
fn folders() -> Vec<PathBuf> {
    let all = FOLDERS.iter().flat_map(|top| {
        let below = fs::read_dir(top).into_iter().flatten().flatten().map(|entry| entry.path());
        let deep = below.filter(|path| path.to_string_lossy().contains("linux-gnu"));
        [PathBuf::from(top)].into_iter().chain(deep)
    });
    all.map(|folder| folder.join("faketime")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_library_is_refused_with_the_mend_and_a_flawed_one_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let with = |text: &str| {
            let path = folder.path().join("lib");
            fs::write(&path, text).unwrap();
            Library::at(&path)
        };
        let old = with("\0FAKETIME_NO_CACHE\0").unwrap_err();
        assert!(old.contains("older than libfaketime 0.9.11") && old.ends_with(MEND), "{old}");
        let flawed = with("\0FAKETIME_DISABLE_SHM\0").unwrap();
        assert!(flawed.caveat().is_some());
        let good = with("\0FAKETIME_DISABLE_SHM\0FAKETIME_FOLLOW_ABSOLUTE\0").unwrap();
        assert_eq!(good.caveat(), None);
        assert!(Library::at(&folder.path().join("none")).is_err());
    }
}
