//! What a node's frames travel on.

use crate::flights::Label;
use pepperland_core::id::{GroupId, NodeId};

/// A way to put labelled frames on sockets.
pub trait Wire {
    /// Sends a frame. It travels for one tick; the rest of its latency it waits at the receiver.
    fn put(&mut self, to: NodeId, label: Label, frame: &[u8]);

    /// Sends a frame to members of a group, a label for each copy. Where sockets know no groups,
    /// each copy goes by itself.
    fn put_for(&mut self, _: GroupId, copies: &[(NodeId, Label)], frame: &[u8]) {
        for (to, label) in copies {
            self.put(*to, *label, frame);
        }
    }

    /// How long a frame may be.
    fn capacity(&self) -> usize;
}

/// How many bytes a label takes.
pub const LABEL: usize = 12;

/// Puts a label before the bytes that follow.
pub fn write_label(label: Label, out: &mut Vec<u8>) {
    out.extend_from_slice(&label.place.to_le_bytes());
    out.extend_from_slice(&label.serial.to_le_bytes());
}

/// Takes a label off the bytes.
pub fn read_label(bytes: &[u8]) -> Option<(Label, &[u8])> {
    let (place, rest) = bytes.split_first_chunk::<4>()?;
    let (serial, frame) = rest.split_first_chunk::<8>()?;
    let place = u32::from_le_bytes(*place);
    Some((Label { place, serial: u64::from_le_bytes(*serial) }, frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_read_as_it_was_written() {
        let label = Label { place: 7, serial: u64::MAX - 3 };
        let mut bytes = Vec::new();
        write_label(label, &mut bytes);
        assert_eq!(bytes.len(), LABEL);
        bytes.extend_from_slice(b"frame");
        assert_eq!(read_label(&bytes), Some((label, b"frame".as_slice())));
        assert_eq!(read_label(&bytes[..LABEL - 1]), None);
    }
}
