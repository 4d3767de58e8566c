//! Stacks with two layers below one: timers find their layer, and frames are those of an enum of
//! the two wires.

use crate::cluster::host;
use pepperland_core::contract::{
    Cx, Delivery, Effect, Host, Layer, Network, Protocol, Request, Stack, Timer,
};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};

/// Sets a timer at the start, and tells its name when it runs out.
struct Alarm {
    name: &'static str,
    network: Network<String>,
}

impl Alarm {
    fn new(name: &'static str) -> Alarm {
        Alarm { name, network: Network::on(NetworkId(name.len() as u8)) }
    }
}

impl Protocol for Alarm {
    type Payload = Message;
    type Lower = Network<String>;

    fn lower(&mut self) -> &mut Network<String> {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, _: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, self.name.to_owned(), cx);
    }

    fn upon_deliver(&mut self, _: Delivery<String>, cx: &mut Cx<'_, Message>) {
        cx.note(format!("{} received", self.name));
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        cx.set_timer(5, Span::millis(1));
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        cx.note(format!("{} timed out, tag {tag}", self.name));
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Either<A, B> {
    Left(A),
    Right(B),
}

/// Two layers below; a timer of its own.
struct Fork<A, B> {
    left: A,
    right: B,
}

impl<A: Layer<Payload = Message>, B: Layer<Payload = Message>> Fork<A, B> {
    fn left(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut A, &mut Cx<'_, Message>)) {
        cx.branch(0, &mut self.left, run).hand_up(cx, |report, cx| cx.indicate(report));
    }

    fn right(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut B, &mut Cx<'_, Message>)) {
        cx.branch(1, &mut self.right, run).hand_up(cx, |report, cx| cx.indicate(report));
    }
}

impl<A: Layer<Payload = Message>, B: Layer<Payload = Message>> Layer for Fork<A, B> {
    type Payload = Message;
    type Wire = Either<A::Wire, B::Wire>;

    fn start(&mut self, cx: &mut Cx<'_, Message>) {
        cx.set_timer(5, Span::millis(1));
        self.left(cx, |left, cx| left.start(cx));
        self.right(cx, |right, cx| right.start(cx));
    }

    fn request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        self.left(cx, |left, cx| left.request(request.clone(), cx));
        self.right(cx, |right, cx| right.request(request, cx));
    }

    fn receive(&mut self, from: NodeId, wire: Self::Wire, cx: &mut Cx<'_, Message>) {
        match wire {
            Either::Left(wire) => self.left(cx, |left, cx| left.receive(from, wire, cx)),
            Either::Right(wire) => self.right(cx, |right, cx| right.receive(from, wire, cx)),
        }
    }

    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, Message>) {
        match cx.branch_of(timer) {
            Some(0) => self.left(cx, |left, cx| left.timeout(timer, cx)),
            Some(_) => self.right(cx, |right, cx| right.timeout(timer, cx)),
            None if cx.owns(timer) => cx.note(format!("fork timed out, tag {}", timer.tag)),
            None => cx.note("a timer of nobody below"),
        }
    }

    fn recover(&mut self, cx: &mut Cx<'_, Message>) {
        self.start(cx);
    }
}

type Tree = Fork<Alarm, Fork<Alarm, Alarm>>;
type TreeWire = Either<String, Either<String, String>>;

fn tree() -> Tree {
    Fork { left: Alarm::new("a"), right: Fork { left: Alarm::new("bb"), right: Alarm::new("ccc") } }
}

fn notes(host: &mut Host) -> Vec<String> {
    let list = std::mem::take(&mut host.effects.list);
    let note = |effect| if let Effect::Note(text) = effect { Some(text) } else { None };
    list.into_iter().filter_map(note).collect()
}

#[test]
fn timers_of_one_tag_find_their_layers() {
    let mut node = Stack::node(tree());
    let mut host = host(0, 1);
    node.start(&mut host);
    let timer = |effect| if let Effect::SetTimer(timer, _) = effect { Some(timer) } else { None };
    let timers: Vec<Timer> =
        std::mem::take(&mut host.effects.list).into_iter().filter_map(timer).collect();
    let told = timers.iter().map(|timer| {
        node.timeout(*timer, &mut host);
        notes(&mut host).join("; ")
    });
    let wanted = ["fork", "a", "fork", "bb", "ccc"].map(|who| format!("{who} timed out, tag 5"));
    assert_eq!(told.collect::<Vec<_>>(), wanted);
}

#[test]
fn frames_are_those_of_an_enum_of_the_wires() {
    let mut node = Stack::node(tree());
    let mut host = host(0, 1);
    node.request(Request::Multicast(GroupId::ALL, Message::default()), &mut host);
    let wires: [TreeWire; 3] = [
        Either::Left("a".into()),
        Either::Right(Either::Left("bb".into())),
        Either::Right(Either::Right("ccc".into())),
    ];
    let frames: Vec<(Vec<u8>, NetworkId)> = host
        .effects
        .list
        .iter()
        .map(|effect| match effect {
            Effect::GroupSend { frame, network, .. } => {
                (host.effects.frame(frame).to_vec(), *network)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let wanted = wires.clone().map(|wire| postcard::to_stdvec(&wire).unwrap());
    let networks = [NetworkId(1), NetworkId(2), NetworkId(3)];
    assert_eq!(frames, wanted.into_iter().zip(networks).collect::<Vec<_>>());
    for ((frame, _), wire) in frames.iter().zip(wires) {
        let described = node.describe(frame).unwrap();
        assert_eq!(described, serde_json::to_value(&wire).unwrap());
        assert_eq!(&node.frame(described).unwrap(), frame);
    }
}

#[test]
fn a_frame_reaches_its_layer_and_no_other() {
    let mut node = Stack::node(tree());
    let mut host = host(0, 1);
    let wire: TreeWire = Either::Right(Either::Left("whatever".into()));
    host.arrived_over = NetworkId(2);
    node.receive(NodeId(0), &postcard::to_stdvec(&wire).unwrap(), &mut host).unwrap();
    assert_eq!(notes(&mut host), ["bb received"]);
    assert!(node.receive(NodeId(0), &[7, 7, 7], &mut host).is_err());
    assert!(host.effects.list.is_empty());
}
