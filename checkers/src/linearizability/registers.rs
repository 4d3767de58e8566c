//! Registers to which no value is written twice: exact, and no search (Gibbons & Korach 1997).
//!
//! What writes a value and what reads it are a block, and nothing comes between. A swap joins the
//! block of what it found to the block of what it put there: blocks so joined are a chain, whose
//! inner order is given. A register is in order if every chain is in itself, and the chains can be
//! put into a row.

use crate::linearizability::acyclic::{Span, Stuck, row};
use crate::linearizability::calls::{Action, BEFORE, Call, Calls, OPEN};
use crate::linearizability::values::Datum;
use pepperland_core::collections::Map;
use pepperland_core::history::NONE;
use std::collections::BTreeSet;

/// What there is to say of one register.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Settled {
    /// There is an order.
    Order,
    /// There is none, and there is none for these operations alone: what they leave out reads, or
    /// writes what they do not read.
    None(Vec<u32>),
    /// Some value was written twice, so that it is not known who read what.
    Ambiguous,
}

/// Judges the operations on one register.
pub fn settle(calls: &Calls, ids: &[u32], initial: Datum) -> Settled {
    Register::blocks(calls, ids, initial).and_then(Register::judge).err().unwrap_or(Settled::Order)
}

/// What wrote a value and what read it.
struct Block {
    /// What wrote it; [`NONE`] for the initial value.
    maker: u32,
    /// The first end and the last beginning, and whose they are.
    span: Span,
    first: u32,
    last: u32,
    /// The block that a swap put in its place.
    next: u32,
    /// Its chain, and its place there.
    chain: u32,
    place: u32,
}

struct Register<'c> {
    calls: &'c Calls,
    ids: &'c [u32],
    blocks: Vec<Block>,
    of_value: Map<Datum, u32>,
    /// How many blocks a swap made.
    swapped: usize,
}

/// A chain of blocks.
struct Chain {
    length: u32,
    span: Span,
    first: u32,
    last: u32,
}

impl<'c> Register<'c> {
    /// A block for each value, with what writes it and what reads it.
    fn blocks(calls: &'c Calls, ids: &'c [u32], initial: Datum) -> Result<Self, Settled> {
        let mut register = Register {
            calls,
            ids,
            blocks: vec![Block::new(NONE, BEFORE, 0)],
            of_value: Map::with_capacity_and_hasher(ids.len() / 2 + 1, Default::default()),
            swapped: 0,
        };
        register.of_value.insert(initial, 0);
        for id in ids {
            register.write(*id)?;
        }
        for id in ids {
            register.read(*id)?;
        }
        if register.swapped > 0 {
            ids.iter().for_each(|id| register.join(*id));
            ids.iter().try_for_each(|id| register.check_swap(*id))?;
        }
        Ok(register)
    }

    fn call(&self, id: u32) -> &'c Call {
        &self.calls.all[id as usize]
    }

    #[inline]
    fn write(&mut self, id: u32) -> Result<(), Settled> {
        let call = self.call(id);
        let value = match call.action {
            Action::Write(value) => value,
            Action::Cas { creates: true, .. } => return Err(Settled::Ambiguous),
            Action::Cas { from, to, .. } if from != to => {
                self.swapped += 1;
                to
            }
            _ => return Ok(()),
        };
        let block = self.blocks.len() as u32;
        if self.of_value.insert(value, block).is_some() {
            return Err(Settled::Ambiguous);
        }
        self.blocks.push(Block::new(id, call.end, call.begin));
        Ok(())
    }

    #[inline]
    fn read(&mut self, id: u32) -> Result<(), Settled> {
        let call = self.call(id);
        let value = match call.action {
            Action::Read(value) => value,
            Action::Cas { from, to, .. } if from == to => from,
            _ => return Ok(()),
        };
        let Some(block) = self.of_value.get(&value) else { return Err(Settled::None(vec![id])) };
        let block = &mut self.blocks[*block as usize];
        if block.maker != NONE && precedes(self.calls, id, block.maker) {
            return Err(self.none([id]));
        }
        if call.end < block.span.end {
            (block.span.end, block.first) = (call.end, id);
        }
        if call.begin > block.span.begin {
            (block.span.begin, block.last) = (call.begin, id);
        }
        Ok(())
    }

    /// The value that a swap found and the one that it put in its place.
    fn swap(&self, id: u32) -> Option<(Datum, Datum)> {
        match self.call(id).action {
            Action::Cas { from, to, .. } if from != to => Some((from, to)),
            _ => None,
        }
    }

    /// Joins the blocks of a swap, unless another swap found the same value.
    fn join(&mut self, id: u32) {
        let Some((from, to)) = self.swap(id) else { return };
        let Some(found) = self.of_value.get(&from).copied() else { return };
        let found = &mut self.blocks[found as usize];
        if found.next == NONE {
            found.next = self.of_value[&to];
        }
    }

    fn check_swap(&self, id: u32) -> Result<(), Settled> {
        let Some((from, _)) = self.swap(id) else { return Ok(()) };
        let Some(found) = self.of_value.get(&from) else { return Err(self.none([id])) };
        let next = self.blocks[*found as usize].next;
        let joined = self.blocks[next as usize].maker;
        if joined == id { Ok(()) } else { Err(self.none([joined, id])) }
    }

    /// No order, because of these, of what wrote the values that they found, and of what shows
    /// that the open ones happened.
    fn none(&self, ids: impl IntoIterator<Item = u32>) -> Settled {
        let mut found: BTreeSet<u32> = BTreeSet::new();
        let mut todo: Vec<u32> = ids.into_iter().collect();
        while let Some(id) = todo.pop() {
            if id == NONE || !found.insert(id) {
                continue;
            }
            todo.extend(self.shows(id));
            if let Action::Read(value) | Action::Cas { from: value, .. } = self.call(id).action {
                let block = self.of_value.get(&value);
                todo.extend(block.map(|block| self.blocks[*block as usize].maker));
            }
        }
        Settled::None(found.into_iter().collect())
    }

    /// For an open operation: something that found its value.
    fn shows(&self, id: u32) -> Option<u32> {
        let (Action::Write(value) | Action::Cas { to: value, .. }) = self.call(id).action else {
            return None;
        };
        let block = &self.blocks[*self.of_value.get(&value)? as usize];
        if self.call(id).is_done() || block.first != id {
            return (!self.call(id).is_done()).then_some(block.first);
        }
        self.blocks.get(block.next as usize).map(|next| next.maker)
    }

    fn judge(mut self) -> Result<(), Settled> {
        let chains = if self.swapped > 0 { self.chains()? } else { Vec::new() };
        let edges = if self.calls.ties { self.edges()? } else { Vec::new() };
        let spans: Vec<Span> = match self.swapped {
            0 => self.blocks.iter().map(|block| block.span).collect(),
            _ => chains.iter().map(|chain| chain.span).collect(),
        };
        row(&spans, &edges).map_err(|stuck| self.conflict(&chains, stuck))
    }

    /// The chains, each in order in itself.
    fn chains(&mut self) -> Result<Vec<Chain>, Settled> {
        let starts: Vec<u32> = (0..self.blocks.len() as u32).filter(|b| self.starts(*b)).collect();
        let mut chains = Vec::with_capacity(starts.len());
        for start in starts {
            chains.push(self.chain(start, chains.len() as u32)?);
        }
        let lost = self.blocks.iter().filter(|block| block.chain == NONE);
        let lost: Vec<u32> = lost.map(|block| block.maker).collect();
        if lost.is_empty() { Ok(chains) } else { Err(self.none(lost)) }
    }

    fn starts(&self, block: u32) -> bool {
        let maker = self.blocks[block as usize].maker;
        maker == NONE || !matches!(self.call(maker).action, Action::Cas { .. })
    }

    fn chain(&mut self, start: u32, number: u32) -> Result<Chain, Settled> {
        let mut chain =
            Chain { length: 0, span: Span { end: OPEN, begin: 0 }, first: NONE, last: NONE };
        let mut place = start;
        while place != NONE {
            let block = &mut self.blocks[place as usize];
            (block.chain, block.place) = (number, chain.length);
            chain.length += 1;
            if block.span.end < chain.span.begin {
                let pair = [block.maker, block.first, chain.last];
                return Err(self.none(pair));
            }
            if block.span.end < chain.span.end {
                (chain.span.end, chain.first) = (block.span.end, block.first);
            }
            if block.span.begin > chain.span.begin {
                (chain.span.begin, chain.last) = (block.span.begin, block.last);
            }
            place = block.next;
        }
        Ok(chain)
    }

    /// The block of an operation.
    fn block(&self, id: u32) -> u32 {
        match self.call(id).action {
            Action::Read(value) | Action::Write(value) | Action::Cas { to: value, .. } => {
                self.of_value[&value]
            }
            _ => 0,
        }
    }

    /// The clients' own order, as far as the clock does not tell it.
    fn edges(&self) -> Result<Vec<(u32, u32)>, Settled> {
        let mut last = vec![NONE; self.calls.clients as usize];
        let mut edges = Vec::new();
        for id in self.ids {
            let before = std::mem::replace(&mut last[self.call(*id).client as usize], *id);
            if before == NONE || self.call(before).end < self.call(*id).begin {
                continue;
            }
            let (one, other) = (self.block(before), self.block(*id));
            if self.swapped == 0 {
                edges.push((one, other));
                continue;
            }
            let (one, other) = (&self.blocks[one as usize], &self.blocks[other as usize]);
            if one.chain == other.chain && one.place > other.place {
                return Err(self.none([before, *id]));
            }
            edges.push((one.chain, other.chain));
        }
        Ok(edges)
    }

    fn conflict(&self, chains: &[Chain], stuck: Stuck) -> Settled {
        let blocks = match stuck {
            Stuck::Pair(one, other) => vec![one, other],
            Stuck::Ring(ring) => return self.ring(&ring),
        };
        let mut ids = Vec::new();
        for block in blocks {
            match chains.get(block as usize) {
                Some(chain) => ids.extend([chain.first, chain.last]),
                None => {
                    let block = &self.blocks[block as usize];
                    ids.extend([block.maker, block.first, block.last]);
                }
            }
        }
        self.none(ids)
    }

    /// All operations of the chains.
    fn ring(&self, chains: &[u32]) -> Settled {
        let here = |id: &u32| {
            let block = self.block(*id);
            let chain = if self.swapped == 0 { block } else { self.blocks[block as usize].chain };
            chains.binary_search(&chain).is_ok()
        };
        self.none(self.ids.iter().copied().filter(here))
    }
}

impl Block {
    fn new(maker: u32, end: u64, begin: u64) -> Block {
        let span = Span { end, begin };
        Block { maker, span, first: maker, last: maker, next: NONE, chain: NONE, place: 0 }
    }
}

/// Whether the one has to come before the other, by the clock or by the client's own order.
fn precedes(calls: &Calls, one: u32, other: u32) -> bool {
    let (a, b) = (&calls.all[one as usize], &calls.all[other as usize]);
    a.end < b.begin || (one < other && a.client == b.client)
}
