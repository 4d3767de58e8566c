//! Two layers under one protocol: what a protocol needs that speaks over two networks at once, or
//! through two kinds of links.
//!
//! ```text
//! To ask something of a side:      ask it of the layer of that side
//! On report of a layer:            report it as that of its side
//! ```
//!
//! A value says by its [`Side`] which layer it is for, or which it came from. What carries no value
//! is of neither side, and is refused.

use pepperland_core::contract::{Cx, Layer, Memory, Request, Timer};
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};

/// One of two things. The order of the variants is that of the branches.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Side<A, B> {
    /// Of the first layer.
    First(A),
    /// Of the second layer.
    Second(B),
}

/// Two layers side by side, as one layer below a protocol.
pub struct Beside<A, B> {
    first: A,
    second: B,
}

impl<A: Layer, B: Layer> Beside<A, B> {
    /// These two.
    pub fn new(first: A, second: B) -> Beside<A, B> {
        Beside { first, second }
    }

    fn first(
        &mut self,
        cx: &mut Cx<'_, <Self as Layer>::Payload>,
        run: impl FnOnce(&mut A, &mut Cx<'_, A::Payload>),
    ) {
        let mut risen = cx.branch(0, &mut self.first, run);
        risen.hand_up(cx, |report, cx| cx.indicate(report.map(Side::First)));
    }

    fn second(
        &mut self,
        cx: &mut Cx<'_, <Self as Layer>::Payload>,
        run: impl FnOnce(&mut B, &mut Cx<'_, B::Payload>),
    ) {
        let mut risen = cx.branch(1, &mut self.second, run);
        risen.hand_up(cx, |report, cx| cx.indicate(report.map(Side::Second)));
    }
}

/// The request as one of the side of its value; or its name, if it has no value.
fn side<A, B>(request: Request<Side<A, B>>) -> Result<Side<Request<A>, Request<B>>, &'static str> {
    use Request::{Invoke, Multicast, Propose, Send, SendEach};
    use Side::{First, Second};
    Ok(match request {
        Multicast(group, First(m)) => First(Multicast(group, m)),
        Multicast(group, Second(m)) => Second(Multicast(group, m)),
        Send(to, First(m)) => First(Send(to, m)),
        Send(to, Second(m)) => Second(Send(to, m)),
        SendEach(to, First(m)) => First(SendEach(to, m)),
        SendEach(to, Second(m)) => Second(SendEach(to, m)),
        Propose { instance, value: First(value) } => First(Propose { instance, value }),
        Propose { instance, value: Second(value) } => Second(Propose { instance, value }),
        Invoke { operation, value: First(value) } => First(Invoke { operation, value }),
        Invoke { operation, value: Second(value) } => Second(Invoke { operation, value }),
        Request::Join(_) | Request::Leave(_) | Request::BlockOk(..) => return Err(request.name()),
    })
}

impl<A: Layer, B: Layer> Layer for Beside<A, B> {
    type Payload = Side<A::Payload, B::Payload>;
    type Wire = Side<A::Wire, B::Wire>;

    fn start(&mut self, cx: &mut Cx<'_, Self::Payload>) {
        self.first(cx, A::start);
        self.second(cx, B::start);
    }

    fn request(&mut self, request: Request<Self::Payload>, cx: &mut Cx<'_, Self::Payload>) {
        match side(request) {
            Ok(Side::First(request)) => self.first(cx, |first, cx| first.request(request, cx)),
            Ok(Side::Second(request)) => self.second(cx, |second, cx| second.request(request, cx)),
            Err(name) => cx.refuse(name),
        }
    }

    fn receive(&mut self, from: NodeId, wire: Self::Wire, cx: &mut Cx<'_, Self::Payload>) {
        match wire {
            Side::First(wire) => self.first(cx, |first, cx| first.receive(from, wire, cx)),
            Side::Second(wire) => self.second(cx, |second, cx| second.receive(from, wire, cx)),
        }
    }

    fn timeout(&mut self, timer: Timer, cx: &mut Cx<'_, Self::Payload>) {
        match cx.branch_of(timer) {
            Some(0) => self.first(cx, |first, cx| first.timeout(timer, cx)),
            Some(_) => self.second(cx, |second, cx| second.timeout(timer, cx)),
            None => {}
        }
    }

    fn recover(&mut self, cx: &mut Cx<'_, Self::Payload>) {
        self.first(cx, A::recover);
        self.second(cx, B::recover);
    }

    fn recall(&mut self, memory: &mut Memory) {
        self.first.recall(memory);
        self.second.recall(memory);
    }
}

#[cfg(test)]
mod tests;
