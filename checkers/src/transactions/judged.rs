//! What is worked out of transactions once, for all properties.

use crate::transactions::cycles::Cycles;
use crate::transactions::graph::Graph;
use crate::transactions::orders::Orders;
use crate::transactions::read::read;
use crate::transactions::registers::Versions;
use crate::transactions::txns::{Chosen, Model, Names, Txns};
use crate::transactions::{lists, registers};
use pepperland_core::checker::Case;
use pepperland_core::history::History;
use std::sync::{Arc, OnceLock};

/// Transactions and their dependencies.
pub struct Judged {
    /// The transactions.
    pub txns: Txns,
    /// The orders of lists.
    pub orders: Orders,
    /// What depends on what.
    pub graph: Graph,
    /// The keys that tell no order.
    banned: Vec<bool>,
    cycles: OnceLock<Cycles>,
}

impl Judged {
    fn of(txns: Txns, mut banned: Vec<bool>) -> Judged {
        banned.resize(txns.keys, false);
        let mut orders = Orders::default();
        let edges = match txns.model {
            Model::Lists => {
                orders = Orders::of(&txns);
                ban(&mut banned, orders.keys.iter().map(|order| order.other.is_some()));
                lists::depend(&txns, &orders, &banned)
            }
            Model::Registers => {
                let versions = Versions::of(&txns);
                ban(&mut banned, versions.contradictory.iter().copied());
                registers::depend(&txns, &versions, &banned)
            }
        };
        Judged { txns, orders, graph: Graph::of(edges), banned, cycles: OnceLock::new() }
    }

    /// Some of the transactions alone. What depends on what among them does so among all: keys that
    /// tell no order there tell none here.
    pub fn only(&self, chosen: &[Chosen]) -> Judged {
        Judged::of(self.txns.only(chosen), self.banned.clone())
    }

    /// The same where those keys do not tell what all of them do: as if there were no others.
    pub fn alone(&self, chosen: &[Chosen]) -> Judged {
        Judged::of(self.txns.only(chosen), Vec::new())
    }

    /// Whether some key tells no order.
    pub fn has_banned(&self) -> bool {
        self.banned.contains(&true)
    }

    /// Who has read what shows that keys of these transactions tell no order.
    pub fn banning(&self, txns: &[u32]) -> Vec<u32> {
        let keys = txns.iter().flat_map(|txn| self.txns.ops(*txn)).map(|op| op.key as usize);
        let orders = keys.filter_map(|key| self.orders.keys.get(key));
        let broken = orders.filter(|order| order.other.is_some());
        broken.flat_map(|order| [order.reader, order.other]).flatten().collect()
    }

    /// The cycles of dependencies.
    pub fn cycles(&self) -> &Cycles {
        self.cycles.get_or_init(|| Cycles::of(&self.graph))
    }
}

fn ban(banned: &mut [bool], more: impl Iterator<Item = bool>) {
    banned.iter_mut().zip(more).for_each(|(banned, more)| *banned |= more);
}

/// The transactions of a history, judged, with the names of keys and values.
pub type Whole = Result<(Judged, Names), String>;

/// The transactions of a case, or why they cannot be judged.
pub fn whole(case: &Case<'_>) -> Arc<Whole> {
    case.once(|| {
        let (txns, names) = read(case.history)?;
        Ok((Judged::of(txns, Vec::new()), names))
    })
}

/// Judged transactions with what is needed to tell of them.
#[derive(Copy, Clone)]
pub struct View<'v> {
    /// The transactions.
    pub judged: &'v Judged,
    /// Keys and values.
    pub names: &'v Names,
    /// The history.
    pub history: &'v History,
}
