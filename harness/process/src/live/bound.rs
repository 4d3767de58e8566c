//! When a run ends at the latest.

use crate::live::world::World;
use pepperland_core::history::QUIET;
use pepperland_core::time::{Span, Time};

impl World<'_> {
    /// The schedule's bound; or later, until the application has been quiet for so long that
    /// nothing more is to be expected. A simulator knows that at once, here it takes time. Whoever goes on
    /// and on gets no more than as much time again.
    pub fn bound(&self) -> Time {
        let header = &self.schedule.header;
        if self.now <= header.end {
            return header.end;
        }
        let silence = QUIET.max(header.network.max_latency) + Span::millis(1);
        header.end.max((self.last_seen() + silence).min(header.end + silence))
    }
}
