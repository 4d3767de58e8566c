//! The rules of durability, one by one.

use crate::dice::Dice;
use crate::settings::{Names, Settings};
use crate::tree::durable::Depth;
use crate::tree::names::{How, New};
use crate::tree::oracle::seen_in;
use crate::tree::{Attributes, Ino, Moment, ROOT, Tree};
use std::ffi::OsStr;

const NOW: Moment = Moment { seconds: 1, nanos: 0 };
const WHO: Attributes =
    Attributes { mode: 0o644, uid: 0, gid: 0, accessed: NOW, modified: NOW, changed: NOW };

fn tree(names: Names) -> Tree {
    Tree::new(Settings { names, ..Settings::default() }, NOW)
}

fn make(tree: &mut Tree, folder: Ino, name: &str, new: New) -> Ino {
    tree.make((folder, OsStr::new(name)), new, WHO).expect("the name is free")
}

fn rename(tree: &mut Tree, from: (Ino, &str), to: (Ino, &str)) {
    let done =
        tree.rename((from.0, OsStr::new(from.1)), (to.0, OsStr::new(to.1)), How::Replace, NOW);
    done.expect("it may be renamed");
}

fn write(tree: &mut Tree, ino: Ino, bytes: &[u8]) {
    tree.write(ino, 0, bytes, NOW).expect("there is room");
}

fn sync(tree: &mut Tree, ino: Ino) {
    tree.sync(ino, Depth::All).expect("it is there");
}

/// The paths that are left, each with what is in the file.
fn after_power_loss(mut tree: Tree) -> Vec<String> {
    tree.lose_power(0, &mut Dice::new(0));
    let text = |content: Option<Vec<u8>>| {
        content.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let line = |(path, content)| format!("{path} {}", text(content).unwrap_or_default());
    seen_in(&tree).into_iter().map(line).map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn a_synced_file_is_gone_with_its_name_unless_its_folder_was_synced_or_there_is_a_journal() {
    let with = |names, folder: bool| {
        let mut tree = tree(names);
        let file = make(&mut tree, ROOT, "new", New::File);
        write(&mut tree, file, b"content");
        sync(&mut tree, file);
        if folder {
            sync(&mut tree, ROOT);
        }
        after_power_loss(tree)
    };
    assert!(with(Names::ByFolder, false).is_empty());
    assert_eq!(with(Names::ByFolder, true), ["/new content"]);
    assert_eq!(with(Names::Journal, false), ["/new content"]);
}

#[test]
fn a_rename_over_a_file_is_durable_as_a_whole_or_not_at_all() {
    let replaced = |folder: bool| {
        let mut tree = tree(Names::ByFolder);
        let old = make(&mut tree, ROOT, "file", New::File);
        write(&mut tree, old, b"old");
        let new = make(&mut tree, ROOT, "new", New::File);
        write(&mut tree, new, b"fresh");
        [old, new, ROOT].into_iter().for_each(|ino| sync(&mut tree, ino));
        rename(&mut tree, (ROOT, "new"), (ROOT, "file"));
        if folder {
            sync(&mut tree, ROOT);
        }
        after_power_loss(tree)
    };
    assert_eq!(replaced(false), ["/file old", "/new fresh"]);
    assert_eq!(replaced(true), ["/file fresh"]);
}

#[test]
fn a_file_that_got_a_second_name_before_it_lost_its_first_is_never_without() {
    let mut tree = tree(Names::ByFolder);
    let there = make(&mut tree, ROOT, "there", New::Folder);
    let file = make(&mut tree, ROOT, "first", New::File);
    sync(&mut tree, ROOT);
    tree.link(file, (there, OsStr::new("second")), NOW).expect("the name is free");
    tree.unlink((ROOT, OsStr::new("first")), NOW).expect("it has the name");
    sync(&mut tree, ROOT);
    assert_eq!(after_power_loss(tree), ["/there", "/there/second"]);
}

#[test]
fn a_folder_does_not_go_before_what_was_moved_out_of_it() {
    let mut tree = tree(Names::ByFolder);
    let from = make(&mut tree, ROOT, "from", New::Folder);
    let into = make(&mut tree, ROOT, "into", New::Folder);
    make(&mut tree, from, "file", New::File);
    [ROOT, from, into].into_iter().for_each(|ino| sync(&mut tree, ino));
    rename(&mut tree, (from, "file"), (into, "file"));
    tree.remove_folder((ROOT, OsStr::new("from")), NOW).expect("it is empty");
    sync(&mut tree, ROOT);
    assert_eq!(after_power_loss(tree), ["/into", "/into/file"]);
}

#[test]
fn folders_that_are_moved_never_come_to_lie_within_each_other() {
    let mut tree = tree(Names::ByFolder);
    let (a, b) = (make(&mut tree, ROOT, "a", New::Folder), make(&mut tree, ROOT, "b", New::Folder));
    sync(&mut tree, ROOT);
    rename(&mut tree, (ROOT, "a"), (b, "a"));
    sync(&mut tree, b);
    rename(&mut tree, (b, "a"), (ROOT, "again"));
    rename(&mut tree, (ROOT, "b"), (a, "b"));
    sync(&mut tree, a);
    assert_eq!(after_power_loss(tree), ["/again", "/again/b"]);
}

#[test]
fn what_could_not_be_written_counts_as_clean_and_the_next_sync_leaves_it_out() {
    let mut tree = tree(Names::ByFolder);
    let file = make(&mut tree, ROOT, "file", New::File);
    write(&mut tree, file, b"old");
    [file, ROOT].into_iter().for_each(|ino| sync(&mut tree, ino));
    write(&mut tree, file, b"new");
    assert_eq!(tree.abandon(file).expect("it is there").bytes, 4096);
    sync(&mut tree, file);
    assert_eq!(tree.read(file, 0, 9).expect("it is a file"), b"new");
    assert_eq!(after_power_loss(tree), ["/file old"]);
}

#[test]
fn promises_are_kept_in_their_order_also_where_the_file_was_cut_between_them() {
    let mut tree = tree(Names::ByFolder);
    let file = make(&mut tree, ROOT, "file", New::File);
    sync(&mut tree, ROOT);
    tree.write(file, 0, &[b'x'; 9000], NOW).expect("there is room");
    tree.promise(file, Depth::All, 0).expect("it is there");
    tree.resize(file, 1, NOW).expect("it is a file");
    tree.resize(file, 9000, NOW).expect("it is a file");
    tree.promise(file, Depth::All, 0).expect("it is there");
    tree.settle(0);
    tree.lose_power(0, &mut Dice::new(0));
    let left = tree.read(file, 0, 9000).expect("it is a file");
    assert_eq!(left.iter().filter(|byte| **byte == b'x').count(), 1);
    assert_eq!(left.len(), 9000);
}

#[test]
fn what_is_cut_and_written_again_without_a_sync_takes_no_more_memory_than_it_may() {
    let bytes = 1 << 20;
    let mut tree = Tree::new(Settings { bytes, ..Settings::default() }, NOW);
    for round in 0..40 {
        let file = make(&mut tree, ROOT, &round.to_string(), New::File);
        write(&mut tree, file, &[1; 200_000]);
        sync(&mut tree, file);
        tree.resize(file, 0, NOW).expect("it is a file");
        assert!(tree.meter.bytes() <= 3 * bytes + 200_704, "after {round}");
    }
    assert!(tree.pressed > 0);
}
