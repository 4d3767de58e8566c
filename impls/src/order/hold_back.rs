//! What protocols with a sequencer share: the numbers that it gives out, and the queue in which
//! members hold messages back until their numbers are next.

use pepperland_core::collections::Set;
use pepperland_core::contract::Memory;
use pepperland_core::id::MessageId;
use pepperland_core::implementation::{Flaw, Setup};
use std::collections::BTreeMap;

/// s: the numbers that a sequencer gives out, one to each message.
#[derive(Default)]
pub struct Numbers {
    next: u64,
    given: Set<MessageId>,
}

impl Numbers {
    /// The number of this message, unless it has one: the network may bring it twice.
    pub fn give(&mut self, i: MessageId) -> Option<u64> {
        self.given.insert(i).then(|| self.take(1))
    }

    /// The first of the next so many numbers, for whatever they are.
    pub fn take(&mut self, many: u64) -> u64 {
        self.next += many;
        self.next - many
    }

    /// Tells what this remembers.
    pub fn recall(&self, memory: &mut Memory) {
        memory.holds(&self.next);
        memory.holds_all(&self.given);
    }
}

/// The hold-back queue of one group at one member: messages that wait for their numbers, and
/// numbers that wait for their messages.
#[derive(Debug)]
pub struct HoldBack<M> {
    /// r: the number of the next message to deliver.
    next: u64,
    messages: BTreeMap<MessageId, M>,
    orders: BTreeMap<u64, MessageId>,
    switches: Switches,
    /// Messages whose number has passed already, for the flaw alone.
    passed: BTreeMap<MessageId, u64>,
}

/// The planted flaws of the queue.
#[derive(Copy, Clone, Debug)]
pub struct Switches {
    ignore_sequence_numbers: bool,
    order_before_data: bool,
    skip_wait: bool,
}

impl Switches {
    /// Those that are on.
    pub fn of(setup: &Setup<'_>) -> Switches {
        Switches {
            ignore_sequence_numbers: setup.flawed(IGNORE_SEQUENCE_NUMBERS.name),
            order_before_data: setup.flawed(ORDER_BEFORE_DATA.name),
            skip_wait: setup.flawed(SKIP_WAIT.name),
        }
    }
}

/// The receiver trusts the order in which orders arrive.
pub const IGNORE_SEQUENCE_NUMBERS: Flaw = Flaw {
    name: "ignore-sequence-numbers",
    number: "T2",
    statement: "orders are followed as they arrive, whatever their numbers",
    breaks: "uniform-total-order",
    keeps: &["no-creation", "no-duplication", "agreement"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/ignore-sequence-numbers.jsonl"),
};

/// The wait for the message is left out, and so is the message's place in the order.
pub const ORDER_BEFORE_DATA: Flaw = Flaw {
    name: "order-before-data",
    number: "PL13",
    statement: "an order that comes before its message counts as followed; the message is \
                delivered when it comes",
    breaks: "uniform-total-order",
    keeps: &["no-creation", "no-duplication", "validity-all", "agreement"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/order-before-data.jsonl"),
};

/// The wait for the message is left out, and so is the message.
pub const SKIP_WAIT: Flaw = Flaw {
    name: "skip-wait",
    number: "T24",
    statement: "an order that comes before its message is skipped: nobody waits for the message",
    breaks: "agreement",
    keeps: &["no-creation", "no-duplication", "uniform-total-order"],
    faults: "none",
    workload: "steady",
    killer: include_str!("../../killers/skip-wait.jsonl"),
};

impl<M> HoldBack<M> {
    /// An empty queue.
    pub fn new(switches: Switches) -> HoldBack<M> {
        let (messages, orders) = (BTreeMap::new(), BTreeMap::new());
        HoldBack { next: 0, messages, orders, switches, passed: BTreeMap::new() }
    }

    /// Places (m, i) in the queue.
    pub fn place(&mut self, i: MessageId, m: M) {
        self.messages.insert(i, m);
    }

    /// Learns that message i has number S.
    pub fn order(&mut self, i: MessageId, number: u64) {
        if number >= self.next || self.switches.ignore_sequence_numbers {
            self.orders.insert(number, i);
        }
    }

    /// The next message to deliver, with its number: (m, i) in the queue and S = r.
    pub fn take_ready(&mut self) -> Option<(u64, MessageId, M)> {
        let here = |i: &MessageId| self.messages.contains_key(i);
        if let Some((i, number)) = self.passed.iter().find(|(i, _)| here(i)) {
            let (i, number) = (*i, *number);
            self.passed.remove(&i);
            return self.messages.remove(&i).map(|m| (number, i, m));
        }
        let any = self.switches.ignore_sequence_numbers;
        let is_next = |(number, i): &(&u64, &MessageId)| **number == self.next || any && here(i);
        let (number, i) = self.orders.iter().find(is_next).map(|(number, i)| (*number, *i))?;
        let impatient = self.switches.order_before_data || self.switches.skip_wait;
        if !here(&i) && !impatient {
            return None;
        }
        self.orders.remove(&number);
        self.next = number.saturating_add(1);
        if let Some(m) = self.messages.remove(&i) {
            return Some((number, i, m));
        }
        if self.switches.order_before_data {
            self.passed.insert(i, number);
        }
        self.take_ready()
    }
}
