//! What the services of this folder make of agreement on views.

use crate::groups::views::log::When;

/// What a service makes of agreement on views.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Service {
    /// When multicasts are delivered.
    pub when: When,
    /// Whether a view is left only when its members have the same multicasts, for which the
    /// application must stop sending.
    pub flushes: bool,
    /// Which views there may be.
    pub views: Views,
}

/// Which views there may be.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Views {
    /// Those of all nodes that are within reach of each other, and each believes that it is the
    /// only one.
    Any,
    /// The same, and none believes so.
    Partitionable,
    /// Primary ones alone.
    Primary,
}
