//! Scopes, and what their exploration comes to.

use pepperland_core::implementation::Implementation;
use pepperland_core::schedule::{Frame, NetworkOptions};
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
        flaw: flaw.map(str::to_owned),
        ..Frame::of(implementation.name, nodes, NetworkOptions::perfect(TICK, TICK))
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
