//! Wrong orders: every server lies now and then in the messages by which it orders, so that whichever
//! of them leads, some of its orders are wrong. It is the load under which an atomic broadcast among
//! liars is measured, and no run within a model: nobody promises anything where all servers lie.

use crate::draw;
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile};
use pepperland_core::schedule::{Deceit, Disturbance, Trouble, Way};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "wrong-orders",
    statement: "every server changes some of the messages by which it orders a little, from first \
                to last; where the implementation names none, some of all messages",
    parameters: &[RATE],
    needs: &[Fault::Byzantine],
    plan,
    exceeds: |_| true,
    ..Profile::PLAIN
};

const RATE: Parameter = Parameter { default: "10 %", ..draw::RATE };

fn plan(ground: &Ground<'_>, choice: &Choice, _: &mut Stream) -> Vec<Disturbance> {
    let rate = choice.share(RATE.name).unwrap_or(PerMillion::percent(10));
    let label = ground.implementation.model.orders.map(str::to_owned);
    let how = Deceit { label, ..Deceit::plain(Way::SmallScope) };
    let lie = |node| {
        let trouble = Trouble::Lie { node, rate, how: how.clone() };
        Disturbance::during(Time::ZERO, ground.heal_at, trouble)
    };
    ground.servers().map(lie).collect()
}
