//! What a node sees of the files of the machine.
//!
//! What is to stay visible is taken as a detached copy first, then everything shared is covered,
//! and then the copies are put in their places: so no order of nested folders matters. Takes Linux
//! 5.2 (`open_tree`(2)).

use crate::kept::enclosure::covered::{Covered, covered, hidden, lies_below, with_surroundings};
use crate::kept::enclosure::{Bind, Private};
use nix::mount::{MsFlags, mount};
use rustix::fs::CWD;
use rustix::mount::{MoveMountFlags, OpenTreeFlags, move_mount, open_tree};
use std::fs::{File, create_dir_all};
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// Gives this process, which has left the mounts of the harness, what the node is to see. Its
/// working directory is the node's folder afterwards. `named`: the program, and what its arguments
/// name.
///
/// # Errors
/// What cannot be mounted, and the mend.
pub fn arrange(private: &Private, folder: &Path, named: &[PathBuf]) -> Result<(), String> {
    be_unseen()?;
    let covered = covered();
    let mut visible = private.visible.clone();
    visible.push(folder.to_owned());
    visible.extend(named.iter().flat_map(|path| with_surroundings(&covered, path)));
    let shining = hidden(&covered, &visible).into_iter().map(|(real, name)| Copy::of(real, name));
    let binds = private.binds.iter().map(|bind| Copy::of_bind(bind, folder));
    let copies = shining.chain(binds).collect::<Result<Vec<Copy>, String>>()?;
    for one in &covered {
        cover(one, private.scratch)?;
    }
    for copy in &copies {
        copy.put(&covered)?;
    }
    mount_proc()?;
    std::env::set_current_dir(folder).map_err(|error| lost(folder, &error))
}

/// No mount that follows is seen outside.
fn be_unseen() -> Result<(), String> {
    let flags = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, flags, None::<&str>)
        .map_err(|errno| format!("the node's mounts cannot be made its own: {}", errno.desc()))
}

/// Covers a folder by an empty one that takes so many bytes.
fn cover(one: &Covered, bytes: u64) -> Result<(), String> {
    let place = &one.place;
    // It may lie below one that is covered already.
    let made = create_dir_all(place);
    let data = format!("size={bytes},mode={:o}", one.mode);
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    let mounted = made.and_then(|()| {
        Ok(mount(Some("pepperland"), place, Some("tmpfs"), flags, Some(data.as_str()))?)
    });
    mounted.map_err(|error| {
        let place = place.display();
        format!("the node can have no {place} of its own ({error}): start it without an enclosure")
    })
}

/// The processes that are seen are the node's.
fn mount_proc() -> Result<(), String> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>).map_err(|errno| {
        format!(
            "the node can have no /proc of its own ({}): in a container, give it one that is not \
             masked (`docker run --security-opt systempaths=unconfined`)",
            errno.desc()
        )
    })
}

fn lost(folder: &Path, error: &io::Error) -> String {
    format!("the node's folder `{}` cannot be entered: {error}", folder.display())
}

/// A file or folder, detached from where it was, and where it will be seen.
struct Copy {
    tree: OwnedFd,
    is_folder: bool,
    target: PathBuf,
}

impl Copy {
    fn of(source: PathBuf, target: PathBuf) -> Result<Copy, String> {
        let flags = OpenTreeFlags::OPEN_TREE_CLONE
            | OpenTreeFlags::OPEN_TREE_CLOEXEC
            | OpenTreeFlags::AT_RECURSIVE;
        let tree = open_tree(CWD, &source, flags).map_err(|errno| {
            let source = source.display();
            let error = io::Error::from(errno);
            format!("`{source}` cannot be shown to the node ({error}): look whether it is there")
        })?;
        Ok(Copy { tree, is_folder: source.is_dir(), target })
    }

    fn of_bind(bind: &Bind, folder: &Path) -> Result<Copy, String> {
        Copy::of(folder.join(&bind.source), bind.target.clone())
    }

    fn put(&self, covered: &[Covered]) -> Result<(), String> {
        let target = self.target.display();
        if lies_below(covered, &self.target) {
            self.make_room().map_err(|error| format!("`{target}` cannot be made: {error}"))?;
        } else if !self.target.exists() {
            return Err(format!(
                "`{target}` is not there, and something is to be seen in its place: make it, or \
                 install the program that it belongs to"
            ));
        }
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        move_mount(&self.tree, "", CWD, &self.target, flags).map_err(|errno| {
            let error = io::Error::from(errno);
            format!("nothing can be shown at `{target}` ({error}): a folder shows folders only")
        })
    }

    /// Something to mount on, in a folder that was empty a moment ago.
    fn make_room(&self) -> io::Result<()> {
        if self.is_folder {
            return create_dir_all(&self.target);
        }
        if let Some(parent) = self.target.parent() {
            create_dir_all(parent)?;
        }
        File::options().append(true).create(true).open(&self.target).map(drop)
    }
}
