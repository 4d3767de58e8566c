//! What a frame carries for an application.

use super::packet::{Packet, Part};
use super::segment::{Segment, Transport};
use std::ops::Range;

/// What a frame carries of UDP or TCP.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Carried {
    /// A whole datagram or segment.
    Whole(Segment),
    /// These bytes, without a header, of one that comes in several fragments. Its checksum, in the
    /// first of them, covers all of them.
    Piece(Range<usize>),
}

impl Carried {
    /// What this frame carries.
    pub fn by(frame: &[u8]) -> Option<Carried> {
        let packet = Packet::of(frame)?;
        match packet.part {
            Part::Whole => Segment::of(frame).map(Carried::Whole),
            Part::First => Segment::of(frame).map(|first| Carried::Piece(first.payload)),
            Part::Later => Transport::of(&packet).map(|_| Carried::Piece(packet.body)),
        }
    }

    /// The datagram or segment, if it is whole.
    pub fn whole(frame: &[u8]) -> Option<Segment> {
        match Carried::by(frame)? {
            Carried::Whole(segment) => Some(segment),
            Carried::Piece(_) => None,
        }
    }
}
