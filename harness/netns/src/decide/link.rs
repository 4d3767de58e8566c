//! The rules that lie on one link, and what they say about its frames.

use super::begun::Begun;
use super::decision::{Change, Decision, Fate};
use super::draws::{FrameDraws, LinkKey, Question, below};
use super::queue::Queue;
use super::rule::{Corruption, Rule, nanoseconds};
use std::time::Duration;

/// What a decision depends on, besides the draws.
#[derive(Copy, Clone, Debug)]
pub struct Arrival {
    /// Whether only cuts may stop it, and it is not counted.
    pub exempt: bool,
    /// Its length, bytes.
    pub length: usize,
    /// When it came to the switch, ns since any instant; throttles need it.
    pub now: u64,
}

/// One direction between two nodes.
#[derive(Debug)]
pub struct Link {
    from: usize,
    to: usize,
    nodes: usize,
    key: LinkKey,
    /// The number of the next frame.
    next: u64,
    rules: Vec<Laid>,
}

/// A rule that lies on the link, for a disturbance.
#[derive(Debug)]
struct Laid {
    id: u32,
    /// The how-manieth rule of its disturbance.
    ordinal: u16,
    rule: Rule,
    /// The number of the only frame that it is for, if it is for one.
    only: Option<u64>,
    /// Of a throttle.
    queue: Queue,
}

/// A frame that rules are asked about.
#[derive(Copy, Clone)]
struct Asked {
    number: u64,
    draws: FrameDraws,
}

impl Laid {
    fn concerns(&self, frame: Asked) -> bool {
        self.only.is_none_or(|only| only == frame.number)
    }

    fn draw(&self, frame: Asked, question: Question) -> u64 {
        frame.draws.draw(self.id, self.ordinal, question)
    }
}

impl Link {
    pub fn new(seed: u64, from: usize, to: usize, nodes: usize) -> Link {
        Link { from, to, nodes, key: LinkKey::of(seed, from, to), next: 0, rules: Vec::new() }
    }

    pub fn lay(&mut self, id: u32, ordinal: u16, rule: Rule, only: Option<u64>) {
        self.rules.push(Laid { id, ordinal, rule, only, queue: Queue::default() });
    }

    pub fn lift(&mut self, id: u32) {
        self.rules.retain(|laid| laid.id != id);
    }

    /// The disturbance that has cut the link, if one has.
    pub fn cut_by(&self) -> Option<u32> {
        self.rules.iter().find(|laid| laid.rule == Rule::Cut).map(|laid| laid.id)
    }

    pub fn decide(&mut self, arrival: Arrival, begun: &mut Begun) -> Decision {
        let number = (!arrival.exempt).then_some(self.next);
        self.next += u64::from(!arrival.exempt);
        let mut decision = Decision { number, ..Decision::default() };
        if self.rules.is_empty() {
            return decision;
        }
        if let Some(id) = self.cut_by() {
            decision.fate = Fate::Cut;
            decision.touched.push(id);
        } else if let Some(number) = number {
            let frame = Asked { number, draws: self.key.frame(number) };
            self.draw_for(frame, arrival, begun, &mut decision);
        }
        decision
    }

    fn draw_for(
        &mut self,
        frame: Asked,
        arrival: Arrival,
        begun: &mut Begun,
        decision: &mut Decision,
    ) {
        if let Some((id, fate)) = self.stopped(frame, begun) {
            decision.fate = fate;
            decision.touched.push(id);
            return;
        }
        let jumper = self.jumper(frame);
        if jumper.is_none() && self.throttle(frame, arrival, decision).is_err() {
            return;
        }
        decision.touched.extend(jumper);
        decision.changes.extend(self.laid_on(frame).filter_map(|laid| self.change(laid, frame)));
        for laid in self.laid_on(frame) {
            time(laid, frame, jumper.is_some(), decision);
        }
    }

    /// The rules that concern a frame.
    fn laid_on(&self, frame: Asked) -> impl Iterator<Item = &Laid> {
        self.rules.iter().filter(move |laid| laid.concerns(frame))
    }

    /// By whom and how the frame is lost, if it is.
    fn stopped(&self, frame: Asked, begun: &mut Begun) -> Option<(u32, Fate)> {
        let mut stopped = None;
        for laid in self.laid_on(frame) {
            let draw = || laid.draw(frame, Question::Whether);
            let fate = match laid.rule {
                Rule::Lose { rate } => rate.comes_true(draw()).then_some(Fate::Lost),
                Rule::Omit { rate, degree } => {
                    begun.omits(laid.id, rate.comes_true(draw()), degree).then_some(Fate::Omitted)
                }
                _ => None,
            };
            stopped = stopped.or(fate.map(|fate| (laid.id, fate)));
        }
        stopped
    }

    /// The disturbance by which the frame waits for nothing.
    fn jumper(&self, frame: Asked) -> Option<u32> {
        let jumps = |laid: &&Laid| match laid.rule {
            Rule::Jump { rate } => rate.comes_true(laid.draw(frame, Question::Whether)),
            _ => false,
        };
        self.laid_on(frame).find(jumps).map(|laid| laid.id)
    }

    /// Lets the frame wait until it may leave; fails if there is no place for it to wait.
    fn throttle(
        &mut self,
        frame: Asked,
        arrival: Arrival,
        decision: &mut Decision,
    ) -> Result<(), ()> {
        for laid in self.rules.iter_mut().filter(|laid| laid.concerns(frame)) {
            let Rule::Throttle { pace, queue } = laid.rule else { continue };
            let Some(wait) = laid.queue.join(arrival.now, pace.of(arrival.length), queue) else {
                decision.fate = Fate::Overflowed;
                decision.touched.push(laid.id);
                return Err(());
            };
            decision.delay = decision.delay.max(Duration::from_nanos(wait));
            decision.touched.push(laid.id);
        }
        Ok(())
    }

    fn change(&self, laid: &Laid, frame: Asked) -> Option<(u32, Change)> {
        let how = || laid.draw(frame, Question::How);
        let (rate, change) = match laid.rule {
            Rule::Corrupt { rate, what: Corruption::AnyBit } => (rate, Change::AnyBit(how())),
            Rule::Corrupt { rate, what: Corruption::PayloadBit } => {
                (rate, Change::PayloadBit(how()))
            }
            Rule::Corrupt { rate, what: Corruption::Structured } => {
                (rate, Change::Structured(how()))
            }
            Rule::Garble { rate } => (rate, Change::Truncated(how())),
            Rule::Forge { rate } => (rate, Change::Forged(self.somebody_else(how())?)),
            _ => return None,
        };
        let touched = rate.comes_true(laid.draw(frame, Question::Whether));
        touched.then_some((laid.id, change))
    }

    /// Neither end of the link; none among two.
    fn somebody_else(&self, draw: u64) -> Option<usize> {
        let others = self.nodes.checked_sub(2).filter(|others| *others > 0)?;
        let nth = below(draw, others as u64) as usize;
        (0..self.nodes).filter(|node| *node != self.from && *node != self.to).nth(nth)
    }
}

/// Adds what a rule says about when the frame arrives.
fn time(laid: &Laid, frame: Asked, jumps: bool, decision: &mut Decision) {
    let how = || laid.draw(frame, Question::How);
    let whether = || laid.draw(frame, Question::Whether);
    match laid.rule {
        Rule::Delay { least, most, rate } if !jumps && rate.comes_true(whether()) => {
            let spread = nanoseconds(most.saturating_sub(least));
            let longer = below(how(), spread.saturating_add(1));
            let by = least.saturating_add(Duration::from_nanos(longer));
            decision.delay = decision.delay.saturating_add(by);
        }
        Rule::HoldBack { rate, by } if !jumps && rate.comes_true(whether()) => {
            decision.delay = decision.delay.saturating_add(by);
        }
        Rule::Duplicate { rate, most } if rate.comes_true(whether()) => {
            let later = below(how(), nanoseconds(most).saturating_add(1));
            decision.copies.push(Duration::from_nanos(later));
        }
        _ => return,
    }
    decision.touched.push(laid.id);
}
