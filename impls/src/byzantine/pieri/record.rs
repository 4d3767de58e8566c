//! The record of the service among liars.

use crate::beside::Side;
use crate::byzantine::keys::KeyRing;
use crate::byzantine::pieri::flaws;
use crate::byzantine::pieri::layer::Pieri;
use crate::byzantine::pieri::messages::Said;
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use pepperland_core::contract::Stack;
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Claim, Cost, Implementation, Model, Proviso, Roles};
use pepperland_core::time::Span;
use std::rc::Rc;

/// The model: an asynchronous network of clients and servers, and registers in time.
const MODEL: Model = Model {
    failures: FailureModel::Byzantine,
    tolerates: &[
        Fault::Crash,
        Fault::Delay,
        Fault::Reorder,
        Fault::Duplication,
        Fault::Partition,
        Fault::Pause,
        Fault::Byzantine,
    ],
    timing: "asynchronous, with synchronous registers",
    service: Some("register-network"),
    workload: Some("steady"),
    roles: Some(Roles {
        clients: |nodes| nodes - servers(nodes),
        failing_clients: |clients| clients.saturating_sub(1) / 3,
        failing_servers: |servers| servers.saturating_sub(1) / 2,
        clients_may_lie: true,
    }),
    controlled: Some(Span::millis(5)),
    orders: Some("Propose"),
    ..Model::ASYNCHRONOUS
};

/// 2f + 1, for the greatest f for which there are 3f + 1 clients besides.
const fn servers(nodes: usize) -> usize {
    2 * (nodes.saturating_sub(2) / 5) + 1
}

/// What the service promises, whatever its clients and servers are told.
const PIERI: &[Claim] = &[
    Claim::always("difato-validity"),
    Claim::always("difato-agreement"),
    Claim::always("difato-integrity"),
    Claim::always("difato-total-order"),
    // A leader that crashes or stands still before it has read its own proposal supports it, and no
    // history says so.
    Claim::only("accept-certificate", Proviso::Calm),
    Claim::always("sequencer-change-certificate"),
    Claim::always("no-permanent-hole"),
    Claim::always("register-write-order"),
    Claim::always("register-completeness"),
];

/// B3.
pub const ENTRY: Implementation = Implementation {
    name: "pieri",
    number: "B3",
    statement: "a consensus service that orders: of 3f + 1 clients and 2f + 1 servers, f may lie",
    source: "Pieri, Fraga & Lung 2010, reconstructed",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT, ORDER, PIERI],
    model: MODEL,
    nodes: 7,
    budget: |n| n.saturating_sub(1) / 3,
    flaws: flaws::ALL,
    controls: &[HARMLESS],
    breaks: flaws::BREAKS,
    cost: Some(Cost {
        formula: "3n² + n − 1",
        messages: |n| 3.0 * n * n + n - 1.0,
        steps: 5,
        note: "every node is a client and a server; n_c clients and n_s servers send others \
               (n_c − 1) + n_c·n_s + (n_s − 1) + (n_s − 1)² + n_s·n_c",
    }),
    build: |setup| {
        let keys = Rc::new(KeyRing::of(setup));
        let (me, own) = (setup.node, Rc::clone(&keys));
        let reseal = move |to, wire| match wire {
            Side::First(said) => Side::First(Said::resealed(said, to, me, &own)),
            other => other,
        };
        changed(setup, Stack::sealing(Pieri::new(keys, setup), reseal))
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_clients_and_servers_for_as_many_liars_of_each() {
        let split = |nodes| (nodes - servers(nodes), servers(nodes));
        assert_eq!(
            [2, 6, 7, 11, 12, 17].map(split),
            [(1, 1), (5, 1), (4, 3), (8, 3), (7, 5), (10, 7)]
        );
    }
}
