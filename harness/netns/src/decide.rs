//! What becomes of each frame: pure, and the same for the same seed.
//!
//! Every decision about the frame number k of a link hangs on the seed, the link, k, and the
//! disturbances that lie on the link: not on the time, nor on other links. Two rules look
//! further: a throttle at the time, and an omission of some degree at what it did last.

mod begun;
mod chance;
mod decision;
mod draws;
mod link;
mod links;
mod queue;
mod rule;
#[cfg(test)]
mod tests;

pub use chance::Chance;
pub use decision::{Change, Decision, Fate};
pub use link::Arrival;
pub use links::Links;
pub(crate) use rule::nanoseconds;
pub use rule::{Corruption, Pace, Rule};

use begun::Begun;
use link::Link;

/// All links between some nodes, and what disturbs them.
#[derive(Debug)]
pub struct Disturbances {
    nodes: usize,
    links: Vec<Link>,
    begun: Begun,
}

impl Disturbances {
    /// None yet.
    pub fn none(seed: u64, nodes: usize) -> Disturbances {
        let link = |index: usize| Link::new(seed, index / nodes, index % nodes, nodes);
        let links = (0..nodes * nodes).map(link).collect();
        Disturbances { nodes, links, begun: Begun::default() }
    }

    /// Lays a rule on links, for a disturbance, which may have several. Links of nodes that are
    /// not there are none.
    pub fn begin(&mut self, id: u32, links: &Links, rule: Rule) {
        let ordinal = self.begun.rule(id);
        for (index, link) in self.links.iter_mut().enumerate() {
            if links.contain(index / self.nodes, index % self.nodes) {
                link.lay(id, ordinal, rule, None);
            }
        }
    }

    /// Lays a rule on one frame of a link, which is counted from 0, for a disturbance.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn strike(&mut self, id: u32, (from, to): (usize, usize), number: u64, rule: Rule) {
        let ordinal = self.begun.rule(id);
        self.links[from * self.nodes + to].lay(id, ordinal, rule, Some(number));
    }

    /// Lifts the rules of a disturbance, and no others. How many frames it has touched.
    pub fn end(&mut self, id: u32) -> u64 {
        self.links.iter_mut().for_each(|link| link.lift(id));
        self.begun.touched(id)
    }

    /// How many frames a disturbance has touched so far, or until it ended.
    pub fn touched(&self, id: u32) -> u64 {
        self.begun.touched(id)
    }

    /// Notes that a disturbance has touched a frame: for each of a decision's `touched`, for each
    /// of its changes that could be made, and for each frame that a cut stops on its way.
    pub fn touch(&mut self, id: u32) {
        self.begun.touch(id);
    }

    /// The disturbance that has cut a link, if one has.
    pub fn cut_by(&self, from: usize, to: usize) -> Option<u32> {
        self.links[from * self.nodes + to].cut_by()
    }

    /// What becomes of the next frame of a link.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn decide(&mut self, from: usize, to: usize, arrival: Arrival) -> Decision {
        self.links[from * self.nodes + to].decide(arrival, &mut self.begun)
    }
}
