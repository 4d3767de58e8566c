//! Frames in another's name.

use super::packet::{Packet, SOURCE, SOURCE_MAC};
use super::{checksum, segment};
use std::net::Ipv4Addr;

/// Makes an IPv4 packet come from another: its hardware address and its IP address, with checksums
/// that belong to them. Fragments too, but the receiver does not put them together with those that
/// are not forged. Checksums that were wrong stay wrong.
///
/// Whether it was one; any other frame is left as it is, also ARP, where a forgery would not be
/// about one message but about all that follow.
pub fn forge_source(frame: &mut [u8], mac: [u8; 6], ip: Ipv4Addr) -> bool {
    let Some(packet) = Packet::of(frame) else { return false };
    let old = checksum::sum(&frame[SOURCE]);
    let new = checksum::sum(&ip.octets());
    frame[SOURCE_MAC].copy_from_slice(&mac);
    frame[SOURCE].copy_from_slice(&ip.octets());
    Packet::update_checksum(frame, old, new);
    segment::update_checksum(frame, &packet, old, new);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::samples;
    use proptest::prelude::*;

    const MAC: [u8; 6] = [2, 0, 0, 0, 0, 3];
    const IP: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 3);

    #[test]
    fn a_forged_frame_is_another_s_in_all_its_parts() {
        let frames = [
            samples::udp(),
            samples::tcp(b"odd"),
            samples::connect(),
            samples::icmp(),
            samples::igmp(),
        ];
        for frame in frames {
            let mut forged = frame.clone();
            assert!(forge_source(&mut forged, MAC, IP));
            assert_eq!((&forged[6..12], &forged[26..30]), (&MAC[..], &IP.octets()[..]));
            samples::assert_sound(&forged);
        }
    }

    #[test]
    fn arp_is_not_forged() {
        let mut frame = samples::arp();
        assert!(!forge_source(&mut frame, MAC, IP));
        assert_eq!(frame, samples::arp());
    }

    #[test]
    fn a_datagram_without_checksum_stays_without() {
        let mut frame = samples::udp();
        frame[40..42].fill(0);
        assert!(forge_source(&mut frame, MAC, IP));
        assert_eq!(frame[40..42], [0, 0]);
    }

    proptest! {
        #[test]
        fn fragments_that_are_all_forged_are_sound_together(ip: [u8; 4]) {
            let forged = samples::fragments().map(|mut frame| {
                assert!(forge_source(&mut frame, MAC, ip.into()));
                frame
            });
            samples::assert_sound(&samples::reassembled(&forged));
        }
    }
}
