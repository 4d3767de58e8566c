//! What a frame is.

use super::field;
use super::packet::{ETHERTYPE, IPV4, Packet, Part};
use super::segment::{Segment, Transport};

const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86dd;
const ICMP: u8 = 1;
const IGMP: u8 = 2;

/// What a frame is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// Who has which address.
    Arp,
    /// Who wants the multicasts of which group.
    Igmp,
    /// A datagram, or the first fragment of one, between these ports.
    Udp {
        /// The sender's.
        source: u16,
        /// The receiver's.
        destination: u16,
    },
    /// A segment of a stream, or the first fragment of one, between these ports.
    Tcp {
        /// The sender's.
        source: u16,
        /// The receiver's.
        destination: u16,
    },
    /// A ping, or the complaint that nobody listens.
    Icmp,
    /// Any other packet, also of IPv6, and every fragment but the first.
    OtherIp,
    /// Anything else, also what is called IPv4 but is none.
    Other,
}

/// What this frame is.
pub fn kind(frame: &[u8]) -> Kind {
    match field::get(frame, ETHERTYPE) {
        Some(ARP) => Kind::Arp,
        Some(IPV6) => Kind::OtherIp,
        Some(IPV4) => Packet::of(frame).map_or(Kind::Other, |packet| kind_of(frame, &packet)),
        _ => Kind::Other,
    }
}

/// Whether the frame only keeps the network going, and says nothing for an application: ARP and
/// IGMP. Kernels send them when they like to, and a node that is not heard of in ARP for a while
/// is not found any more by those that may still send to it.
pub fn is_exempt(frame: &[u8]) -> bool {
    matches!(kind(frame), Kind::Arp | Kind::Igmp)
}

fn kind_of(frame: &[u8], packet: &Packet) -> Kind {
    match packet.protocol {
        ICMP if packet.part != Part::Later => Kind::Icmp,
        IGMP if packet.part != Part::Later => Kind::Igmp,
        _ => between_ports(frame).unwrap_or(Kind::OtherIp),
    }
}

fn between_ports(frame: &[u8]) -> Option<Kind> {
    let segment = Segment::of(frame)?;
    let (source, destination) = segment.ports(frame)?;
    Some(match segment.transport {
        Transport::Udp => Kind::Udp { source, destination },
        Transport::Tcp => Kind::Tcp { source, destination },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::samples;

    #[test]
    fn frames_of_a_kernel_are_known() {
        assert_eq!(kind(&samples::arp()), Kind::Arp);
        assert_eq!(kind(&samples::igmp()), Kind::Igmp);
        assert_eq!(kind(&samples::icmp()), Kind::Icmp);
        assert_eq!(kind(&samples::udp()), Kind::Udp { source: 50062, destination: 7000 });
        assert_eq!(kind(&samples::connect()), Kind::Tcp { source: 58646, destination: 80 });
    }

    #[test]
    fn only_the_first_fragment_has_ports() {
        let kinds = samples::fragments().map(|frame| kind(&frame));
        assert_eq!(kinds, [Kind::Udp { source: 50062, destination: 7000 }, Kind::OtherIp]);
    }

    #[test]
    fn nobody_knows_what_a_later_fragment_carries() {
        for mut frame in [samples::igmp(), samples::icmp()] {
            frame[21] = 1;
            assert_eq!(kind(&frame), Kind::OtherIp);
        }
    }

    #[test]
    fn what_is_not_what_it_is_called_is_something_else() {
        assert_eq!(kind(&samples::udp()[..40]), Kind::Other);
        assert_eq!(kind(&[]), Kind::Other);
    }

    #[test]
    fn only_what_keeps_the_network_going_is_exempt() {
        assert!(is_exempt(&samples::arp()) && is_exempt(&samples::igmp()));
        let not = [samples::icmp(), samples::udp(), samples::connect(), samples::tcp(b"x")];
        assert!(!not.iter().chain(&samples::fragments()).any(|frame| is_exempt(frame)));
    }
}
