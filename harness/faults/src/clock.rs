//! Clock: a node's clock jumps and then drifts (a timing fault of nodes; Cristian 1991).

use crate::draw;
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::schedule::{Disturbance, Trouble};
use pepperland_core::time::Span;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "clock",
    statement: "a node's clock jumps by up to a second and drifts by up to 10 %",
    source: "Cristian 1991",
    variants: &[],
    needs: &[Fault::Clock],
    plan: |ground, _, stream| {
        let (at, until) = draw::window(ground, stream);
        let node = draw::node(ground, stream);
        let second = Span::seconds(1).0;
        let jump = stream.below(2 * second) as i64 - second as i64;
        let drift = stream.below(200_001) as i32 - 100_000;
        vec![Disturbance::during(at, until, Trouble::Skew { node, jump, drift })]
    },
};
