//! Where frames may be lost: UDP, and IP multicast.

use crate::cluster::{Addresses, Talk, cluster, init};
use pepperland_process::node::PORT;
use socket2::{Domain, Socket, Type};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

const UDP: &str = "fair-loss";

#[test]
fn a_frame_to_one_node_reaches_that_node() {
    let (_, [mut n1, mut n2, n3]) = cluster(UDP);
    n1.multicast("g1", "n2 hello");
    assert_eq!(n2.delivers(), "n2 hello");
    n2.multicast("g1", "n1 hello to you");
    assert_eq!(n1.delivers(), "n1 hello to you");
    n1.multicast("g1", "n1 says this to itself");
    assert_eq!(n1.delivers(), "n1 says this to itself");
    [n1, n2, n3].into_iter().for_each(|node| node.end().unwrap());
}

#[test]
fn a_group_send_reaches_every_member_and_the_sender_if_it_is_one() {
    let (_, [mut n1, mut n2, mut n3]) = cluster(UDP);
    n1.multicast("g2", "from outside");
    assert_eq!([n2.delivers(), n3.delivers()], ["from outside"; 2]);
    n1.multicast("g1", "to all");
    assert_eq!([n1.delivers(), n2.delivers(), n3.delivers()], ["to all"; 3]);
    n3.multicast("g2", "from inside");
    n3.multicast("g1", "the end");
    for node in [&mut n2, &mut n3] {
        // One group's datagrams may overtake another's.
        let both = BTreeSet::from([node.delivers(), node.delivers()]);
        assert_eq!(both, BTreeSet::from(["from inside", "the end"].map(str::to_owned)));
    }
    assert_eq!(n1.delivers(), "the end");
}

#[test]
fn a_group_send_is_one_datagram_to_the_address_of_the_group() {
    let addresses = Addresses::new();
    let group = Ipv4Addr::new(239, 77, 0, 2);
    let listener = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    listener.set_reuse_address(true).unwrap();
    listener.bind(&SocketAddrV4::new(group, PORT).into()).unwrap();
    listener.join_multicast_v4(&group, &addresses.of("n3")).unwrap();
    let listener = UdpSocket::from(listener);
    let mut n1 = Talk::ready(&init("n1", UDP, &addresses));
    n1.multicast("g2", "overheard");
    n1.multicast("g2", "no more");
    let mut overheard = Vec::new();
    let mut buffer = [0; 1000];
    // Other tests send to this group too.
    while overheard.len() < 2 {
        let (length, from) = listener.recv_from(&mut buffer).unwrap();
        if from == addresses.socket("n1").into() {
            overheard.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
        }
    }
    assert!(overheard[0].ends_with("overheard"), "{overheard:?}");
    assert!(overheard[1].ends_with("no more"), "{overheard:?}");
}

#[test]
fn a_frame_may_have_what_a_datagram_holds_and_no_more() {
    let (_, [mut n1, mut n2, mut n3]) = cluster(UDP);
    let long = "x".repeat(60_000);
    n1.multicast("g1", &long);
    assert!([n1.delivers(), n2.delivers(), n3.delivers()].iter().all(|got| *got == long));
    n1.multicast("g1", &"x".repeat(70_000));
    let note = n1.notes();
    assert!(
        note.starts_with("a frame of 700") && note.ends_with("too long for a datagram"),
        "{note}"
    );
    n1.multicast("g1", "short");
    assert_eq!([n1.delivers(), n2.delivers(), n3.delivers()], ["short"; 3]);
}

#[test]
fn strangers_are_noted_once_and_garbage_of_a_node_each_time() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", UDP, &addresses));
    let stranger = UdpSocket::bind((addresses.of("n9"), PORT)).unwrap();
    let wrong_port = UdpSocket::bind((addresses.of("n2"), 0)).unwrap();
    let n2 = UdpSocket::bind(addresses.socket("n2")).unwrap();
    for socket in [&stranger, &wrong_port, &stranger, &n2, &n2] {
        socket.send_to(b"\x00nonsense", addresses.socket("n1")).unwrap();
    }
    n2.send_to(b"", addresses.socket("n1")).unwrap();
    let notes: Vec<String> = (0..4).map(|_| n1.notes()).collect();
    assert!(notes[0].contains("was dropped: no node is there (said once)"), "{notes:?}");
    assert_eq!(notes[1..], ["a frame from n2 was garbled"; 3]);
    n1.multicast("g1", "n1 is well");
    assert_eq!(n1.delivers(), "n1 is well");
}
