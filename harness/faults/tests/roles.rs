//! Faults where nodes are clients and servers: each have a budget of their own.

mod common;

use common::{ANYTHING, implementation, planned};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::{Implementation, Model, Roles};
use pepperland_core::schedule::{Ask, Controlled, Disturbance, Schedule, Trouble, When};
use pepperland_core::time::Span;
use std::collections::BTreeSet;

/// Two clients, of which one may crash and none may lie; the others are servers, of which a minority
/// may fail.
fn with_roles() -> Implementation {
    let plain = implementation(ANYTHING);
    let roles = Roles {
        clients: |_| 2,
        failing_clients: |_| 1,
        failing_servers: |servers| (servers - 1) / 2,
        clients_may_lie: false,
    };
    let model = Model { roles: Some(roles), controlled: Some(Span::millis(5)), ..plain.model };
    Implementation { model, ..plain }
}

fn crashed(disturbance: &Disturbance) -> Option<NodeId> {
    match disturbance.trouble {
        Trouble::Crash { node, .. } => Some(node),
        _ => None,
    }
}

/// Those who crash or lie, and those who lie.
fn failing(schedule: &Schedule) -> (BTreeSet<NodeId>, BTreeSet<NodeId>) {
    let liars = schedule.liars();
    let crashed = schedule.disturbances.iter().filter_map(crashed);
    (crashed.chain(liars.iter().copied()).collect(), liars)
}

#[test]
fn both_roles_are_befallen() {
    let (mut clients, mut servers, mut liars) = (0, 0, 0);
    for seed in 0..200 {
        let (failing, _) = failing(&planned(&with_roles(), "crash", 7, seed));
        clients += failing.iter().filter(|node| node.0 < 2).count();
        servers += failing.iter().filter(|node| node.0 >= 2).count();
        liars += planned(&with_roles(), "byzantine", 7, seed).liars().len();
    }
    assert!(clients > 20 && servers > 20 && liars > 100, "{clients} {servers} {liars}");
}

#[test]
fn clients_are_a_group_and_they_alone_multicast_and_are_probed() {
    let schedule = planned(&with_roles(), "none", 5, 7);
    assert_eq!(schedule.header.clients, 2);
    let nodes = |range: std::ops::Range<u32>| range.map(NodeId).collect::<Vec<_>>();
    assert_eq!(schedule.header.groups, [nodes(0..2), nodes(2..5)]);
    let (least, most) = (Span::millis(1), Span::millis(5));
    let controlled = Some(Controlled { min_latency: least, max_latency: most });
    assert_eq!(schedule.header.controlled, controlled);
    for step in &schedule.steps {
        assert!(step.node.0 < 2, "{step:?}");
        assert!(matches!(step.ask, Ask::Multicast { group: GroupId::ALL, .. }), "{step:?}");
    }
    let heal_at = schedule.header.heal_at;
    let probes = schedule.steps.iter().filter(|step| match step.when {
        When::At(at) => at >= heal_at,
        When::Upon { .. } => false,
    });
    assert_eq!(probes.count(), 2, "one by each client");
    assert_eq!(Schedule::from_text(&schedule.to_text()), Ok(schedule));
}

#[test]
fn without_roles_nothing_of_them_is_written() {
    let text = planned(&implementation(ANYTHING), "swarm", 5, 7).to_text();
    assert!(
        !text.contains("clients") && !text.contains("controlled") && !text.contains("network\":1")
    );
}
