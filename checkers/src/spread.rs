//! Spans of time, in figures.

use pepperland_core::time::Span;

/// Some spans of time.
#[derive(Copy, Clone, Debug, Default, PartialEq)]
pub struct Spread {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub shortest: Span,
    /// The longest.
    pub longest: Span,
    /// Their sum, ns.
    pub sum: f64,
    /// The sum of their squares, ns².
    pub squares: f64,
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
}
