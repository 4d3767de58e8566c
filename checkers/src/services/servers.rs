//! Who serves, and when.

use pepperland_core::checker::Case;
use pepperland_core::history::Kind;
use pepperland_core::time::Time;

/// The servers: the nodes that are in every group. Clients share a group with them, and are not in
/// the one that servers have among themselves. Where there is one group, everybody serves.
pub struct Servers {
    /// When each crashed and recovered, in time.
    turns: Vec<Vec<(Time, Kind)>>,
}

impl Servers {
    /// Those that do not lie. O(events).
    pub fn of(case: &Case<'_>) -> Servers {
        let history = case.history;
        let mut turns = vec![Vec::new(); history.node_count()];
        for (event, (kind, node)) in history.kinds().iter().zip(history.nodes()).enumerate() {
            if let (Kind::Crash | Kind::Recover, Some(turns)) =
                (kind, turns.get_mut(*node as usize))
            {
                turns.push((history.times()[event], *kind));
            }
        }
        let everywhere = |node: &usize| {
            let mut groups = history.groups().iter();
            groups.all(|(_, members)| members.iter().any(|member| member.index() == *node))
        };
        let serving = (0..turns.len()).filter(everywhere).filter(|node| !case.byzantine[*node]);
        Servers { turns: serving.map(|node| std::mem::take(&mut turns[node])).collect() }
    }

    /// Whether some server is up at an instant at which none crashes or recovers.
    pub fn is_one_up(&self, at: Time) -> bool {
        self.turns.iter().any(|turns| {
            let before = turns.partition_point(|(time, _)| *time <= at);
            turns[..before].last().is_none_or(|(_, kind)| *kind == Kind::Recover)
        })
    }
}
