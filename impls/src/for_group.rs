//! What goes over links, which know no groups.

use pepperland_core::id::GroupId;
use serde::{Deserialize, Serialize};

/// A message says itself which group it is for: what is sent to one node alone says it nowhere
/// else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ForGroup<T> {
    /// The group.
    pub group: GroupId,
    /// What is said.
    pub m: T,
}
