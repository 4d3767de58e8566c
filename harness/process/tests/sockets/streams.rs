//! Where frames may not be lost: TCP.

use crate::cluster::{Addresses, Talk, cluster, init};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

const TCP: &str = "perfect";

fn of_life(incarnation: u32, me: &str, addresses: &Addresses) -> Value {
    let mut init = init(me, TCP, addresses);
    init["incarnation"] = json!(incarnation);
    init
}

#[test]
fn frames_arrive_once_and_in_order_at_one_node_and_at_a_group() {
    let (_, [mut n1, mut n2, mut n3]) = cluster(TCP);
    let said: Vec<String> = (0..500).map(|number| format!("all {number}")).collect();
    for what in &said {
        n1.multicast("g1", what);
    }
    for node in [&mut n1, &mut n2, &mut n3] {
        assert!(said.iter().all(|what| node.delivers() == *what));
    }
    n1.multicast("g2", "from outside");
    assert_eq!([n2.delivers(), n3.delivers()], ["from outside"; 2]);
    n3.multicast("g1", "n1 alone");
    n2.multicast("g1", "n2 to itself");
    assert_eq!([n1.delivers(), n2.delivers()], ["n1 alone", "n2 to itself"]);
    [n1, n2, n3].into_iter().for_each(|node| node.end().unwrap());
}

#[test]
fn frames_may_be_longer_than_any_buffer() {
    let (_, [mut n1, mut n2, _n3]) = cluster(TCP);
    let long = "n2 ".to_owned() + &"x".repeat(6_000_000);
    n1.multicast("g1", &long);
    n1.multicast("g1", "n2 short");
    assert!(n2.delivers() == long, "it came, and was another");
    assert_eq!(n2.delivers(), "n2 short");
}

#[test]
fn what_is_sent_to_a_node_that_is_not_there_yet_waits_for_it() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    n1.multicast("g1", "n2 come");
    n1.multicast("g1", "n1 meanwhile");
    assert_eq!(n1.delivers(), "n1 meanwhile");
    let mut n2 = Talk::ready(&init("n2", TCP, &addresses));
    assert_eq!(n2.delivers(), "n2 come");
}

#[test]
fn a_node_that_was_restarted_gets_nothing_that_was_for_its_earlier_life() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    let mut n2 = Talk::ready(&init("n2", TCP, &addresses));
    n1.multicast("g1", "n2 one");
    assert_eq!(n2.delivers(), "n2 one");
    n2.end().unwrap();
    n1.multicast("g1", "n2 is down");
    n1.multicast("g1", "n1 has sent it");
    assert_eq!(n1.delivers(), "n1 has sent it");
    let mut n2 = Talk::ready(&of_life(1, "n2", &addresses));
    n1.multicast("g1", "n2 is back");
    assert_eq!(n2.delivers(), "n2 is back");
    n2.multicast("g1", "n1 as well");
    assert_eq!(n1.delivers(), "n1 as well");
}

#[test]
fn a_sender_that_was_restarted_is_heard_again_from_its_first_frame_on() {
    let addresses = Addresses::new();
    let mut n2 = Talk::ready(&init("n2", TCP, &addresses));
    for life in 0..3 {
        let mut n1 = Talk::ready(&of_life(life, "n1", &addresses));
        for what in ["n2 one", "n2 two"] {
            n1.multicast("g1", what);
            assert_eq!(n2.delivers(), what);
        }
        n1.end().unwrap();
    }
}

/// What a node would say first in its life of this number, and then a frame.
fn hello(incarnation: u32, call: u32) -> Vec<u8> {
    [&b"PEPPERL1"[..], &incarnation.to_le_bytes(), &call.to_le_bytes()].concat()
}

fn frame(number: u64, bytes: &[u8]) -> Vec<u8> {
    let length = (9 + bytes.len() as u32).to_le_bytes();
    [&length[..], &number.to_le_bytes(), &[0], bytes].concat()
}

/// A connection to the first node as if from another.
fn pose_as(name: &str, addresses: &Addresses) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((addresses.of(name), 0)).into()).unwrap();
    socket.connect(&SocketAddr::from(addresses.socket("n1")).into()).unwrap();
    socket.into()
}

/// Whether the other end closes the connection, whatever it says before.
fn is_closed(mut stream: TcpStream) -> bool {
    let mut buffer = [0; 100];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return true,
            Ok(_) => {}
        }
    }
}

#[test]
fn strangers_are_hung_up_on_and_noted_once() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    assert!((0..3).all(|_| is_closed(pose_as("n9", &addresses))));
    n1.multicast("g1", "n1 is well");
    let note = n1.notes();
    assert!(note.ends_with("was closed: no node is there (said once)"), "{note}");
    assert_eq!(n1.delivers(), "n1 is well");
}

#[test]
fn whatever_a_node_says_is_no_more_than_garbled() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    let wrong: [&[&[u8]]; 4] = [
        &[b"GET / HTTP/1.1\r\n\r\n"],
        &[&hello(0, 1), &[0xff; 40]],
        &[&hello(0, 2), &frame(1, b""), &frame(3, b"")],
        &[&hello(0, 3), &frame(1, b"nonsense")],
    ];
    for said in wrong {
        let mut stream = pose_as("n2", &addresses);
        stream.write_all(&said.concat()).unwrap();
        let note = n1.notes();
        assert_eq!(note, "a frame from n2 was garbled", "{said:?}");
    }
    n1.multicast("g1", "n1 is well");
    assert_eq!(n1.delivers(), "n1 is well");
}

#[test]
fn a_call_that_was_given_up_does_not_end_a_later_one() {
    let addresses = Addresses::new();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    let mut late = pose_as("n2", &addresses);
    let mut present = pose_as("n2", &addresses);
    present.write_all(&hello(0, 2)).unwrap();
    let mut welcome = [0; 28];
    present.read_exact(&mut welcome).unwrap();
    late.write_all(&hello(0, 1)).unwrap();
    assert!(is_closed(late));
    present.write_all(&frame(1, b"nonsense")).unwrap();
    let mut received = [0; 8];
    present.read_exact(&mut received).unwrap();
    assert_eq!(u64::from_le_bytes(received), 1);
    assert_eq!(n1.notes(), "a frame from n2 was garbled");
}

#[test]
fn a_connection_that_breaks_is_opened_again_and_goes_on_after_what_has_arrived() {
    let addresses = Addresses::new();
    let listener = TcpListener::bind(addresses.socket("n2")).unwrap();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    for what in ["n2 one", "n2 two", "n2 three"] {
        n1.multicast("g1", what);
    }
    let answer = |received| answer(&listener, received);
    assert_eq!(first_frame(answer(0)), 1);
    assert_eq!(first_frame(answer(1)), 2);
    assert_eq!(first_frame(answer(1)), 2);
    assert_eq!(first_frame(answer(2)), 3);
    // Nothing has arrived that was never sent.
    assert!(is_closed(answer(7)));
    assert_eq!(n1.notes(), "what n2 said to frames was garbled");
    assert_eq!(first_frame(answer(2)), 3);
}

#[test]
fn a_connection_on_which_nothing_moves_is_given_up_for_another() {
    let addresses = Addresses::new();
    let listener = TcpListener::bind(addresses.socket("n2")).unwrap();
    let mut n1 = Talk::ready(&init("n1", TCP, &addresses));
    n1.multicast("g1", "n2 one");
    let silent = answer(&listener, 0);
    assert_eq!(first_frame(answer(&listener, 0)), 1);
    assert!(is_closed(silent));
    n1.multicast("g1", "n1 is well");
    assert_eq!(n1.delivers(), "n1 is well");
}

/// Answers the next call, as somebody who has received so many frames.
fn answer(listener: &TcpListener, received: u64) -> TcpStream {
    let (mut stream, _) = listener.accept().unwrap();
    stream.read_exact(&mut [0; 16]).unwrap();
    stream.write_all(&[&b"PEPPERL1"[..], &[0; 12], &received.to_le_bytes()].concat()).unwrap();
    stream
}

/// The number of the first frame, after which the connection is closed.
fn first_frame(mut stream: TcpStream) -> u64 {
    let mut head = [0; 12];
    stream.read_exact(&mut head).unwrap();
    u64::from_le_bytes(*head.last_chunk().unwrap())
}
