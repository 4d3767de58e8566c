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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find;
    use pepperland_core::history::Channel;
    use pepperland_core::verdict::{Outcome, Ruling};

    /// A node delivers twice what it received twice, over a channel that promises so much.
    fn doubled(channel: Option<Channel>) -> History {
        let text = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"]}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"send","to":"n2","x":1,"m":"n1:0:1"}
{"t":3,"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:1"}
{"t":3,"n":"n2","k":"deliver","m":"n1:0:1"}
{"t":4,"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:1"}
{"t":4,"n":"n2","k":"deliver","m":"n1:0:1"}
"#;
        let mut history = History::read(text.as_bytes()).unwrap();
        history.header.contract.channel = channel;
        history
    }

    fn ruling(history: &History, beyond_model: bool, property: &str) -> Ruling {
        Judge::of(history, beyond_model).verdict(find(property).unwrap()).ruling()
    }

    #[test]
    fn a_broken_promise_leaves_a_violation_undecided() {
        let history = doubled(Some(Channel::Perfect));
        let verdict = Judge::of(&history, false).verdict(find("no-duplication").unwrap());
        let told = "outside the model: link-no-duplication is broken: \
                    n2 received frame 1 from n1 more often than it was sent";
        assert_eq!(verdict.outcome, Outcome::Undecided(told.to_owned()));
        assert_eq!(ruling(&history, true, "no-duplication"), Ruling::Violated);
        assert_eq!(ruling(&history, false, "link-no-duplication"), Ruling::Violated);
    }

    #[test]
    fn what_was_not_promised_cannot_be_broken() {
        for channel in [None, Some(Channel::Lossy), Some(Channel::FairLoss)] {
            let history = doubled(channel);
            assert_eq!(Judge::of(&history, false).broken_promise(), None);
            assert_eq!(ruling(&history, false, "no-duplication"), Ruling::Violated);
        }
    }

    #[test]
    fn a_bound_is_a_promise() {
        let mut history = doubled(None);
        let bounds = serde_json::json!({"delay": 1});
        history.header.about.insert("bounds".into(), bounds);
        assert_eq!(ruling(&history, false, "delay-bound"), Ruling::Violated);
        assert_eq!(ruling(&history, false, "no-duplication"), Ruling::Undecided);
        history.header.about.insert("bounds".into(), serde_json::json!({"delay": 2}));
        assert_eq!(ruling(&history, false, "delay-bound"), Ruling::Held);
        assert_eq!(ruling(&history, false, "no-duplication"), Ruling::Violated);
    }
}
