//! What a datagram or segment carries, and how it is exchanged for something else.

use super::carried::Carried;
use super::draw::pick;
use super::packet::ETHERNET_HEADER;
use super::segment::{Segment, Transport};
use std::ops::Range;

/// Where the payload of a UDP datagram or TCP segment is in a frame; it is never empty. None for a
/// fragment, whose bytes mean nothing without the others.
pub fn payload(frame: &[u8]) -> Option<Range<usize>> {
    let segment = Carried::whole(frame)?;
    Some(segment.payload).filter(|payload| !payload.is_empty())
}

/// The frame with another payload, and with the lengths and checksums that belong to it. The packet
/// may have `mtu` bytes. A TCP segment takes a payload of the same length alone: with another, the
/// stream would have a hole, or be said twice. Fragments take none.
///
/// A checksum that was wrong is right afterwards; a sender that uses none still uses none.
pub fn replace_payload(frame: &[u8], payload: &[u8], mtu: usize) -> Option<Vec<u8>> {
    let segment = Carried::whole(frame)?;
    match segment.transport {
        Transport::Udp => with_datagram(frame, &segment, payload, mtu),
        Transport::Tcp => with_equal_length(frame, &segment, payload),
    }
}

/// The frame with the end of its payload cut off, as a draw says: at least one byte, perhaps all.
/// Lengths and checksums are right. UDP alone: a stream would have a hole.
pub fn truncate_payload(frame: &[u8], draw: u64) -> Option<Vec<u8>> {
    let segment = Carried::whole(frame)?;
    if segment.transport != Transport::Udp || segment.payload.is_empty() {
        return None;
    }
    let kept = pick(draw, segment.payload.len());
    let payload = &frame[segment.payload.clone()][..kept];
    with_datagram(frame, &segment, payload, usize::from(u16::MAX))
}

fn with_datagram(frame: &[u8], old: &Segment, payload: &[u8], mtu: usize) -> Option<Vec<u8>> {
    let start = old.payload.start;
    let packet_length = start - ETHERNET_HEADER + payload.len();
    if packet_length > mtu {
        return None;
    }
    let datagram_length = start - old.packet.body.start + payload.len();
    let mut changed = Vec::with_capacity(start + payload.len());
    changed.extend_from_slice(&frame[..start]);
    changed.extend_from_slice(payload);
    old.packet.set_length(&mut changed, u16::try_from(packet_length).ok()?);
    old.set_datagram_length(&mut changed, datagram_length as u16);
    Segment::of(&changed)?.set_checksum(&mut changed);
    Some(changed)
}

fn with_equal_length(frame: &[u8], segment: &Segment, payload: &[u8]) -> Option<Vec<u8>> {
    if payload.len() != segment.payload.len() {
        return None;
    }
    let mut changed = frame.to_vec();
    changed[segment.payload.clone()].copy_from_slice(payload);
    segment.set_checksum(&mut changed);
    Some(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::samples;

    fn said(frame: &[u8]) -> &[u8] {
        &frame[payload(frame).unwrap()]
    }

    #[test]
    fn the_payload_is_what_was_sent() {
        assert_eq!(said(&samples::udp()), b"{\"seq\":17,\"from\":\"n1\"}\n");
        assert_eq!(said(&samples::tcp(b"a line\n")), b"a line\n");
    }

    #[test]
    fn frames_without_a_whole_payload_have_none() {
        let [first, later] = samples::fragments();
        let empty = samples::tcp(b"");
        for frame in [samples::arp(), samples::icmp(), samples::connect(), first, later, empty] {
            assert_eq!(payload(&frame), None);
        }
    }

    #[test]
    fn a_datagram_takes_a_payload_of_any_length_that_fits() {
        for length in [0, 1, 23, 400, 1472] {
            let new = vec![0xa5; length];
            let frame = replace_payload(&samples::udp(), &new, 1500).unwrap();
            assert_eq!(frame.len(), 42 + length);
            assert_eq!(&frame[42..], new);
            samples::assert_sound(&frame);
        }
        assert_eq!(replace_payload(&samples::udp(), &[0; 1473], 1500), None);
        assert_eq!(replace_payload(&samples::udp(), &[0; 65_508], usize::MAX), None);
    }

    #[test]
    fn a_segment_takes_a_payload_of_the_same_length_alone() {
        let frame = replace_payload(&samples::tcp(b"yes"), b"nay", 1500).unwrap();
        assert_eq!(said(&frame), b"nay");
        samples::assert_sound(&frame);
        assert_eq!(replace_payload(&samples::tcp(b"yes"), b"no", 1500), None);
    }

    #[test]
    fn fragments_take_no_other_payload() {
        for frame in samples::fragments() {
            assert_eq!(replace_payload(&frame, b"other", 1500), None);
            assert_eq!(truncate_payload(&frame, 1), None);
        }
    }

    #[test]
    fn a_datagram_loses_the_end_of_its_payload() {
        let whole = samples::udp();
        for draw in [0, u64::MAX / 3, u64::MAX] {
            let frame = truncate_payload(&whole, draw).unwrap();
            assert!(frame.len() < whole.len() && whole[42..].starts_with(&frame[42..]));
            samples::assert_sound(&frame);
        }
        assert_eq!(truncate_payload(&whole, 0).unwrap().len(), 42);
        assert_eq!(truncate_payload(&samples::tcp(b"a stream"), 0), None);
    }

    #[test]
    fn a_sender_without_checksums_stays_without() {
        let mut frame = samples::udp();
        frame[40..42].fill(0);
        let changed = replace_payload(&frame, b"other", 1500).unwrap();
        assert_eq!(changed[40..42], [0, 0]);
    }
}
