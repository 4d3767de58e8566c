//! The steps of the tutorial, from what is simplest to what costs most.

/// One step: a protocol, what it does not keep, and what does.
pub struct Step {
    /// What the page is called.
    pub title: &'static str,
    /// The protocol.
    pub implementation: &'static str,
    /// Its expected break.
    pub shows: &'static str,
    /// The protocol that keeps the property in the same run; empty where none does.
    pub mended_by: &'static str,
}

/// Every step.
pub const STEPS: &[Step] = &[];
