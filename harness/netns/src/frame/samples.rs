//! Frames that a kernel sent, read from a TAP device, and what another library thinks of frames.

use etherparse::{NetSlice, PacketBuilder, SlicedPacket, TransportSlice};

const ARP: &str = "ffffffffffff020000000001080600010800060400010200000000010a4d0001
    0000000000000a4d0002";

const UDP: &str = "0200000000020200000000010800450000335b5340004011caca0a4d00010a4d0002
    c38e1b58001f645c7b22736571223a31372c2266726f6d223a226e31227d0a";

/// 180 bytes, over an interface that takes 120.
const FRAGMENTS: [&str; 2] = [
    "0200000000020200000000010800450000745b5b20004011ea810a4d00010a4d0002
    c38e1b5800bca12f000102030405060708090a0b0c0d0e0f1011121314151617
    18191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637
    38393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f5051525354555657",
    "0200000000020200000000010800450000705b5b000c40110a7a0a4d00010a4d0002
    58595a5b5c5d5e5f606162636465666768696a6b6c6d6e6f7071727374757677
    78797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f9091929394959697
    98999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3",
];

/// With options, and without payload.
const CONNECT: &str = "02000000000202000000000108004500003c25004000400601200a4d00010a4d0002
    e5160050892cde1e00000000a002ffff13800000020401000402080abb641c7e000000000103030a";

const ICMP: &str = "02000000000202000000000108004500001ce6b1400040013f930a4d00010a4d0002
    0800f7ff00000000";

/// With an option of IP.
const IGMP: &str = "01005e000016020000000001080046c00028000040000102f9ab0a4d0001e0000016
    940400002200f7f90000000104000000e0010203";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4 | pair[1]) as u8).collect()
}

pub fn arp() -> Vec<u8> {
    bytes(ARP)
}

/// A line of JSON with a number.
pub fn udp() -> Vec<u8> {
    bytes(UDP)
}

/// Both fragments of a datagram.
pub fn fragments() -> [Vec<u8>; 2] {
    FRAGMENTS.map(bytes)
}

/// The first segment of a TCP connection.
pub fn connect() -> Vec<u8> {
    bytes(CONNECT)
}

pub fn icmp() -> Vec<u8> {
    bytes(ICMP)
}

pub fn igmp() -> Vec<u8> {
    bytes(IGMP)
}

/// A segment in the middle of a stream, which no kernel but etherparse made.
pub fn tcp(payload: &[u8]) -> Vec<u8> {
    let mut frame = Vec::new();
    PacketBuilder::ethernet2([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2])
        .ipv4([10, 77, 0, 1], [10, 77, 0, 2], 64)
        .tcp(40_000, 7000, 1_000_000, 1024)
        .psh()
        .ack(77)
        .write(&mut frame, payload)
        .unwrap();
    frame
}

/// The whole datagram of these fragments.
pub fn reassembled([first, later]: &[Vec<u8>; 2]) -> Vec<u8> {
    let mut whole = [&first[..], &later[34..]].concat();
    let length = whole.len() as u16 - 14;
    whole[16..18].copy_from_slice(&length.to_be_bytes());
    whole[20..22].fill(0);
    whole[24..26].fill(0);
    let sum = whole[14..34].chunks(2).map(|two| u32::from(two[0]) << 8 | u32::from(two[1]));
    let sum: u32 = sum.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    whole[24..26].copy_from_slice(&(!(folded as u16)).to_be_bytes());
    whole
}

/// Another library finds nothing behind the packet, and the checksums right.
#[track_caller]
pub fn assert_sound(frame: &[u8]) {
    let sliced = SlicedPacket::from_ethernet(frame).unwrap();
    let Some(NetSlice::Ipv4(ip)) = &sliced.net else { panic!("no IPv4") };
    let header = ip.header().to_header();
    assert_eq!(14 + usize::from(header.total_len), frame.len(), "length");
    assert_eq!(header.header_checksum, header.calc_header_checksum(), "checksum of the header");
    match &sliced.transport {
        Some(TransportSlice::Udp(udp)) => {
            assert_eq!(usize::from(udp.length()), udp.slice().len(), "length of the datagram");
            let right = udp.to_header().calc_checksum_ipv4(&header, udp.payload()).unwrap();
            assert_eq!(udp.checksum(), right, "checksum of the datagram");
        }
        Some(TransportSlice::Tcp(tcp)) => {
            let right = tcp.to_header().calc_checksum_ipv4(&header, tcp.payload()).unwrap();
            assert_eq!(tcp.checksum(), right, "checksum of the segment");
        }
        _ => {}
    }
}

#[test]
fn what_a_kernel_sends_is_sound() {
    for frame in [udp(), reassembled(&fragments()), connect(), icmp(), igmp(), tcp(b"x")] {
        assert_sound(&frame);
    }
}
