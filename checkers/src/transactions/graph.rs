//! Which transaction comes before which, and why: a graph, its strong components, and short ways
//! through it.

use crate::linearizability::values::Datum;
use pepperland_core::history::NONE;
use std::collections::VecDeque;

/// Why one transaction comes before another; several of them are a sum.
pub type Why = u8;
/// It wrote the version right before the other's.
pub const WW: Why = 1;
/// It installed the version that the other read.
pub const WR: Why = 2;
/// It read the version right before the other's.
pub const RW: Why = 4;
/// Nothing else is serializable, but it is open which dependency there is.
pub const EITHER: Why = 8;
/// It had ended when the other began, or is the same client's.
pub const TIME: Why = 16;
/// Real time tells the order of the versions that they wrote and read.
pub const RECENT: Why = 64;
/// The way goes on from where it is, which is no transaction.
pub const ON: Why = 32;

/// The dependencies of Adya's graph.
pub const DEPENDENCIES: Why = WW | WR | RW | ON;

/// One transaction, or a junction of many ways, comes before another.
#[derive(Copy, Clone, Debug)]
pub struct Edge {
    /// What comes before.
    pub from: u32,
    /// What comes after.
    pub to: u32,
    /// Why.
    pub why: Why,
    /// By which key, if by one.
    pub key: u32,
    /// The version that was read or overwritten, if there was one.
    pub before: Option<Datum>,
    /// The version that came after.
    pub value: Datum,
}

impl Edge {
    /// An edge that no key is the reason of.
    pub fn plain(from: u32, to: u32, why: Why) -> Edge {
        Edge { from, to, why, key: NONE, before: None, value: 0 }
    }
}

/// A graph that grows.
#[derive(Clone, Default)]
pub struct Edges {
    /// How many transactions there are: the first nodes.
    pub txns: u32,
    /// How many nodes there are.
    pub nodes: u32,
    /// The edges.
    pub all: Vec<Edge>,
}

impl Edges {
    /// No edges between so many transactions.
    pub fn among(txns: usize) -> Edges {
        Edges { txns: txns as u32, nodes: txns as u32, all: Vec::new() }
    }

    /// Adds an edge, unless it leads nowhere.
    pub fn add(&mut self, edge: Edge) {
        if edge.from != edge.to {
            self.all.push(edge);
        }
    }

    /// A junction: it stands for an edge from each that leads to it to each that it leads to.
    pub fn junction(&mut self) -> u32 {
        self.nodes += 1;
        self.nodes - 1
    }
}

/// A graph, to be searched.
pub struct Graph {
    /// How many of the nodes are transactions.
    pub txns: u32,
    /// The edges, in the order of the nodes that they come from.
    pub edges: Vec<Edge>,
    /// Where the edges of each node begin.
    begin: Vec<usize>,
}

impl Graph {
    /// Makes a graph of the edges. O(nodes + edges).
    pub fn of(edges: Edges) -> Graph {
        let nodes = edges.nodes as usize;
        let mut all = edges.all;
        all.sort_by_key(|edge| edge.from);
        let mut begin = vec![0; nodes + 1];
        all.iter().for_each(|edge| begin[edge.from as usize + 1] += 1);
        (0..nodes).for_each(|node| begin[node + 1] += begin[node]);
        Graph { txns: edges.txns, edges: all, begin }
    }

    /// Its edges, so that more can be added.
    pub fn edges(&self) -> Edges {
        Edges { txns: self.txns, nodes: self.len() as u32, all: self.edges.clone() }
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.begin.len() - 1
    }

    /// The transactions that come before others for this reason, once for each time.
    pub fn sources(&self, why: Why) -> Vec<u32> {
        let edges = self.edges.iter().filter(|edge| edge.why == why && edge.from < self.txns);
        edges.map(|edge| edge.from).collect()
    }

    /// The edges that leave a node for one of these reasons.
    pub fn out(&self, node: u32, why: Why) -> impl Iterator<Item = Edge> {
        let range = self.begin[node as usize]..self.begin[node as usize + 1];
        self.edges[range].iter().copied().filter(move |edge| edge.why & why != 0)
    }

    /// The strong components of the graph with the edges of these reasons (Tarjan 1972). No edge
    /// leads from a lower number to a higher one.
    pub fn components(&self, why: Why) -> Components {
        let mut tarjan = Tarjan {
            graph: self,
            met: vec![NONE; self.len()],
            low: vec![NONE; self.len()],
            stack: Vec::new(),
            way: Vec::new(),
            found: Components { of: vec![NONE; self.len()], sizes: Vec::new() },
            count: 0,
        };
        for node in 0..self.len() as u32 {
            if tarjan.met[node as usize] == NONE {
                tarjan.visit(node, why);
            }
        }
        tarjan.found
    }

    /// A shortest way, counted in transactions, inside one component and by edges of these reasons,
    /// if there is one of at most `limit` transactions. Adds the nodes met to `effort`.
    pub fn way(
        &self,
        [from, to]: [u32; 2],
        why: Why,
        components: &Components,
        limit: usize,
        search: &mut Search,
    ) -> Option<Vec<Edge>> {
        search.from.resize(self.len(), usize::MAX);
        let mut queue = VecDeque::from([(from, usize::from(from < self.txns))]);
        let mut met = Vec::new();
        let mut found = from == to;
        while let Some((node, length)) = queue.pop_front().filter(|_| !found) {
            let range = self.begin[node as usize]..self.begin[node as usize + 1];
            for at in range {
                let edge = self.edges[at];
                search.effort += 1;
                let inside = components.of[edge.to as usize] == components.of[from as usize];
                let fresh = search.from[edge.to as usize] == usize::MAX && edge.to != from;
                let longer = length + usize::from(edge.to < self.txns);
                if edge.why & why == 0 || !inside || !fresh || longer > limit {
                    continue;
                }
                search.from[edge.to as usize] = at;
                met.push(edge.to);
                found |= edge.to == to;
                match edge.to < self.txns {
                    true => queue.push_back((edge.to, longer)),
                    false => queue.push_front((edge.to, longer)),
                }
            }
        }
        let way = found.then(|| self.way_back(from, to, &search.from));
        met.into_iter().for_each(|node| search.from[node as usize] = usize::MAX);
        way
    }

    fn way_back(&self, from: u32, to: u32, by: &[usize]) -> Vec<Edge> {
        let mut way = Vec::new();
        let mut node = to;
        while node != from {
            let edge = self.edges[by[node as usize]];
            way.push(edge);
            node = edge.from;
        }
        way.reverse();
        way
    }
}

/// What searches share: where they came from, and how many edges they have looked at.
#[derive(Default)]
pub struct Search {
    from: Vec<usize>,
    /// How many edges were looked at.
    pub effort: usize,
}

/// Strong components.
pub struct Components {
    /// The component of each node.
    pub of: Vec<u32>,
    /// How many nodes each has.
    pub sizes: Vec<u32>,
}

impl Components {
    /// Whether an edge is on a cycle.
    pub fn hold(&self, edge: &Edge) -> bool {
        self.of[edge.from as usize] == self.of[edge.to as usize]
    }

    /// Whether there is a cycle.
    pub fn has_cycle(&self) -> bool {
        self.sizes.iter().any(|size| *size > 1)
    }
}

/// Tarjan's search without recursion.
struct Tarjan<'g> {
    graph: &'g Graph,
    met: Vec<u32>,
    low: Vec<u32>,
    stack: Vec<u32>,
    /// The nodes on the way to where it is, each with its next edge.
    way: Vec<(u32, usize)>,
    found: Components,
    count: u32,
}

impl Tarjan<'_> {
    fn visit(&mut self, root: u32, why: Why) {
        self.enter(root);
        while let Some((node, next)) = self.way.last_mut() {
            let (node, at) = (*node, *next);
            *next += 1;
            if at == self.graph.begin[node as usize + 1] {
                self.way.pop();
                self.leave(node);
                continue;
            }
            let edge = self.graph.edges[at];
            if edge.why & why == 0 {
                continue;
            }
            let to = edge.to as usize;
            if self.met[to] == NONE {
                self.enter(edge.to);
            } else if self.found.of[to] == NONE {
                self.low[node as usize] = self.low[node as usize].min(self.met[to]);
            }
        }
    }

    fn enter(&mut self, node: u32) {
        (self.met[node as usize], self.low[node as usize]) = (self.count, self.count);
        self.count += 1;
        self.stack.push(node);
        self.way.push((node, self.graph.begin[node as usize]));
    }

    fn leave(&mut self, node: u32) {
        let low = self.low[node as usize];
        if let Some((up, _)) = self.way.last() {
            self.low[*up as usize] = self.low[*up as usize].min(low);
        }
        if low != self.met[node as usize] {
            return;
        }
        let begin = self.stack.iter().rposition(|n| *n == node).unwrap_or(0);
        let component = self.found.sizes.len() as u32;
        let members = self.stack.split_off(begin);
        members.iter().for_each(|member| self.found.of[*member as usize] = component);
        self.found.sizes.push(members.len() as u32);
    }
}
