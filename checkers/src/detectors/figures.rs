//! The figures of one detector or of many: spans of time, and what follows from them.

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

/// Some spans of time.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub shortest: Span,
    /// The longest.
    pub longest: Span,
    sum: f64,
    squares: f64,
}

impl Spread {
    /// Of these.
    pub fn of(spans: &[Span]) -> Spread {
        let one = |span: &Span| {
            let ns = span.0 as f64;
            Spread { count: 1, shortest: *span, longest: *span, sum: ns, squares: ns * ns }
        };
        spans.iter().map(one).fold(Spread::default(), Spread::and)
    }

    /// Their mean, ns; none if there is none.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// These and others.
    #[must_use]
    pub fn and(self, other: Spread) -> Spread {
        match (self.count, other.count) {
            (_, 0) => self,
            (0, _) => other,
            _ => Spread {
                count: self.count + other.count,
                shortest: self.shortest.min(other.shortest),
                longest: self.longest.max(other.longest),
                sum: self.sum + other.sum,
                squares: self.squares + other.squares,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(spans: &[u64]) -> Spread {
        Spread::of(&spans.iter().map(|span| Span(*span)).collect::<Vec<_>>())
    }

    #[test]
    fn spans_put_together_are_the_spans_of_both() {
        assert_eq!(spread(&[3, 5]).and(spread(&[1])), spread(&[3, 5, 1]));
        assert_eq!(spread(&[]).and(spread(&[7])), spread(&[7]));
        assert_eq!(spread(&[7]).and(spread(&[])), spread(&[7]));
        assert_eq!((spread(&[1, 2]).mean(), spread(&[]).mean()), (Some(1.5), None));
    }

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
