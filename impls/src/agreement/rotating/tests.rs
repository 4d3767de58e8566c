//! Members in a row, a mailbox that gives out what waits in any order, crashes that lose what was
//! not yet received, and suspicions that are wrong until the end.

use super::*;
use pepperland_core::seed::{PerMillion, Seed, Stream};

/// A group of members and what is on its way between them.
struct Group {
    members: Rc<[NodeId]>,
    engines: Vec<Rotating<u32>>,
    suspected: Vec<BTreeSet<NodeId>>,
    crashed: BTreeSet<NodeId>,
    waiting: Vec<(NodeId, NodeId, Round<u32>)>,
    decided: Vec<Option<u32>>,
    /// What each will propose; none once it has.
    wants: Vec<Option<u32>>,
    /// Whose messages are late while there is chaos.
    slow: NodeId,
    stream: Stream,
}

impl Group {
    fn new(nodes: usize, planted: Planted, seed: u64) -> Group {
        let members: Rc<[NodeId]> = NodeId::first(nodes).collect();
        let engine = |_| Rotating::new(members.clone(), planted);
        let mut stream = Seed(seed).stream("rotating");
        Group {
            slow: *stream.pick(&members),
            engines: (0..nodes).map(engine).collect(),
            members,
            suspected: vec![BTreeSet::new(); nodes],
            crashed: BTreeSet::new(),
            waiting: Vec::new(),
            decided: vec![None; nodes],
            wants: (0..nodes as u32).map(Some).collect(),
            stream,
        }
    }

    fn any(&mut self) -> NodeId {
        *self.stream.pick(&self.members)
    }

    /// Something happens at a member, unless it has crashed.
    fn act(
        &mut self,
        at: NodeId,
        act: impl FnOnce(&mut Rotating<u32>, &BTreeSet<NodeId>) -> Outcome<u32>,
    ) {
        if self.crashed.contains(&at) {
            return;
        }
        let i = at.index();
        let Outcome { say, decided } = act(&mut self.engines[i], &self.suspected[i]);
        for said in say {
            match said {
                Say::To(to, m) => self.waiting.push((at, to, m)),
                Say::ToAll(m) => {
                    let all = self.members.iter().map(|to| (at, *to, m.clone()));
                    self.waiting.extend(all);
                }
            }
        }
        if let Some(value) = decided {
            assert_eq!(self.decided[i], None, "{at} decides once");
            self.decided[i] = Some(value);
        }
    }

    fn propose(&mut self, at: NodeId) {
        if let Some(value) = self.wants[at.index()].take() {
            self.act(at, |engine, suspected| engine.propose(value, suspected));
        }
    }

    fn receive_any(&mut self) {
        let any = self.stream.below(self.waiting.len() as u64) as usize;
        self.receive(any);
    }

    fn receive(&mut self, waiting: usize) {
        let (from, to, said) = self.waiting.swap_remove(waiting);
        self.act(to, |engine, suspected| engine.upon(from, said, suspected));
    }

    /// Something that does not come from the slow one.
    fn receive_quick(&mut self) {
        let slow = self.slow;
        let is_quick = |(from, to, _): &(NodeId, NodeId, _)| *from != slow || *to == slow;
        let quick: Vec<usize> =
            (0..self.waiting.len()).filter(|i| is_quick(&self.waiting[*i])).collect();
        if !quick.is_empty() {
            let next = *self.stream.pick(&quick);
            self.receive(next);
        }
    }

    /// A member stops, and each of its messages that nobody has received yet may be lost.
    fn crash(&mut self, at: NodeId) {
        if 2 * (self.crashed.len() + 1) >= self.members.len() || !self.crashed.insert(at) {
            return;
        }
        let stream = &mut self.stream;
        self.waiting.retain(|(from, ..)| *from != at || stream.chance(PerMillion::percent(50)));
    }

    fn suspect(&mut self, at: NodeId, whom: NodeId) {
        if at != whom && self.suspected[at.index()].insert(whom) {
            self.act(at, Rotating::reconsider);
        }
    }

    /// Anything may happen.
    fn chaos(&mut self, steps: u32) {
        for _ in 0..steps {
            let (one, other) = (self.any(), self.any());
            match self.stream.below(12) {
                0 => self.propose(one),
                1 => self.suspect(one, other),
                2 => self.suspect(one, self.slow),
                3 => drop(self.suspected[one.index()].remove(&other)),
                4 if self.stream.chance(PerMillion::percent(10)) => self.crash(one),
                5 if !self.waiting.is_empty() => self.receive_any(),
                _ => self.receive_quick(),
            }
        }
    }

    /// From now on only the crashed are suspected, everybody proposes, and everything arrives.
    fn calm(&mut self) {
        for suspected in &mut self.suspected {
            suspected.retain(|whom| self.crashed.contains(whom));
        }
        for at in self.members.clone().iter() {
            self.propose(*at);
            for whom in self.crashed.clone() {
                self.suspect(*at, whom);
            }
        }
        for _ in 0..100_000 {
            if self.waiting.is_empty() {
                return;
            }
            self.receive_any();
        }
        panic!("they talk for ever");
    }

    fn correct_ones_decided(&self) -> bool {
        let correct = self.members.iter().filter(|at| !self.crashed.contains(at));
        correct.map(|at| self.decided[at.index()]).all(|value| value.is_some())
    }

    fn values(&self) -> BTreeSet<u32> {
        self.decided.iter().flatten().copied().collect()
    }
}

/// A run to its end.
fn run(nodes: usize, planted: Planted, seed: u64) -> Group {
    let mut group = Group::new(nodes, planted, seed);
    let steps = group.stream.between(0, 400) as u32;
    group.chaos(steps);
    group.calm();
    group
}

const SEEDS: u64 = 2000;

#[test]
fn whatever_happens_one_value_is_decided_by_all_that_live_once_suspicions_are_right() {
    for nodes in [1, 2, 3, 4, 5] {
        for seed in 0..SEEDS {
            let group = run(nodes, Planted::default(), seed);
            let values = group.values();
            assert_eq!(values.len(), 1, "{nodes} members, seed {seed}: {:?}", group.decided);
            assert!(values.iter().all(|value| *value < nodes as u32));
            assert!(group.correct_ones_decided(), "{nodes} members, seed {seed}");
        }
    }
}

#[test]
fn nobody_decides_without_a_majority_of_proposals() {
    for seed in 0..200 {
        let mut group = Group::new(5, Planted::default(), seed);
        group.wants[2..].fill(None);
        group.chaos(300);
        assert!(group.values().is_empty(), "seed {seed}");
    }
}

#[test]
fn each_flaw_shows_in_some_run() {
    let disagreeing = |planted| (0..SEEDS).any(|seed| run(3, planted, seed).values().len() > 1);
    assert!(disagreeing(Planted { lock_ignored: true, ..Planted::default() }));
    assert!(disagreeing(Planted { minority_quorum: true, ..Planted::default() }));
    let untold = Planted { decides_untold: true, ..Planted::default() };
    assert!((0..SEEDS).any(|seed| !run(3, untold, seed).correct_ones_decided()));
}

#[test]
fn a_run_without_trouble_takes_one_round() {
    let mut group = Group::new(5, Planted::default(), 1);
    let mut sent = 0;
    for at in group.members.clone().iter() {
        group.propose(*at);
    }
    while !group.waiting.is_empty() {
        sent += usize::from(group.waiting[0].0 != group.waiting[0].1);
        let (from, to, said) = group.waiting.remove(0);
        group.act(to, |engine, suspected| engine.upon(from, said, suspected));
    }
    assert!(group.correct_ones_decided());
    let n = 5;
    assert_eq!(sent, 3 * (n - 1) + n * (n - 1), "estimates, proposals, answers, decisions");
}

#[test]
fn who_suspects_everybody_stays_where_it_is_until_it_trusts_somebody() {
    let members: Rc<[NodeId]> = NodeId::first(3).collect();
    let mut outsider = Rotating::new(members.clone(), Planted::default());
    let everybody: BTreeSet<NodeId> = members.iter().copied().collect();
    assert_eq!(outsider.propose(7, &everybody).say.len(), 1);
    assert!(outsider.reconsider(&everybody).say.is_empty());
    let but_one = everybody.iter().copied().filter(|p| *p != NodeId(2)).collect();
    let said = outsider.reconsider(&but_one).say;
    assert!(matches!(said.last(), Some(Say::To(NodeId(2), Round::Estimate { r: 3, .. }))));
}

#[test]
fn where_nobody_is_a_member_nothing_is_said() {
    let mut outsider = Rotating::new(Rc::from([]), Planted::default());
    assert!(outsider.propose(7, &BTreeSet::new()).say.is_empty());
}
