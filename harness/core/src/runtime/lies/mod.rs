//! What liars say instead of the truth. Runtimes ask with the message in hand; a lie comes back
//! with the fate that names it by itself, so that a schedule can ask for just this one again.

mod past;
#[cfg(test)]
mod tests;
mod told;
mod tongue;

pub use told::drawn_lie;
pub use tongue::Tongue;

use crate::contract::{contents, differences, revert, spoil};
use crate::id::NodeId;
use crate::schedule::{Deceit, Fate, Frame, Schedule, Transit, Trouble, Way};
use crate::seed::{PerMillion, Stream, mix};
use crate::time::Span;
use past::{Past, Said};
use serde_json::{Value, json};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// A message that a liar would send.
#[derive(Copy, Clone)]
pub struct Saying<'a> {
    /// Its link, and its number there.
    pub transit: Transit,
    /// What it says.
    pub frame: &'a [u8],
    /// Whoever reads and writes the liar's messages.
    pub tongue: &'a dyn Tongue,
}

/// What becomes of a liar's message.
#[derive(Clone, Debug, PartialEq)]
pub struct Lie {
    /// What names this lie, whatever is drawn.
    pub fate: Fate,
    /// What the network is to do.
    pub outcome: Outcome,
    /// What the message says, and what is said instead, where both are of one structure.
    pub said: Vec<Value>,
}

/// What the network is to do with a liar's message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Outcome {
    /// This goes on its way instead.
    Instead(Vec<u8>),
    /// This goes on its way as well.
    Besides(Vec<u8>),
    /// Nothing does.
    Nothing,
    /// It does so much later.
    Late(Span),
}

/// The liars of a run, and what they have said so far.
#[derive(Debug, Default)]
pub struct Lies {
    /// How many nodes there are, and of each role: as long are vectors of authenticators.
    lengths: SmallVec<[usize; 3]>,
    past: BTreeMap<NodeId, Past>,
}

impl Lies {
    /// The liars of a schedule.
    pub fn of(schedule: &Schedule) -> Lies {
        let past = schedule.liars().into_iter().map(|liar| (liar, Past::of(schedule, liar)));
        let past = past.filter(|(_, past)| past.is_needed());
        Lies { lengths: lengths(&schedule.header), past: past.collect() }
    }

    /// A node sends this message, or writes it. To be called of every message to another node and of
    /// every write, disturbed or not, before it is asked what becomes of it.
    pub fn hear(&mut self, saying: &Saying<'_>) {
        let Transit { from, to, .. } = saying.transit;
        let is_said = from != to || saying.transit.is_write();
        let past = self.past.get_mut(&from).filter(|_| is_said);
        past.into_iter().for_each(|past| past.hear(saying));
    }

    /// What becomes of the message under a disturbance that has it be a lie, with this draw
    /// ([`Harm::Lied`](crate::schedule::Harm::Lied)). Nothing if it is the truth after all: there
    /// was nothing to change, or nothing earlier to come back to.
    pub fn tell(
        &self,
        schedule: &Schedule,
        index: u32,
        draw: u64,
        saying: &Saying<'_>,
    ) -> Option<Lie> {
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Strike { fate, .. } => self.as_named(*fate, saying),
            Trouble::Lie { rate, how, .. } => self.as_drawn(how, *rate, draw, saying),
            _ => None,
        }
    }

    fn as_drawn(
        &self,
        how: &Deceit,
        rate: PerMillion,
        draw: u64,
        saying: &Saying<'_>,
    ) -> Option<Lie> {
        if how.label.is_some() && how.label != label(saying) {
            return None;
        }
        let past = self.past.get(&saying.transit.from);
        if how.kind.is_some() && past.and_then(|past| past.kind(saying)) != how.kind {
            return None;
        }
        let mut stream = Stream::keyed(mix(draw));
        let fate = match how.way {
            Way::SmallScope => Fate::Lie { draw: draw as u32 },
            Way::Equivocate => equivocation(how, rate, draw, saying)?,
            Way::Silent => Fate::Withhold,
            Way::Late => Fate::Stall { by: lateness(how.most, &mut stream) },
            Way::PartialMac => Fate::Spoil { entries: some_of(self.nodes(), &mut stream) },
            Way::Hasty => return None,
            Way::Earlier => {
                return self.first_of(past?.before(saying), &mut stream, saying, revival);
            }
            Way::Replay => {
                let same = past?.before(saying).filter(|said| said.transit.to == saying.transit.to);
                return self.first_of(same, &mut stream, saying, repetition);
            }
            Way::Readdress => {
                let other =
                    past?.before(saying).filter(|said| said.transit.to != saying.transit.to);
                return self.first_of(other, &mut stream, saying, repetition);
            }
        };
        self.as_named(fate, saying)
    }

    /// The first lie that one of these earlier messages leads to, from a drawn one on.
    fn first_of<'a>(
        &'a self,
        earlier: impl Iterator<Item = &'a Said>,
        stream: &mut Stream,
        saying: &Saying<'_>,
        fate: fn(&Said, &mut Stream) -> Fate,
    ) -> Option<Lie> {
        let mut earlier: Vec<&Said> = earlier.collect();
        if !earlier.is_empty() {
            let first = stream.below(earlier.len() as u64) as usize;
            earlier.rotate_left(first);
        }
        earlier.into_iter().find_map(|said| self.as_named(fate(said, stream), saying))
    }

    fn as_named(&self, fate: Fate, saying: &Saying<'_>) -> Option<Lie> {
        let told = |frame: Option<Vec<u8>>| frame.filter(|frame| frame[..] != *saying.frame);
        // A liar owns its keys: of what the harness has it say, its own authenticators are right.
        let sealed = |frame: Vec<u8>| saying.tongue.seal(saying.transit.to, frame);
        let outcome = match fate {
            Fate::Lie { draw } => {
                let lie = saying.tongue.vary(saying.frame, draw.into());
                Outcome::Instead(told(lie.map(sealed))?)
            }
            Fate::Earlier { meant_for, earlier, draw } => {
                let said = self.earlier(saying, meant_for, earlier)?;
                Outcome::Instead(told(reverted(saying, said, draw).map(sealed))?)
            }
            Fate::Replay { meant_for, earlier, besides } => {
                let said = self.earlier(saying, meant_for, earlier)?.to_vec();
                let is_anew = meant_for != saying.transit.to;
                let said = told(Some(if is_anew { sealed(said) } else { said }))?;
                if besides { Outcome::Besides(said) } else { Outcome::Instead(said) }
            }
            Fate::Withhold => Outcome::Nothing,
            Fate::Stall { by } => Outcome::Late(by),
            Fate::Spoil { entries } => {
                let mut message = saying.tongue.read(saying.frame)?;
                let spoilt = spoil(&mut message, &self.lengths, entries);
                Outcome::Instead(told(spoilt.then(|| saying.tongue.write(message))?)?)
            }
            _ => return None,
        };
        let said = differing(saying, &outcome);
        Some(Lie { fate, outcome, said })
    }

    fn nodes(&self) -> usize {
        self.lengths.first().copied().unwrap_or_default()
    }

    fn earlier(&self, saying: &Saying<'_>, to: NodeId, number: u32) -> Option<&[u8]> {
        let from = saying.transit.from;
        let network = saying.transit.network;
        self.past.get(&from)?.find(Transit { from, to, network, number })
    }
}

fn lengths(header: &Frame) -> SmallVec<[usize; 3]> {
    let (nodes, clients) = (header.nodes as usize, header.clients as usize);
    let mut lengths = SmallVec::from_elem(nodes, 1);
    if clients > 0 {
        lengths.extend([clients, nodes - clients]);
    }
    lengths
}

/// The same lie to all that the disturbance concerns, as long as the truth is the same.
fn equivocation(how: &Deceit, rate: PerMillion, key: u64, saying: &Saying<'_>) -> Option<Fate> {
    let of_bytes = |key, byte: &u8| mix(key ^ u64::from(*byte));
    let of_nodes = how.to.iter().flatten().fold(key, |key, node| mix(key ^ u64::from(node.0)));
    let mut stream = Stream::keyed(saying.frame.iter().fold(of_nodes, of_bytes));
    stream.chance(rate).then(|| Fate::Lie { draw: (stream.bits() >> 32) as u32 })
}

fn revival(said: &Said, stream: &mut Stream) -> Fate {
    let Transit { to: meant_for, number: earlier, .. } = said.transit;
    Fate::Earlier { meant_for, earlier, draw: (stream.bits() >> 58) as u32 }
}

fn repetition(said: &Said, stream: &mut Stream) -> Fate {
    let Transit { to: meant_for, number: earlier, .. } = said.transit;
    Fate::Replay { meant_for, earlier, besides: stream.chance(PerMillion::percent(50)) }
}

/// In whole milliseconds, as the clocks of other runtimes tick.
fn lateness(most: Span, stream: &mut Stream) -> Span {
    let tick = Span::millis(1);
    Span(tick.0 * stream.between(1, (most.0 / tick.0).max(1)))
}

/// Some of the nodes, but not all.
fn some_of(nodes: usize, stream: &mut Stream) -> u32 {
    let among = nodes.min(32) as u32;
    let all = u32::MAX >> (32 - among.max(1));
    stream.between(1, u64::from(all.saturating_sub(1)).max(1)) as u32
}

fn reverted(saying: &Saying<'_>, earlier: &[u8], draw: u32) -> Option<Vec<u8>> {
    let mut now = saying.tongue.read(saying.frame)?;
    let before = saying.tongue.read(earlier)?;
    let lie = revert(&mut now, &before, draw.into()).then(|| saying.tongue.write(now))??;
    saying.tongue.read(&lie).is_some().then_some(lie)
}

/// How many places of one lie are told.
const TOLD: usize = 4;

/// What the lie says where, and what the truth would be.
fn differing(saying: &Saying<'_>, outcome: &Outcome) -> Vec<Value> {
    let Outcome::Instead(lie) = outcome else { return Vec::new() };
    let both = (saying.tongue.read(saying.frame), saying.tongue.read(lie));
    let (Some(truth), Some(lie)) = both else { return Vec::new() };
    let told = differences(&truth, &lie).into_iter().take(TOLD);
    told.map(|place| json!({"at": place.at, "was": place.was, "now": place.now})).collect()
}

/// The label of a message, by which kinds are told apart.
fn label(saying: &Saying<'_>) -> Option<String> {
    contents(&saying.tongue.read(saying.frame)?).label
}
