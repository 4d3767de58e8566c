//! Who is out in the end: nodes that left, and nodes that a later view leaves out. Like crashed
//! nodes they owe nothing, and nobody owes them or what they did on their own side.

use crate::scene::Scene;
use pepperland_core::history::{EventId, Kind};

/// For each group and node, whether the node is out in the end; empty if everybody is in.
pub struct Absent {
    out: Vec<Vec<bool>>,
}

impl Absent {
    /// Who is out. One scan of the views, if there are any.
    pub fn of(scene: &Scene<'_>) -> Absent {
        let (history, groups) = (scene.history, scene.group_count());
        if !history.has(Kind::View) && !history.has(Kind::Leave) {
            return Absent { out: Vec::new() };
        }
        let nodes = history.node_count();
        let mut last = vec![vec![0; nodes]; groups];
        let mut gone = vec![false; nodes];
        let mut views = Vec::new();
        let kinds = history.kinds().iter().zip(history.nodes()).enumerate();
        for (event, (kind, node)) in kinds.filter(|(_, (_, n))| (**n as usize) < nodes) {
            let node = *node as usize;
            match kind {
                Kind::Leave => gone[node] = true,
                Kind::Join => gone[node] = false,
                Kind::View if !scene.case.byzantine[node] => {
                    let Some(view) = history.event(EventId(event as u32)).view() else { continue };
                    let group = view.group.unwrap_or(0) as usize;
                    if let Some(last) = last.get_mut(group) {
                        last[node] = view.view.number;
                        views.push((group, view));
                    }
                }
                _ => {}
            }
        }
        let mut out = vec![gone; groups];
        for (group, view) in views {
            let mut is_in = vec![false; nodes];
            for member in view.members.iter().filter(|m| m.index() < nodes) {
                is_in[member.index()] = true;
            }
            for node in 0..nodes {
                out[group][node] |= !is_in[node] && view.view.number > last[group][node];
            }
        }
        Absent { out }
    }

    /// Whether the node is out of the group in the end.
    pub fn is_out(&self, group: u32, node: u32) -> bool {
        self.out.get(group as usize).is_some_and(|out| out.get(node as usize) == Some(&true))
    }

    /// Whether nobody is.
    pub fn is_nobody(&self) -> bool {
        self.out.is_empty()
    }
}
