//! The record of the mended DifATo.

use crate::beside::Side;
use crate::byzantine::difato::flaws;
use crate::byzantine::difato::layer::DifAto;
use crate::byzantine::difato::messages::Said;
use crate::byzantine::keys::KeyRing;
use crate::changed::{HARMLESS, changed};
use crate::claims::{INTEGRITY, ORDER, UNIFORM_AGREEMENT, VALIDITY};
use pepperland_core::contract::Stack;
use pepperland_core::fault::Fault;
use pepperland_core::history::FailureModel;
use pepperland_core::implementation::{Claim, Implementation, Model, Proviso, Roles};
use pepperland_core::time::Span;
use std::rc::Rc;

/// The model of DifATo: an asynchronous network of clients and servers, and registers in time.
pub const MODEL: Model = Model {
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
        failing_clients: |clients| clients,
        failing_servers: |servers| servers.saturating_sub(1) / 2,
        clients_may_lie: false,
    }),
    controlled: Some(Span::millis(5)),
    orders: Some("Propose"),
    ..Model::ASYNCHRONOUS
};

/// The greatest odd number that leaves two clients, or one where there are but few nodes.
const fn servers(nodes: usize) -> usize {
    let most = if nodes > 2 { nodes - 2 } else { 1 };
    if most % 2 == 1 { most } else { most - 1 }
}

/// What DifATo promises, whatever its servers are told.
const DIFATO: &[Claim] = &[
    Claim::always("difato-validity"),
    Claim::always("difato-agreement"),
    Claim::always("difato-integrity"),
    Claim::always("difato-total-order"),
    // A sequencer that crashes or stands still before it has read its own proposal supports it, and no
    // history says so.
    Claim::only("accept-certificate", Proviso::Calm),
    Claim::only("one-accept-per-slot", Proviso::Calm),
    Claim::always("sequencer-change-certificate"),
    Claim::always("no-permanent-hole"),
    Claim::only("bounded-sequencer-change", Proviso::Calm),
    Claim::always("register-write-order"),
    Claim::always("register-completeness"),
];

/// B4, mended.
pub const ENTRY: Implementation = Implementation {
    name: "difato",
    number: "B4",
    statement: "atomic multicast by 2f + 1 servers that share registers, of which f may lie",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    claims: &[INTEGRITY, VALIDITY, UNIFORM_AGREEMENT, ORDER, DIFATO],
    model: MODEL,
    nodes: 7,
    budget: |n| n.saturating_sub(1) / 2,
    flaws: flaws::ALL,
    controls: &[HARMLESS],
    breaks: flaws::BREAKS,
    cost: None,
    build: |setup| {
        let keys = Rc::new(KeyRing::of(setup));
        let own = Rc::clone(&keys);
        let reseal = move |to, wire| match wire {
            Side::First(Said::Result(outcome)) => {
                Side::First(Said::Result(outcome.resealed(to, &own)))
            }
            other => other,
        };
        changed(setup, Stack::sealing(DifAto::new(keys, setup), reseal))
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_client_and_an_odd_number_of_servers() {
        let split: Vec<(usize, usize)> =
            (2..9).map(|nodes| (nodes - servers(nodes), servers(nodes))).collect();
        assert_eq!(split, [(1, 1), (2, 1), (3, 1), (2, 3), (3, 3), (2, 5), (3, 5)]);
    }
}
