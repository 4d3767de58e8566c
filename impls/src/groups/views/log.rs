//! The multicasts of one view at one member: kept until every member is known to have them, so
//! that a flush can pass on what only some have (Birman & Joseph 1987: unstable messages).
//!
//! ```text
//! has(q, s):    how many multicasts of s, without a gap, member q is known to have
//! stable(s):    the least has(q, s) of all members q
//! deliver from s in its order:    what is here, or, if delivery is to be uniform, what is stable
//! forget:                         what is stable and delivered
//! report:       what is here and not stable, and how far that goes without a gap
//! ```

use crate::groups::views::planted::Planted;
use crate::groups::views::report::Report;
use pepperland_core::contract::Value;
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// When a multicast is delivered.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum When {
    /// As soon as it is here.
    Here,
    /// As soon as every member is known to have it.
    Stable,
}

/// The multicasts of a view at one member.
pub struct Log<M> {
    when: When,
    me: usize,
    members: Vec<NodeId>,
    streams: Vec<Stream<M>>,
    /// For each member, of how many multicasts of each it has told.
    told: Vec<Vec<u64>>,
    planted: Option<Planted>,
}

/// The multicasts of one member.
struct Stream<M> {
    kept: BTreeMap<u64, M>,
    /// How many are here without a gap.
    here: u64,
    delivered: u64,
}

/// Something to deliver.
pub struct Due<M> {
    /// Who multicast it.
    pub from: NodeId,
    /// What it is.
    pub message: M,
    /// Whether every member is known to have it.
    pub stable: bool,
}

impl<M: Value> Log<M> {
    /// The log of no view.
    pub fn new(when: When, planted: Option<Planted>) -> Log<M> {
        let (members, streams, told) = (Vec::new(), Vec::new(), Vec::new());
        Log { when, me: 0, members, streams, told, planted }
    }

    /// A view of these members begins at one of them.
    pub fn open(&mut self, me: NodeId, members: &[NodeId]) {
        self.members = members.to_vec();
        self.me = self.place(me).unwrap_or_default();
        let stream = || Stream { kept: BTreeMap::new(), here: 0, delivered: 0 };
        self.streams = members.iter().map(|_| stream()).collect();
        self.told = vec![vec![0; members.len()]; members.len()];
    }

    fn place(&self, member: NodeId) -> Option<usize> {
        self.members.iter().position(|m| *m == member)
    }

    /// This member multicasts; the number of its multicast.
    pub fn add_own(&mut self, m: M) -> u64 {
        let number = self.streams[self.me].here + 1;
        self.streams[self.me].put(number, m);
        self.tell_own();
        number
    }

    /// A multicast of a member has come.
    pub fn add(&mut self, from: NodeId, number: u64, m: M) {
        let Some(place) = self.place(from) else { return };
        self.streams[place].put(number, m);
        self.tell_own();
    }

    /// How many multicasts of each member are here.
    pub fn has(&self) -> Vec<u64> {
        self.streams.iter().map(|stream| stream.here).collect()
    }

    /// A member has told how many of each it has.
    pub fn hear(&mut self, from: NodeId, has: &[u64]) {
        let Some(place) = self.place(from).filter(|_| has.len() == self.members.len()) else {
            return;
        };
        let told = self.told[place].iter_mut().zip(has);
        told.for_each(|(told, has)| *told = (*told).max(*has));
    }

    fn tell_own(&mut self) {
        self.told[self.me] = self.has();
    }

    fn stable(&self, place: usize) -> u64 {
        let least = self.told.iter().map(|told| told[place]).min().unwrap_or(0);
        if self.planted == Some(Planted::SafeOnReceipt) { self.streams[place].here } else { least }
    }

    /// What is to be delivered now, in order.
    pub fn due(&mut self) -> Vec<Due<M>> {
        let mut due = Vec::new();
        for place in 0..self.members.len() {
            let stable = self.stable(place);
            let until = match self.when {
                When::Here => self.streams[place].here,
                When::Stable => stable,
            };
            self.deliver(place, until, self.when == When::Stable, &mut due);
            self.streams[place].forget(stable);
        }
        due
    }

    /// What is left to be delivered before the view is left: everything that is here.
    pub fn rest(&mut self) -> Vec<Due<M>> {
        let mut due = Vec::new();
        for place in 0..self.members.len() {
            self.deliver(place, self.streams[place].here, false, &mut due);
        }
        due
    }

    fn deliver(&mut self, place: usize, until: u64, stable: bool, due: &mut Vec<Due<M>>) {
        let (from, stream) = (self.members[place], &mut self.streams[place]);
        while stream.delivered < until {
            stream.delivered += 1;
            let Some(m) = stream.kept.get(&stream.delivered) else { continue };
            due.push(Due { from, message: m.clone(), stable });
        }
    }

    /// The view is left: nothing of it is here any more.
    pub fn close(&mut self) {
        (self.members, self.streams, self.told) = (Vec::new(), Vec::new(), Vec::new());
    }

    /// What is here and may be missing elsewhere; nothing where nobody asks for it.
    pub fn report(&self, asked_for: bool) -> Report<M> {
        if !asked_for {
            return Report::default();
        }
        let own_alone = self.planted == Some(Planted::FlushSkipsUnstable);
        let told = |place: &usize| !own_alone || *place == self.me;
        let streams = self.streams.iter().enumerate().filter(|(place, _)| told(place));
        let messages = streams.flat_map(|(place, stream)| {
            stream.kept.iter().map(move |(number, m)| (place as u32, *number, m.clone()))
        });
        Report { here: self.has(), messages: messages.collect() }
    }

    /// What those who go on together have is taken in, but not delivered yet.
    pub fn take_in(&mut self, settled: &Report<M>) {
        for (place, number, m) in &settled.messages {
            if let Some(stream) = self.streams.get_mut(*place as usize) {
                stream.put(*number, m.clone());
            }
        }
        if !self.members.is_empty() {
            self.tell_own();
        }
    }
}

impl<M> Stream<M> {
    fn put(&mut self, number: u64, m: M) {
        if number > self.here {
            self.kept.entry(number).or_insert(m);
        }
        while self.kept.contains_key(&(self.here + 1)) {
            self.here += 1;
        }
    }

    fn forget(&mut self, stable: u64) {
        let gone = stable.min(self.delivered);
        while self.kept.first_key_value().is_some_and(|(number, _)| *number <= gone) {
            self.kept.pop_first();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMBERS: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];
    const N1: NodeId = MEMBERS[0];
    const N2: NodeId = MEMBERS[1];
    const N3: NodeId = MEMBERS[2];

    fn log(me: NodeId, when: When) -> Log<char> {
        let mut log = Log::new(when, None);
        log.open(me, &MEMBERS);
        log
    }

    fn told(due: Vec<Due<char>>) -> String {
        due.into_iter().map(|due| due.message).collect()
    }

    #[test]
    fn each_senders_multicasts_are_delivered_in_its_order_and_once() {
        let mut log = log(N1, When::Here);
        log.add(N2, 2, 'b');
        assert_eq!(told(log.due()), "");
        log.add(N2, 1, 'a');
        log.add(N2, 1, 'a');
        assert_eq!(told(log.due()), "ab");
        assert_eq!(told(log.due()), "");
    }

    #[test]
    fn what_is_to_be_stable_waits_until_every_member_has_told_that_it_has_it() {
        let mut log = log(N1, When::Stable);
        log.add_own('a');
        log.hear(N2, &[1, 0, 0]);
        assert_eq!(told(log.due()), "");
        log.hear(N3, &[1, 0]);
        assert_eq!(told(log.due()), "", "told of another view");
        log.hear(N3, &[1, 0, 0]);
        assert!(log.due().iter().all(|due| due.stable && due.message == 'a'));
        assert_eq!(log.report(true).messages.len(), 0, "what is stable need not be kept");
    }

    #[test]
    fn a_flush_passes_on_what_some_have_up_to_the_first_gap() {
        let (mut one, mut other) = (log(N1, When::Here), log(N2, When::Here));
        one.add(N3, 1, 'a');
        one.add(N3, 3, 'c');
        other.add(N3, 4, 'd');
        other.add_own('x');
        assert_eq!((told(one.due()), told(other.due())), ("a".to_owned(), "x".to_owned()));
        let settled = Report::settle(&[&one.report(true), &other.report(true)]);
        assert_eq!(settled.messages, [(1, 1, 'x'), (2, 1, 'a')]);
        for (log, rest) in [(&mut one, "x"), (&mut other, "a")] {
            log.take_in(&settled);
            assert_eq!(told(log.rest()), rest);
        }
    }

    #[test]
    fn what_was_forgotten_as_stable_is_no_gap() {
        let (mut one, mut other) = (log(N1, When::Here), log(N2, When::Here));
        for log in [&mut one, &mut other] {
            log.add(N3, 1, 'a');
        }
        one.hear(N2, &[0, 0, 1]);
        one.hear(N3, &[0, 0, 1]);
        one.add(N3, 2, 'b');
        assert_eq!(told(one.due()), "ab");
        assert_eq!(one.report(true).messages, [(2, 2, 'b')]);
        other.take_in(&Report::settle(&[&one.report(true), &other.report(true)]));
        assert_eq!(told(other.rest()), "ab");
    }
}
