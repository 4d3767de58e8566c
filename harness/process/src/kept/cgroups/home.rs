//! The group of a harness, below which those of its nodes are, and what dead harnesses left.

use crate::kept::cgroups::hierarchies;
use crate::kept::cgroups::place::empty;
use std::fs;
use std::path::Path;
use std::process::id as own_id;
use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "pepperland";

/// Names of the group of this harness and of its next node's. Process ids are unique in their
/// namespace only, and machines with several share their control groups.
pub fn next_name() -> [String; 2] {
    static NODES: AtomicU64 = AtomicU64::new(0);
    let harness = format!("{PREFIX}-{}-{}", own_namespace().unwrap_or_default(), own_id());
    [harness, NODES.fetch_add(1, Ordering::Relaxed).to_string()]
}

/// The number of the namespace that this process's id is of.
fn own_namespace() -> Option<String> {
    let link = fs::read_link("/proc/self/ns/pid").ok()?;
    let digits: String = link.to_str()?.chars().filter(char::is_ascii_digit).collect();
    Some(digits)
}

/// Whether a group is one of a harness that lived among the processes that are seen here, and is
/// dead.
fn is_forsaken(name: &str) -> bool {
    let Some(namespace) = own_namespace() else { return false };
    let id = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_prefix('-'));
    let id = id.and_then(|rest| rest.strip_prefix(&*namespace)?.strip_prefix('-'));
    let id = id.and_then(|id| id.parse::<u32>().ok());
    id.is_some_and(|id| !Path::new(&format!("/proc/{id}")).exists())
}

/// Removes the groups of harnesses that are dead, and kills what is left in them: their keepers
/// have been killed too, or are about to do the same.
pub fn sweep() {
    for hierarchy in hierarchies::found() {
        for parent in hierarchy.parents() {
            for home in below(parent).filter(|home| is_forsaken(&name(home))) {
                below(&home.path()).for_each(|node| empty(&node.path()));
                let _ = fs::remove_dir(home.path());
            }
        }
    }
}

fn below(folder: &Path) -> impl Iterator<Item = fs::DirEntry> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
}

fn name(entry: &fs::DirEntry) -> String {
    entry.file_name().to_string_lossy().into_owned()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_groups_of_the_dead_of_this_namespace_are_forsaken() {
        let here = own_namespace().unwrap();
        assert!(is_forsaken(&format!("pepperland-{here}-{}", i32::MAX)));
        assert!(!is_forsaken(&format!("pepperland-{here}-{}", own_id())));
        assert!(!is_forsaken(&format!("pepperland-1{here}-{}", i32::MAX)));
        assert!(!is_forsaken(&format!("pepperland-{here}-x")));
        assert!(!is_forsaken("user.slice"));
        let [harness, node] = next_name();
        assert!(!is_forsaken(&harness));
        assert_ne!(next_name(), [harness, node]);
    }
}
