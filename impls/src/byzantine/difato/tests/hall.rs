//! The servers in one room: what one writes all read in one order, when the test says so, and each
//! at its own pace.

use crate::byzantine::cast::Cast;
use crate::byzantine::difato::client::Client;
use crate::byzantine::difato::messages::{Order, Ordered, Outcome, Write};
use crate::byzantine::difato::server::{Act, Alarm, Server};
use crate::byzantine::difato::times::Times;
use crate::byzantine::keys::KeyRing;
use pepperland_core::contract::Indication;
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use pepperland_core::time::{Span, Time};
use std::rc::Rc;

/// n1 and n2 are clients, n3 to n7 servers, at the places 0 to 4; two of these may be faulty.
pub const NODES: usize = 7;
pub const CLIENT: NodeId = NodeId(0);
pub const SERVERS: usize = 5;

pub const TIMES: fn() -> Times = || Times::of(Span::millis(50), Span::millis(5));

pub fn cast() -> Cast {
    let nodes: Vec<NodeId> = NodeId::first(NODES).collect();
    Cast::new(nodes[..2].into(), nodes[2..].into(), GroupId(1))
}

pub fn keys(node: NodeId) -> Rc<KeyRing> {
    let (max_latency, register_latency) = (Span::millis(50), Span::millis(5));
    let setup = Setup { node, nodes: NODES, flaw: None, max_latency, register_latency };
    Rc::new(KeyRing::of(&setup))
}

pub fn server(place: usize) -> NodeId {
    NodeId(2 + place as u32)
}

pub fn client() -> Client {
    Client::new(CLIENT, cast(), keys(CLIENT), TIMES())
}

/// The number-th message of the client.
pub fn message(number: u32) -> Message {
    let id = MessageId { origin: CLIENT, incarnation: 0, number };
    Message { id, body: Body::new(b"m") }
}

/// The same as an order, with the client's authenticators.
pub fn order(number: u32) -> Order {
    let Message { id, body } = message(number);
    let what = Ordered { client: CLIENT, t: number.into(), id, answer: 0, body };
    let h = what.hash();
    Order::sealed(what, &h, &cast().servers, &keys(CLIENT))
}

/// The order with the entries for these servers spoilt: with another's in their places.
pub fn spoilt(mut order: Order, places: &[usize]) -> Order {
    let other = keys(CLIENT).mac(server(0), &[b"something else"]);
    places.iter().for_each(|place| order.macs[*place] = other);
    order
}

pub struct Hall {
    servers: Vec<Server>,
    now: Time,
    /// All that was written, by whom.
    pub log: Vec<(usize, Write)>,
    /// How much of it each has read.
    read: Vec<usize>,
    /// When each is woken.
    alarms: Vec<(Time, usize, Alarm)>,
    pub told: Vec<(usize, NodeId, Outcome)>,
    pub reports: Vec<(usize, Indication<Message>)>,
}

impl Hall {
    pub fn new() -> Hall {
        let server =
            |place| Server::new(server(place), place, cast(), keys(server(place)), TIMES());
        let mut hall = Hall {
            servers: (0..SERVERS).map(server).collect(),
            now: Time::ZERO,
            log: Vec::new(),
            read: vec![0; SERVERS],
            alarms: Vec::new(),
            told: Vec::new(),
            reports: Vec::new(),
        };
        (0..SERVERS).for_each(|place| hall.at(place, |server, now| server.start(now)));
        hall
    }

    fn at(&mut self, place: usize, run: impl FnOnce(&mut Server, Time)) {
        run(&mut self.servers[place], self.now);
        for act in self.servers[place].take_acts() {
            match act {
                Act::Write(write) => self.log.push((place, write)),
                Act::Tell(client, outcome) => self.told.push((place, client, outcome)),
                Act::Report(report) => self.reports.push((place, report)),
                Act::Wake(alarm, span) => {
                    self.alarms.retain(|(_, of, other)| (*of, *other) != (place, alarm));
                    self.alarms.push((self.now + span, place, alarm));
                }
            }
        }
    }

    /// An order reaches these servers.
    pub fn order(&mut self, order: &Order, places: impl IntoIterator<Item = usize>) {
        for place in places {
            self.at(place, |server, now| server.upon_order(order.clone(), now));
        }
    }

    /// A liar writes.
    pub fn write(&mut self, place: usize, write: Write) {
        self.log.push((place, write));
    }

    /// These servers read all there is, and what comes of it.
    pub fn read(&mut self, places: &[usize]) {
        let unread =
            |hall: &Hall| places.iter().copied().find(|place| hall.read[*place] < hall.log.len());
        while let Some(place) = unread(self) {
            let (writer, write) = self.log[self.read[place]].clone();
            self.read[place] += 1;
            self.at(place, |server, now| server.upon_read(writer, write, now));
        }
    }

    /// Time passes; those servers are woken whose alarms run out, and read at once.
    pub fn pass(&mut self, span: Span, places: &[usize]) {
        let end = self.now + span;
        loop {
            let due =
                self.alarms.iter().filter(|(at, place, _)| *at <= end && places.contains(place));
            let Some((at, place, alarm)) = due.min_by_key(|(at, ..)| *at).copied() else { break };
            self.alarms.retain(|set| *set != (at, place, alarm));
            self.now = self.now.max(at);
            self.at(place, |server, now| server.upon_alarm(alarm, now));
            self.read(places);
        }
        self.now = end;
    }

    /// Who told the client that this is decided, and where.
    pub fn results(&self, number: u32) -> Vec<(usize, u64)> {
        let of = self
            .told
            .iter()
            .filter(|(_, to, outcome)| *to == CLIENT && outcome.order.id == message(number).id);
        of.map(|(place, _, outcome)| (*place, outcome.slot)).collect()
    }

    /// Who has written that the epoch should end.
    pub fn complaints(&self, of: u64) -> Vec<usize> {
        let wants = self
            .log
            .iter()
            .filter(|(_, write)| matches!(write, Write::Change { epoch, .. } if *epoch == of));
        wants.map(|(place, _)| *place).collect()
    }

    /// Who began to lead which epoch.
    pub fn leads(&self) -> Vec<(usize, u64)> {
        let leads = self.reports.iter().filter_map(|(place, report)| match report {
            Indication::Lead { epoch } => Some((*place, (*epoch)?)),
            _ => None,
        });
        leads.collect()
    }
}
