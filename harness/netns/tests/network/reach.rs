//! What reaches whom while nothing disturbs.

use crate::net::{
    PATIENCE, PORT, Series, at, ip, is_all, network, received, some_bytes, through_tcp, udp,
};
use pepperland_netns::{Chance, Links, Namespace, Options, Rule, Switch};
use std::fs::DirEntry;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::process::Command;

#[test]
fn every_node_reaches_every_other_by_udp() {
    let Some(switch) = network(4, Options::of(1)) else { return };
    let sockets: Vec<_> = (0..4).map(|node| udp(&switch, node)).collect();
    for from in 0..4 {
        for to in (0..4).filter(|to| *to != from) {
            sockets[from].send_to(&[from as u8], at(to)).unwrap();
            assert_eq!(received(&sockets[to]), [from as u8]);
        }
    }
    let report = switch.stop().unwrap();
    assert!(report.counters.iter().all(|(_, _, link)| (link.taken, link.carried) == (1, 1)));
    assert_eq!(report.counters.strays, 0);
    assert_eq!(report.cleanliness.complaint(), None);
}

#[test]
fn datagrams_arrive_once_and_in_order() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let mut series = Series::between(&switch, 0, 1);
    series.send(1000);
    let arrived = series.arrived();
    assert!(is_all(&arrived, 1000) && arrived.is_sorted());
}

#[test]
fn tcp_carries_a_megabyte_there_and_back() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let sent = some_bytes(1_000_000);
    let there = through_tcp(&switch, 0, 1, &sent);
    assert!(through_tcp(&switch, 1, 0, &there) == sent);
}

#[test]
fn multicast_reaches_those_that_joined() {
    let Some(switch) = network(4, Options::of(1)) else { return };
    let group = Ipv4Addr::new(239, 77, 1, 1);
    let any = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT);
    let bind = || std::net::UdpSocket::bind(any).unwrap();
    let sockets: Vec<_> = (0..4).map(|node| switch.handle(node).run(bind).unwrap()).collect();
    for node in [1, 2] {
        sockets[node].join_multicast_v4(&group, &ip(node)).unwrap();
        sockets[node].set_read_timeout(Some(PATIENCE)).unwrap();
    }
    // No interface is named: the default route says which.
    sockets[0].send_to(b"to the group", (group, PORT)).unwrap();
    assert_eq!(received(&sockets[1]), b"to the group");
    assert_eq!(received(&sockets[2]), b"to the group");
    sockets[0].send_to(b"to n4", at(3)).unwrap();
    sockets[3].set_read_timeout(Some(PATIENCE)).unwrap();
    assert_eq!(received(&sockets[3]), b"to n4", "n4 has not joined");
}

#[test]
fn broadcast_reaches_all_others() {
    let Some(switch) = network(3, Options::of(1)) else { return };
    let any = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, PORT);
    let bind = || std::net::UdpSocket::bind(any).unwrap();
    let sockets: Vec<_> = (0..3).map(|node| switch.handle(node).run(bind).unwrap()).collect();
    sockets[0].set_broadcast(true).unwrap();
    for socket in &sockets[1..] {
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
    }
    for address in [Ipv4Addr::BROADCAST, Ipv4Addr::new(10, 77, 255, 255)] {
        sockets[0].send_to(b"all", (address, PORT)).unwrap();
        assert_eq!(received(&sockets[1]), b"all");
        assert_eq!(received(&sockets[2]), b"all");
    }
}

#[test]
fn a_placed_process_is_in_the_namespace_and_its_parent_is_not() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let own = std::fs::read_link("/proc/thread-self/ns/net").unwrap();
    let mut command = Command::new("readlink");
    command.arg("/proc/self/ns/net");
    switch.handle(1).place(&mut command);
    let output = command.output().unwrap();
    let seen = String::from_utf8(output.stdout).unwrap();
    assert_eq!(seen.trim(), format!("net:[{}]", switch.handle(1).inode().unwrap()));
    assert_eq!(std::fs::read_link("/proc/thread-self/ns/net").unwrap(), own);
}

#[test]
fn two_harnesses_at_once_do_not_meet() {
    let Some(one) = network(2, Options::of(1)) else { return };
    let Some(other) = network(2, Options::of(1)) else { return };
    let (near, far) = (udp(&one, 1), udp(&other, 1));
    udp(&one, 0).send_to(b"one", at(1)).unwrap();
    udp(&other, 0).send_to(b"other", at(1)).unwrap();
    assert_eq!(received(&near), b"one");
    assert_eq!(received(&far), b"other");
    assert_eq!(one.stop().unwrap().counters.total().carried, 1);
    assert_eq!(other.stop().unwrap().counters.total().carried, 1);
}

#[test]
fn nodes_beyond_the_254th_are_reached_too() {
    let Some(switch) = network(256, Options::of(1)) else { return };
    let place = SocketAddrV4::new(Ipv4Addr::new(10, 77, 1, 2), PORT);
    let last = switch.handle(255).run(|| std::net::UdpSocket::bind(place)).unwrap().unwrap();
    last.set_read_timeout(Some(PATIENCE)).unwrap();
    udp(&switch, 0).send_to(b"far away", place).unwrap();
    assert_eq!(received(&last), b"far away");
}

#[test]
fn more_nodes_than_addresses_are_refused_by_name() {
    let error = Namespace::make_all(254 * 256 + 1).unwrap_err();
    assert!(error.to_string().contains("65025 nodes are more than the 65024"), "{error}");
}

#[test]
fn nothing_is_left_when_a_switch_is_dropped() {
    let Some(switch) = network(3, Options::of(1)) else { return };
    let socket = udp(&switch, 0);
    let handle = switch.handle(0);
    let namespace = PathBuf::from(format!("net:[{}]", handle.inode().unwrap()));
    drop::<Switch>(switch);
    drop((socket, handle));
    for place in ["/proc/self/fd/*", "/proc/self/task/*/ns/net"] {
        let links = links(place);
        assert!(!links.contains(&namespace), "{place} has {namespace:?}: {links:?}");
    }
}

/// Where the links lead that a path with one `*` stands for.
fn links(path: &str) -> Vec<PathBuf> {
    let (folder, rest) = path.split_once("/*").unwrap();
    let entries = std::fs::read_dir(folder).unwrap().filter_map(Result::ok);
    let place = |entry: DirEntry| PathBuf::from(format!("{}{rest}", entry.path().display()));
    entries.filter_map(|entry| std::fs::read_link(place(entry)).ok()).collect()
}

#[test]
fn fifty_nodes_reach_each_other() {
    let Some(switch) = network(50, Options::of(1)) else { return };
    let sockets: Vec<_> = (0..50).map(|node| udp(&switch, node)).collect();
    for (node, socket) in sockets.iter().enumerate() {
        let next = (node + 1) % 50;
        socket.send_to(&[node as u8], at(next)).unwrap();
        assert_eq!(received(&sockets[next]), [node as u8]);
    }
    assert_eq!(switch.stop().unwrap().counters.total().carried, 50);
}

#[test]
fn an_unreachable_port_is_answered_by_icmp() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let socket = udp(&switch, 0);
    socket.connect(at(1)).unwrap();
    socket.send(b"anybody?").unwrap();
    let error = socket.recv(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn an_address_that_is_nobodys_is_asked_for_by_arp_and_reached_by_nobody() {
    let Some(switch) = network(3, Options::of(1)) else { return };
    // The question is a broadcast, and no traffic of the nodes: nothing is drawn for it.
    switch.begin(1, &Links::All, Rule::Lose { rate: Chance::ALWAYS });
    udp(&switch, 0).send_to(b"stranger", (Ipv4Addr::new(10, 77, 9, 9), PORT)).unwrap();
    while switch.counters().link(0, 1).carried == 0 {
        std::thread::yield_now();
    }
    assert_eq!(switch.end(1), 0);
}

#[test]
fn nodes_speak_no_ipv6_of_themselves() {
    let Some(switch) = network(1, Options::of(1)) else { return };
    let addresses = || std::fs::read_to_string("/proc/thread-self/net/if_inet6");
    let addresses = switch.handle(0).run(addresses).unwrap().unwrap_or_default();
    assert!(!addresses.contains("eth0"), "{addresses}");
}

#[test]
fn a_panic_within_a_namespace_goes_on_outside() {
    let Some(switch) = network(1, Options::of(1)) else { return };
    let handle = switch.handle(0);
    let panicked = std::panic::catch_unwind(|| handle.run(|| panic!("within")));
    assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"within"));
}
