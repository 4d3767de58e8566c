//! Failure detectors: who is believed to have crashed.

pub mod heartbeat;
pub mod state_table;

use pepperland_core::implementation::Implementation;

/// Every failure detector.
pub const ALL: &[&Implementation] = &[&heartbeat::ENTRY];
