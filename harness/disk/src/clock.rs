//! The clock of a disk: the machine's own, or one that a test moves by hand.
#![expect(clippy::disallowed_types, reason = "files of real programs bear the real time")]

use crate::tree::Moment;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What gives files their times, and says when a promise is kept.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The time since 1970 when it began.
    began: Duration,
    hands: Hands,
}

#[derive(Clone, Debug)]
enum Hands {
    Machine(Instant),
    Moved(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's, which does not jump when the machine's time is set.
    pub fn of_the_machine() -> Clock {
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Clock { began, hands: Hands::Machine(Instant::now()) }
    }

    /// One that stands still but for [`Clock::advance`]; copies of it are the same clock.
    pub fn moved_by_hand() -> Clock {
        Clock { began: Duration::ZERO, hands: Hands::Moved(Arc::default()) }
    }

    /// Moves it, if it is moved by hand.
    pub fn advance(&self, by: Duration) {
        if let Hands::Moved(nanos) = &self.hands {
            nanos.fetch_add(nanos_of(by), Ordering::Relaxed);
        }
    }

    /// Nanoseconds since it began.
    pub(crate) fn nanos(&self) -> u64 {
        match &self.hands {
            Hands::Machine(began) => nanos_of(began.elapsed()),
            Hands::Moved(nanos) => nanos.load(Ordering::Relaxed),
        }
    }

    /// The time of the day.
    pub(crate) fn moment(&self) -> Moment {
        let since_1970 = self.began.saturating_add(Duration::from_nanos(self.nanos()));
        Moment { seconds: since_1970.as_secs() as i64, nanos: since_1970.subsec_nanos() }
    }
}

/// 584 years at most.
pub(crate) fn nanos_of(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
