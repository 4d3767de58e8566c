//! Which programs a library that is loaded first can answer for.

use crate::kept::executable;
use object::Object;
use object::read::ReadCache;
use object::read::elf::{ElfFile64, ProgramHeader};
use std::fs::File;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// A script of a script of a script.
const DEEPEST: usize = 4;

/// Sections that the linker of Go writes, and no other.
const OF_GO: [&str; 2] = [".go.buildinfo", ".note.go.buildid"];

/// Whether the clock of a program can be set; of a script, that of its interpreter. What the
/// program starts in turn is not looked at.
///
/// # Errors
/// If it cannot be set: why.
pub fn reach(program: &Path) -> Result<(), String> {
    let mut file = executable::found(program).map_err(|error| error.to_string())?;
    for _ in 0..DEEPEST {
        match executable::interpreter(&file) {
            Some(next) => file = next,
            None => return reach_binary(&file),
        }
    }
    Err(format!("`{}` is a script of scripts without end", program.display()))
}

fn reach_binary(file: &Path) -> Result<(), String> {
    let shown = file.display();
    let opened = File::open(file).map_err(|error| format!("`{shown}`: {error}"))?;
    let mode = opened.metadata().map_or(0, |data| data.permissions().mode());
    let cache = ReadCache::new(opened);
    let no = |why: &str| Err(format!("the clock of `{shown}` cannot be set: {why}"));
    let Ok(elf) = ElfFile64::<object::Endianness, _>::parse(&cache) else {
        return no("it is no 64-bit program of this system");
    };
    if OF_GO.iter().any(|name| elf.section_by_name(name).is_some()) {
        return no("it is written in Go, which asks the kernel and no library");
    }
    let mut headers = elf.elf_program_headers().iter();
    match headers.find_map(|one| one.interpreter(elf.endian(), elf.data()).ok().flatten()) {
        None => no("it is linked statically, and loads no library"),
        Some(loader) if loader.windows(7).any(|part| part == b"ld-musl") => {
            no("it is linked to musl, and libfaketime to the GNU library")
        }
        Some(_) if mode & 0o6000 != 0 => no("it runs as another user, and loads no library then"),
        Some(_) => Ok(()),
    }
}

#[cfg(all(test, target_os = "linux", target_pointer_width = "64"))]
mod tests {
    use super::*;
    use std::fs::{Permissions, read, set_permissions, write};

    /// What is said of a shell whose file has been changed.
    fn said(change: impl FnOnce(&mut Vec<u8>)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        let mut bytes = read("/bin/sh").unwrap();
        change(&mut bytes);
        write(&file, bytes).unwrap();
        set_permissions(&file, Permissions::from_mode(0o755)).unwrap();
        reach(&file).map_or_else(|why| why, |()| "reached".to_owned())
    }

    fn put(bytes: &mut [u8], old: &[u8], new: &[u8]) {
        let at = bytes.windows(old.len()).position(|part| part == old).unwrap();
        bytes[at..at + new.len()].copy_from_slice(new);
    }

    /// A program header of type 3 names the loader.
    fn forget_loader(bytes: &mut [u8]) {
        let number = |at: usize, length: usize| {
            let mut word = [0; 8];
            word[..length].copy_from_slice(&bytes[at..at + length]);
            u64::from_le_bytes(word) as usize
        };
        let (start, size, count) = (number(32, 8), number(54, 2), number(56, 2));
        let places: Vec<usize> = (0..count).map(|n| start + n * size).collect();
        let loader = places.into_iter().find(|at| number(*at, 4) == 3).unwrap();
        bytes[loader] = 0;
    }

    #[test]
    fn ordinary_programs_and_their_scripts_are_reached() {
        assert_eq!(said(|_| ()), "reached");
        assert_eq!(said(|bytes| *bytes = b"#!/usr/bin/env -S sh -e\n".to_vec()), "reached");
        assert_eq!(reach(Path::new("sh")), Ok(()));
    }

    #[test]
    fn programs_that_load_no_library_or_ask_none_are_refused() {
        assert!(
            said(|bytes| forget_loader(bytes))
                .ends_with("it is linked statically, and loads no library")
        );
        let go =
            |bytes: &mut Vec<u8>| put(bytes, b".note.gnu.build-id\0", b".note.go.buildid\0\0\0");
        assert!(said(go).contains("it is written in Go"));
        assert!(said(|bytes| put(bytes, b"ld-linux", b"ld-muslx")).contains("linked to musl"));
        assert!(said(|bytes| bytes.truncate(40)).contains("no 64-bit program"));
        assert!(reach(Path::new("/nowhere")).is_err());
        let folder = tempfile::tempdir().unwrap();
        let own = folder.path().join("own");
        write(&own, format!("#!{}\n", own.display())).unwrap();
        set_permissions(&own, Permissions::from_mode(0o755)).unwrap();
        assert!(reach(&own).unwrap_err().contains("scripts without end"));
    }
}
