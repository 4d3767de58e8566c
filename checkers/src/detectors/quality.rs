//! The quality of service of a failure detector, in figures (Chen, Toueg & Aguilera 2002).
//!
//! | figure | meaning |
//! |---|---|
//! | T_D | detection time: from a crash to the suspicion that is not taken back |
//! | T_MR | mistake recurrence time: from one mistake to the next |
//! | T_M | mistake duration: from a mistake to the trust that takes it back |
//! | T_G | good period: from that trust to the next mistake |
//! | λ_M | mistake rate: mistakes a second |
//! | P_A | query accuracy probability: the part of the time without a mistake |
//! | T_FG | forward good period: from a random good instant to the next mistake |
//!
//! The paper defines all but T_D on runs in which the target does not crash; here the time during
//! which the target or the monitor is down is left out. A mistake is what strong accuracy calls
//! one. Periods that a crash or the end of the run cut short are not among T_MR, T_M and T_G, but
//! count in P_A. T_FG is E(T_G²) / 2E(T_G), as the paper shows.

use crate::detectors::figures::Figures;
use crate::detectors::watch::{Mistake, Watch};
use crate::scene::Scene;
use crate::spread::Spread;
use pepperland_core::checker::Case;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::time::{Span, Time};

/// What one monitor's detector achieved on one target.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Whose detector.
    pub monitor: NodeId,
    /// Of whom it speaks.
    pub target: NodeId,
    /// What it achieved.
    pub figures: Figures,
}

/// The figures of every monitor that does not lie on every target of which it said something, or
/// that crashed. O(events · log events + crashes · nodes).
pub fn quality(history: &History) -> Vec<Quality> {
    let case = Case::new(history);
    let scene = Scene::of(&case);
    let watch = Watch::of(&scene);
    let nodes = 0..history.node_count() as u32;
    let pairs = nodes.flat_map(|target| watch.watchers(target).map(move |m| (m, target)));
    let is_watched = |pair: &(u32, u32)| {
        watch.turns.contains_key(pair) || !watch.downs[pair.1 as usize].is_empty()
    };
    let mut all: Vec<(u32, u32)> = pairs.filter(is_watched).collect();
    all.sort_unstable();
    all.into_iter().map(|pair| of_pair(&watch, pair)).collect()
}

fn of_pair(watch: &Watch<'_, '_>, pair: (u32, u32)) -> Quality {
    let mistakes = watch.mistakes(pair);
    let began = |mistake: &Mistake| watch.time(mistake.began);
    let recurrence: Vec<Span> =
        mistakes.windows(2).map(|two| began(&two[1]).since(began(&two[0]))).collect();
    let whole = |mistake: &Mistake| {
        let until = watch.until(pair, mistake);
        mistake.ended.map(|ended| watch.time(ended)).filter(|ended| *ended == until)
    };
    let duration: Vec<Span> =
        mistakes.iter().filter_map(|m| whole(m).map(|end| end.since(began(m)))).collect();
    let good = |two: &[Mistake]| {
        let (from, until) = (whole(&two[0])?, began(&two[1]));
        (down_during(watch, pair, from, until) == 0).then(|| until.since(from))
    };
    let good: Vec<Span> = mistakes.windows(2).filter_map(good).collect();
    let wrong: u64 = mistakes.iter().map(|m| watch.until(pair, m).since(began(m)).0).sum();
    let end = watch.end;
    let observed = end.0 - down_during(watch, pair, Time::ZERO, end).min(end.0);
    Quality {
        monitor: NodeId(pair.0),
        target: NodeId(pair.1),
        figures: Figures {
            detection: Spread::of(&detections(watch, pair)),
            mistake_recurrence: Spread::of(&recurrence),
            mistake_duration: Spread::of(&duration),
            good_period: Spread::of(&good),
            mistakes: mistakes.len() as u64,
            observed: Span(observed),
            mistaken: Span(wrong),
        },
    }
}

/// For how long, between the two instants, the monitor or the target was down.
fn down_during(watch: &Watch<'_, '_>, pair: (u32, u32), from: Time, until: Time) -> u64 {
    let spans = [pair.0, pair.1].into_iter().flat_map(|node| {
        let downs = &watch.downs[node as usize];
        let first = downs.partition_point(|d| d.to.is_some_and(|to| watch.time(to) <= from));
        downs[first..].iter().map_while(move |down| {
            let begin = watch.time(down.from).max(from);
            let end = down.to.map_or(until, |to| watch.time(to)).min(until);
            (begin < until).then_some((begin, end))
        })
    });
    let mut spans: Vec<(Time, Time)> = spans.collect();
    spans.sort_unstable();
    let mut covered = from;
    spans.into_iter().fold(0, |sum, (begin, end)| {
        let fresh = end.since(begin.max(covered)).0;
        covered = covered.max(end);
        sum + fresh
    })
}

/// How long it took to suspect each crash for good: as long as the target was down, which the
/// monitor must have been up for.
fn detections(watch: &Watch<'_, '_>, pair: (u32, u32)) -> Vec<Span> {
    let turns = watch.turns.get(&pair).map_or(&[][..], Vec::as_slice);
    let one = |down: &crate::detectors::watch::Down| {
        let crash = watch.time(down.from);
        let until = down.to.map_or(watch.end, |to| watch.time(to));
        let is_up = |(from, to): &(Time, Time)| *from <= crash && until <= *to;
        let spans = &watch.active[pair.0 as usize];
        let place = spans.partition_point(|(from, _)| *from <= crash).checked_sub(1)?;
        let span = spans.get(place).filter(|span| is_up(span))?;
        let told = turns[..turns.partition_point(|turn| watch.time(turn.event) <= until)].iter();
        let mut told = told.rev().take_while(|turn| watch.time(turn.event) >= span.0);
        let last = told.find(|turn| turn.changes).filter(|turn| turn.suspects)?;
        Some(watch.time(last.event).since(crash))
    };
    watch.downs[pair.1 as usize].iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spoken::spoken;
    use serde_json::json;

    fn only(words: &str) -> Figures {
        let header = json!({"nodes": ["n1", "n2"], "end": 100, "failure_model": "crash-recovery"});
        let all = quality(&spoken(&header, words));
        let pair = |q: &Quality| (q.monitor, q.target) == (NodeId(0), NodeId(1));
        all.into_iter().find(pair).unwrap().figures
    }

    fn spread(spans: &[u64]) -> Spread {
        Spread::of(&spans.iter().map(|span| Span(*span)).collect::<Vec<_>>())
    }

    #[test]
    fn mistakes_have_their_known_figures() {
        let quality = only(
            "@10 n1 suspect n2; @14 n1 trust n2; @30 n1 suspect n2; @36 n1 trust n2
             @60 n1 suspect n2; @70 n1 trust n2",
        );
        assert_eq!(quality.mistakes, 3);
        assert_eq!(quality.mistake_recurrence, spread(&[20, 30]));
        assert_eq!(quality.mistake_recurrence.mean(), Some(25.0));
        assert_eq!(quality.mistake_duration, spread(&[4, 6, 10]));
        assert_eq!(quality.good_period, spread(&[16, 24]));
        assert_eq!(quality.mistake_rate(), Some(3e7));
        assert_eq!(quality.accuracy(), Some(0.8));
        assert_eq!(quality.forward_good_period(), Some((256.0 + 576.0) / 80.0));
        assert_eq!(quality.detection.count, 0);
    }

    #[test]
    fn a_detection_lasts_until_the_suspicion_that_stays() {
        let quality = only("@10 n2 crash; @15 n1 suspect n2; @17 n1 trust n2; @22 n1 suspect n2");
        assert_eq!(quality.detection, spread(&[12]));
        assert_eq!((quality.mistakes, quality.mistake_rate()), (0, Some(0.0)));
        assert_eq!(quality.accuracy(), Some(1.0));
        assert_eq!(only("@10 n1 suspect n2; @12 n2 crash").detection, spread(&[0]));
        assert_eq!(only("@10 n2 crash").detection.count, 0);
        assert_eq!(only("@10 n2 crash; @12 n2 recover; @15 n1 suspect n2").detection.count, 0);
    }

    #[test]
    fn the_time_of_the_dead_does_not_count() {
        let quality = only("@20 n1 suspect n2; @30 n2 crash; @40 n1 crash; @80 n1 recover");
        assert_eq!(quality.accuracy(), Some(1.0 - 10.0 / 30.0));
        assert_eq!(quality.mistake_duration.count, 0);
        assert_eq!(quality.mistakes, 1);
    }
}
