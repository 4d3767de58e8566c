//! The flaws that can be planted in the engines, by name.

use pepperland_core::implementation::Setup;

/// Which lines are switched off.
#[derive(Copy, Clone, Debug, Default)]
pub struct Planted {
    /// Ready after f + 1 Echoes.
    pub few_echoes: bool,
    /// Ready only after Echoes, never after the Readies of others.
    pub no_amplification: bool,
    /// Delivered after f + 1 Readies.
    pub few_readies: bool,
    /// The values of a step are taken as they come.
    pub unvalidated_steps: bool,
    /// No further round after a decision.
    pub halts_at_once: bool,
    /// The vector by which a choice is justified is not looked at.
    pub unjustified_choices: bool,
    /// A vector needs one proposal fewer.
    pub short_vectors: bool,
    /// A hash in one cell is enough.
    pub one_cell: bool,
}

impl Planted {
    /// The flaw of a run.
    pub fn of(setup: &Setup<'_>) -> Planted {
        Planted {
            few_echoes: setup.flawed("echo-threshold"),
            no_amplification: setup.flawed("no-ready-amplification"),
            few_readies: setup.flawed("delivers-on-f-plus-one-readies"),
            unvalidated_steps: setup.flawed("steps-not-validated"),
            halts_at_once: setup.flawed("halts-at-once"),
            unjustified_choices: setup.flawed("vect-not-justified"),
            short_vectors: setup.flawed("vector-of-fewer"),
            one_cell: setup.flawed("hash-in-one-cell"),
        }
    }
}
