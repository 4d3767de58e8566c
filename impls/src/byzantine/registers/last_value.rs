//! Registers as DifATo reads them (section 3.1, "read() — used to read the last message written"): who
//! looks at a register sees what was written to it last.
//!
//! ```text
//! To write v:                    write v
//! On a change of the register of w:
//!                                unless a look at it is due:  look at it within LOOK
//! To look at it:                 deliver (w, the last value)
//! ```
//!
//! Of two writes within one look, the first is never seen; and as each server looks when it likes,
//! two servers may see different ones.

use crate::byzantine::registers::layer::Registers;
use pepperland_core::contract::{Cx, Delivery, Memory, Protocol, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::time::Span;
use std::collections::BTreeMap;

/// How long after a change a server looks, at least and at most, in fifths of the greatest latency.
const LOOK: (u64, u64) = (1, 3);

/// The registers of a group of servers, of which the last value is read; or all, where it says so.
pub struct LastValue<V> {
    registers: Registers<V>,
    reads_all: bool,
    /// A fifth of the greatest latency.
    fifth: Span,
    /// What has changed and is not looked at yet.
    changed: BTreeMap<NodeId, Delivery<V>>,
}

impl<V: Value> LastValue<V> {
    /// Registers of this greatest latency, of which the last value is read.
    pub fn new(latency: Span) -> LastValue<V> {
        let (registers, changed) = (Registers::new(), BTreeMap::new());
        LastValue { registers, reads_all: false, fifth: Span(latency.0 / 5), changed }
    }

    /// Registers that are read as a log: nothing written is missed.
    pub fn log() -> LastValue<V> {
        LastValue { reads_all: true, ..LastValue::new(Span::ZERO) }
    }
}

impl<V: Value> Protocol for LastValue<V> {
    type Payload = V;
    type Lower = Registers<V>;

    fn lower(&mut self) -> &mut Registers<V> {
        &mut self.registers
    }

    fn multicast(&mut self, servers: GroupId, v: V, cx: &mut Cx<'_, V>) {
        self.multicast_below(servers, v, cx);
    }

    fn upon_deliver(&mut self, written: Delivery<V>, cx: &mut Cx<'_, V>) {
        if self.reads_all {
            return cx.deliver(written);
        }
        let register = written.from;
        if self.changed.insert(register, written).is_none() {
            let fifths = cx.random().between(LOOK.0, LOOK.1);
            cx.set_timer(register.0, Span(fifths * self.fifth.0));
        }
    }

    fn upon_timeout(&mut self, register: u32, cx: &mut Cx<'_, V>) {
        if let Some(last) = self.changed.remove(&NodeId(register)) {
            cx.deliver(last);
        }
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
