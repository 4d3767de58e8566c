//! Final reads: what each node shows when nothing more is to happen to it.
//!
//! A read is final if it is the last at its node that was answered, and began after faults had
//! stopped and after every change had been answered; a change without an answer need only have been
//! asked for, for a complete history is one in which it has had its time. A node that is down in
//! the end owes nothing; one that came back owes as any other, where nodes do come back. Where it
//! is not known which node was asked, each client stands for a node of its own.

use crate::answers::requests::{Place, Request, Requests};
use crate::replication::operations::Status;
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// The reason why nothing can be said without a final read.
pub const NO_READ: &str = "nobody read after faults had stopped and the last change was answered";

/// Where in time every one of these changes has been answered, or asked for; none without any.
pub fn settled<'r>(
    requests: &Requests<'_, '_>,
    changes: impl Iterator<Item = &'r Request>,
) -> Option<u64> {
    let settled = changes.filter_map(|change| match change.operation.status {
        Status::Ok => Some(requests.end(change)),
        Status::Unknown => Some(requests.scene.start_key(change.operation.invoke)),
        Status::Fail => None,
    });
    settled.max()
}

/// Whether the read began after faults had stopped and after that point in time.
pub fn is_late(requests: &Requests<'_, '_>, read: &Request, settled: Option<u64>) -> bool {
    let healed = requests.scene.history.header.heal_at.unwrap_or(Time(0));
    let after_changes = settled.is_none_or(|settled| requests.begin(read) > settled);
    after_changes && requests.began_at(read) >= healed
}

/// The final reads among these, which are numbered, in the order of their places.
pub fn finals<'r>(
    requests: &Requests<'_, '_>,
    reads: impl Iterator<Item = (usize, &'r Request)>,
    settled: Option<u64>,
) -> Vec<usize> {
    let mut last: BTreeMap<Place, (u64, usize)> = BTreeMap::new();
    for (number, read) in reads.filter(|(_, read)| is_late(requests, read, settled)) {
        let this = (requests.begin(read), number);
        let last = last.entry(read.place).or_insert(this);
        *last = this.max(*last);
    }
    let there = last.into_iter().filter(|(place, _)| requests.stays(*place));
    there.map(|(_, (_, number))| number).collect()
}
