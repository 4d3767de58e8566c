//! Whether the switch has done what was decided, and nothing else.

use std::fmt::Write;
use std::time::Duration;

/// What happened to frames that no seed decided. A run with any of it is not quite what its
/// schedule says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Cleanliness {
    /// By node: how many frames the kernel dropped since the switch did not take them in time.
    pub kernel_drops: Vec<u64>,
    /// By node: how many frames its card refused.
    pub failed_writes: Vec<u64>,
    /// Nodes whose card has gone: somebody in the namespace deleted it.
    pub lost_cards: Vec<usize>,
    /// How late delayed frames arrived.
    pub lateness: Lateness,
}

/// How late frames arrived that had a time to arrive at.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Lateness {
    /// How many had.
    pub timed: u64,
    /// The latest was so much late.
    pub most: Duration,
    /// How much is allowed.
    pub bound: Duration,
    /// How many were later than that.
    pub beyond: u64,
}

impl Lateness {
    pub(super) fn note(&mut self, late: Duration) {
        self.timed += 1;
        self.most = self.most.max(late);
        self.beyond += u64::from(late > self.bound);
    }
}

impl Cleanliness {
    /// What is to be complained of, with figures, in one line; none if all was as decided.
    pub fn complaint(&self) -> Option<String> {
        let mut complaint = String::new();
        let mut add = |figure: String| {
            let separator = if complaint.is_empty() { "" } else { "; " };
            let _ = write!(complaint, "{separator}{figure}");
        };
        if let Some(nodes) = by_node(&self.kernel_drops) {
            add(format!(
                "the kernel dropped frames that the switch did not take in time ({nodes})"
            ));
        }
        if let Some(nodes) = by_node(&self.failed_writes) {
            add(format!("cards refused frames ({nodes})"));
        }
        for node in &self.lost_cards {
            add(format!("the card of n{} was deleted", node + 1));
        }
        let Lateness { timed, most, bound, beyond } = self.lateness;
        if beyond > 0 {
            add(format!(
                "{beyond} of {timed} delayed frames came more than {bound:?} late, the latest \
                 {most:?}"
            ));
        }
        (!complaint.is_empty()).then_some(complaint)
    }
}

fn by_node(counts: &[u64]) -> Option<String> {
    let some: Vec<String> = counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(node, count)| format!("n{}: {count}", node + 1))
        .collect();
    (!some.is_empty()).then(|| some.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_run_has_nothing_to_complain_of() {
        let clean = Cleanliness { kernel_drops: vec![0, 0], ..Cleanliness::default() };
        assert_eq!(clean.complaint(), None);
    }

    #[test]
    fn a_complaint_has_the_figures() {
        let mut lateness = Lateness { bound: Duration::from_millis(5), ..Lateness::default() };
        lateness.note(Duration::from_millis(5));
        lateness.note(Duration::from_millis(7));
        let unclean = Cleanliness {
            kernel_drops: vec![0, 17],
            failed_writes: vec![3, 0],
            lost_cards: vec![2],
            lateness,
        };
        let complaint = unclean.complaint().unwrap();
        for figure in ["n2: 17", "n1: 3", "n3 was deleted", "1 of 2", "5ms", "7ms"] {
            assert!(complaint.contains(figure), "no {figure} in: {complaint}");
        }
    }
}
