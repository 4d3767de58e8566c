//! The properties of failure detectors once more, straight from their definitions.

use crate::crosscheck::definition::{Oracle, ruling};
use pepperland_core::history::{Clock, EventId, FailureModel, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let seen = Seen { oracle: Oracle::of(history), history };
    match property {
        "detector-completeness" => seen.in_the_end(true, all, all),
        "detector-weak-completeness" => seen.in_the_end(true, any, all),
        "detector-eventual-strong-accuracy" => seen.in_the_end(false, all, all),
        "detector-eventual-accuracy" => seen.in_the_end(false, all, any),
        "detector-accuracy" => seen.strong_accuracy(),
        "detector-weak-accuracy" => seen.weak_accuracy(),
        "suspicion-monotonicity" => seen.monotone(),
        "accrual-consistency" => seen.accrual(),
        "eventual-leader" => seen.leader(),
        "detector-detection-time" => seen.detection(),
        "detector-mistake-duration" => seen.duration(),
        "detector-mistake-recurrence" => seen.recurrence(),
        other => panic!("no oracle for {other}"),
    }
}

/// A truth that may not be settled.
type Truth = Option<bool>;

fn all(truths: &[Truth]) -> Truth {
    match truths {
        _ if truths.contains(&Some(false)) => Some(false),
        _ if truths.contains(&None) => None,
        _ => Some(true),
    }
}

fn any(truths: &[Truth]) -> Truth {
    all(&truths.iter().map(|t| t.map(|t| !t)).collect::<Vec<_>>()).map(|t| !t)
}

struct Seen<'h> {
    oracle: Oracle<'h>,
    history: &'h History,
}

impl Seen<'_> {
    fn nodes(&self) -> impl Iterator<Item = usize> + use<> {
        0..self.history.node_count()
    }

    fn time(&self, event: usize) -> u64 {
        self.history.times()[event].0
    }

    fn end(&self) -> u64 {
        self.history.end().0
    }

    fn target(&self, event: usize) -> Option<usize> {
        let name = self.history.event(EventId(event as u32)).field("target")?.as_str()?;
        self.history.header.nodes.iter().position(|n| n == name)
    }

    fn bound(&self, name: &str) -> Option<u64> {
        self.history.header.about["bounds"].get(name).and_then(Value::as_u64)
    }

    fn left(&self, node: usize) -> bool {
        self.oracle.at(node, Kind::Leave).count() > 0
    }

    fn stays(&self, node: usize) -> bool {
        self.oracle.correct(node) && !self.left(node)
    }

    /// The node is down after the last event.
    fn is_down(&self, node: usize) -> bool {
        let crash = self.oracle.at(node, Kind::Crash).last();
        crash.is_some() && self.oracle.at(node, Kind::Recover).last() < crash
    }

    fn share(&self, a: usize, b: usize) -> bool {
        let has = |members: &[pepperland_core::id::NodeId], node: usize| {
            members.iter().any(|member| member.index() == node)
        };
        self.history.groups().iter().any(|(_, all)| has(all, a) && has(all, b))
    }

    /// What the monitor says of the target, in its own order; none if it has said nothing since it
    /// started.
    fn says(&self, monitor: usize, target: usize, before: usize) -> Option<(usize, bool)> {
        let restart = self.oracle.at(monitor, Kind::Recover).filter(|r| *r < before).last();
        let about = |e: &usize| self.target(*e) == Some(target) && *e < before;
        let said = |kind| self.oracle.at(monitor, kind).filter(about).last();
        let (suspect, trust) = (said(Kind::Suspect), said(Kind::Trust));
        let last = suspect.max(trust)?;
        (restart.is_none_or(|r| r < last)).then_some((last, suspect > trust))
    }

    /// Suspicions of a node that was not suspected.
    fn suspicions(&self, monitor: usize, target: usize) -> Vec<usize> {
        let fresh = |e: &usize| {
            let before = self.says(monitor, target, *e);
            self.target(*e) == Some(target) && !before.is_some_and(|(_, suspects)| suspects)
        };
        let honest = monitor != target && !self.oracle.lies(monitor);
        self.oracle.at(monitor, Kind::Suspect).filter(|e| honest && fresh(e)).collect()
    }

    fn surely_before(&self, a: usize, b: usize) -> bool {
        let virtual_ = self.history.header.clock == Clock::Virtual;
        let error = self.history.header.clock_error.unwrap_or(0);
        if virtual_ { a < b } else { self.time(a) + error < self.time(b) }
    }

    /// No time at which the target was down lies between the last trust and the suspicion.
    fn is_mistake(&self, monitor: usize, target: usize, suspicion: usize) -> bool {
        let trust = self.says(monitor, target, suspicion).map(|(event, _)| event);
        let excuse = |crash: usize| {
            let restart = self.oracle.at(target, Kind::Recover).find(|r| *r > crash);
            let over = restart.zip(trust).is_some_and(|(r, trust)| self.surely_before(r, trust));
            !self.surely_before(suspicion, crash) && !over
        };
        !self.oracle.lies(target)
            && !self.left(target)
            && !self.oracle.at(target, Kind::Crash).any(excuse)
    }

    fn pairs(&self) -> Vec<(usize, usize)> {
        self.nodes()
            .flat_map(|m| self.nodes().map(move |t| (m, t)))
            .filter(|(m, t)| m != t)
            .collect()
    }

    fn mistakes(&self, monitor: usize, target: usize) -> Vec<usize> {
        let mut all = self.suspicions(monitor, target);
        all.retain(|s| self.is_mistake(monitor, target, *s));
        all
    }

    fn strong_accuracy(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        for (m, t) in self.pairs().into_iter().filter(|(_, t)| !self.oracle.lies(*t)) {
            obligations += self.suspicions(m, t).len();
            broken |= !self.mistakes(m, t).is_empty();
        }
        ruling(obligations, broken)
    }

    fn weak_accuracy(&self) -> Ruling {
        let about = |(m, t): &(usize, usize)| {
            !self.oracle.lies(*m) && {
                let kinds = [Kind::Suspect, Kind::Trust];
                let mut said = kinds.iter().flat_map(|kind| self.oracle.at(*m, *kind));
                said.any(|e| self.target(e) == Some(*t))
            }
        };
        if !self.pairs().iter().any(about) {
            return Ruling::Undecided;
        }
        let correct: Vec<usize> = self.nodes().filter(|n| self.stays(*n)).collect();
        let suspected = |t: &usize| self.nodes().any(|m| !self.mistakes(m, *t).is_empty());
        ruling(correct.len(), !correct.is_empty() && correct.iter().all(suspected))
    }

    fn monotone(&self) -> Ruling {
        if self.history.header.failure_model != FailureModel::CrashStop {
            return Ruling::Undecided;
        }
        let (mut obligations, mut broken) = (0, false);
        for (m, t) in self.pairs() {
            let suspicions = self.suspicions(m, t);
            obligations += suspicions.len();
            let takes_back = |trust: usize| {
                let restarted =
                    |s: usize| self.oracle.at(m, Kind::Recover).any(|r| s < r && r < trust);
                self.target(trust) == Some(t)
                    && suspicions.iter().any(|s| *s < trust && !restarted(*s))
            };
            broken |= self.oracle.at(m, Kind::Trust).any(takes_back);
        }
        ruling(obligations, broken)
    }

    /// When the last stretch begins.
    fn stretch(&self) -> Option<u64> {
        if !self.history.header.complete {
            return None;
        }
        let trouble = |kind: &Kind| {
            use Kind::{Crash, Leave, Pause, Recover, Resume};
            matches!(kind, Crash | Recover | Pause | Resume | Leave)
        };
        let events = 0..self.history.len();
        let last =
            events.filter(|e| trouble(&self.history.kinds()[*e])).map(|e| self.time(e)).max();
        let stands_still = |n: usize| {
            let pause = self.oracle.at(n, Kind::Pause).last();
            pause.is_some() && self.oracle.at(n, Kind::Resume).last() < pause
        };
        if self.nodes().any(stands_still) {
            return None;
        }
        let quiet = self.end() - last.unwrap_or(0);
        let settle = self.bound("settle").unwrap_or(quiet / 2);
        (settle > 0 && settle <= quiet).then(|| self.end() - settle)
    }

    /// What the monitor says at every instant from the one on, if it is always the same.
    fn steady(&self, m: usize, t: usize, from: u64) -> Truth {
        let len = self.history.len();
        let about = |e: &usize| self.target(*e) == Some(t) && self.time(*e) > from;
        let kinds = [Kind::Suspect, Kind::Trust];
        let late = kinds.iter().flat_map(|kind| self.oracle.at(m, *kind).filter(about));
        let differs = |e: usize| {
            let said = |at| self.says(m, t, at).is_some_and(|(_, suspects)| suspects);
            said(e) != said(e + 1)
        };
        let changes = late.into_iter().any(differs);
        (!changes).then(|| self.says(m, t, len).is_some_and(|(_, suspects)| suspects))
    }

    fn in_the_end(
        &self,
        down: bool,
        monitors: impl Fn(&[Truth]) -> Truth,
        targets: impl Fn(&[Truth]) -> Truth,
    ) -> Ruling {
        let Some(from) = self.stretch() else { return Ruling::Undecided };
        let is_target = |t: &usize| match down {
            true => self.is_down(*t) && !self.oracle.lies(*t) && !self.left(*t),
            false => self.stays(*t),
        };
        let mut truths = Vec::new();
        for t in self.nodes().filter(is_target) {
            let watch = |m: &usize| *m != t && self.stays(*m) && self.share(*m, t);
            let outputs = self.nodes().filter(watch).map(|m| self.steady(m, t, from));
            let right: Vec<Truth> = outputs.map(|o| o.map(|s| s == down)).collect();
            if !right.is_empty() {
                truths.push(monitors(&right));
            }
        }
        match targets(&truths) {
            _ if truths.is_empty() => Ruling::Undecided,
            None => Ruling::Undecided,
            Some(true) => Ruling::Held,
            Some(false) => Ruling::Violated,
        }
    }

    fn accrual(&self) -> Ruling {
        let Some(from) = self.stretch() else { return Ruling::Undecided };
        let (mut obligations, mut broken) = (0, false);
        let level = |e: usize| {
            let event = self.history.event(EventId(e as u32));
            let text = event.field("state")?.as_str()?;
            text.parse::<f64>().ok()
        };
        for (m, t) in self.pairs() {
            let bound = self.stays(m) && self.is_down(t) && !self.oracle.lies(t) && !self.left(t);
            let stated: Vec<f64> = (0..self.history.len())
                .filter(|e| bound && self.oracle.node(*e) == Some(m))
                .filter(|e| matches!(self.history.kinds()[*e], Kind::Suspect | Kind::Trust))
                .filter(|e| self.target(*e) == Some(t) && self.time(*e) >= from)
                .filter_map(level)
                .collect();
            obligations += stated.len().saturating_sub(1);
            broken |= !stated.is_sorted();
        }
        ruling(obligations, broken)
    }

    /// The node's leader just before the event.
    fn leader_of(&self, node: usize, before: usize) -> Option<Option<usize>> {
        let here = |kind| self.oracle.at(node, kind).filter(move |e| *e < before).last();
        let lead = here(Kind::Lead)?;
        let over = here(Kind::Unlead).max(here(Kind::Crash)) > Some(lead);
        let event = self.history.event(EventId(lead as u32));
        let named = event.field("target").is_some();
        (!over).then(|| if named { self.target(lead) } else { Some(node) })
    }

    fn leader(&self) -> Ruling {
        let Some(from) = self.stretch() else { return Ruling::Undecided };
        let len = self.history.len();
        let correct: Vec<usize> = self.nodes().filter(|n| self.stays(*n)).collect();
        let changes = |n: &&usize| {
            let late = |e: &usize| self.oracle.node(*e) == Some(**n) && self.time(*e) > from;
            let mut late = (0..len).filter(late);
            late.any(|e| self.leader_of(**n, e) != self.leader_of(**n, e + 1))
        };
        if correct.is_empty() || correct.iter().any(|n| changes(&n)) {
            return Ruling::Undecided;
        }
        let named = self.nodes().filter(|n| !self.oracle.lies(*n)).any(|n| {
            let mut leads = self.oracle.at(n, Kind::Lead);
            leads.any(|e| self.target(e).is_some())
        });
        let outputs: Vec<_> = correct.iter().map(|n| self.leader_of(*n, len)).collect();
        let right = if named {
            let is_right = |l: usize| self.stays(l) && outputs.iter().all(|o| *o == Some(Some(l)));
            self.nodes().any(is_right)
        } else {
            outputs.iter().filter(|o| o.is_some()).count() == 1
        };
        ruling(correct.len(), !right)
    }

    /// Since when the node acts without a break, just after the instant; none if it does not.
    fn acts_since(&self, node: usize, instant: u64) -> Option<u64> {
        let until = |kind| self.oracle.at(node, kind).filter(|e| self.time(*e) <= instant);
        let broke = until(Kind::Crash).chain(until(Kind::Pause)).max();
        let Some(broke) = broke else { return Some(0) };
        let back = until(Kind::Recover).chain(until(Kind::Resume));
        back.filter(|e| *e > broke).min().map(|e| self.time(e))
    }

    /// Whether the monitor suspects the target just after the instant.
    fn suspects_after(&self, m: usize, t: usize, instant: u64) -> bool {
        let past = |e: &usize| self.oracle.node(*e) == Some(m) && self.time(*e) <= instant;
        let last = (0..self.history.len()).filter(past).max();
        last.and_then(|e| self.says(m, t, e + 1)).is_some_and(|(_, suspects)| suspects)
    }

    /// Between any two instants, if the target is down and the monitor acts, and both have done so
    /// for the bound, the monitor suspects the target.
    fn detection(&self) -> Ruling {
        let Some(bound) = self.bound("detection") else { return Ruling::Undecided };
        let virtual_ = self.history.header.clock == Clock::Virtual;
        let error = if virtual_ { 0 } else { self.history.header.clock_error.unwrap_or(0) };
        let (mut obligations, mut broken) = (0, false);
        for (m, t) in self.pairs() {
            if self.oracle.lies(m) || self.oracle.lies(t) || self.left(t) || !self.share(m, t) {
                continue;
            }
            for crash in self.oracle.at(t, Kind::Crash) {
                let back = self.oracle.at(t, Kind::Recover).find(|r| *r > crash);
                let up = back.map_or(self.end(), |r| self.time(r).saturating_sub(error));
                let down = self.time(crash);
                for after in down..up {
                    let acts = self.acts_since(m, after);
                    let due = acts.is_some_and(|since| after >= since.max(down) + bound + error);
                    obligations += usize::from(due);
                    broken |= due && !self.suspects_after(m, t, after);
                }
            }
        }
        ruling(obligations, broken)
    }

    fn until(&self, m: usize, t: usize, mistake: usize) -> u64 {
        let about = |e: &usize| self.target(*e) == Some(t) && *e > mistake;
        let restart = self.oracle.at(m, Kind::Recover).find(|r| *r > mistake);
        let trust = self.oracle.at(m, Kind::Trust).find(about);
        let trust = trust.filter(|trust| restart.is_none_or(|r| *trust < r));
        let mut ends: Vec<u64> = trust.iter().map(|e| self.time(*e)).collect();
        ends.push(self.end());
        for node in [m, t] {
            let crashes = self.oracle.at(node, Kind::Crash).map(|c| self.time(c));
            ends.extend(crashes.filter(|c| *c > self.time(mistake)));
        }
        ends.into_iter().min().unwrap_or(0).max(self.time(mistake))
    }

    fn duration(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        let bound = self.bound("mistake-duration").filter(|_| self.history.header.complete);
        let Some(bound) = bound else { return Ruling::Undecided };
        for (m, t) in self.pairs() {
            let mistakes = self.mistakes(m, t);
            obligations += mistakes.len();
            let spans = mistakes.iter().map(|s| self.until(m, t, *s) - self.time(*s));
            broken |= spans.sum::<u64>() > bound * mistakes.len() as u64;
        }
        ruling(obligations, broken)
    }

    fn recurrence(&self) -> Ruling {
        let (mut obligations, mut broken) = (0, false);
        let bound = self.bound("mistake-recurrence").filter(|_| self.history.header.complete);
        let Some(bound) = bound else { return Ruling::Undecided };
        for (m, t) in self.pairs() {
            let mistakes = self.mistakes(m, t);
            if let [first, .., _] = mistakes[..] {
                let again = mistakes.len() as u64 - 1;
                obligations += 1;
                broken |= self.end() - self.time(first) < bound * again;
            }
        }
        ruling(obligations, broken)
    }
}
