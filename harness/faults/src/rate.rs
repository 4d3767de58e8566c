//! Rate: links carry only so many messages a second, and the others queue (a performance fault of
//! links; Cristian 1991).

use crate::draw;
use crate::lasting::{LASTS, bouts};
use pepperland_core::fault::{Fault, Parameter, Profile, Unit};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "rate",
    statement: "some links carry 20 to 1000 messages a second, and the others queue",
    source: "Cristian 1991",
    parameters: &[PER_SECOND, LASTS],
    persists: true,
    needs: &[Fault::Delay],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let links = draw::links(ground, stream);
        let drawn = *stream.pick(&[20, 100, 1_000]);
        let per_second = choice.value(PER_SECOND.name).unwrap_or(drawn);
        let every = Span(Span::seconds(1).0.div_ceil(per_second));
        let bouts = bouts(ground, choice, window, stream).into_iter();
        let throttle = |(at, until)| {
            Disturbance::during(at, until, Trouble::Throttle { links: links.clone(), every })
        };
        bouts.map(throttle).collect()
    },
    ..Profile::PLAIN
};

const PER_SECOND: Parameter = Parameter {
    name: "per-second",
    statement: "how many messages a link carries in a second",
    unit: Unit::Count,
    default: "20, 100 or 1000, drawn",
};
