//! Verdicts: what a property's checker says of one history.

use crate::history::EventId;
use serde::{Deserialize, Serialize};

/// What a checker says of one history.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// Held, violated, or undecided.
    pub outcome: Outcome,
    /// How often the property's premise was met.
    pub obligations: u64,
    /// How many of those were met; none if not known. Where a checker stops at the first breach,
    /// both counts end there.
    pub discharged: Option<u64>,
    /// How many of them a disturbance that touched something overlapped.
    pub critical: u64,
}

/// The three outcomes. `Held` needs at least one obligation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// Every obligation was met.
    Held,
    /// Some obligation was not met, and this proves it.
    Violated(Box<Witness>),
    /// It cannot be said, for this reason.
    Undecided(String),
}

/// The three outcomes without their evidence, as files and tables have them.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ruling {
    /// Every obligation was met.
    Held,
    /// It cannot be said.
    Undecided,
    /// Some obligation was not met.
    Violated,
}

impl Ruling {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Ruling::Held => "held",
            Ruling::Undecided => "undecided",
            Ruling::Violated => "violated",
        }
    }
}

/// The few events that prove a violation.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// The events, in the order of the history.
    pub events: Vec<EventId>,
    /// One sentence that names nodes and messages.
    pub because: String,
    /// The clauses of the definition, with the events that make each true or false.
    pub clauses: Vec<Clause>,
}

/// One clause of a property's definition, with this run's values.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Clause {
    /// The clause in words: `n1 delivers both`.
    pub says: String,
    /// The events it speaks of.
    pub events: Vec<EventId>,
    /// Whether it is true of this run.
    pub holds: bool,
}

impl Witness {
    /// The proof as one sentence, in the shape of Elle's explanations (Kingsbury & Alvaro 2020):
    /// let what is true be true, then by the definition something else is; however it is not.
    pub fn argument(&self, statement: &str) -> String {
        let said = |holds: bool| {
            let clauses = self.clauses.iter().filter(|clause| clause.holds == holds);
            clauses.map(Clause::told).collect::<Vec<_>>().join(", and that ")
        };
        let (premises, because) = (said(true), &self.because);
        let premises = if premises.is_empty() { "this is what happened" } else { &premises };
        let conclusion = said(false);
        format!(
            "Let it be that {premises}. Then it must be that {conclusion}, because {statement}; \
             however, {because}: a contradiction"
        )
    }
}

impl Clause {
    fn told(&self) -> String {
        let events: Vec<String> = self.events.iter().map(|e| format!("#{}", e.0)).collect();
        match events.is_empty() {
            true => self.says.clone(),
            false => format!("{} ({})", self.says, events.join(", ")),
        }
    }
}

impl Verdict {
    /// Held if there was something to judge, else undecided with `nothing` as the reason.
    pub fn held_or_vacuous(obligations: u64, critical: u64, nothing: &str) -> Verdict {
        let outcome = match obligations {
            0 => Outcome::Undecided(nothing.to_owned()),
            _ => Outcome::Held,
        };
        Verdict { outcome, obligations, discharged: Some(obligations), critical }
    }

    /// Violated, with the proof.
    pub fn violated(witness: Witness, obligations: u64, critical: u64) -> Verdict {
        let (outcome, discharged) =
            (Outcome::Violated(Box::new(witness)), Some(obligations.saturating_sub(1)));
        Verdict { outcome, obligations, discharged, critical }
    }

    /// Undecided, with the reason.
    pub fn undecided(reason: impl Into<String>) -> Verdict {
        let outcome = Outcome::Undecided(reason.into());
        Verdict { outcome, obligations: 0, discharged: Some(0), critical: 0 }
    }

    /// The outcome without its evidence.
    pub fn ruling(&self) -> Ruling {
        match self.outcome {
            Outcome::Held => Ruling::Held,
            Outcome::Violated(_) => Ruling::Violated,
            Outcome::Undecided(_) => Ruling::Undecided,
        }
    }

    /// The proof, if violated.
    pub fn witness(&self) -> Option<&Witness> {
        match &self.outcome {
            Outcome::Violated(witness) => Some(witness),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_has_premises_a_rule_and_a_contradiction() {
        let clause = |says: &str, events: &[u32], holds| Clause {
            says: says.to_owned(),
            events: events.iter().copied().map(EventId).collect(),
            holds,
        };
        let clauses = vec![
            clause("n1 broadcast a before b", &[0, 1], true),
            clause("n2 delivered b", &[2], true),
            clause("n2 delivered a before that", &[], false),
        ];
        let because = "n2 delivered b without a".to_owned();
        let witness = Witness { events: Vec::new(), because, clauses };
        let told = "Let it be that n1 broadcast a before b (#0, #1), and that n2 delivered b (#2). \
                    Then it must be that n2 delivered a before that, because senders are followed; \
                    however, n2 delivered b without a: a contradiction";
        assert_eq!(witness.argument("senders are followed"), told);
    }
}
