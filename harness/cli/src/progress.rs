//! How far a campaign is: a bar on a terminal, a line each ten seconds elsewhere; and when to
//! stop.

use crate::stopwatch::Stopwatch;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pepperland_core::runtime::Repeats;
use pepperland_search::Progress;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Off a terminal, one line each so long.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// So long one finding may be shrunk and explained where runs take real time.
const PATIENCE: Duration = Duration::from_secs(60);

/// The progress of a campaign on stderr.
pub struct Campaign {
    bar: ProgressBar,
    is_terminal: bool,
    total: u64,
    done: AtomicU64,
    clock: Stopwatch,
    last_line: Mutex<Duration>,
    budget: Option<Duration>,
    interrupted: Arc<AtomicBool>,
}

/// New runs stop at so many tenths of the budget, to leave time for shrinking.
const TENTHS: u32 = 9;

impl Campaign {
    /// A campaign of so many runs. New runs stop at nine tenths of the budget, to leave time for
    /// shrinking.
    pub fn new(total: u64, budget: Option<Duration>, interrupted: Arc<AtomicBool>) -> Campaign {
        let is_terminal = std::io::stderr().is_terminal();
        let target = match is_terminal {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let style = "  {bar:24} {human_pos} of {human_len} runs  {per_sec}  {eta} left  {msg}";
        let bar = ProgressBar::with_draw_target(Some(total), target);
        bar.set_style(ProgressStyle::with_template(style).expect("the template is right"));
        Campaign {
            bar,
            is_terminal,
            total,
            done: AtomicU64::new(0),
            clock: Stopwatch::start(),
            last_line: Mutex::new(Duration::ZERO),
            budget,
            interrupted,
        }
    }

    /// Says what is being searched.
    pub fn scenario(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// Time since the start.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Whether all the time there is is over, or somebody interrupted.
    pub fn is_over(&self) -> bool {
        self.is_interrupted() || self.budget.is_some_and(|budget| self.clock.elapsed() > budget)
    }

    fn line(&self, done: u64) {
        let elapsed = self.clock.elapsed();
        let Ok(mut last) = self.last_line.try_lock() else { return };
        if elapsed.saturating_sub(*last) >= LINE_EVERY {
            *last = elapsed;
            crate::output::say(&format!(
                "  {done} of {} runs after {} s",
                self.total,
                elapsed.as_secs()
            ));
        }
    }
}

impl Progress for Campaign {
    fn advanced(&self, runs: u64) {
        let done = self.done.fetch_add(runs, Ordering::Relaxed) + runs;
        self.bar.inc(runs);
        if !self.is_terminal {
            self.line(done);
        }
    }

    fn should_stop(&self) -> bool {
        let time_is_up = |budget: Duration| self.clock.elapsed() > budget / 10 * TENTHS;
        self.is_interrupted() || self.budget.is_some_and(time_is_up)
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    fn patience(&self, repeats: Repeats) -> Box<dyn Fn() -> bool + '_> {
        let clock = Stopwatch::start();
        match repeats {
            // Quick, and the same on every machine.
            Repeats::Exactly => Box::new(|| false),
            Repeats::IfTheProgramDoes => Box::new(|| self.is_over()),
            Repeats::AtARate => Box::new(move || self.is_over() || clock.elapsed() > PATIENCE),
        }
    }
}

/// A flag that is set when somebody interrupts; the second time, the command stops at once.
pub fn interruption() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = flag.clone();
    // A handler that cannot be set leaves the default: the command stops at once.
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        crate::output::say("interrupted: finishing what was found; once more to stop at once");
    });
    flag
}
