//! The figures of one detector or of many: spans of time, and what follows from them.

use crate::spread::Spread;
use pepperland_core::time::Span;

/// What detectors achieved: each field over all the pairs of a monitor and a target that were put
/// together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// T_D.
    pub detection: Spread,
    /// T_MR; the worst is the shortest.
    pub mistake_recurrence: Spread,
    /// T_M.
    pub mistake_duration: Spread,
    /// T_G; the worst is the shortest.
    pub good_period: Spread,
    /// How many mistakes there were.
    pub mistakes: u64,
    /// For how long the monitor and its target were both up.
    pub observed: Span,
    /// For how long of it the monitor was mistaken.
    pub mistaken: Span,
}

impl Figures {
    /// The figures of all of these together.
    pub fn together<'f>(all: impl IntoIterator<Item = &'f Figures>) -> Figures {
        all.into_iter().fold(Figures::default(), |sum, one| Figures {
            detection: sum.detection.and(one.detection),
            mistake_recurrence: sum.mistake_recurrence.and(one.mistake_recurrence),
            mistake_duration: sum.mistake_duration.and(one.mistake_duration),
            good_period: sum.good_period.and(one.good_period),
            mistakes: sum.mistakes + one.mistakes,
            observed: sum.observed + one.observed,
            mistaken: sum.mistaken + one.mistaken,
        })
    }

    /// λ_M, a second; none if the two were never up together.
    pub fn mistake_rate(&self) -> Option<f64> {
        self.observed().map(|observed| self.mistakes as f64 * 1e9 / observed)
    }

    /// P_A; none if the two were never up together.
    pub fn accuracy(&self) -> Option<f64> {
        self.observed().map(|observed| 1.0 - self.mistaken.0 as f64 / observed)
    }

    /// T_FG, ns: E(T_G²) / 2E(T_G); none without a whole good period.
    pub fn forward_good_period(&self) -> Option<f64> {
        let good = &self.good_period;
        (good.sum > 0.0).then(|| good.squares / (2.0 * good.sum))
    }

    fn observed(&self) -> Option<f64> {
        (self.observed > Span::ZERO).then_some(self.observed.0 as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_many_weigh_each_by_its_time() {
        let figures = |mistakes, observed, mistaken| Figures {
            mistakes,
            observed: Span(observed),
            mistaken: Span(mistaken),
            ..Figures::default()
        };
        let all = [figures(3, 10, 5), figures(0, 90, 0), figures(0, 0, 0)];
        let together = Figures::together(&all);
        assert_eq!(together.mistake_rate(), Some(3e7));
        assert_eq!(together.accuracy(), Some(0.95));
        assert_eq!((all[2].mistake_rate(), all[2].accuracy()), (None, None));
        assert_eq!(all[2].forward_good_period(), None);
    }
}
