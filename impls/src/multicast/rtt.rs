//! How long an answer takes, estimated from how long the last ones took (Jacobson, *Congestion
//! Avoidance and Control*, SIGCOMM 1988; as RFC 6298 has it).
//!
//! ```text
//! first measurement R:  SRTT := R;  RTTVAR := R/2
//! each further one:     RTTVAR := 3/4 RTTVAR + 1/4 |SRTT - R|;  SRTT := 7/8 SRTT + 1/8 R
//! time-out:             SRTT + 4 RTTVAR
//! ```

use pepperland_core::time::Span;

/// An estimate of one member's round-trip time. The clock may jump between two readings: a
/// measurement is taken for what it is up to [`LONGEST`](Rtt::LONGEST).
#[derive(Copy, Clone, Debug, Default)]
pub struct Rtt {
    srtt: u64,
    rttvar: u64,
    measured: bool,
}

impl Rtt {
    /// No round trip takes longer than this.
    const LONGEST: Span = Span::seconds(1);
    /// No answer is expected sooner than this: clocks have their grain.
    const SHORTEST: Span = Span::millis(1);

    /// A round trip took this long.
    pub fn measure(&mut self, took: Span) {
        let r = took.min(Rtt::LONGEST).0;
        if !self.measured {
            *self = Rtt { srtt: r, rttvar: r / 2, measured: true };
            return;
        }
        self.rttvar = (3 * self.rttvar + self.srtt.abs_diff(r)) / 4;
        self.srtt = (7 * self.srtt + r) / 8;
    }

    /// How long the next may take.
    pub fn timeout(&self) -> Span {
        Span(self.srtt + 4 * self.rttvar).max(Rtt::SHORTEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(ms: &[u64]) -> Rtt {
        let mut rtt = Rtt::default();
        ms.iter().for_each(|ms| rtt.measure(Span::millis(*ms)));
        rtt
    }

    #[test]
    fn the_first_measurement_is_trusted_with_a_margin() {
        assert_eq!(measured(&[40]).timeout(), Span::millis(120));
    }

    #[test]
    fn steady_round_trips_bring_the_time_out_down_to_them() {
        let timeout = measured(&[40; 50]).timeout();
        assert!(Span::millis(40) <= timeout && timeout < Span::millis(41), "{timeout}");
    }

    #[test]
    fn one_late_answer_widens_the_margin() {
        let late = measured(&[40, 40, 40, 40, 40, 40, 80]);
        assert!(late.timeout() > Span::millis(80), "{}", late.timeout());
    }

    #[test]
    fn a_clock_that_jumped_does_no_lasting_harm() {
        let jumped = measured(&[1_000_000_000]);
        assert_eq!(jumped.timeout(), Span::seconds(3));
    }
}
