//! Requests to a group: who answers, and how many answers are enough.

pub mod anycast;
pub mod group_request;

use pepperland_core::implementation::Implementation;

/// Every way to ask a group for something.
pub const ALL: &[&Implementation] = &[&group_request::ENTRY, &anycast::ENTRY];
