//! Order: in which sequence messages are delivered.
//!
//! Not judged is whether ties are broken as a protocol says it breaks them (by timestamp and name,
//! Lamport 1978): a history holds neither the timestamps that messages carried nor those that a
//! node had heard from the others.

mod causal;
mod causal_across_groups;
mod causal_order;
mod causal_through_clients;
mod causal_total_order;
mod chronological_order;
mod consecutive_slots;
mod fifo;
mod fifo_across_groups;
mod fifo_across_incarnations;
mod fifo_correct_senders;
mod fifo_order;
mod fifo_total_order;
mod gap_free_total_order;
mod generic_order;
mod linearizable_broadcast;
mod local_order;
mod no_contamination;
mod optimistic_before_final;
mod optimistic_order;
mod optimistic_termination;
mod prefix_order;
mod reliable_total_order;
mod total_order;
mod total_order_within_views;
mod uniform_causal;
mod uniform_causal_order;
mod uniform_fifo;
mod uniform_fifo_order;
mod uniform_gap_free_total_order;
mod uniform_local_order;
mod uniform_total_order;
mod view_total_order;

mod causality;
mod causes;
mod chain;
mod clocks;
mod course;
mod gap_free;
mod intervals;
mod lateness;
mod locally;
pub mod pairwise;
pub mod residue;
mod sender_order;
mod sequence;
mod slots;
mod steps;
mod within_views;

#[cfg(test)]
mod families;
#[cfg(test)]
pub mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &fifo::ENTRY,
    &fifo_order::ENTRY,
    &uniform_fifo::ENTRY,
    &uniform_fifo_order::ENTRY,
    &fifo_correct_senders::ENTRY,
    &fifo_across_incarnations::ENTRY,
    &fifo_across_groups::ENTRY,
    &local_order::ENTRY,
    &uniform_local_order::ENTRY,
    &causal::ENTRY,
    &causal_order::ENTRY,
    &uniform_causal::ENTRY,
    &uniform_causal_order::ENTRY,
    &causal_across_groups::ENTRY,
    &causal_through_clients::ENTRY,
    &total_order::ENTRY,
    &uniform_total_order::ENTRY,
    &gap_free_total_order::ENTRY,
    &uniform_gap_free_total_order::ENTRY,
    &prefix_order::ENTRY,
    &consecutive_slots::ENTRY,
    &fifo_total_order::ENTRY,
    &causal_total_order::ENTRY,
    &chronological_order::ENTRY,
    &linearizable_broadcast::ENTRY,
    &no_contamination::ENTRY,
    &optimistic_before_final::ENTRY,
    &optimistic_order::ENTRY,
    &optimistic_termination::ENTRY,
    &generic_order::ENTRY,
    &total_order_within_views::ENTRY,
    &reliable_total_order::ENTRY,
    &view_total_order::ENTRY,
];
