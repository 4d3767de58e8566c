//! What clients do. One more workload is one file, one `mod` line and one line in [`ALL`], in
//! [`agreement::ALL`], or in [`maelstrom::ALL`].

pub mod agreement;
pub mod all_at_once;
pub mod bulletin_board;
pub mod burst;
pub mod dynamic;
pub mod expressions;
pub mod groups;
pub mod joining;
pub mod leaving;
pub mod maelstrom;
pub mod replies;
pub mod requests;
pub mod single_sender;
pub mod steady;
mod steps;

use pepperland_core::workload::Workload;

/// Every workload of group communication; the first is the default.
pub const ALL: &[&Workload] = &[
    &steady::ENTRY,
    &burst::ENTRY,
    &single_sender::ENTRY,
    &all_at_once::ENTRY,
    &replies::ENTRY,
    &bulletin_board::ENTRY,
    &groups::OVERLAPPING,
    &groups::DISJOINT,
    &groups::OPEN_GROUP,
    &groups::TRESPASSERS,
    &joining::ENTRY,
    &leaving::ENTRY,
    &dynamic::ENTRY,
    &dynamic::OPEN,
    &requests::ENTRY,
    &expressions::ENTRY,
];

/// Every workload: those of group communication, of agreement, then Maelstrom's.
pub fn all() -> impl Iterator<Item = &'static Workload> {
    ALL.iter().chain(agreement::ALL).chain(maelstrom::ALL).copied()
}
