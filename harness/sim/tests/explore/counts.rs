//! Counts and outcomes against the oracle.

use crate::common::PLAIN;
use crate::oracle::{all_orders, outcomes_of};
use crate::scopes::{Small, all, frame, implementation, scope};
use pepperland_core::implementation::Implementation;

fn agrees_with_the_oracle(entry: &Implementation, flaw: Option<&str>, small: Small) {
    let header = frame(entry, flaw, small.0);
    let (explored, complete) = all(&scope(entry, &header, small));
    assert_eq!(explored.cut, None);
    let total = all_orders(entry, &header, small);
    let outcomes = outcomes_of(complete.iter().map(|end| &end.schedule), entry);
    let repeated: Vec<_> = outcomes.iter().filter(|(_, times)| **times > 1).collect();
    assert!(repeated.is_empty(), "each outcome is shown once: {repeated:?}");
    let found: Vec<_> = outcomes.into_keys().collect();
    let expected: Vec<_> = total.outcomes.into_iter().collect();
    assert_eq!(found, expected, "{} {flaw:?} {small:?}", entry.name);
    if small.2 + small.3 == 0 {
        assert_eq!(explored.interleavings, total.orders);
    }
}

#[test]
fn without_faults_every_total_order_is_stood_for() {
    agrees_with_the_oracle(implementation("basic"), None, Small(2, 2, 0, 0));
    agrees_with_the_oracle(implementation("basic"), None, Small(3, 1, 0, 0));
    agrees_with_the_oracle(implementation("reliable"), None, Small(2, 1, 0, 0));
    agrees_with_the_oracle(implementation("fifo"), None, Small(2, 1, 0, 0));
    agrees_with_the_oracle(implementation("causal-basic"), None, Small(2, 2, 0, 0));
    agrees_with_the_oracle(implementation("lamport"), None, Small(2, 1, 0, 0));
}

#[test]
fn crashes_and_losses_come_to_what_they_come_to_at_any_time() {
    agrees_with_the_oracle(implementation("basic"), None, Small(2, 1, 1, 1));
    agrees_with_the_oracle(implementation("basic"), None, Small(3, 1, 1, 0));
    agrees_with_the_oracle(implementation("basic"), None, Small(2, 2, 1, 0));
    agrees_with_the_oracle(implementation("reliable"), None, Small(2, 1, 2, 0));
    agrees_with_the_oracle(implementation("reliable"), None, Small(2, 1, 1, 1));
    let early = Some("deliver-before-relay");
    agrees_with_the_oracle(implementation("reliable"), early, Small(2, 1, 1, 0));
    agrees_with_the_oracle(implementation("sequencer"), None, Small(2, 1, 0, 1));
}

#[test]
fn a_node_that_does_not_tell_its_memory_is_in_another_state_after_each_sequence() {
    for small in [Small(2, 2, 0, 0), Small(3, 1, 0, 0)] {
        let header = frame(&PLAIN, None, small.0);
        let (explored, _) = all(&scope(&PLAIN, &header, small));
        let total = all_orders(&PLAIN, &header, small);
        assert_eq!(explored.states, total.prefixes.len() as u64);
        assert_eq!(explored.interleavings, total.orders);
        agrees_with_the_oracle(&PLAIN, None, small);
    }
}

#[test]
fn eager_reliable_multicast_has_as_many_states_as_any_other_tool_finds() {
    // The same numbers stand in the tests of the model for Stateright.
    for (crashes, states) in [(0, 823), (1, 1_238)] {
        let (entry, small) = (implementation("reliable"), Small(3, 1, crashes, 0));
        let header = frame(entry, None, small.0);
        assert_eq!(all(&scope(entry, &header, small)).0.states, states);
    }
}
