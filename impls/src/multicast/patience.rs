//! How long to wait before the next time: twice as long as the last, while nothing changes.

use pepperland_core::seed::Stream;
use pepperland_core::time::Span;

/// The longest wait.
const LONGEST: Span = Span::seconds(1);

/// Waits that double from one to the next.
pub struct Patience {
    first: Span,
    next: Span,
}

impl Patience {
    /// The first wait lasts this long at most.
    pub fn new(first: Span) -> Patience {
        Patience { first, next: first }
    }

    /// The next wait: between half of it and all of it, so that two nodes rarely speak at once.
    pub fn wait(&mut self, random: &mut Stream) -> Span {
        let most = self.next.0;
        self.next = Span(most.saturating_mul(2)).min(LONGEST);
        between(Span(most / 2), Span(most), random)
    }

    /// Something has changed: the next wait is the first again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}

/// A random wait between these two, of whole milliseconds: no runtime's timers are coarser.
pub fn between(least: Span, most: Span, random: &mut Stream) -> Span {
    const MS: u64 = Span::millis(1).0;
    let least = (least.0 / MS).max(1);
    Span::millis(random.between(least, (most.0 / MS).max(least)))
}
