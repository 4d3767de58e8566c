//! The protocol at one node: a client, a server or both, above two networks.

use crate::beside::{Beside, Side};
use crate::byzantine::cast::{CLIENTS, Cast};
use crate::byzantine::keys::KeyRing;
use crate::byzantine::ordering::server::ALARMS;
use crate::byzantine::ordering::{Act, Seat, Server, Times};
use crate::byzantine::pieri::client::{Client, Deed};
use crate::byzantine::pieri::messages::{Decision, Said, Write};
use crate::byzantine::pieri::planted::Planted;
use crate::byzantine::pieri::votes::Votes;
use crate::byzantine::registers::Registers;
use pepperland_core::contract::{Cx, Delivery, Memory, Network, Protocol};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use std::rc::Rc;

/// What clients and servers say, and beside it what servers write.
pub type Below = Beside<Network<Said>, Registers<Write>>;

/// The service at one node.
pub struct Pieri {
    below: Below,
    keys: Rc<KeyRing>,
    times: Times,
    planted: Planted,
    client: Option<Client>,
    seat: Seat<Votes>,
}

impl Pieri {
    /// The node that is being built, with these keys.
    pub fn new(keys: Rc<KeyRing>, setup: &Setup<'_>) -> Pieri {
        Pieri {
            below: Beside::new(Network::payload(), Registers::new()),
            keys,
            times: Times::for_setup(setup),
            planted: Planted::of(setup),
            client: None,
            seat: Seat::empty(),
        }
    }

    /// Runs the client, if this is one, and does what it says.
    fn ask(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut Client) -> Vec<Deed>) {
        let deeds = self.client.as_mut().map(run).unwrap_or_default();
        for deed in deeds {
            match deed {
                Deed::Send(to, said) => self.send_each_below(to, Side::First(said), cx),
                Deed::Wake(number, span) => cx.set_timer(tag_of(number), span),
                Deed::Rest(number) => cx.cancel_timer(tag_of(number)),
                Deed::Deliver(slot, message) => {
                    let (from, slot) = (message.id.origin, Some(slot));
                    cx.deliver(Delivery { from, group: CLIENTS, message, slot });
                }
            }
        }
    }

    /// Does what the server wants done.
    fn perform(&mut self, acts: Vec<Act<Message>>, cx: &mut Cx<'_, Message>) {
        for act in acts {
            match act {
                Act::Write(write) => {
                    let Some(registers) = self.seat.registers() else { continue };
                    self.multicast_below(registers, Side::Second(write), cx);
                }
                Act::Tell(client, decided) => {
                    let m = Message::clone(&decided.order);
                    let decision = Decision::to(client, decided.slot, m, &self.keys);
                    self.send_below(client, Side::First(Said::Decision(decision)), cx);
                }
                Act::Report(report) => cx.indicate(report),
                Act::Wake(alarm, span) => cx.set_timer(alarm as u32, span),
            }
        }
    }

    fn upon_said(&mut self, from: NodeId, said: Said, cx: &mut Cx<'_, Message>) {
        match said {
            Said::Data(data) => self.ask(cx, |client| client.upon_data(data)),
            Said::Decision(decision) => {
                self.ask(cx, |client| client.upon_decision(from, decision));
            }
            Said::Proposal(proposal) => {
                let now = cx.now();
                let acts = self.seat.serve(|server| server.upon_proposal(from, proposal, now));
                self.perform(acts, cx);
            }
        }
    }
}

/// The timer of a message: after those of the alarms.
fn tag_of(number: u32) -> u32 {
    number.saturating_add(ALARMS.len() as u32)
}

impl Protocol for Pieri {
    type Payload = Message;
    type Lower = Below;

    fn lower(&mut self) -> &mut Below {
        &mut self.below
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        let (me, now, cast) = (cx.me(), cx.now(), Cast::of(cx));
        let (keys, times, planted) = (&self.keys, self.times, self.planted);
        let client = Client::of(me, &cast, Rc::clone(keys), times);
        self.client = client.map(|client| client.planted(planted));
        let server = |place| {
            let votes = Votes::new(place, cast.clone(), Rc::clone(keys)).planted(planted);
            Server::new(me, place, cast.clone(), votes, times)
        };
        self.seat.take(cast.place(me).map(server));
        let acts = self.seat.serve(|server| server.start(now));
        self.perform(acts, cx);
    }

    /// To multicast m. There is one group, that of the clients.
    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        if self.client.is_none() {
            return cx.refuse("multicast");
        }
        self.ask(cx, |client| client.multicast(m));
    }

    fn upon_deliver(&mut self, received: Delivery<Side<Said, Write>>, cx: &mut Cx<'_, Message>) {
        match received.message {
            Side::First(said) => self.upon_said(received.from, said, cx),
            Side::Second(write) => {
                let acts = self.seat.read(received.from, write, cx);
                self.perform(acts, cx);
            }
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        let now = cx.now();
        match ALARMS.get(tag as usize) {
            Some(alarm) => {
                let acts = self.seat.serve(|server| server.upon_alarm(*alarm, now));
                self.perform(acts, cx);
            }
            None => self.ask(cx, |client| client.overdue(tag - ALARMS.len() as u32)),
        }
    }

    /// What is decided is kept for ever.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
