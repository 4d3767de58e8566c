//! Judging the runs of an exploration: each is run as the schedule that it is, and the verdicts
//! fold into rows as those of a campaign do.

use crate::campaign::{Progress, row};
use crate::executor::{Executor, map};
use crate::finding::finding_of;
use crate::fold::Tally;
use crate::trial::Trial;
use pepperland_core::checker::{Checker, Class, Given};
use pepperland_core::finding::{Finding, Row};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::MessageId;
use pepperland_core::runtime::{Detail, Refused};
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::{Ruling, Verdict};

/// A run of an exploration: the schedule that it is, and what each node must deliver in it.
pub struct Foreseen {
    /// How many steps it has.
    pub steps: u32,
    /// Whether that is all of it; else it is the beginning of a run, which goes on in some way.
    pub is_complete: bool,
    /// The schedule.
    pub schedule: Schedule,
    /// What each node delivers, in order.
    pub delivered: Vec<Vec<MessageId>>,
}

/// The verdicts on the runs of an exploration so far.
pub struct Explored<'a, 'b> {
    trial: &'a Trial<'b>,
    tallies: Vec<Tally>,
    /// The first run that violates each property.
    counterexamples: Vec<Option<Counterexample>>,
    runs: u64,
    events: u64,
    /// Whether a run went otherwise than it was foreseen.
    strayed: bool,
}

/// Why an exploration says nothing of a property: runs that it takes for one differ in what the
/// property judges. None if it does.
pub fn not_explored(checker: &Checker) -> Option<&'static str> {
    const TOLD: &[Kind] = &[Kind::Broadcast, Kind::Deliver, Kind::Crash];
    let of_time =
        |given: &Given| matches!(given, Given::OneOrder | Given::Bound(_) | Given::ViewChanges);
    if checker.given.iter().any(of_time) {
        return Some("it judges when things happen, and runs are explored without time");
    }
    let beyond = checker.needs.iter().any(|kind| !TOLD.contains(kind));
    beyond.then_some("it judges more than what nodes multicast and deliver")
}

/// A run that violates a property.
#[derive(Clone)]
struct Counterexample {
    steps: u32,
    schedule: Schedule,
}

/// What came of one run.
struct Ran {
    verdicts: Vec<Verdict>,
    /// For each property, whether the run is judged though the claim does not bind it.
    beyond_model: Vec<bool>,
    events: u64,
    strayed: bool,
}

impl<'a, 'b> Explored<'a, 'b> {
    /// Nothing yet.
    pub fn new(trial: &'a Trial<'b>) -> Explored<'a, 'b> {
        let properties = trial.checkers.len();
        Explored {
            trial,
            tallies: vec![Tally::default(); properties],
            counterexamples: vec![None; properties],
            runs: 0,
            events: 0,
            strayed: false,
        }
    }

    /// Runs and judges more runs, the shortest first.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn judge(&mut self, runs: &[Foreseen], executor: &dyn Executor) -> Result<(), Refused> {
        let ran = map(executor, runs.len(), |place| ran(self.trial, &runs[place]));
        for (run, ran) in runs.iter().zip(ran) {
            self.count(run, ran?);
        }
        Ok(())
    }

    /// A beginning can but violate what must never happen: all else is judged at the end.
    fn count(&mut self, run: &Foreseen, ran: Ran) {
        self.strayed |= ran.strayed;
        let said = ran.verdicts.iter().zip(&ran.beyond_model).zip(&self.trial.checkers);
        let judged = self.tallies.iter_mut().zip(&mut self.counterexamples).zip(said);
        for ((tally, counterexample), ((verdict, beyond_model), checker)) in judged {
            let never = checker.class == Class::Safety && verdict.ruling() == Ruling::Violated;
            if !run.is_complete && !never {
                continue;
            }
            tally.count(self.runs, verdict, *beyond_model, None);
            if verdict.ruling() == Ruling::Violated {
                let Foreseen { steps, schedule, .. } = run;
                counterexample.get_or_insert_with(|| Counterexample {
                    steps: *steps,
                    schedule: schedule.clone(),
                });
            }
        }
        self.runs += 1;
        self.events += ran.events;
    }

    /// How many runs there were.
    pub fn runs(&self) -> u64 {
        self.runs
    }

    /// How many events they recorded.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Whether beginnings of runs may tell something: some property says what must never happen.
    pub fn needs_beginnings(&self) -> bool {
        self.trial.checkers.iter().any(|checker| checker.class == Class::Safety)
    }

    /// Whether every property is violated already.
    pub fn has_all(&self) -> bool {
        self.counterexamples.iter().all(Option::is_some)
    }

    /// Whether some run went otherwise than it was foreseen: the nodes go by their clocks, or
    /// remember more than they tell.
    pub fn has_strayed(&self) -> bool {
        self.strayed
    }

    /// How many steps the shortest run has that violates the property, if one does.
    pub fn steps(&self, property: &str) -> Option<u64> {
        let mut judged = self.trial.checkers.iter().zip(&self.counterexamples);
        let (_, counterexample) = judged.find(|(checker, _)| checker.property == property)?;
        counterexample.as_ref().map(|counterexample| counterexample.steps.into())
    }

    /// One row for each property, and a finding for each that is violated, shrunk with so many
    /// replays. `undecided` is why nothing is held, if nothing is.
    pub fn report(
        &self,
        undecided: Option<&str>,
        replays: u32,
        progress: &dyn Progress,
    ) -> (Vec<Row>, Vec<Finding>) {
        let (mut rows, mut findings) = (Vec::new(), Vec::new());
        let judged = self.trial.checkers.iter().zip(&self.tallies).zip(&self.counterexamples);
        for ((checker, tally), counterexample) in judged {
            let finding = counterexample
                .as_ref()
                .and_then(|it| finding_of(self.trial, checker, &it.schedule, replays, progress));
            let mut row = row(self.trial, checker, tally, finding.as_ref());
            if let (Ruling::Held | Ruling::Undecided, Some(why)) = (row.outcome, undecided) {
                (row.outcome, row.reason) = (Ruling::Undecided, Some(why.to_owned()));
            }
            rows.push(row);
            findings.extend(finding);
        }
        (rows, findings)
    }
}

fn ran(trial: &Trial<'_>, run: &Foreseen) -> Result<Ran, Refused> {
    let history = trial.run(&run.schedule, Detail::Application)?;
    let verdicts = trial.judge(&run.schedule, &history);
    let beyond = |checker: &&'static Checker| {
        trial.is_judged_beyond(checker.property, &run.schedule, &history)
    };
    let beyond_model = trial.checkers.iter().map(beyond).collect();
    let strayed = !is_as_foreseen(run, &delivered(&history));
    Ok(Ran { verdicts, beyond_model, events: history.len() as u64, strayed })
}

fn is_as_foreseen(run: &Foreseen, delivered: &[Vec<MessageId>]) -> bool {
    let begins = |(foreseen, came): (&Vec<MessageId>, &Vec<MessageId>)| came.starts_with(foreseen);
    match run.is_complete {
        true => run.delivered == delivered,
        false => run.delivered.iter().zip(delivered).all(begins),
    }
}

/// What each node delivers, in order.
fn delivered(history: &History) -> Vec<Vec<MessageId>> {
    let mut delivered = vec![Vec::new(); history.node_count()];
    for event in history.events().filter(|event| event.kind() == Kind::Deliver) {
        let message = event.message_name().and_then(|name| name.parse().ok());
        if let (Some(node), Some(message)) = (event.node(), message) {
            delivered[node.index()].push(message);
        }
    }
    delivered
}
