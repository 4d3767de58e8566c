//! Whether a run can be trusted: a harness that is late itself makes everybody look late, and on a
//! machine where everybody waits for a processor, nodes are late that are not at fault.

use pepperland_core::time::Span;
use std::num::NonZero;

/// Later than this, the harness is a fault that nobody asked for. Nodes are told to allow for as
/// much beyond the network's own latency.
pub const LATE: Span = Span::millis(100);

/// So many processes for each processor that run or want to are too many.
const CROWD: f64 = 4.0;

/// How well the harness kept its own times in one run, and how many stood in the way.
#[derive(Debug, Default)]
pub struct Health {
    latest: Span,
    times: u64,
    /// Processes that ran or wanted to, for each processor, while it was crowded.
    crowd: Option<f64>,
    /// What could not be done to nodes.
    failed: Vec<String>,
}

impl Health {
    /// Something happened so much later than it was due.
    pub fn late(&mut self, by: Span) {
        self.latest = self.latest.max(by);
        self.times += u64::from(by >= LATE);
    }

    /// So many processes for each processor run or want to.
    pub fn crowded_by(&mut self, load: Option<f64>) {
        self.crowd = load.filter(|load| *load > CROWD);
    }

    /// Something could not be done that the schedule asks for.
    pub fn failed(&mut self, what: String) {
        self.failed.push(what);
    }

    /// Why the run is unclean, if it is.
    pub fn complaint(&self) -> Option<String> {
        let late = (self.times > 0).then(|| {
            let times = if self.times == 1 { "once" } else { "several times" };
            format!("the harness was late {times}, by {} ms at most", self.latest.0 / 1_000_000)
        });
        let crowded = self.crowd.map(|crowd| {
            format!("{crowd:.0} processes were there for each processor, and nodes had to wait")
        });
        let complaints: Vec<String> =
            late.into_iter().chain(crowded).chain(self.failed.iter().cloned()).collect();
        (!complaints.is_empty()).then(|| complaints.join("; "))
    }
}

/// How many processes ran or wanted to in the last minute, for each processor; none where the
/// system does not tell.
pub fn load() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    let waiting: f64 = text.split(' ').next()?.parse().ok()?;
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    Some(waiting / processors as f64)
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

    #[test]
    fn a_crowded_machine_is_told() {
        let mut health = Health::default();
        health.crowded_by(Some(3.9));
        assert_eq!(health.complaint(), None);
        health.crowded_by(None);
        assert_eq!(health.complaint(), None);
        health.crowded_by(Some(9.2));
        assert!(health.complaint().is_some_and(|told| told.starts_with("9 processes")));
        assert!(load().is_none_or(|load| load >= 0.0));
    }
}
