//! When the messages of a run arrived: drawn again where each latency is drawn by itself, read from
//! the history where an order of arrival chose.

use super::Sent;
use pepperland_core::history::{Channel, Event, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Schedule, Transit, Trouble, When};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// When the messages of a run arrived.
pub struct Arrivals<'a> {
    schedule: &'a Schedule,
    /// Of each frame, where an order of arrival chose: when it first arrived, or was lost on
    /// arriving.
    read: Option<BTreeMap<u64, Time>>,
    /// When the run was over.
    over: Time,
}

impl Arrivals<'_> {
    /// Of the run that this history tells. The usual order is drawn again, also where a run took
    /// real time or a pause hides when a frame came; any other is read.
    pub fn of<'a>(schedule: &'a Schedule, history: &History) -> Arrivals<'a> {
        let usual = schedule.header.order.is_uniform();
        let read = (!usual).then(|| read(schedule, history));
        Arrivals { schedule, read, over: history.end() + Span(1) }
    }

    /// How much later than the least latency the message must be to arrive when it did. So much of
    /// it was the doing of disturbances that are `gone`; those `kept` go on making it late.
    pub fn lateness(&self, sent: &Sent, gone: Span, kept: Span) -> Span {
        let Sent { at, transit, frame, .. } = sent;
        if transit.from == transit.to {
            return Span::ZERO;
        }
        let by_itself = *at + self.schedule.header.network.min_latency + kept;
        let arrived = match &self.read {
            None => *at + self.schedule.latency(transit, *at) + gone + kept,
            Some(read) => read.get(frame).copied().unwrap_or(self.over),
        };
        match self.cut_that_held(sent, arrived) {
            // It is as late again once the cut lets it go.
            Some((begin, end)) if begin <= *at => {
                let least = self.schedule.header.network.min_latency + kept;
                self.schedule.latency_once_healed(transit, end) - least
            }
            // It was on its way as the cut began, and is now until the cut is over.
            Some((_, end)) => {
                (end + self.schedule.latency_once_healed(transit, end)).since(by_itself)
            }
            None => arrived.since(by_itself),
        }
    }

    /// From when to when a cut was at work that held the message until it healed.
    fn cut_that_held(&self, sent: &Sent, arrived: Time) -> Option<(Time, Time)> {
        let header = &self.schedule.header;
        if header.network.channel != Channel::Perfect {
            return None;
        }
        let windows = self.cuts(&sent.transit);
        let held = |(begin, end): &(Time, Time)| match &self.read {
            None => (*begin <= sent.at && sent.at < *end) || (*begin <= arrived && arrived < *end),
            // When a cut lets go what it held is for no order to say.
            Some(_) => {
                let once_healed = self.schedule.latency_once_healed(&sent.transit, *end);
                sent.at < *end && arrived == *end + once_healed
            }
        };
        // Where it met a cut as it was sent, that one decides.
        let cut = windows
            .iter()
            .copied()
            .filter(held)
            .max_by_key(|(begin, end)| (*begin <= sent.at, *end));
        cut.map(|(begin, end)| (begin, over(&windows, end)))
    }

    /// When cuts are at work on the message's link.
    fn cuts(&self, transit: &Transit) -> Vec<(Time, Time)> {
        let cuts = |d: &&Disturbance| match &d.trouble {
            Trouble::Cut { links } => links.contain(transit.from, transit.to),
            _ => false,
        };
        let all = self.schedule.disturbances.iter().filter(cuts);
        let windows = all.map(|d| d.window(&self.schedule.header));
        windows.filter_map(|(begin, end)| Some((begin, end?))).collect()
    }
}

/// When the last of the cuts is over that take over from each other as one ends.
fn over(windows: &[(Time, Time)], end: Time) -> Time {
    let next = windows.iter().filter(|(begin, until)| *begin <= end && end < *until);
    next.map(|(_, until)| *until).max().map_or(end, |until| over(windows, until))
}

/// When each frame first arrived, or was lost on arriving. Frames that waited for a paused node
/// came while it stood still, in the order in which it went on to handle them.
fn read(schedule: &Schedule, history: &History) -> BTreeMap<u64, Time> {
    let mut ends = BTreeMap::new();
    let mut sent = BTreeMap::new();
    let mut standstills: BTreeMap<NodeId, Standstill> = BTreeMap::new();
    for event in history.events() {
        let (Some(node), at) = (event.node(), event.time()) else { continue };
        match (event.kind(), frame(&event)) {
            (Kind::Pause, _) => {
                standstills.insert(node, Standstill::of(schedule, node, at));
            }
            (Kind::Resume, _) => {
                standstills.entry(node).and_modify(|standstill| standstill.until = Some(at));
            }
            (kind, None) if is_asked(kind) => {
                let waited = standstills.get_mut(&node).filter(|still| still.until == Some(at));
                waited.into_iter().for_each(Standstill::ask);
            }
            (Kind::Send, Some(frame)) => drop(sent.insert(frame, at)),
            (Kind::Recv | Kind::Drop, Some(frame)) => {
                let earliest =
                    sent.get(&frame).map_or(at, |sent| *sent + schedule.header.network.min_latency);
                let came = match standstills.get_mut(&node) {
                    Some(standstill) if standstill.until == Some(at) => standstill.next(earliest),
                    _ => at,
                };
                ends.entry(frame).or_insert(came);
            }
            _ => {}
        }
    }
    ends
}

fn frame(event: &Event<'_>) -> Option<u64> {
    event.transmission().map(|frame| frame.id)
}

/// Whether events of this kind are requests.
fn is_asked(kind: Kind) -> bool {
    matches!(kind, Kind::Broadcast | Kind::Invoke | Kind::Propose | Kind::Join | Kind::Leave)
}

/// A node that stands still, and the last instant at which something came to it.
struct Standstill {
    last: Time,
    until: Option<Time>,
    /// When requests came that had to wait, the last one first.
    asked: Vec<Time>,
}

impl Standstill {
    fn of(schedule: &Schedule, node: NodeId, since: Time) -> Standstill {
        let asked = schedule.steps.iter().filter(|step| step.node == node);
        let mut asked: Vec<Time> = asked
            .filter_map(|step| match step.when {
                When::At(at) => (at >= since).then_some(at),
                When::Upon { .. } => None,
            })
            .collect();
        asked.sort_by_key(|at| std::cmp::Reverse(*at));
        Standstill { last: since, until: None, asked }
    }

    /// A request came.
    fn ask(&mut self) {
        self.last = self.asked.pop().unwrap_or_default().max(self.last);
    }

    /// When the next frame came, which could not come earlier than this.
    fn next(&mut self, earliest: Time) -> Time {
        self.last = earliest.max(self.last + Span(1));
        self.last
    }
}
