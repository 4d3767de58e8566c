//! The protocol at one node: a client, a server or both, above two networks.

use crate::beside::{Beside, Side};
use crate::byzantine::cast::{CLIENTS, Cast};
use crate::byzantine::difato::client::Client;
use crate::byzantine::difato::messages::{Order, Outcome, Said, Write};
use crate::byzantine::difato::orders::Orders;
use crate::byzantine::difato::planted::Planted;
use crate::byzantine::keys::KeyRing;
use crate::byzantine::ordering::server::ALARMS;
use crate::byzantine::ordering::{Act, Decided, Seat, Server, Times};
use crate::byzantine::registers::LastValue;
use pepperland_core::contract::{Cx, Delivery, Memory, Network, Protocol};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use std::rc::Rc;

/// What clients and servers say, and beside it what servers write.
pub type Below = Beside<Network<Said>, LastValue<Write>>;

/// DifATo at one node.
pub struct DifAto {
    below: Below,
    keys: Rc<KeyRing>,
    times: Times,
    planted: Planted,
    seat: Seat<Orders>,
    /// Who is what, once the node has started.
    cast: Option<Cast>,
    client: Option<Client>,
}

impl DifAto {
    /// The node that is being built, with these keys.
    pub fn new(keys: Rc<KeyRing>, setup: &Setup<'_>) -> DifAto {
        let planted = Planted::of(setup);
        let registers = match planted.reads_last {
            true => LastValue::new(setup.register_latency),
            false => LastValue::log(),
        };
        DifAto {
            below: Beside::new(Network::payload(), registers),
            keys,
            times: Times::for_setup(setup),
            planted,
            seat: Seat::empty(),
            cast: None,
            client: None,
        }
    }

    /// Does what the server wants done.
    fn perform(&mut self, acts: Vec<Act<Order>>, cx: &mut Cx<'_, Message>) {
        for act in acts {
            match act {
                Act::Write(write) => {
                    let Some(registers) = self.seat.registers() else { continue };
                    self.multicast_below(registers, Side::Second(write), cx);
                }
                Act::Tell(client, decided) => self.tell(client, &decided, cx),
                Act::Report(report) => cx.indicate(report),
                Act::Wake(alarm, span) => cx.set_timer(alarm as u32, span),
            }
        }
    }

    /// A result for a client.
    fn tell(&mut self, client: NodeId, decided: &Decided<Order>, cx: &mut Cx<'_, Message>) {
        if !self.planted.result_to_origin || client == decided.order.what.client {
            let outcome = Outcome::to(client, decided, &self.keys);
            self.send_below(client, Side::First(Said::Result(outcome)), cx);
        }
    }

    /// On a result for this client.
    fn upon_result(&mut self, from: NodeId, outcome: Outcome, cx: &mut Cx<'_, Message>) {
        let Some(client) = &mut self.client else { return };
        client.upon_result(from, outcome);
        while let Some((slot, ordered)) = client.take_ready() {
            if ordered.client == cx.me() {
                cx.cancel_timer(tag_of(ordered.t));
            }
            let (from, message) = (ordered.client, Message { id: ordered.id, body: ordered.body });
            cx.deliver(Delivery { from, group: CLIENTS, message, slot: Some(slot) });
        }
    }

    /// On the end of a client's wait for its message.
    fn upon_overdue(&mut self, t: u64, cx: &mut Cx<'_, Message>) {
        let overdue = self.client.as_mut().and_then(|client| client.overdue(t));
        let Some(((order, wait), cast)) = overdue.zip(self.cast.as_ref()) else { return };
        let servers = Rc::clone(&cast.servers);
        self.send_each_below(servers, Side::First(Said::Order(order)), cx);
        cx.set_timer(tag_of(t), wait);
    }
}

/// The timer of a client's message: after those of the alarms.
fn tag_of(t: u64) -> u32 {
    u32::try_from(t).unwrap_or(u32::MAX).saturating_add(ALARMS.len() as u32)
}

impl Protocol for DifAto {
    type Payload = Message;
    type Lower = Below;

    fn lower(&mut self) -> &mut Below {
        &mut self.below
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        let (me, now, cast) = (cx.me(), cx.now(), Cast::of(cx));
        let (keys, times, planted) = (&self.keys, self.times, self.planted);
        let client = || Client::new(me, cast.clone(), Rc::clone(keys), times).planted(planted);
        self.client = cast.is_client(me).then(client);
        let server = |place| {
            let orders = Orders::new(place, Rc::clone(keys)).planted(planted);
            Server::new(me, place, cast.clone(), orders, times).planted(planted.of_log(place))
        };
        self.seat.take(cast.place(me).map(server));
        self.cast = Some(cast);
        let acts = self.seat.serve(|server| server.start(now));
        self.perform(acts, cx);
    }

    /// To multicast m. There is one group, that of the clients.
    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let Some(client) = &mut self.client else { return cx.refuse("multicast") };
        let sequencer = client.sequencer();
        let (order, wait) = client.multicast(m);
        let t = order.what.t;
        self.send_below(sequencer, Side::First(Said::Order(order)), cx);
        cx.set_timer(tag_of(t), wait);
    }

    fn upon_deliver(&mut self, received: Delivery<Side<Said, Write>>, cx: &mut Cx<'_, Message>) {
        let (from, now) = (received.from, cx.now());
        let acts = match received.message {
            Side::First(Said::Order(order)) => self.seat.serve(|s| s.upon_order(order, now)),
            Side::First(Said::Result(outcome)) => return self.upon_result(from, outcome, cx),
            Side::Second(write) => self.seat.read(from, write, cx),
        };
        self.perform(acts, cx);
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        let now = cx.now();
        match ALARMS.get(tag as usize) {
            Some(alarm) => {
                let acts = self.seat.serve(|server| server.upon_alarm(*alarm, now));
                self.perform(acts, cx);
            }
            None => self.upon_overdue(u64::from(tag) - ALARMS.len() as u64, cx),
        }
    }

    /// What is decided is kept for ever.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
