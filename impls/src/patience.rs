//! How long to wait before the next time: twice as long as the last, while nothing changes.

use pepperland_core::seed::Stream;
use pepperland_core::time::Span;

/// The longest wait, unless the first is longer.
pub const LONGEST: Span = Span::seconds(1);

/// The first wait for an answer, where the network does not say how long one takes.
pub const FIRST: Span = Span::millis(100);

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

    /// The next wait.
    pub fn wait(&mut self) -> Span {
        let wait = self.next;
        self.next = Span(wait.0.saturating_mul(2)).min(LONGEST);
        wait
    }

    /// The next wait: between half of it and all of it, so that two nodes rarely speak at once.
    pub fn wait_at_random(&mut self, random: &mut Stream) -> Span {
        let most = self.wait();
        between(Span(most.0 / 2), most, random)
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
