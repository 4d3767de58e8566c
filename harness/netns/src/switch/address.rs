//! Where a frame goes, by its hardware address.

use crate::namespace::address::node_of;

/// Where a frame goes.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Destination {
    /// To one other node.
    One(usize),
    /// To all others: the group bit is set, as for broadcasts and multicasts. Who has not joined
    /// a group ignores its frames.
    Others,
    /// To nobody that there is.
    Nobody,
}

/// Where a frame of node `from` among so many goes.
pub fn destination(frame: &[u8], from: usize, nodes: usize) -> Destination {
    match frame.get(..6) {
        Some([first, ..]) if first & 1 == 1 => Destination::Others,
        Some(mac) => node_of(mac)
            .filter(|node| *node < nodes && *node != from)
            .map_or(Destination::Nobody, Destination::One),
        None => Destination::Nobody,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::namespace::address::mac;

    #[test]
    fn frames_go_to_the_node_whose_address_they_bear() {
        assert_eq!(destination(&mac(2), 0, 3), Destination::One(2));
    }

    #[test]
    fn broadcasts_and_multicasts_go_to_all_others() {
        assert_eq!(destination(&[0xff; 6], 0, 3), Destination::Others);
        assert_eq!(destination(&[0x01, 0, 0x5e, 1, 2, 3], 0, 3), Destination::Others);
    }

    #[test]
    fn frames_for_the_sender_or_for_strangers_go_nowhere() {
        for frame in [&mac(0)[..], &mac(3), &[0x52, 0, 0, 0, 0, 1], &[0x02, 0], &[]] {
            assert_eq!(destination(frame, 0, 3), Destination::Nobody, "{frame:?}");
        }
    }
}
