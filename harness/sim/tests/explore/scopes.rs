//! Scopes, and what their exploration comes to.

use pepperland_core::history::Channel;
use pepperland_core::implementation::Implementation;
use pepperland_core::schedule::{FORMAT, Frame, InFlight, NetworkOptions, Order};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_sim::explore::{Explored, Scope, TICK, Told, explore};
use std::ops::ControlFlow;

/// Nodes, multicasts, crashes and losses.
#[derive(Copy, Clone, Debug)]
pub struct Small(pub u32, pub u32, pub u32, pub u32);

pub fn implementation(name: &str) -> &'static Implementation {
    pepperland_impls::all().find(|entry| entry.name == name).expect("there is one")
}

pub fn frame(implementation: &Implementation, flaw: Option<&str>, nodes: u32) -> Frame {
    Frame {
        format: FORMAT.to_owned(),
        version: 1,
        implementation: implementation.name.to_owned(),
        flaw: flaw.map(str::to_owned),
        nodes,
        groups: Vec::new(),
        open: false,
        changing: false,
        stops_within: Span::ZERO,
        seed: Seed(0),
        network: NetworkOptions {
            min_latency: TICK,
            max_latency: TICK,
            promised: None,
            channel: Channel::Perfect,
            in_flight: InFlight::Kept,
        },
        order: Order::Uniform,
        reseed: None,
        heal_at: Time::ZERO,
        end: Time::ZERO,
    }
}

pub fn scope<'a>(
    implementation: &'a Implementation,
    header: &'a Frame,
    Small(_, broadcasts, crashes, losses): Small,
) -> Scope<'a> {
    Scope {
        header,
        build: &implementation.build,
        delivery: implementation.model.delivery,
        broadcasts,
        crashes,
        losses,
        beginnings: false,
        states: 1_000_000,
    }
}

/// Explores all of a scope.
pub fn all(scope: &Scope<'_>) -> (Explored, Vec<Told>) {
    let mut complete = Vec::new();
    let explored = explore(scope, &mut |ends| {
        complete.extend(ends);
        ControlFlow::Continue(())
    });
    assert!(complete.iter().all(|run: &Told| run.is_complete || scope.beginnings));
    let ends = complete.iter().filter(|run| run.is_complete).count();
    assert_eq!(explored.ends, ends as u64);
    (explored, complete)
}
