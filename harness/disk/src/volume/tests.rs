//! Each mode does what it says, and no more.

use super::*;
use crate::modes::Errors;
use crate::tree::{Attributes, New, ROOT};
use std::ffi::OsStr;
use std::time::Duration;

/// A file of which name and nothing are durable, and the clock of its volume.
fn with_file() -> (Volume, Ino, Clock) {
    let clock = Clock::moved_by_hand();
    let mut volume = Volume::new(Settings::default(), clock.clone());
    let now = volume.now();
    let who =
        Attributes { mode: 0o644, uid: 0, gid: 0, accessed: now, modified: now, changed: now };
    let file = volume.tree.make((ROOT, OsStr::new("file")), New::File, who);
    let file = file.expect("there is room");
    volume.sync(ROOT, Depth::All).expect("it is there");
    (volume, file, clock)
}

fn append(volume: &mut Volume, file: Ino, text: &str) {
    let end = read(volume, file).len() as u64;
    let now = volume.now();
    volume.tree.write(file, end, text.as_bytes(), now).expect("there is room");
    volume.sync(file, Depth::Data).expect("it says so");
}

fn read(volume: &Volume, file: Ino) -> String {
    let bytes = volume.tree.read(file, 0, 99).expect("it is a file");
    String::from_utf8(bytes).expect("it is text")
}

fn lying(kept: Kept) -> Modes {
    Modes { sync: Sync::Lying(kept), ..Modes::default() }
}

#[test]
fn a_lie_that_is_kept_after_a_span_is_true_after_it_and_not_before() {
    let (mut volume, file, clock) = with_file();
    volume.behave(lying(Kept::After(Duration::from_millis(5))));
    for text in ["one ", "two ", "three"] {
        append(&mut volume, file, text);
        clock.advance(Duration::from_millis(3));
    }
    assert_eq!(read(&volume, file), "one two three");
    volume.lose_power(0, 0);
    assert_eq!(read(&volume, file), "one two ", "the third was said 3 ms ago");
    assert_eq!(volume.tally().syncs_lied, 3);
}

#[test]
fn where_each_lie_is_kept_at_the_next_only_the_last_is_one() {
    let (mut volume, file, _) = with_file();
    volume.behave(lying(Kept::AtTheNext));
    ["one ", "two ", "three"].into_iter().for_each(|text| append(&mut volume, file, text));
    volume.sync(file, Depth::Data).expect("it says so");
    volume.lose_power(0, 0);
    assert_eq!(read(&volume, file), "one two ", "a sync of nothing keeps no promise");
}

#[test]
fn a_disk_that_lies_no_more_has_kept_its_promises() {
    let (mut volume, file, _) = with_file();
    volume.behave(lying(Kept::Never));
    append(&mut volume, file, "one");
    volume.behave(Modes { read_only: true, ..lying(Kept::Never) });
    volume.lose_power(0, 0);
    assert_eq!(read(&volume, file), "", "it lies still");
    append(&mut volume, file, "two");
    volume.behave(Modes::default());
    volume.lose_power(0, 0);
    assert_eq!(read(&volume, file), "two");
}

#[test]
fn errors_are_the_same_for_the_same_draw_and_as_many_as_wanted() {
    let failures = |draw| -> Vec<bool> {
        let (mut volume, ..) = with_file();
        let errors = Some(Errors { reads: 250_000, writes: 0, draw });
        volume.behave(Modes { errors, ..Modes::default() });
        (0..400).map(|_| volume.allow(Access::Read).is_err()).collect()
    };
    assert_eq!(failures(1), failures(1));
    assert_ne!(failures(1), failures(2));
    let count = failures(1).into_iter().filter(|failed| *failed).count();
    assert!((50..150).contains(&count), "{count} of 400, wanted are 100");
}

#[test]
fn what_touches_nothing_is_seen_to_have_touched_nothing() {
    let (mut volume, file, _) = with_file();
    let before = volume.tally();
    volume.behave(lying(Kept::Never));
    volume.sync(file, Depth::All).expect("it says so");
    volume.behave(Modes { sync: Sync::Failing, ..Modes::default() });
    volume.sync(file, Depth::All).expect("there is nothing to write");
    volume.behave(Modes { full: Some(0), ..Modes::default() });
    assert_eq!(volume.tally().since(&before), Tally::default());
}
