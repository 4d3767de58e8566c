//! The plan as it is, in one order of arrival or another.

use crate::planner::{Strategy, Turn};
use pepperland_core::schedule::{Order, Schedule};
use pepperland_core::seed::Stream;

/// Nothing is sought in particular: the base line.
pub const UNIFORM: Strategy = Strategy {
    name: "uniform",
    statement: "faults and latencies are drawn, all being equally likely: the base line",
    source: "",
    orders: false,
    learns: false,
    plan: |turn| turn.planned(),
};

/// One latency for each link.
pub const STEADY: Strategy = Strategy {
    name: "steady",
    statement: "each link has one latency for the whole run, most the least or the greatest",
    source: "",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, |_| Order::Steady),
};

/// Few delays.
pub const FIFO: Strategy = Strategy {
    name: "fifo",
    statement: "every message takes the least latency, but for a few that take the greatest",
    source: "Emmi, Qadeer & Rakamarić 2011",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, fifo),
};

/// Extremes.
pub const LAG: Strategy = Strategy {
    name: "lag",
    statement: "every message takes the least latency, or by chance the greatest",
    source: "",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, lag),
};

/// Racing frames are drawn anew.
pub const POS: Strategy = Strategy {
    name: "pos",
    statement: "messages that race with the one handled last draw their arrival anew",
    source: "Yuan, Yang & Gu 2018",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, |_| Order::Pos),
};

/// Chains with priorities.
pub const PCTCP: Strategy = Strategy {
    name: "pctcp",
    statement: "causal chains of messages have priorities, of which a few change",
    source: "Ozkan et al. 2018",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, pctcp),
};

/// Rounds.
pub const ROUNDS: Strategy = Strategy {
    name: "rounds",
    statement: "messages arrive together at the end of a round, or never where faults allow it",
    source: "Drăgoi et al. 2020",
    orders: true,
    learns: false,
    plan: |turn| planned(turn, |_| Order::Rounds),
};

/// The planned schedule in an order of arrival.
fn planned(turn: &mut Turn<'_, '_>, order: fn(&mut Stream) -> Order) -> Schedule {
    let planned = turn.planned();
    ordered(turn, planned, order)
}

/// The schedule in an order of arrival, if the runtime can bring it about.
pub fn ordered(
    turn: &mut Turn<'_, '_>,
    mut schedule: Schedule,
    order: fn(&mut Stream) -> Order,
) -> Schedule {
    if turn.trial.runtime.orders() {
        schedule.header.order = order(&mut turn.stream);
    }
    schedule
}

/// Any order, the extremes more often than others: most bugs take few messages out of order.
pub fn any(stream: &mut Stream) -> Order {
    match stream.below(16) {
        0..2 => Order::Uniform,
        2..7 => fifo(stream),
        7..12 => lag(stream),
        12 => Order::Steady,
        13 | 14 => Order::Pos,
        _ => pctcp(stream),
    }
}

fn fifo(stream: &mut Stream) -> Order {
    Order::Fifo { delays: stream.between(1, 4) as u32, among: among(stream) }
}

/// From one in two to one in 64.
fn lag(stream: &mut Stream) -> Order {
    Order::Lag { few: 1, of: 2 << stream.below(6) }
}

fn pctcp(stream: &mut Stream) -> Order {
    Order::Pctcp { depth: stream.between(1, 4) as u32, among: among(stream) }
}

/// How many frames a run has is not known before it: any power of two that is likely.
fn among(stream: &mut Stream) -> u32 {
    8 << stream.below(8)
}
