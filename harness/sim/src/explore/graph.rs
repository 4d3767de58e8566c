//! The graph of states, breadth first: the first way to a state is a shortest one.

use crate::explore::automaton::Automata;
use crate::explore::event::{Event, Input};
use crate::explore::moves::Move;
use crate::explore::realize::{End, realize};
use crate::explore::state::State;
use crate::explore::{Cut, Explored, Scope, Told};
use pepperland_core::collections::{Map, Set};
use pepperland_core::id::NodeId;
use smallvec::SmallVec;
use std::ops::ControlFlow;
use xxhash_rust::xxh3::xxh3_128;

/// How a state was met first.
#[derive(Copy, Clone)]
struct Met {
    from: u32,
    event: u32,
}

/// After so many states whoever looks at the runs is asked whether to go on.
const ASK_AFTER: u64 = 100_000;

/// A state whose next steps are to be taken, its number, and in how many ways it is reached.
struct Open {
    state: State,
    number: u32,
    ways: u128,
}

/// The graph while it is explored.
pub struct Graph<'a> {
    scope: Scope<'a>,
    automata: Automata<'a>,
    met: Vec<Met>,
    known: Set<u128>,
    /// What nodes tell in the runs shown: in complete ones, and so far in beginnings.
    ends: Set<u128>,
    begun: Set<u128>,
    explored: Explored,
}

/// The states that are one step further, and where each stands among them.
#[derive(Default)]
struct Further {
    open: Vec<Open>,
    places: Map<u128, u32>,
}

impl<'a> Graph<'a> {
    pub fn new(scope: &Scope<'a>, automata: Automata<'a>) -> Graph<'a> {
        Graph {
            scope: scope.clone(),
            automata,
            met: Vec::new(),
            known: Set::default(),
            ends: Set::default(),
            begun: Set::default(),
            explored: Explored::default(),
        }
    }

    /// Explores until there is nothing more, or enough.
    pub fn explore(mut self, visit: &mut dyn FnMut(Vec<Told>) -> ControlFlow<()>) -> Explored {
        let mut level = self.first();
        while !level.is_empty() {
            match self.go_through(level, visit) {
                ControlFlow::Continue(next) => level = next,
                ControlFlow::Break(()) => {
                    self.explored.cut = Some(Cut::Enough);
                    break;
                }
            }
            self.explored.depth += u32::from(!level.is_empty());
        }
        self.explored.states = self.met.len() as u64;
        self.explored.locals = self.automata.len() as u64;
        self.explored.ends = self.ends.len() as u64;
        self.explored
    }

    /// Goes through all states of as many steps, and returns those of one more.
    fn go_through(
        &mut self,
        level: Vec<Open>,
        visit: &mut dyn FnMut(Vec<Told>) -> ControlFlow<()>,
    ) -> ControlFlow<(), Vec<Open>> {
        let mut further = Further::default();
        let mut told = Vec::new();
        for (open, place) in level.into_iter().zip(1..) {
            if place % ASK_AFTER == 0 {
                visit(Vec::new())?;
            }
            self.show(&open, &mut told);
            self.expand(&open, &mut further);
        }
        visit(told)?;
        ControlFlow::Continue(further.open)
    }

    /// All nodes have started.
    fn first(&mut self) -> Vec<Open> {
        let nodes = self.scope.header.nodes as usize;
        let starts: Vec<Move> =
            NodeId::first(nodes).map(|node| self.automata.start(node)).collect();
        let mut state = State::new(starts.iter().map(|start| start.next).collect());
        for (node, start) in NodeId::first(nodes).zip(&starts) {
            start.sends.iter().for_each(|frame| state.send(*frame, &self.automata.frames));
            if start.sets_timer {
                self.cut(Cut::Timer(node));
            }
        }
        if self.explored.cut.is_some() {
            return Vec::new();
        }
        let mut further = Further::default();
        let fingerprint = state.fingerprint();
        self.meet(state, fingerprint, Met { from: u32::MAX, event: 0 }, (1, &mut further));
        further.open
    }

    fn cut(&mut self, why: Cut) {
        self.explored.cut.get_or_insert(why);
    }

    /// Takes every step from a state.
    fn expand(&mut self, open: &Open, further: &mut Further) {
        let State { asked, .. } = open.state;
        let nodes = NodeId::first(self.scope.header.nodes as usize);
        let speakers =
            nodes.filter(|node| asked < self.scope.broadcasts && !open.state.is_down(*node));
        let asks = speakers.map(Input::Multicast);
        let arrivals = open.state.arrivals(&self.automata.frames).map(Input::Arrive);
        let inputs: SmallVec<[Input; 24]> = asks.chain(arrivals).collect();
        let may_crash = open.state.down.count_ones() < self.scope.crashes;
        for input in inputs {
            let node = self.node_of(input);
            let made = self.automata.make(node, open.state.locals[node.index()], input);
            let cuts = if may_crash { self.automata.get(made).cuts.len() as u32 } else { 0 };
            for cut in std::iter::once(None).chain((0..cuts).map(Some)) {
                self.step(open, Event { input, cut }, made, further);
            }
        }
    }

    fn node_of(&self, input: Input) -> NodeId {
        match input {
            Input::Multicast(node) => node,
            Input::Arrive(frame) => self.automata.frames.receiver(frame),
        }
    }

    fn step(&mut self, open: &Open, event: Event, made: u32, further: &mut Further) {
        let node = self.node_of(event.input);
        let Automata { frames, .. } = &self.automata;
        let made = self.automata.get(made);
        let cut = event.cut.map(|cut| &made.cuts[cut as usize]);
        let mut state = open.state.clone();
        match event.input {
            Input::Multicast(_) => state.asked += 1,
            Input::Arrive(frame) => state.take(frame, frames),
        }
        let (next, sends) = cut.map_or((made.next, made.sends.len()), |cut| (cut.next, cut.sends));
        state.locals[node.index()] = next;
        if cut.is_some() {
            state.crash(node, frames);
        }
        made.sends[..sends].iter().for_each(|frame| state.send(*frame, frames));
        self.explored.moves += 1;
        if made.sets_timer && cut.is_none() {
            return self.cut(Cut::Timer(node));
        }
        let met = Met { from: open.number, event: event.pack() };
        let fingerprint = state.fingerprint();
        self.meet(state, fingerprint, met, (open.ways, further));
    }

    /// A state is met, in so many ways more.
    fn meet(
        &mut self,
        state: State,
        fingerprint: u128,
        met: Met,
        (ways, further): (u128, &mut Further),
    ) {
        if self.known.insert(fingerprint) {
            if self.met.len() >= self.scope.states as usize {
                self.known.remove(&fingerprint);
                return self.cut(Cut::States);
            }
            self.met.push(met);
            further.places.insert(fingerprint, further.open.len() as u32);
            let number = self.met.len() as u32 - 1;
            further.open.push(Open { state, number, ways });
        } else if let Some(place) = further.places.get(&fingerprint) {
            let open = &mut further.open[*place as usize];
            open.ways = open.ways.saturating_add(ways);
        }
    }

    /// Adds the runs that lead to a state in which nodes have told what they had in no other.
    fn show(&mut self, open: &Open, runs: &mut Vec<Told>) {
        let before = runs.len();
        self.ends_of(open, runs);
        if self.scope.beginnings {
            let down = open.state.down;
            let is_new = self.begun.insert(self.told(&open.state, down, 0));
            if is_new && runs.len() == before {
                runs.push(self.realize(open, down, false));
            }
        }
    }

    fn realize(&mut self, open: &Open, crashed: u32, is_complete: bool) -> Told {
        let end = End { path: self.path(open.number), crashed, is_complete };
        realize(&self.scope, &mut self.automata, &end)
    }

    /// Adds the ends that a state is, with some nodes taken for crashed, and that are new.
    fn ends_of(&mut self, open: &Open, runs: &mut Vec<Told>) {
        let most = self.scope.crashes;
        for crashed in 0..1_u32 << self.scope.header.nodes {
            let more = crashed & open.state.down == open.state.down && crashed.count_ones() <= most;
            let lost =
                more.then(|| open.state.rests(crashed, self.scope.losses, &self.automata.frames));
            let Some(lost) = lost.flatten() else { continue };
            if crashed == open.state.down && lost == 0 {
                let interleavings = &mut self.explored.interleavings;
                *interleavings = interleavings.saturating_add(open.ways);
            }
            if self.ends.insert(self.told(&open.state, crashed, lost)) {
                runs.push(self.realize(open, crashed, true));
            }
        }
    }

    /// What all nodes tell, who crashed, and whether anything was lost.
    fn told(&self, state: &State, crashed: u32, lost: u32) -> u128 {
        let mut bytes: SmallVec<[u8; 128]> = SmallVec::new();
        for local in &state.locals {
            bytes.extend_from_slice(&self.automata.told(*local).to_le_bytes());
        }
        bytes.extend_from_slice(&crashed.to_le_bytes());
        bytes.push(u8::from(lost > 0));
        xxh3_128(&bytes)
    }

    /// The steps that led to a state first.
    fn path(&self, number: u32) -> Vec<Event> {
        let met = |number: u32| self.met.get(number as usize).copied();
        let way = std::iter::successors(met(number), |step| met(step.from));
        let mut events: Vec<Event> = way
            .filter(|step| step.from != u32::MAX)
            .map(|step| Event::unpack(step.event))
            .collect();
        events.reverse();
        events
    }
}
