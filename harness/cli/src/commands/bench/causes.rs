//! Chains of messages, each the cause of the next: how many communication steps a multicast takes.

use pepperland_core::history::{Event, EventId, History, Kind};

/// The longest chain of messages from a multicast to a delivery of it. What a node sends to itself
/// counts: it takes as long as what it sends to others.
pub fn steps(history: &History) -> u32 {
    let broadcasts: Vec<Event<'_>> =
        history.events().filter(|event| event.kind() == Kind::Broadcast).collect();
    let deliveries = history.events().filter(|event| event.kind() == Kind::Deliver);
    let steps = deliveries.filter_map(|delivery| {
        let broadcast = broadcasts.iter().find(|b| b.message() == delivery.message())?;
        Some(receipts_between(history, broadcast.id, delivery))
    });
    steps.max().unwrap_or(0)
}

/// The messages on the way from the first event to the last, back from cause to cause.
fn receipts_between(history: &History, first: EventId, last: Event<'_>) -> u32 {
    let mut receipts = 0;
    let mut event = last;
    while let Some(cause) = event.causes().iter().max().filter(|cause| **cause > first) {
        event = history.event(*cause);
        receipts += u32::from(event.kind() == Kind::Recv);
    }
    receipts
}

/// Whether the frame of an event goes from one node to another.
pub fn crosses(event: Event<'_>) -> bool {
    event.transmission().is_some_and(|frame| Some(frame.peer) != event.node())
}
