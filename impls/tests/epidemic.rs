//! Probabilistic multicast over many seeds: of one run nothing can be said, of many the number of
//! nodes that a message reaches. `UPDATE=1` writes the figures to `docs/epidemic.md`.

use pepperland_core::history::{History, Kind};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{Disturbance, Links, Schedule, Trouble};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::Time;
use pepperland_impls::multicast::epidemic;
use pepperland_sim::Simulator;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// How many runs each figure is of.
const SEEDS: u64 = 200;

/// The latency of every message, and the length of a round.
const ROUND: f64 = 10e6;

/// What became of one message of node n1.
struct Spread {
    /// The share of the nodes that delivered it.
    coverage: f64,
    frames: f64,
    /// When the last of them did.
    rounds: f64,
}

/// A kind of epidemic, and what befalls it.
#[derive(Copy, Clone)]
struct Epidemic {
    implementation: &'static Implementation,
    change: Option<&'static str>,
    loss: u32,
}

const FEW: Epidemic = Epidemic { implementation: &epidemic::ENTRY, change: None, loss: 0 };
const HALF: Epidemic = Epidemic { implementation: &epidemic::HALF, ..FEW };
const ONE: Epidemic = Epidemic { change: Some("fan-out-one"), ..FEW };
const LOSSY: Epidemic = Epidemic { loss: 70, ..FEW };

impl Epidemic {
    fn schedule(self, nodes: u32, seed: u64) -> Schedule {
        let one_message = self.implementation.breaks[0].killer;
        let mut schedule = Schedule::from_text(one_message).expect("it is a schedule");
        schedule.header.nodes = nodes;
        schedule.header.seed = Seed(seed);
        schedule.header.flaw = self.change.map(str::to_owned);
        if self.loss > 0 {
            schedule.header.heal_at = schedule.header.end;
            let (links, rate) = (Links::all(), PerMillion::percent(self.loss));
            let lose = Disturbance::from(Time::ZERO, Trouble::Lose { links, rate });
            schedule.disturbances.push(lose);
        }
        schedule
    }

    fn spreads(self, nodes: u32) -> Vec<Spread> {
        let run = |seed| {
            let schedule = self.schedule(nodes, seed);
            let history = Simulator.run(&schedule, self.implementation, Detail::Network);
            Spread::of(&history.expect("nothing is refused"))
        };
        (0..SEEDS).map(run).collect()
    }
}

impl Spread {
    fn of(history: &History) -> Spread {
        let count = |kind| history.kinds().iter().filter(|k| **k == kind).count() as f64;
        let last = history.kinds().iter().rposition(|kind| *kind == Kind::Deliver);
        let last = last.map_or(Time::ZERO, |event| history.times()[event]);
        Spread {
            coverage: count(Kind::Deliver) / history.node_count() as f64,
            frames: count(Kind::Send),
            rounds: last.0 as f64 / ROUND,
        }
    }
}

fn mean(spreads: &[Spread], of: impl Fn(&Spread) -> f64) -> f64 {
    spreads.iter().map(of).sum::<f64>() / spreads.len() as f64
}

/// The share of the runs in which everybody is reached.
fn atomic(spreads: &[Spread]) -> f64 {
    mean(spreads, |spread| f64::from(spread.coverage >= 1.0))
}

/// How many of the messages reach all n: e^(−e^(−c)), where each node sends ln n + c times; 6 times
/// among 20 and 50 nodes, 8 times among 100 and 200.
const EXPECTED: [(u32, f64); 4] = [(20, 0.9516), (50, 0.8834), (100, 0.9670), (200, 0.9351)];

#[test]
fn half_of_the_others_is_enough_for_many_and_not_for_few() {
    let few = HALF.spreads(4);
    assert!((0.3..0.95).contains(&atomic(&few)), "{}", atomic(&few));
    let mut before = 0.0;
    for nodes in [4, 8, 16, 32] {
        let coverage = mean(&HALF.spreads(nodes), |spread| spread.coverage);
        assert!(coverage > before - 0.005, "{nodes} nodes: {coverage} after {before}");
        before = coverage;
    }
    let many = HALF.spreads(32);
    assert!(atomic(&many) >= 1.0);
    let squares = mean(&many, |spread| spread.frames) / (32.0 * 32.0);
    assert!((0.49..0.51).contains(&squares), "{squares}");
}

#[test]
fn the_share_of_the_messages_that_reach_all_is_the_expected_one() {
    for (nodes, expected) in EXPECTED {
        let measured = atomic(&FEW.spreads(nodes));
        // Five standard deviations of a binomial, and something for n being finite.
        let margin = 5.0 * (expected * (1.0 - expected) / SEEDS as f64).sqrt() + 0.03;
        assert!((measured - expected).abs() < margin, "{nodes} nodes: {measured}, not {expected}");
    }
}

#[test]
fn with_one_other_a_round_most_messages_reach_not_all() {
    for nodes in [20, 100] {
        let (few, one) = (FEW.spreads(nodes), ONE.spreads(nodes));
        assert!(atomic(&one) < 0.5 && atomic(&one) < atomic(&few) - 0.3);
        let coverage = |spreads| mean(spreads, |spread| spread.coverage);
        assert!(coverage(&one) < coverage(&few) - 0.01);
    }
}

#[test]
fn coverage_is_bimodal() {
    let spreads = LOSSY.spreads(100);
    let share = |least: f64, most: f64| {
        mean(&spreads, |spread| f64::from((least..most).contains(&spread.coverage)))
    };
    assert!(share(0.0, 0.1) > 0.01, "almost nobody: {}", share(0.0, 0.1));
    assert!(share(0.7, 2.0) > 0.8, "almost everybody: {}", share(0.7, 2.0));
    assert!(share(0.1, 0.6) < 0.05, "in between: {}", share(0.1, 0.6));
}

#[test]
fn the_rounds_grow_as_the_logarithm() {
    let rounds = |nodes| mean(&FEW.spreads(nodes), |spread| spread.rounds);
    let (small, middle, large) = (rounds(10), rounds(40), rounds(160));
    assert!(small < middle && middle < large, "{small} {middle} {large}");
    // Four times the nodes add about as many rounds as the four times before.
    assert!(large - middle < 2.0 * (middle - small) + 1.0, "{small} {middle} {large}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether to write the figures is asked that way")]
fn the_figures_in_the_docs_are_these() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/epidemic.md");
    let figures = figures();
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&file, &figures).expect("the figures can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(written == figures, "UPDATE=1 writes the figures:\n{figures}");
}

fn figures() -> String {
    let mut text = INTRODUCTION.to_owned();
    for (name, kind, most) in
        [("epidemic", FEW, 200), ("epidemic, fan-out-one", ONE, 200), ("epidemic-half", HALF, 100)]
    {
        for nodes in [5, 10, 20, 50, 100, 200].into_iter().filter(|nodes| *nodes <= most) {
            let spreads = kind.spreads(nodes);
            let squares = mean(&spreads, |s| s.frames) / f64::from(nodes).powi(2);
            let coverage = 100.0 * mean(&spreads, |s| s.coverage);
            let (all, rounds) = (100.0 * atomic(&spreads), mean(&spreads, |s| s.rounds));
            let _ = writeln!(
                text,
                "| {name} | {nodes} | {coverage:.2} % | {all:.1} % | {squares:.3} | {rounds:.1} |"
            );
        }
    }
    text.push_str(BIMODAL);
    let spreads = LOSSY.spreads(100);
    for tenth in 0..10 {
        let within = |s: &&Spread| ((s.coverage * 10.0) as usize).min(9) == tenth;
        let runs = spreads.iter().filter(within).count();
        let bar = "#".repeat(runs.div_ceil(4));
        let line = format!("{:3} % to {:3} %  {runs:4}  {bar}", tenth * 10, tenth * 10 + 10);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push_str("```\n");
    text
}

const INTRODUCTION: &str = "# Probabilistic multicast in figures

Whether a message reaches everybody is a matter of chance: of one run nothing can be said, so that
no run is judged by it. These are means over 200 runs of one message each, without faults.
Written by `UPDATE=1 cargo test -p pepperland-impls --test epidemic`.

Coverage is the share of the nodes that deliver; *all* is the share of the runs in which every node
does; rounds are until the last delivery.

| implementation | nodes | coverage | all | messages / n² | rounds |
|---|---|---|---|---|---|
";

const BIMODAL: &str = "
## Almost all or almost none

With 70 % of the messages lost, `epidemic` among 100 nodes reaches most of them or, if the first
few sends are lost, hardly any. How many of 200 runs had which coverage:

```text
";
