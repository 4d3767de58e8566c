//! A rehearsal of engines: all nodes in one place, messages between them in an order that a seed
//! draws, and liars among them.

use crate::byzantine::correia::reliable::{Broadcast, Placed, Reliable, Said};
use crate::byzantine::correia::{Agreement, Outcome, Planted, Rules};
use pepperland_core::contract::{Value, mutate};
use pepperland_core::id::NodeId;
use pepperland_core::seed::{PerMillion, Seed, Stream};

/// An engine above reliable broadcast, as a rehearsal runs it.
pub trait Engine {
    /// What it broadcasts.
    type Part: Placed + Value;
    /// What comes out of it.
    type Result: Clone;

    /// An engine of which nothing was asked.
    fn new(rules: Rules) -> Self;

    /// What it broadcasts on a part that is R-delivered, and what comes out.
    fn hear(
        &mut self,
        origin: NodeId,
        part: Self::Part,
        coin: &mut Stream,
    ) -> (Vec<Self::Part>, Vec<Self::Result>);
}

impl<A: Agreement<Part: Value, Decision: Clone>> Engine for A {
    type Part = A::Part;
    type Result = A::Decision;

    fn new(rules: Rules) -> A {
        Agreement::new(rules)
    }

    fn hear(
        &mut self,
        origin: NodeId,
        part: A::Part,
        coin: &mut Stream,
    ) -> (Vec<A::Part>, Vec<A::Decision>) {
        let Outcome { say, decided } = self.upon(origin, part, coin);
        (say, decided.into_iter().collect())
    }
}

/// How a node lies to everybody.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Lies {
    /// It says nothing to some, drawn anew for each message.
    Silent,
    /// It changes what it says a little, for each receiver by itself.
    Changes,
    /// It changes what it broadcasts a little, and tells everybody the same.
    Invents,
    /// It tells half of the nodes what one copy of it says, and the others what another does.
    Twins,
}

/// All nodes, and what is between them. Liars are the last nodes; a twin is one more copy.
pub struct Rehearsal<E: Engine> {
    rules: Rules,
    lies: Option<Lies>,
    stream: Stream,
    actors: Vec<Actor<E>>,
    between: Vec<(NodeId, usize, Said<E::Part>)>,
}

struct Actor<E: Engine> {
    name: NodeId,
    reliable: Reliable<E::Part>,
    engine: E,
    results: Vec<E::Result>,
}

impl<E: Engine> Rehearsal<E> {
    /// So many nodes, of which as many as may lie do so, if any do.
    pub fn new(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Rehearsal<E> {
        let rules = Rules::new(n, planted);
        let twins = if lies == Some(Lies::Twins) { rules.f } else { 0 };
        let names = NodeId::first(n).chain(NodeId::first(n).skip(n - twins));
        let actors = names.map(|name| Actor {
            name,
            reliable: Reliable::new(rules),
            engine: E::new(rules),
            results: Vec::new(),
        });
        let stream = Seed(seed).stream("rehearsal");
        Rehearsal { rules, lies, stream, actors: actors.collect(), between: Vec::new() }
    }

    /// The nodes that do not lie.
    pub fn honest(&self) -> std::ops::Range<usize> {
        0..self.rules.n - if self.lies.is_some() { self.rules.f } else { 0 }
    }

    /// All nodes and copies of nodes.
    pub fn everybody(&self) -> std::ops::Range<usize> {
        0..self.actors.len()
    }

    /// What came out at a node.
    pub fn results(&self, actor: usize) -> &[E::Result] {
        &self.actors[actor].results
    }

    /// What came out first at each node that does not lie.
    pub fn outcomes(&self) -> Vec<Option<E::Result>> {
        self.honest().map(|actor| self.results(actor).first().cloned()).collect()
    }

    /// A node is asked for something.
    pub fn ask(
        &mut self,
        actor: usize,
        ask: impl FnOnce(&mut E, &mut Stream) -> (Vec<E::Part>, Vec<E::Result>),
    ) {
        let (say, results) = ask(&mut self.actors[actor].engine, &mut self.stream);
        self.actors[actor].results.extend(results);
        self.broadcast(actor, say);
    }

    /// A node R-broadcasts.
    pub fn broadcast(&mut self, actor: usize, parts: Vec<E::Part>) {
        let by = self.actors[actor].name;
        let invents = self.lies == Some(Lies::Invents) && !self.honest().contains(&actor);
        for part in parts {
            let what = if invents { self.perhaps_changed(&part) } else { part };
            self.send(actor, &Said::Init(Broadcast { by, what }));
        }
    }

    /// Messages arrive in any order until none is left.
    pub fn play(&mut self) {
        while !self.between.is_empty() {
            let at = self.stream.below(self.between.len() as u64) as usize;
            let (from, to, said) = self.between.swap_remove(at);
            self.arrive(from, to, said);
        }
    }

    fn arrive(&mut self, from: NodeId, to: usize, said: Said<E::Part>) {
        let heard = self.actors[to].reliable.upon(from, said);
        if let Some(said) = heard.say {
            self.send(to, &said);
        }
        if let Some(Broadcast { by, what }) = heard.delivered {
            let (say, results) = self.actors[to].engine.hear(by, what, &mut self.stream);
            self.actors[to].results.extend(results);
            self.broadcast(to, say);
        }
    }

    fn send(&mut self, actor: usize, said: &Said<E::Part>) {
        let from = self.actors[actor].name;
        let is_liar = !self.honest().contains(&actor);
        for to in self.everybody() {
            let told = if is_liar { self.lie(actor, to, said) } else { Some(said.clone()) };
            self.between.extend(told.map(|told| (from, to, told)));
        }
    }

    fn lie(&mut self, actor: usize, to: usize, said: &Said<E::Part>) -> Option<Said<E::Part>> {
        match self.lies? {
            Lies::Silent => self.stream.chance(PerMillion::percent(50)).then(|| said.clone()),
            Lies::Changes => Some(self.perhaps_changed(said)),
            Lies::Invents => Some(said.clone()),
            Lies::Twins => {
                let is_second = |actor: usize| actor >= self.rules.n;
                let belongs = match self.honest().contains(&to) {
                    true => (to % 2 == 1) == is_second(actor),
                    false => is_second(to) == is_second(actor),
                };
                belongs.then(|| said.clone())
            }
        }
    }

    /// The same, or something else of its form, one place away.
    fn perhaps_changed<T: Value>(&mut self, truth: &T) -> T {
        if !self.stream.chance(PerMillion::percent(40)) {
            return truth.clone();
        }
        let mut value = serde_json::to_value(truth).expect("what is said has a JSON form");
        mutate(&mut value, self.stream.below(u64::MAX));
        serde_json::from_value(value).unwrap_or_else(|_| truth.clone())
    }
}

/// Every way of lying, and none.
pub const WAYS: [Option<Lies>; 5] =
    [None, Some(Lies::Silent), Some(Lies::Changes), Some(Lies::Invents), Some(Lies::Twins)];
