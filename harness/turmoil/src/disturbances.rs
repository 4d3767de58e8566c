//! Disturbances: when they begin and end, and which of those on links are at work.

use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Harm, Schedule, Transit, Trouble};
use pepperland_core::time::Time;

/// One end of a disturbance.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Turn {
    Begin(u32),
    End(u32),
}

/// The turns of every disturbance of a schedule, in order.
#[derive(Default)]
pub struct Timetable {
    turns: Vec<(Time, Turn)>,
    past: usize,
}

impl Timetable {
    pub fn new(schedule: &Schedule) -> Timetable {
        let mut turns = Vec::new();
        for (index, disturbance) in schedule.disturbances.iter().enumerate() {
            let (begin, end) = disturbance.window(&schedule.header);
            turns.push((begin, Turn::Begin(index as u32)));
            turns.extend(end.map(|end| (end, Turn::End(index as u32))));
        }
        turns.sort_by_key(|(at, _)| *at);
        Timetable { turns, past: 0 }
    }

    /// The next turn, if its time has come.
    pub fn due(&mut self, now: Time) -> Option<Turn> {
        let (_, turn) = self.turns.get(self.past).filter(|(at, _)| *at <= now)?;
        self.past += 1;
        Some(*turn)
    }

    /// Whether none is left.
    pub fn is_over(&self) -> bool {
        self.past == self.turns.len()
    }
}

/// When a node that crashes now is restarted, if ever.
pub fn restart_of(schedule: &Schedule, node: NodeId, now: Time) -> Option<Time> {
    let crashes = schedule.disturbances.iter().filter(|disturbance| {
        matches!(disturbance.trouble, Trouble::Crash { node: crashed, .. } if crashed == node)
    });
    let ends = crashes.filter_map(|disturbance| disturbance.window(&schedule.header).1);
    ends.filter(|end| *end >= now).min()
}

/// A disturbance of links that is at work.
pub struct Active {
    pub index: u32,
    is_cut: bool,
    pub touched: u64,
    /// Places of the frames that a perfect channel keeps until the cut heals.
    pub held: Vec<u32>,
}

/// The disturbances of links that are at work, in the order of the schedule.
#[derive(Default)]
pub struct AtWork {
    active: Vec<Active>,
}

impl AtWork {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.active.is_empty()
    }

    /// A disturbance begins.
    pub fn begin(&mut self, index: u32, is_cut: bool) {
        let active = Active { index, is_cut, touched: 0, held: Vec::new() };
        let place = self.active.partition_point(|other| other.index < index);
        self.active.insert(place, active);
    }

    /// It ends.
    pub fn end(&mut self, index: u32) -> Option<Active> {
        let place = self.active.iter().position(|active| active.index == index)?;
        Some(self.active.remove(place))
    }

    /// What the disturbances at work, cuts aside, do to a message.
    pub fn harm(&mut self, schedule: &Schedule, transit: &Transit) -> Vec<(u32, Harm)> {
        let mut harms = Vec::new();
        for active in self.active.iter_mut().filter(|active| !active.is_cut) {
            let disturbance = &schedule.disturbances[active.index as usize];
            if let Some(harm) = transit.harm(schedule.header.seed, disturbance) {
                active.touched += 1;
                harms.push((active.index, harm));
            }
        }
        harms
    }

    /// The first cut at work on the link.
    pub fn cut(&mut self, schedule: &Schedule, from: NodeId, to: NodeId) -> Option<&mut Active> {
        self.active.iter_mut().find(|active| {
            let trouble = &schedule.disturbances[active.index as usize].trouble;
            active.is_cut && trouble.links().is_some_and(|links| links.contain(from, to))
        })
    }
}
