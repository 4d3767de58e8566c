//! The record of the paper's DifATo.

use crate::beside::Side;
use crate::byzantine::difato::literal::breaks;
use crate::byzantine::difato::literal::layer::Literal;
use crate::byzantine::difato::literal::messages::Said;
use crate::byzantine::difato::record::MODEL;
use crate::byzantine::keys::KeyRing;
use crate::changed::{HARMLESS, changed};
use pepperland_core::contract::Stack;
use pepperland_core::implementation::{Claim, Implementation};
use std::rc::Rc;

/// What is left of DifATo's promises.
const LITERAL: &[Claim] = &[Claim::always("no-creation"), Claim::always("difato-integrity")];

/// B4, as printed.
pub const ENTRY: Implementation = Implementation {
    name: "difato-literal",
    number: "B4",
    statement: "DifATo to the letter: last values of registers, one who tells, changes kept for ever",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    claims: &[LITERAL],
    model: MODEL,
    nodes: 5,
    budget: |n| n.saturating_sub(1) / 2,
    flaws: &[],
    controls: &[HARMLESS],
    breaks: breaks::ALL,
    cost: None,
    build: |setup| {
        let keys = Rc::new(KeyRing::of(setup));
        let (own, me) = (Rc::clone(&keys), setup.node);
        let reseal = move |to, wire| match wire {
            Side::First(Said::Result(result)) => {
                Side::First(Said::Result(result.resealed(to, me, &own)))
            }
            other => other,
        };
        changed(setup, Stack::sealing(Literal::new(keys, setup), reseal))
    },
};
