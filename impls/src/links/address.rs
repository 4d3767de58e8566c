//! Multicast addresses: 224.0.0.0/4 (RFC 1112) and ff00::/8 (RFC 4291), and the ranges in them
//! whose groups have one source each (RFC 4607).

use pepperland_core::id::GroupId;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address that stands for a group of hosts.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(try_from = "IpAddr", into = "IpAddr")]
pub struct MulticastAddress(IpAddr);

/// An address that stands for one host, or for none.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0} is no multicast address: neither in 224.0.0.0/4 nor in ff00::/8")]
pub struct NotMulticast(IpAddr);

impl TryFrom<IpAddr> for MulticastAddress {
    type Error = NotMulticast;

    fn try_from(address: IpAddr) -> Result<MulticastAddress, NotMulticast> {
        match address.is_multicast() {
            true => Ok(MulticastAddress(address)),
            false => Err(NotMulticast(address)),
        }
    }
}

impl From<MulticastAddress> for IpAddr {
    fn from(address: MulticastAddress) -> IpAddr {
        address.0
    }
}

impl MulticastAddress {
    /// A group's address in the block for use within one organisation (239.0.0.0/8, RFC 2365).
    pub fn any_source(group: GroupId) -> MulticastAddress {
        let [_, a, b, c] = group.0.to_be_bytes();
        MulticastAddress(Ipv4Addr::new(239, a, b, c).into())
    }

    /// A group's address among those that have one source each (ff3x::/32).
    pub fn source_specific(group: GroupId) -> MulticastAddress {
        let [high, low] = [group.0 >> 16, group.0 & 0xffff].map(|half| half as u16);
        MulticastAddress(Ipv6Addr::new(0xff35, 0, 0, 0, 0, 0, 0x8000 | high, low).into())
    }

    /// Whether receivers have to name the source that they want to hear.
    pub fn is_source_specific(self) -> bool {
        match self.0 {
            IpAddr::V4(v4) => v4.octets()[0] == 232,
            IpAddr::V6(v6) => v6.segments()[0] & 0xfff0 == 0xff30 && v6.segments()[1] == 0,
        }
    }

    /// Whether routers keep it within its segment, whatever the time to live.
    pub fn is_link_local(self) -> bool {
        match self.0 {
            IpAddr::V4(v4) => v4.octets()[..3] == [224, 0, 0],
            IpAddr::V6(v6) => v6.segments()[0] & 0xf == 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<MulticastAddress, NotMulticast> {
        MulticastAddress::try_from(text.parse::<IpAddr>().unwrap())
    }

    #[test]
    fn only_two_blocks_are_addresses_of_groups() {
        for text in ["224.0.0.0", "239.255.255.255", "ff00::", "ff0e::1"] {
            assert!(address(text).is_ok(), "{text}");
        }
        for text in ["223.255.255.255", "240.0.0.0", "10.0.0.1", "::1", "fe00::1"] {
            let error = address(text).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{text} is no multicast address")), "{error}");
        }
    }

    #[test]
    fn groups_have_addresses_of_their_own() {
        let text = |address: MulticastAddress| IpAddr::from(address).to_string();
        assert_eq!(text(MulticastAddress::any_source(GroupId(258))), "239.0.1.2");
        assert_eq!(text(MulticastAddress::source_specific(GroupId(2))), "ff35::8000:2");
        assert!(MulticastAddress::source_specific(GroupId(2)).is_source_specific());
        assert!(!MulticastAddress::any_source(GroupId(2)).is_source_specific());
        assert!(address("232.1.2.3").unwrap().is_source_specific());
    }

    #[test]
    fn some_addresses_never_leave_their_segment() {
        for (text, stays) in [("224.0.0.5", true), ("ff02::1", true), ("224.0.1.1", false)] {
            assert_eq!(address(text).unwrap().is_link_local(), stays, "{text}");
        }
    }

    #[test]
    fn what_is_no_address_of_a_group_is_not_read_as_one() {
        let bytes = postcard::to_stdvec(&MulticastAddress::any_source(GroupId(1))).unwrap();
        assert!(postcard::from_bytes::<MulticastAddress>(&bytes).is_ok());
        let host = postcard::to_stdvec(&"10.0.0.1".parse::<IpAddr>().unwrap()).unwrap();
        assert!(postcard::from_bytes::<MulticastAddress>(&host).is_err());
    }
}
