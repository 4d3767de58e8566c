//! The paper's protocol at one node: a client, a server or both.

use crate::beside::{Beside, Side};
use crate::byzantine::cast::{CLIENTS, Cast};
use crate::byzantine::difato::literal::client::Client;
use crate::byzantine::difato::literal::messages::{Certificate, Said, Write};
use crate::byzantine::difato::literal::server::{Act, Server};
use crate::byzantine::keys::KeyRing;
use crate::byzantine::ordering::times::Times;
use crate::byzantine::registers::LastValue;
use pepperland_core::contract::{Cx, Delivery, Memory, Network, Protocol};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::rc::Rc;

/// What clients and servers say, and beside it what servers write.
pub type Below = Beside<Network<Said>, LastValue<Write>>;

/// The timer of a server's wait for acceptance; those of a client's messages come after it.
const PATIENCE: u32 = 0;

/// The paper's DifATo at one node.
pub struct Literal {
    below: Below,
    keys: Rc<KeyRing>,
    times: Times,
    /// T.
    patience: Span,
    cast: Option<Cast>,
    client: Option<Client>,
    server: Option<Server>,
}

impl Literal {
    /// The node that is being built, with these keys.
    pub fn new(keys: Rc<KeyRing>, setup: &Setup<'_>) -> Literal {
        Literal {
            below: Beside::new(Network::payload(), LastValue::new(setup.register_latency)),
            keys,
            times: Times::for_setup(setup),
            patience: Span(4 * setup.max_latency.0),
            cast: None,
            client: None,
            server: None,
        }
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
            Act::Tell(client, result) => {
                self.send_below(client, Side::First(Said::Result(result)), cx);
            }
            Act::Report(report) => cx.indicate(report),
            Act::Wait(span) => cx.set_timer(PATIENCE, span),
        }
    }

    fn upon_result(&mut self, from: NodeId, result: Certificate, cx: &mut Cx<'_, Message>) {
        let Some(client) = &mut self.client else { return };
        client.upon_result(from, result);
        while let Some((number, ordered)) = client.take_ready() {
            if ordered.client == cx.me() {
                cx.cancel_timer(tag_of(ordered.t));
            }
            let (from, message) = (ordered.client, Message { id: ordered.id, body: ordered.body });
            cx.deliver(Delivery { from, group: CLIENTS, message, slot: Some(number) });
        }
    }

    fn upon_overdue(&mut self, t: u64, cx: &mut Cx<'_, Message>) {
        let overdue = self.client.as_mut().and_then(|client| client.overdue(t));
        let Some(((order, wait), cast)) = overdue.zip(self.cast.as_ref()) else { return };
        let servers = Rc::clone(&cast.servers);
        self.send_each_below(servers, Side::First(Said::Order(order)), cx);
        cx.set_timer(tag_of(t), wait);
    }
}

/// The timer of a client's message.
fn tag_of(t: u64) -> u32 {
    u32::try_from(t).unwrap_or(u32::MAX)
}

impl Protocol for Literal {
    type Payload = Message;
    type Lower = Below;

    fn lower(&mut self) -> &mut Below {
        &mut self.below
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        let (me, cast) = (cx.me(), Cast::of(cx));
        let (keys, times) = (&self.keys, self.times);
        let client = || Client::new(me, cast.clone(), Rc::clone(keys), times);
        self.client = cast.is_client(me).then(client);
        let server = |place| Server::new(place, cast.clone(), Rc::clone(keys), self.patience);
        self.server = cast.place(me).map(server);
        self.cast = Some(cast);
        self.serve(cx, Server::start);
    }

    /// To multicast m. There is one group, that of the clients.
    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let Some(client) = &mut self.client else { return cx.refuse("multicast") };
        let (order, sequencer, wait) = client.multicast(m);
        cx.set_timer(tag_of(order.what.t), wait);
        self.send_below(sequencer, Side::First(Said::Order(order)), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Side<Said, Write>>, cx: &mut Cx<'_, Message>) {
        let from = received.from;
        match received.message {
            Side::First(Said::Order(order)) => self.serve(cx, |server| server.upon_order(order)),
            Side::First(Said::Result(result)) => self.upon_result(from, result, cx),
            Side::Second(write) => {
                let Some(place) = self.cast.as_ref().and_then(|cast| cast.place(from)) else {
                    return;
                };
                self.serve(cx, |server| server.upon_read(place, write));
            }
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        match tag {
            PATIENCE => self.serve(cx, Server::upon_timeout),
            t => self.upon_overdue(u64::from(t), cx),
        }
    }

    /// What is ordered is kept for ever.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
