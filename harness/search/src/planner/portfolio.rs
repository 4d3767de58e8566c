//! The portfolio: where faults fall and in which order messages arrive are chosen by themselves,
//! each by one strategy or another, for what is hard for one is easy for another.

use crate::planner::orders::{any, ordered};
use crate::planner::{EPOCH, LINEAGE, MUTATION, SWIZZLE, Strategy, Turn, UNIFORM};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::PerMillion;

/// The record.
pub const ENTRY: Strategy = Strategy {
    name: "portfolio",
    statement: "for each run one of the others places the faults, and one orders messages",
    source: "",
    orders: false,
    learns: true,
    plan,
};

/// Who places the faults, in each epoch.
const PLACES: [&Strategy; EPOCH as usize] = [
    &UNIFORM, &UNIFORM, &MUTATION, &UNIFORM, &MUTATION, &UNIFORM, &MUTATION, &MUTATION, &UNIFORM,
    &MUTATION, &LINEAGE, &MUTATION, &UNIFORM, &MUTATION, &SWIZZLE, &MUTATION,
];

/// How many of the runs keep the order of arrival that they have: the usual one, or that of the
/// run which they are a change of.
const KEPT: PerMillion = PerMillion::percent(35);

fn plan(turn: &mut Turn<'_, '_>) -> Schedule {
    let schedule = (PLACES[(turn.run % EPOCH) as usize].plan)(turn);
    match turn.stream.chance(KEPT) {
        true => schedule,
        false => ordered(turn, schedule, any),
    }
}
