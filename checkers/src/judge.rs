//! Judging a history by properties.

use crate::environment;
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::History;
use pepperland_core::verdict::Verdict;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::OnceLock;

/// A history before its judge.
pub struct Judge<'h> {
    case: Case<'h>,
    /// Whether to judge although the environment broke its promises.
    beyond_model: bool,
    broken: OnceLock<Option<String>>,
}

impl<'h> Judge<'h> {
    /// Takes the case.
    pub fn of(history: &'h History, beyond_model: bool) -> Judge<'h> {
        Judge { case: Case::new(history), beyond_model, broken: OnceLock::new() }
    }

    /// The history.
    pub fn history(&self) -> &'h History {
        self.case.history
    }

    /// Judges by one property. Where the environment broke a promise, nobody was bound by
    /// anything; and a checker that panics has decided nothing.
    pub fn verdict(&self, checker: &'static Checker) -> Verdict {
        let regardless = self.beyond_model || checker.class == Class::Assumption;
        if let Some(reason) = (!regardless).then(|| self.broken_promise()).flatten() {
            return Verdict::undecided(reason);
        }
        let judged = catch_unwind(AssertUnwindSafe(|| (checker.check)(&self.case)));
        judged.unwrap_or_else(|_| Verdict::undecided("the checker itself failed"))
    }

    /// Whether verdicts are given although the environment broke a promise.
    pub fn is_beyond_model(&self) -> bool {
        self.beyond_model && self.broken_promise().is_some()
    }

    /// Which promise of the environment was broken, in a sentence, if one was.
    pub fn broken_promise(&self) -> Option<&str> {
        let broken = || {
            let made = |monitor: &&&Checker| monitor.lacks(self.case.history).is_none();
            let monitors = environment::ALL.iter().filter(made);
            let mut broken = monitors.filter_map(|monitor| {
                let verdict = (monitor.check)(&self.case);
                let because = verdict.witness()?.because.clone();
                Some(format!("outside the model: {} is broken: {because}", monitor.property))
            });
            broken.next()
        };
        self.broken.get_or_init(broken).as_deref()
    }
}

/// Judges a history by each of these properties.
pub fn judge(
    history: &History,
    properties: impl IntoIterator<Item = &'static Checker>,
) -> Vec<(&'static Checker, Verdict)> {
    let judge = Judge::of(history, false);
    properties.into_iter().map(|checker| (checker, judge.verdict(checker))).collect()
}
