//! What a node is.

use pepperland_core::runtime::Build;

/// What a node is.
#[derive(Copy, Clone)]
pub struct Part<'a> {
    /// Builds it.
    pub build: Build<'a>,
    /// The flaw, for whoever builds it.
    pub flaw: Option<&'a str>,
    /// Whether its groups have views.
    pub views: bool,
    /// Whether it writes to registers.
    pub registers: bool,
}
