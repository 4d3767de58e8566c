//! The blocks of a pcapng file, as the IETF's draft-ietf-opsawg-pcapng defines them: each with its
//! type, its length before and behind, and in between fields, data and options, filled up to
//! multiples of four bytes. All numbers are little-endian.

use super::Direction;

const SECTION_HEADER: u32 = 0x0a0d_0d0a;
const INTERFACE_DESCRIPTION: u32 = 1;
const ENHANCED_PACKET: u32 = 6;

/// By it a reader learns the order of bytes.
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;

/// The type of what an interface's frames begin with.
const ETHERNET: u16 = 1;

/// Options. The first two are known in every block, the others in one kind each.
const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const SECTION_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;
const INTERFACE_TIME_RESOLUTION: u16 = 9;
const PACKET_FLAGS: u16 = 2;

/// The head of the file, which says who wrote it.
pub fn section(to: &mut Vec<u8>) {
    block(to, SECTION_HEADER, |to| {
        to.extend(BYTE_ORDER_MAGIC.to_le_bytes());
        // Version 1.0.
        to.extend(1_u16.to_le_bytes());
        to.extend(0_u16.to_le_bytes());
        // How long the section is: not known yet.
        to.extend((-1_i64).to_le_bytes());
        let application = concat!("pepperland ", env!("CARGO_PKG_VERSION"));
        option(to, SECTION_APPLICATION, application.as_bytes());
        option(to, END_OF_OPTIONS, &[]);
    });
}

/// One more interface. They are numbered from 0, in the order in which they come.
pub fn interface(to: &mut Vec<u8>, name: &str) {
    block(to, INTERFACE_DESCRIPTION, |to| {
        to.extend(ETHERNET.to_le_bytes());
        // Reserved, and how much of a frame is recorded: all.
        to.extend(0_u16.to_le_bytes());
        to.extend(0_u32.to_le_bytes());
        option(to, INTERFACE_NAME, fitting(name).as_bytes());
        // Times count 10^-9 s.
        option(to, INTERFACE_TIME_RESOLUTION, &[9]);
        option(to, END_OF_OPTIONS, &[]);
    });
}

/// A frame.
pub struct Packet<'a> {
    /// The number of its interface.
    pub interface: u32,
    /// When it was there, in nanoseconds since 1970.
    pub time_ns: u64,
    /// Its bytes.
    pub frame: &'a [u8],
    /// What there is to say about it.
    pub comment: &'a str,
}

impl Packet<'_> {
    /// Writes the frame's block.
    pub fn write(&self, direction: Option<Direction>, to: &mut Vec<u8>) {
        block(to, ENHANCED_PACKET, |to| {
            to.extend(self.interface.to_le_bytes());
            to.extend(((self.time_ns >> 32) as u32).to_le_bytes());
            to.extend((self.time_ns as u32).to_le_bytes());
            // How much of it is here, and how much there was.
            let length = (self.frame.len() as u32).to_le_bytes();
            to.extend(length);
            to.extend(length);
            filled_up(to, self.frame);
            if !self.comment.is_empty() {
                option(to, COMMENT, fitting(self.comment).as_bytes());
            }
            if let Some(direction) = direction {
                option(to, PACKET_FLAGS, &flags(direction).to_le_bytes());
            }
            option(to, END_OF_OPTIONS, &[]);
        });
    }
}

fn flags(direction: Direction) -> u32 {
    match direction {
        Direction::Inbound => 1,
        Direction::Outbound => 2,
    }
}

/// A block; its length is known when its body is written.
fn block(to: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = to.len();
    to.extend(kind.to_le_bytes());
    to.extend([0; 4]);
    body(to);
    let length = ((to.len() - start + 4) as u32).to_le_bytes();
    to.extend(length);
    to[start + 4..start + 8].copy_from_slice(&length);
}

/// An option; its value has at most 65535 bytes.
fn option(to: &mut Vec<u8>, code: u16, value: &[u8]) {
    to.extend(code.to_le_bytes());
    to.extend((value.len() as u16).to_le_bytes());
    filled_up(to, value);
}

fn filled_up(to: &mut Vec<u8>, bytes: &[u8]) {
    to.extend(bytes);
    to.extend(&[0; 3][..bytes.len().next_multiple_of(4) - bytes.len()]);
}

/// As much of a text as an option takes.
fn fitting(text: &str) -> &str {
    &text[..text.floor_char_boundary(usize::from(u16::MAX))]
}
