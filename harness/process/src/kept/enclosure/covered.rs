//! The folders that a node finds empty, and what shines through.

use std::path::{Path, PathBuf};

/// Folders that programs share, with the mode they have.
const SHARED: [(&str, u32); 3] = [("/run", 0o755), ("/dev/shm", 0o1777), ("/tmp", 0o1777)];

/// A folder that is covered by an empty one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Covered {
    /// Where it really is.
    pub place: PathBuf,
    /// Who may do what in it.
    pub mode: u32,
}

/// The folders that are covered, those of them that exist.
pub fn covered() -> Vec<Covered> {
    let real = |(place, mode): (&str, u32)| {
        let place = Path::new(place).canonicalize().ok().filter(|real| real.is_dir())?;
        Some(Covered { place, mode })
    };
    SHARED.into_iter().filter_map(real).collect()
}

/// Whether something lies below one of the covered folders, and is none of them itself.
pub fn lies_below(covered: &[Covered], path: &Path) -> bool {
    covered.iter().any(|one| path.starts_with(&one.place) && path != one.place)
}

/// What of the covered folders a program must see with this path: all that lies below the entry of
/// the covered folder that leads there, since programs come with folders of libraries and data.
pub fn with_surroundings(covered: &[Covered], path: &Path) -> Vec<PathBuf> {
    let real = path.canonicalize().ok();
    let entry = |path: PathBuf| {
        let place = covered.iter().map(|one| &one.place).find(|place| path.starts_with(place))?;
        Some(place.join(path.strip_prefix(place).ok()?.components().next()?))
    };
    [Some(path.to_owned()), real].into_iter().flatten().filter_map(entry).collect()
}

/// Of these paths, what must be made visible again, and where: a path with symbolic links may hide
/// by its name, by what it means, or by both. What lies below another is seen with that.
pub fn hidden(covered: &[Covered], paths: &[PathBuf]) -> Vec<(PathBuf, PathBuf)> {
    let mut found: Vec<(PathBuf, PathBuf)> = Vec::new();
    let mut wanted: Vec<PathBuf> = paths.to_vec();
    wanted.sort();
    for path in wanted {
        let Ok(real) = path.canonicalize() else { continue };
        let names = [real.clone(), path];
        for name in names.into_iter().filter(|name| lies_below(covered, name)) {
            if !found.iter().any(|(_, seen)| name.starts_with(seen)) {
                found.push((real.clone(), name));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_seen_with_their_surroundings() {
        let covered = [Covered { place: "/nowhere/tmp".into(), mode: 0o755 }];
        let seen = |path: &str| with_surroundings(&covered, Path::new(path));
        assert_eq!(seen("/nowhere/tmp/app/bin/server"), [Path::new("/nowhere/tmp/app")]);
        assert_eq!(seen("/nowhere/tmp/script"), [Path::new("/nowhere/tmp/script")]);
        assert!(seen("/nowhere/tmp").is_empty() && seen("/bin/sh").is_empty());
    }
    use std::fs::create_dir_all;
    use std::os::unix::fs::symlink;

    #[test]
    fn only_what_is_hidden_shines_through_once_and_by_each_of_its_names() {
        let top = tempfile::tempdir().unwrap();
        let top = top.path().canonicalize().unwrap();
        let at = |path: &str| top.join(path);
        create_dir_all(at("shared/a/b")).unwrap();
        create_dir_all(at("home")).unwrap();
        symlink(at("home"), at("shared/link")).unwrap();
        let covered = [Covered { place: at("shared"), mode: 0o755 }];
        let paths = ["shared/a/b", "shared/a", "home", "shared", "shared/link", "none"];
        let hidden = hidden(&covered, &paths.map(at));
        let expected = [("shared/a", "shared/a"), ("home", "shared/link")];
        assert_eq!(hidden, expected.map(|(real, name)| (at(real), at(name))));
    }
}
