//! Whatever bytes a node sends: nothing panics, and what cannot be changed stays as it is.

use super::*;
use proptest::prelude::*;
use std::net::Ipv4Addr;

fn real() -> Vec<Vec<u8>> {
    let [first, later] = samples::fragments();
    let (udp, tcp) = (samples::udp(), samples::tcp(b"a stream"));
    let others = [samples::arp(), samples::connect(), samples::icmp(), samples::igmp()];
    [udp, tcp, first, later].into_iter().chain(others).collect()
}

/// Real frames, cut off or with something behind, of which a few bytes of the headers are others.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((12..60_usize, any::<u8>()), 0..6);
    (prop::sample::select(real()), 0..200_usize, changes).prop_map(
        |(mut frame, length, changes)| {
            frame.resize(length, 0xee);
            for (at, value) in changes.into_iter().filter(|(at, _)| *at < length) {
                frame[at] = value;
            }
            frame
        },
    )
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![prop::collection::vec(any::<u8>(), 0..200), damaged()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn nothing_panics_and_no_frame_grows(bytes in any_bytes(), draw: u64) {
        kind(&bytes);
        prop_assert!(payload(&bytes).is_none_or(|payload| payload.end <= bytes.len()));
        if let Some(shorter) = truncate_payload(&bytes, draw) {
            prop_assert!(shorter.len() < bytes.len());
        }
        if let Some(other) = replace_payload(&bytes, b"something else", 100) {
            prop_assert!(other.len() <= 114 || other.len() == bytes.len());
        }
        forge_source(&mut bytes.clone(), [2; 6], Ipv4Addr::LOCALHOST);
    }

    #[test]
    fn what_says_that_it_changed_a_frame_did(bytes in any_bytes(), draw: u64) {
        for flip in [flip_any_bit, flip_payload_bit] {
            let mut changed = bytes.clone();
            let bit = flip(&mut changed, draw);
            prop_assert_eq!(bit.is_some(), changed != bytes);
            prop_assert!(bit.is_none_or(|bit| changed[bit / 8] != bytes[bit / 8]));
        }
    }

    #[test]
    fn a_frame_cut_off_anywhere_is_not_taken_for_a_whole_one(which in 0..8_usize, cut: u64) {
        let whole = &real()[which];
        let frame = &whole[..draw::pick(cut, whole.len())];
        prop_assert_eq!(payload(frame), None);
        prop_assert_eq!(flip_payload_bit(&mut frame.to_vec(), cut), None);
        prop_assert_eq!(truncate_payload(frame, cut), None);
    }
}
