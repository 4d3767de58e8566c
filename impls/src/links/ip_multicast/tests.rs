//! What a host hears: time to live, loopback, membership, sources.

use super::*;
use pepperland_core::contract::{Effect, Host};
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use std::rc::Rc;

type Hosts = IpMulticast<Network<Sealed<Datagram<Message>>>>;

const SETUP: Setup<'_> = Setup {
    node: NodeId(0),
    nodes: 6,
    flaw: None,
    max_latency: Span::ZERO,
    register_latency: Setup::REGISTER_LATENCY,
};

/// Whether a node hears what a node sends, which may be outside the group.
fn hears(me: u32, from: u32, with: impl Fn(&mut Hosts), asked: &[Request<Message>]) -> bool {
    let hosts = |with: &dyn Fn(&mut Hosts)| {
        let mut hosts = any_source(&SETUP);
        with(&mut hosts);
        Stack::node(hosts)
    };
    let members: Rc<[NodeId]> = NodeId::first(5).collect();
    let host = |node| Host::new(NodeId(node), Rc::new([members.clone()]), Seed(1).stream(""));
    let (mut sender, mut at_sender) = (hosts(&with), host(from));
    sender.request(Request::Multicast(GroupId::ALL, Message::default()), &mut at_sender);
    let [Effect::GroupSend { frame, .. }] = &at_sender.effects.list[..] else { panic!("one") };
    let (mut receiver, mut at_receiver) = (hosts(&with), host(me));
    asked.iter().for_each(|request| receiver.request(request.clone(), &mut at_receiver));
    let frame = at_sender.effects.frame(frame);
    receiver.receive(NodeId(from), frame, &mut at_receiver).expect("a datagram");
    !at_receiver.effects.list.is_empty()
}

#[test]
fn a_datagram_goes_as_far_as_its_time_to_live() {
    for (ttl, me, reached) in
        [(0, 0, true), (0, 1, false), (1, 1, true), (1, 2, false), (2, 3, true), (2, 4, false)]
    {
        assert_eq!(hears(me, 0, |hosts| hosts.ttl = ttl, &[]), reached, "ttl {ttl}, to {me}");
    }
}

#[test]
fn an_address_of_the_segment_keeps_a_datagram_there() {
    let local = |_| MulticastAddress::try_from(std::net::IpAddr::from([224, 0, 0, 9])).unwrap();
    for (me, reached) in [(1, true), (2, false)] {
        assert_eq!(hears(me, 0, |hosts| hosts.address = local, &[]), reached);
    }
}

#[test]
fn a_node_hears_itself_unless_loopback_is_off() {
    assert!(hears(1, 1, |_| {}, &[]));
    assert!(!hears(1, 1, |hosts| hosts.loopback = false, &[]));
    assert!(hears(1, 0, |hosts| hosts.loopback = false, &[]));
}

#[test]
fn who_has_left_hears_nothing_until_it_joins_again() {
    let [leave, join] = [Request::Leave(GroupId::ALL), Request::Join(GroupId::ALL)];
    assert!(!hears(1, 0, |_| {}, std::slice::from_ref(&leave)));
    assert!(hears(1, 0, |_| {}, &[leave, join]));
}

#[test]
fn senders_need_not_be_members() {
    assert!(hears(1, 5, |_| {}, &[]));
}

#[test]
fn a_source_is_heard_where_it_is_wanted() {
    let address = MulticastAddress::source_specific;
    let names = |hosts: &mut Hosts| {
        hosts.address = address;
        hosts.sources.insert(NodeId(2));
    };
    assert!(hears(1, 2, names, &[]));
    assert!(!hears(1, 3, names, &[]));
    assert!(!hears(1, 2, |hosts| hosts.address = address, &[]), "no source is named");
}
