//! What is recorded is read again, also when nobody has finished the file.

use super::reader::{Record, read};
use super::*;
use proptest::prelude::*;
use std::mem::forget;
use std::{fs, iter};

fn names(count: usize) -> Vec<String> {
    (1..=count).map(|number| format!("n{number}")).collect()
}

fn capture(folder: &tempfile::TempDir) -> (PathBuf, Capture) {
    let path = folder.path().join("frames.pcapng");
    let capture = Capture::create(&path, &names(3)).unwrap();
    (path, capture)
}

fn frames(path: &Path) -> Vec<Record> {
    read(&fs::read(path).unwrap())
}

#[test]
fn frames_are_read_as_they_were_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    let time = 1_790_000_000_123_456_789;
    let (out, into) = (Some(Direction::Outbound), Some(Direction::Inbound));
    capture.record(0, time, b"a frame", "delivered to n2 after 1.2 ms", out).unwrap();
    capture.record(1, time + 1, b"", "", None).unwrap();
    capture.record(2, time - 1, b"four", "corrupted: bit 113", into).unwrap();
    capture.finish().unwrap();
    let record = |interface: &str, time_ns, frame: &[u8], comment: Option<&str>, flags| Record {
        interface: interface.to_owned(),
        time_ns,
        frame: frame.to_vec(),
        comment: comment.map(str::to_owned),
        flags,
    };
    let expected = [
        record("n1", time, b"a frame", Some("delivered to n2 after 1.2 ms"), Some(2)),
        record("n2", time + 1, b"", None, None),
        record("n3", time - 1, b"four", Some("corrupted: bit 113"), Some(1)),
    ];
    assert_eq!(frames(&path), expected);
}

#[test]
fn a_killed_harness_leaves_what_it_has_flushed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    assert_eq!(frames(&path), []);
    capture.record(0, 1, b"flushed", "lost", None).unwrap();
    capture.flush().unwrap();
    capture.record(0, 2, b"not flushed", "lost", None).unwrap();
    forget(capture);
    assert_eq!(frames(&path).len(), 1);
}

#[test]
fn whatever_is_written_without_being_asked_is_in_whole_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    let count = 1000;
    for number in 0..count {
        capture.record(0, number, &[7; 1501], "cut", None).unwrap();
    }
    forget(capture);
    let read = frames(&path);
    let missing = count as usize - read.len();
    assert!((1..GATHERED / 1501).contains(&missing), "{missing} frames are missing");
    assert!(read.iter().map(|record| record.time_ns).eq(0..read.len() as u64));
}

#[test]
fn a_capture_that_is_dropped_is_complete() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    capture.record(0, 1, b"the last", "", None).unwrap();
    drop(capture);
    assert_eq!(frames(&path).len(), 1);
}

#[test]
fn an_interface_that_there_is_not_is_an_error_and_leaves_the_file_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    let error = capture.record(3, 1, b"whose?", "", None).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    assert!(error.to_string().contains("interface 3 is none of the 3"), "{error}");
    capture.finish().unwrap();
    assert_eq!(frames(&path), []);
}

#[test]
fn errors_name_the_file() {
    let error = Capture::create(Path::new("/nowhere/frames"), &names(1)).unwrap_err();
    assert!(error.to_string().contains("create the capture /nowhere/frames"), "{error}");
    // Its disk is always full.
    let error = Capture::create(Path::new("/dev/full"), &names(1)).unwrap_err();
    assert!(error.to_string().contains("write to the capture /dev/full"), "{error}");
}

#[test]
fn a_comment_that_is_too_long_is_cut_between_characters() {
    let folder = tempfile::tempdir().unwrap();
    let (path, mut capture) = capture(&folder);
    let comment: String = iter::repeat_n('ü', 40_000).collect();
    capture.record(0, 1, b"", &comment, None).unwrap();
    capture.finish().unwrap();
    assert_eq!(frames(&path)[0].comment.as_ref().unwrap().len(), 65_534);
}

proptest! {
    #[test]
    fn any_frame_and_comment_is_read_as_it_was_recorded(
        records in prop::collection::vec((0..3_usize, any::<u64>(), any::<Vec<u8>>(), ".*"), 0..20),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (path, mut capture) = capture(&folder);
        for (interface, time_ns, frame, comment) in &records {
            capture.record(*interface, *time_ns, frame, comment, None).unwrap();
        }
        capture.finish().unwrap();
        let expected = records.into_iter().map(|(interface, time_ns, frame, comment)| Record {
            interface: format!("n{}", interface + 1),
            time_ns,
            frame,
            comment: Some(comment).filter(|comment| !comment.is_empty()),
            flags: None,
        });
        prop_assert_eq!(frames(&path), Vec::from_iter(expected));
    }
}
