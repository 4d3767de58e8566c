//! How much a number of passing runs says: the exact upper bound of a chance of which no instance
//! was seen.

use pepperland_core::finding::Row;
use pepperland_core::verdict::Ruling;

/// If runs fail independently with a fixed chance and none of `runs` failed, that chance is below
/// this with 95 % confidence: the root `p` of `(1 - p)^runs = 0.05`. Nothing is known of no runs.
///
/// ```
/// assert_eq!(pepperland_reports::bound::percent(3_000), "0.10 %");
/// ```
pub fn upper_bound_95(runs: u64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Bisection: a root by transcendental functions would differ between machines.
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if power(1.0 - middle, runs) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The bound in per cent, as people read it: `5.8 %`, `0.30 %`.
pub fn percent(runs: u64) -> String {
    let percent = upper_bound_95(runs) * 100.0;
    let decimals = match percent {
        p if p >= 1.0 => 1,
        p if p >= 0.01 => 2,
        _ => (3..12).find(|d| percent * 10_f64.powi(*d) >= 1.0).unwrap_or(12),
    };
    format!("{percent:.*} %", decimals as usize)
}

/// The bound of a row that held; none for others.
pub fn of_row(row: &Row) -> Option<f64> {
    (row.outcome == Ruling::Held && row.effective > 0).then(|| upper_bound_95(row.effective))
}

/// Whether faults were asked for, and none of them ever overlapped an obligation of the row: it
/// held, but not under fault.
pub fn not_tested(row: &Row) -> bool {
    let faults = row.scenario.rsplit('/').next().unwrap_or("none");
    row.outcome == Ruling::Held && row.critical == 0 && faults != "none"
}

/// `base` to the power of `exponent`, by squaring.
fn power(mut base: f64, mut exponent: u64) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_table() {
        let table = [50, 100, 300, 1_000, 3_000, 10_000].map(percent);
        assert_eq!(table, ["5.8 %", "3.0 %", "0.99 %", "0.30 %", "0.10 %", "0.03 %"]);
    }

    #[test]
    fn both_ends() {
        assert!((upper_bound_95(0) - 1.0).abs() < 1e-12);
        assert!((upper_bound_95(1) - 0.95).abs() < 1e-12);
        assert_eq!(percent(1_000_000), "0.0003 %");
    }

    #[test]
    fn inverts_the_number_of_runs_that_a_rate_needs() {
        for (rate, runs) in [(0.05, 59), (0.01, 299), (0.001, 2_995)] {
            assert!(upper_bound_95(runs) <= rate && rate < upper_bound_95(runs - 1));
        }
    }
}
