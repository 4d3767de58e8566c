//! The portfolio: strategies take turns, for what is hard for one is easy for another.

use crate::planner::{EPOCH, Strategy, Turn};
use crate::planner::{FIFO, LINEAGE, MUTATION, PCTCP, POS, ROUNDS, STEADY, SWIZZLE, UNIFORM};
use pepperland_core::schedule::Schedule;

/// The record.
pub const ENTRY: Strategy = Strategy {
    name: "portfolio",
    statement: "the other strategies in turn, each learning from all",
    source: "",
    learns: true,
    plan,
};

/// Whose turn it is, in each epoch, where there are faults to place.
const PLACES: [&Strategy; EPOCH as usize] = [
    &UNIFORM, &FIFO, &MUTATION, &MUTATION, &FIFO, &MUTATION, &MUTATION, &STEADY, &MUTATION, &FIFO,
    &MUTATION, &POS, &MUTATION, &LINEAGE, &MUTATION, &SWIZZLE,
];

/// The same where there is nothing but the order of arrival.
const ORDERS: [&Strategy; EPOCH as usize] = [
    &FIFO, &UNIFORM, &FIFO, &STEADY, &FIFO, &POS, &PCTCP, &FIFO, &UNIFORM, &FIFO, &PCTCP, &FIFO,
    &STEADY, &ROUNDS, &FIFO, &POS,
];

fn plan(turn: &mut Turn<'_, '_>) -> Schedule {
    let quiet = turn.planned().disturbances.is_empty();
    let turns = if quiet { &ORDERS } else { &PLACES };
    (turns[(turn.run % EPOCH) as usize].plan)(turn)
}
