//! Whether a run can be trusted: a harness that is late itself makes everybody look late.

use pepperland_core::time::Span;

/// Later than this, the harness is a fault that nobody asked for. Nodes are told to allow for as
/// much beyond the network's own latency.
pub const LATE: Span = Span::millis(100);

/// How well the harness kept its own times in one run.
#[derive(Debug, Default)]
pub struct Health {
    latest: Span,
    times: u64,
}

impl Health {
    /// Something happened so much later than it was due.
    pub fn late(&mut self, by: Span) {
        self.latest = self.latest.max(by);
        self.times += u64::from(by >= LATE);
    }

    /// Why the run is unclean, if it is.
    pub fn complaint(&self) -> Option<String> {
        (self.times > 0).then(|| {
            let times = if self.times == 1 { "once" } else { "several times" };
            format!("the harness was late {times}, by {} ms at most", self.latest.0 / 1_000_000)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_too_late_is_told() {
        let mut health = Health::default();
        health.late(Span::millis(3));
        assert_eq!(health.complaint(), None);
        health.late(Span::millis(120));
        let told = "the harness was late once, by 120 ms at most";
        assert_eq!(health.complaint().as_deref(), Some(told));
    }
}
