//! Cycles of dependencies, by what they are made of.

use crate::transactions::graph::{
    Components, DEPENDENCIES, EITHER, Edge, Graph, ON, RECENT, RW, Search, TIME, WR, WW, Why,
};
use crate::transactions::reach::closed_without;

/// A cycle: edges, each from where the one before led to.
pub type Cycle = Vec<Edge>;

/// After so many edges the shortest cycle found so far is taken.
const PATIENCE: usize = 1 << 22;

/// A short cycle of each kind, if there is one.
#[derive(Default)]
pub struct Cycles {
    /// Of writes alone.
    pub g0: Option<Cycle>,
    /// With a read of what was written.
    pub g1c: Option<Cycle>,
    /// With one read of what was overwritten.
    pub g_single: Option<Cycle>,
    /// With several, through one that is on no cycle with one.
    pub g2: Option<Cycle>,
    /// Such that it is not known which of these it is.
    pub either: Option<Cycle>,
}

impl Cycles {
    /// Looks for cycles. O(nodes + edges) if there are none.
    pub fn of(graph: &Graph) -> Cycles {
        let every = graph.components(DEPENDENCIES | EITHER);
        if !every.has_cycle() {
            return Cycles::default();
        }
        let mut cycles = Cycles {
            either: through(graph, EITHER, DEPENDENCIES | EITHER, &every),
            ..Cycles::default()
        };
        let all = graph.components(DEPENDENCIES);
        if !all.has_cycle() {
            return cycles;
        }
        cycles.g0 = through(graph, WW, WW | ON, &graph.components(WW | ON));
        let known = graph.components(WW | WR | ON);
        cycles.g1c = through(graph, WR, WW | WR | ON, &known);
        let reads: Vec<Edge> = closing(graph, RW, &all).collect();
        let alone = closed_without(graph, &reads, &known);
        let (single, several): (Vec<_>, Vec<_>) =
            reads.into_iter().zip(alone).partition(|(_, alone)| *alone);
        let edges = |some: Vec<(Edge, bool)>| some.into_iter().map(|(edge, _)| edge);
        cycles.g_single = shortest(graph, edges(single), WW | WR | ON, &all);
        cycles.g2 = shortest(graph, edges(several), DEPENDENCIES, &all);
        cycles
    }
}

/// A short cycle through an edge that time gives.
pub fn in_time(graph: &Graph) -> Option<Cycle> {
    let times = TIME | RECENT;
    let every = DEPENDENCIES | EITHER | times;
    let components = graph.components(every);
    through(graph, times, every, &components)
}

/// A short cycle through an edge of the first kinds, and else by edges of the others.
fn through(graph: &Graph, one: Why, others: Why, components: &Components) -> Option<Cycle> {
    shortest(graph, closing(graph, one, components), others, components)
}

/// The edges of transactions for this reason that are on a cycle.
fn closing<'g>(
    graph: &'g Graph,
    why: Why,
    components: &'g Components,
) -> impl Iterator<Item = Edge> + 'g {
    let is_closing = move |e: &Edge| e.why & why != 0 && e.from < graph.txns && components.hold(e);
    graph.edges.iter().copied().filter(is_closing)
}

/// A shortest cycle through one of these edges and otherwise by edges of these reasons; if there
/// are too many to look at, the shortest of those seen.
fn shortest(
    graph: &Graph,
    edges: impl Iterator<Item = Edge>,
    why: Why,
    components: &Components,
) -> Option<Cycle> {
    let mut best: Option<(usize, Cycle)> = None;
    let mut search = Search::default();
    for edge in edges {
        let limit = best.as_ref().map_or(usize::MAX, |(length, _)| length - 1);
        if limit < 2 || best.is_some() && search.effort > PATIENCE {
            break;
        }
        let ends = [edge.to, edge.from];
        if let Some(way) = graph.way(ends, why, components, limit, &mut search) {
            let cycle: Cycle = std::iter::once(edge).chain(way).collect();
            let length = cycle.iter().filter(|edge| edge.from < graph.txns).count();
            best = Some((length, cycle));
        }
    }
    best.map(|(_, cycle)| cycle)
}
