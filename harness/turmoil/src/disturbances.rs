//! When disturbances begin and end.

use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Schedule, Trouble};
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
