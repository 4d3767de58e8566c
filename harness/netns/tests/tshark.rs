//! Wireshark reads what is recorded. Without its `tshark` nothing is tested here.

use pepperland_netns::pcapng::{Capture, Direction};
use std::path::Path;
use std::process::Command;

/// From n1 to n2: a datagram to port 7000 with a line of JSON.
const DATAGRAM: &[u8] = b"\x02\x00\x00\x00\x00\x02\x02\x00\x00\x00\x00\x01\x08\x00\
    \x45\x00\x00\x33\x5b\x53\x40\x00\x40\x11\xca\xca\x0a\x4d\x00\x01\x0a\x4d\x00\x02\
    \xc3\x8e\x1b\x58\x00\x1f\x64\x5c{\"seq\":17,\"from\":\"n1\"}\n";

const FIELDS: [&str; 5] = [
    "frame.interface_name",
    "frame.time_epoch",
    "frame.packet_flags_direction",
    "udp.dstport",
    "frame.comment",
];

/// What tshark says of each frame, unless there is no tshark.
fn told(path: &Path) -> Option<String> {
    let mut tshark = Command::new("tshark");
    tshark.arg("-r").arg(path).args(["-T", "fields"]);
    tshark.args(FIELDS.iter().flat_map(|field| ["-e", field]));
    match tshark.output() {
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{complaint}");
            Some(String::from_utf8(output.stdout).unwrap())
        }
        Err(error) => {
            println!("skipped: no tshark ({error}); `apt-get install tshark` brings it");
            None
        }
    }
}

fn capture(path: &Path) -> Capture {
    Capture::create(path, &["n1".to_owned(), "n2".to_owned()]).unwrap()
}

#[test]
fn wireshark_reads_interfaces_times_directions_and_decisions() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames.pcapng");
    let time = 1_790_000_000_123_456_789;
    let mut frames = capture(&path);
    frames
        .record(0, time, DATAGRAM, "delivered to n2 after 1.2 ms", Some(Direction::Outbound))
        .unwrap();
    frames.record(1, time + 1_200_000, DATAGRAM, "", Some(Direction::Inbound)).unwrap();
    frames.record(1, time, &DATAGRAM[..41], "lost – \"cut\"", None).unwrap();
    frames.finish().unwrap();
    let Some(told) = told(&path) else { return };
    let lines: Vec<Vec<&str>> = told.lines().map(|line| line.split('\t').collect()).collect();
    let [sent, received, lost] = &lines[..] else { panic!("not three frames: {told}") };
    assert_eq!((sent[0], sent[3], sent[4]), ("n1", "7000", "delivered to n2 after 1.2 ms"));
    assert_eq!((received[0], received[3], received[4]), ("n2", "7000", ""));
    assert_eq!((lost[0], lost[4]), ("n2", "lost – \"cut\""));
    // Versions write numbers differently: as 2 or 0x00000002.
    assert!(sent[1].contains(".123456789") && received[1].contains(".124656789"), "{told}");
    assert!(sent[2].ends_with('2') && received[2].ends_with('1'), "{told}");
}

#[test]
fn wireshark_reads_a_capture_that_nobody_has_finished() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("frames.pcapng");
    let mut frames = capture(&path);
    for number in 0..2000 {
        frames.record(0, number, DATAGRAM, "lost", None).unwrap();
    }
    std::mem::forget(frames);
    let Some(told) = told(&path) else { return };
    assert!((1..2000).contains(&told.lines().count()));
}
