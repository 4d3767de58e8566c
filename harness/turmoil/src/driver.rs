//! What runs on a turmoil host: one node, its sockets, its alarm.

use crate::clock::duration;
use crate::flights::Label;
use crate::tcp::Tcp;
use crate::udp::Udp;
use crate::wire::Wire;
use crate::world::{Phase, World};
use crate::{Transport, clock::TICK};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::time::Span;
use std::cell::RefCell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use tokio::sync::Notify;
use tokio::time::{Instant, Sleep, sleep};

/// The sockets of one node.
enum Sockets {
    Udp(Udp),
    Tcp(Tcp),
}

/// Runs a node until its host is stopped.
pub async fn drive(world: Rc<RefCell<World>>, me: NodeId, transport: Transport) -> turmoil::Result {
    let nodes = world.borrow().nodes.len();
    let bell = world.borrow().nodes[me.index()].own.bell.clone();
    let mut sockets = match transport {
        Transport::Udp => Sockets::Udp(Udp::open(&world, me).await?),
        Transport::Tcp => Sockets::Tcp(Tcp::open(world.clone(), me, nodes).await?),
    };
    if world.borrow().phase == Phase::Opening {
        sockets.opened().await;
    }
    world.borrow_mut().nodes[me.index()].own.ready = true;
    let mut alarm = pin!(sleep(duration(TICK)));
    loop {
        sockets.land(&world).await;
        let rest = {
            let mut world = world.borrow_mut();
            world.run(me, &mut sockets);
            world.rest(me)
        };
        wait(rest, &bell, &sockets, alarm.as_mut()).await;
    }
}

/// Waits for a frame, the bell, or the end of the rest.
async fn wait(rest: Option<Span>, bell: &Notify, sockets: &Sockets, mut alarm: Pin<&mut Sleep>) {
    if let Some(rest) = rest {
        let deadline = Instant::now() + duration(rest);
        if alarm.deadline() != deadline {
            alarm.as_mut().reset(deadline);
        }
    }
    tokio::select! {
        biased;
        () = bell.notified() => {}
        () = alarm, if rest.is_some() => {}
        () = sockets.arrival() => {}
    }
}

impl Sockets {
    async fn opened(&self) {
        if let Sockets::Tcp(tcp) = self {
            tcp.all_connected().await;
        }
    }

    async fn arrival(&self) {
        match self {
            Sockets::Udp(udp) => udp.arrival().await,
            // Each connection lands its frames by itself.
            Sockets::Tcp(_) => std::future::pending().await,
        }
    }

    /// Lands every frame that has come, so that the node meets them in the order of their turns.
    async fn land(&mut self, world: &RefCell<World>) {
        match self {
            Sockets::Udp(udp) => udp.drain(world),
            // Each connection is a task of the same host, and has its turn now.
            Sockets::Tcp(_) => tokio::task::yield_now().await,
        }
    }
}

impl Wire for Sockets {
    fn put(&mut self, to: NodeId, label: Label, frame: &[u8]) {
        match self {
            Sockets::Udp(udp) => udp.put(to, label, frame),
            Sockets::Tcp(tcp) => tcp.put(to, label, frame),
        }
    }

    fn put_for(&mut self, group: GroupId, copies: &[(NodeId, Label)], frame: &[u8]) {
        match self {
            Sockets::Udp(udp) => udp.put_for(group, copies, frame),
            Sockets::Tcp(tcp) => tcp.put_for(group, copies, frame),
        }
    }

    fn capacity(&self) -> usize {
        match self {
            Sockets::Udp(udp) => udp.capacity(),
            Sockets::Tcp(tcp) => tcp.capacity(),
        }
    }
}
