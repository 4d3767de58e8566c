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
        Span(random.between(most / 2, most))
    }

    /// Something has changed: the next wait is the first again.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}
