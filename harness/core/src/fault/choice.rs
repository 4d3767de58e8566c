//! What can be chosen of a profile: a variant, how long it lasts, and numbers.

use crate::fault::{Fault, Profile};
use crate::seed::PerMillion;
use crate::time::Span;
use std::collections::BTreeMap;

/// A profile and what was chosen of it: `partition:one-way:lasts=50ms`.
pub type Named = (&'static Profile, Choice);

/// One form of a profile.
#[derive(Debug)]
pub struct Variant {
    /// Its name, after the profile's.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// What it does to a run, where that is less than what the profile may do.
    pub needs: Option<&'static [Fault]>,
}

/// A number that a profile can be given.
#[derive(Debug)]
pub struct Parameter {
    /// Its name, before the `=`.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// What is counted.
    pub unit: Unit,
    /// What it is if it is not given, in words.
    pub default: &'static str,
}

/// What a parameter counts, and how its value is kept.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Unit {
    /// A share of all there is, as `30%`; kept in parts per million.
    Share,
    /// A span of time above zero, as `200ms`; kept in ns.
    Span,
    /// A whole number from 1.
    Count,
    /// One of these words; kept as its place.
    Word(&'static [&'static str]),
}

impl Unit {
    /// How a value is written.
    pub fn in_words(self) -> String {
        match self {
            Unit::Share => "a share from 0% to 100%, as 30%".to_owned(),
            Unit::Span => "a span of time from 1ns to 3600s, as 200ms".to_owned(),
            Unit::Count => "a whole number from 1".to_owned(),
            Unit::Word(words) => format!("one of {}", words.join(", ")),
        }
    }
}

/// How long a fault lasts, as the lectures and the field tell faults apart.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Persistence {
    /// It happens once.
    Transient,
    /// It comes and goes.
    Intermittent,
    /// It lasts until it is mended, when the faults of a run end.
    Permanent,
}

impl Persistence {
    /// Each of them.
    pub const ALL: [Persistence; 3] =
        [Persistence::Transient, Persistence::Intermittent, Persistence::Permanent];

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Persistence::Transient => "transient",
            Persistence::Intermittent => "intermittent",
            Persistence::Permanent => "permanent",
        }
    }
}

/// What was chosen of a profile; what was not is drawn for each run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Choice {
    /// The variant; empty: any.
    pub variant: &'static str,
    /// How long it lasts; absent: as the profile likes.
    pub persistence: Option<Persistence>,
    /// The numbers that were given, each as its unit keeps it.
    pub values: BTreeMap<&'static str, u64>,
    /// What this does to a run.
    pub needs: &'static [Fault],
}

impl Choice {
    /// Nothing was chosen.
    pub fn none_of(profile: &Profile) -> Choice {
        Choice { needs: profile.needs, ..Choice::default() }
    }

    /// A number that was given.
    pub fn value(&self, name: &str) -> Option<u64> {
        self.values.get(name).copied()
    }

    /// A share that was given.
    pub fn share(&self, name: &str) -> Option<PerMillion> {
        self.value(name).map(|share| PerMillion(share as u32))
    }

    /// A span that was given.
    pub fn span(&self, name: &str) -> Option<Span> {
        self.value(name).map(Span)
    }
}
