//! The protocol at one node: a client, a server or both, above two networks.

use crate::beside::{Beside, Side};
use crate::byzantine::cast::{CLIENTS, Cast};
use crate::byzantine::difato::client::Client;
use crate::byzantine::difato::messages::{Order, Outcome, Said, Write};
use crate::byzantine::difato::planted::Planted;
use crate::byzantine::difato::server::{Act, Alarm, Server};
use crate::byzantine::difato::times::Times;
use crate::byzantine::keys::KeyRing;
use crate::byzantine::registers::{LastValue, Reading};
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
    reading: Reading,
    /// Who is what, once the node has started.
    cast: Option<Cast>,
    client: Option<Client>,
    server: Option<Server>,
}

impl DifAto {
    /// The node that is being built, with these keys.
    pub fn new(keys: Rc<KeyRing>, setup: &Setup<'_>) -> DifAto {
        let planted = Planted::of(setup);
        let registers = if planted.reads_last { LastValue::new() } else { LastValue::log() };
        DifAto {
            below: Beside::new(Network::payload(), registers),
            keys,
            times: Times::for_setup(setup),
            planted,
            reading: Reading::default(),
            cast: None,
            client: None,
            server: None,
        }
    }

    /// On an order for this server.
    fn upon_order(&mut self, order: Order, cx: &mut Cx<'_, Message>) {
        let now = cx.now();
        self.serve(cx, |server| server.upon_order(order, now));
    }

    /// On what was written to the register of a server. Who wrote it the network says; whoever
    /// claims to be another has written nothing.
    fn upon_read(&mut self, writer: NodeId, write: Write, cx: &mut Cx<'_, Message>) {
        cx.indicate(self.reading.next(writer, &write));
        let sid = if self.planted.believes_body { write.sid() } else { writer };
        let place = self.cast.as_ref().and_then(|cast| cast.place(sid));
        let Some(place) = place.filter(|_| write.sid() == sid) else { return };
        let now = cx.now();
        self.serve(cx, |server| server.upon_read(place, write, now));
    }

    /// Runs the server, if this is one, and does what it says.
    fn serve(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut Server)) {
        let Some(server) = &mut self.server else { return };
        run(server);
        for act in server.take_acts() {
            self.perform(act, cx);
        }
    }

    fn perform(&mut self, act: Act, cx: &mut Cx<'_, Message>) {
        match act {
            Act::Write(write) => {
                let Some(registers) = self.cast.as_ref().map(|cast| cast.registers) else { return };
                self.multicast_below(registers, Side::Second(write), cx);
            }
            Act::Tell(client, outcome) => {
                self.send_below(client, Side::First(Said::Result(outcome)), cx);
            }
            Act::Report(report) => cx.indicate(report),
            Act::Wake(alarm, span) => cx.set_timer(tag(alarm), span),
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

const ALARMS: [Alarm; 4] = [Alarm::Progress, Alarm::Hold, Alarm::Unverified, Alarm::Unproposed];

/// The timer of an alarm.
fn tag(alarm: Alarm) -> u32 {
    alarm as u32
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
        let server =
            |place| Server::new(me, place, cast.clone(), Rc::clone(keys), times).planted(planted);
        self.server = cast.place(me).map(server);
        self.cast = Some(cast);
        self.serve(cx, |server| server.start(now));
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
        match received.message {
            Side::First(Said::Order(order)) => self.upon_order(order, cx),
            Side::First(Said::Result(outcome)) => self.upon_result(received.from, outcome, cx),
            Side::Second(write) => self.upon_read(received.from, write, cx),
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        let now = cx.now();
        match ALARMS.get(tag as usize) {
            Some(alarm) => self.serve(cx, |server| server.upon_alarm(*alarm, now)),
            None => self.upon_overdue(u64::from(tag) - ALARMS.len() as u64, cx),
        }
    }

    /// What is decided is kept for ever.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
