//! A log of numbered messages on which the members of a group agree, whoever writes it and however
//! many of them crash: delivery when enough members have an entry, and a flush before another
//! writes (uniform broadcast by acknowledgement of all or of a majority as in Cachin, Guerraoui &
//! Rodrigues 2011, 3.4, and the view change of Birman and Joseph 1987, in one). Protocols whose
//! sequencer may crash stand on it.
//!
//! ```text
//! On initialization:                  e := (0, first member);  promised := e;  log := {};  r := 0
//! To append (m, i) as number S:       multicast(g, ("append", e, S, m, i))
//! On deliver(("append", e', S, m, i)) with e' >= promised:
//!                                     log[S] := (m, i)           // of a later e': once it begins
//!                                     multicast(g, ("have", e, how many from 0 on without a hole))
//! When enough members have said in e that they have more than r:
//!                                     deliver log[r];  r := r + 1
//! To begin a later epoch e':          multicast(g, ("collect", e'))
//! On deliver(("collect", e')) with e' > promised:
//!                                     promised := e';  send ("state", e', e, log) to its beginner
//! When enough members have sent their states for e':
//!                                     L := the longest log of the latest epoch among the states
//!                                     multicast(g, ("begin", e', L))
//! On deliver(("begin", e', L)) with e' >= promised:
//!                                     promised := e';  e := e';  log := L;  multicast "have"
//! Where enough is a majority:
//! On deliver of "append", "collect" or "begin" of e' < promised:
//!                                     send ("promised", promised) to its sender, which must begin
//!                                     a still later epoch, or have the first member do so
//! ```
//!
//! Enough are all members that are not suspected, if the failure detector is perfect; or a
//! majority, whatever the detector says. Assumes a perfect channel below, and that one node at a
//! time appends in an epoch. Then what anybody delivers in `e` enough members had in their logs of
//! `e`, without a hole before it, and said so before they promised to leave `e`: one of them is
//! among those whose states make the next `L`, and each later `L` begins with what was delivered.
//! Departs from its sources: logs travel whole, and nobody forgets what all have delivered.

mod kept;
mod rules;

pub use kept::Kept;
pub use rules::Rules;

use crate::order::log_messages::{Entry, Epoch, LogMessage, Members, Quorum, Say};
use pepperland_core::id::{MessageId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// The log of one group at one member.
pub struct AgreedLog<M> {
    /// e.
    epoch: Epoch,
    promised: Epoch,
    /// The log, and what came early of later epochs.
    log: BTreeMap<(Epoch, u64), Entry<M>>,
    /// The names in the log.
    names: BTreeSet<MessageId>,
    /// How many entries there are from 0 on without a hole.
    have: u64,
    /// r.
    next: u64,
    /// What each member has said that it has, in its latest epoch.
    heard: BTreeMap<NodeId, (Epoch, u64)>,
    collecting: Option<Collecting<M>>,
    /// The latest epoch that others are said to have promised.
    told: Epoch,
    /// The latest epoch that this member has tried to begin.
    sought: Epoch,
    rules: Rules,
}

/// The states that a member has collected for the epoch that it will begin.
struct Collecting<M> {
    epoch: Epoch,
    states: BTreeMap<NodeId, (Epoch, Vec<Entry<M>>)>,
}

impl<M: Clone> AgreedLog<M> {
    /// An empty log, in the epoch of this member.
    pub fn new(first: NodeId, rules: Rules) -> AgreedLog<M> {
        let epoch = Epoch { number: 0, by: first };
        AgreedLog {
            epoch,
            promised: epoch,
            log: BTreeMap::new(),
            names: BTreeSet::new(),
            have: 0,
            next: 0,
            heard: BTreeMap::new(),
            collecting: None,
            told: epoch,
            sought: epoch,
            rules,
        }
    }

    /// The epoch that has begun here.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Whether entries of the epoch are still taken: no later one was promised.
    pub fn is_open(&self) -> bool {
        self.promised == self.epoch
    }

    /// How many entries there are from 0 on without a hole.
    pub fn have(&self) -> u64 {
        self.have
    }

    /// Whether the message is in the log.
    pub fn contains(&self, i: MessageId) -> bool {
        self.names.contains(&i)
    }

    /// The latest epoch that this member or another has promised.
    pub fn latest(&self) -> Epoch {
        self.promised.max(self.told)
    }

    /// Whether another epoch must begin: the beginner of the promised one is suspected, or others
    /// have promised a later one.
    pub fn is_vacant(&self, members: Members<'_>) -> bool {
        members.suspected.contains(&self.promised.by) || self.told > self.promised
    }

    /// Whether suspicions may be wrong.
    pub fn outlives_wrong_suspicions(&self) -> bool {
        self.rules.quorum == Quorum::Majority
    }

    /// Tells a member of the latest epoch, where that may be news to it.
    pub fn tell(&self, q: NodeId) -> Option<Say<M>> {
        let is_news = self.outlives_wrong_suspicions();
        is_news.then(|| Say::To(q, LogMessage::Promised(self.latest())))
    }

    /// To append an entry as number S: it is in one's own log at once.
    pub fn append(&mut self, number: u64, entry: Entry<M>) -> LogMessage<M> {
        self.take(self.epoch, number, entry.clone());
        LogMessage::Append(self.epoch, number, entry)
    }

    /// On deliver of what another member said; what is to be said then.
    pub fn upon(
        &mut self,
        from: NodeId,
        message: LogMessage<M>,
        members: Members<'_>,
    ) -> Option<Say<M>> {
        match message {
            LogMessage::Append(epoch, ..) if self.is_over(epoch) => self.tell(from),
            LogMessage::Append(epoch, number, entry) => {
                self.take(epoch, number, entry).then(|| Say::ToAll(self.all_here()))
            }
            LogMessage::Have(epoch, count) => {
                let heard = self.heard.entry(from).or_insert((epoch, count));
                *heard = (*heard).max((epoch, count));
                None
            }
            LogMessage::Collect(epoch) if self.is_over(epoch) => self.tell(from),
            LogMessage::Collect(epoch) => self.promise(epoch).map(|state| Say::To(from, state)),
            LogMessage::State(epoch, of, log) => {
                let collecting = self.collecting.as_mut().filter(|c| c.epoch == epoch)?;
                collecting.states.insert(from, (of, log));
                self.begin_if_enough(members).map(Say::ToAll)
            }
            LogMessage::Begin(epoch, _) if self.is_over(epoch) => self.tell(from),
            LogMessage::Begin(epoch, log) => {
                self.begin(epoch, log).then(|| Say::ToAll(self.all_here()))
            }
            LogMessage::Promised(epoch) => {
                self.told = self.told.max(epoch);
                None
            }
        }
    }

    /// Whether a later epoch was promised.
    fn is_over(&self, epoch: Epoch) -> bool {
        epoch < self.promised && !self.rules.no_epoch
    }

    /// Takes an entry; whether it is one of this epoch.
    fn take(&mut self, epoch: Epoch, number: u64, entry: Entry<M>) -> bool {
        let epoch = if self.rules.no_epoch { self.epoch } else { epoch };
        if self.is_over(epoch) {
            return false;
        }
        if epoch == self.epoch {
            self.names.insert(entry.0);
        }
        self.log.entry((epoch, number)).or_insert(entry);
        self.count();
        epoch == self.epoch
    }

    /// Counts how many entries there are from 0 on without a hole.
    fn count(&mut self) {
        while self.log.contains_key(&(self.epoch, self.have)) {
            self.have += 1;
        }
    }

    /// "have", of all that is here.
    fn all_here(&self) -> LogMessage<M> {
        LogMessage::Have(self.epoch, self.have)
    }

    /// The next entry to deliver and its number, if enough members have it.
    pub fn take_ready(&mut self, members: Members<'_>) -> Option<(u64, Entry<M>)> {
        let (epoch, next) = (self.epoch, self.next);
        let has = |q: NodeId| self.heard.get(&q).is_some_and(|(e, n)| *e == epoch && *n > next);
        if !members.enough(self.rules.quorum, has) {
            return None;
        }
        let entry = self.log.get(&(epoch, next))?.clone();
        self.next += 1;
        Some((next, entry))
    }

    /// To begin a later epoch; nothing if one is on its way.
    pub fn collect(&mut self, me: NodeId) -> Option<LogMessage<M>> {
        let mine = self.collecting.as_ref().map(|collecting| collecting.epoch);
        if mine.is_some_and(|epoch| epoch >= self.latest()) {
            return None;
        }
        let epoch = Epoch { number: self.latest().number + 1, by: me };
        if self.rules.restarts_at_own_next {
            self.promised = epoch;
            return Some(LogMessage::Begin(epoch, self.entries(self.next)));
        }
        self.sought = epoch;
        self.collecting = Some(Collecting { epoch, states: BTreeMap::new() });
        Some(LogMessage::Collect(epoch))
    }

    /// On deliver(("collect", e')): the state.
    fn promise(&mut self, epoch: Epoch) -> Option<LogMessage<M>> {
        if epoch <= self.promised {
            return None;
        }
        self.promised = epoch;
        Some(LogMessage::State(epoch, self.epoch, self.entries(self.have)))
    }

    /// "begin", when enough members have sent their states.
    pub fn begin_if_enough(&mut self, members: Members<'_>) -> Option<LogMessage<M>> {
        let collecting = self.collecting.as_ref()?;
        if !members.enough(self.rules.quorum, |q| collecting.states.contains_key(&q)) {
            return None;
        }
        let Collecting { epoch, states } = self.collecting.take()?;
        let longest = states.into_values().max_by_key(|(of, log)| (*of, log.len()));
        Some(LogMessage::Begin(epoch, longest.map(|(_, log)| log).unwrap_or_default()))
    }

    /// On deliver(("begin", e', L)): whether it begins.
    fn begin(&mut self, epoch: Epoch, log: Vec<Entry<M>>) -> bool {
        let begins = epoch > self.epoch;
        if begins {
            self.adopt(epoch, log);
        }
        begins
    }

    /// promised := e';  e := e';  log := L.
    fn adopt(&mut self, epoch: Epoch, log: Vec<Entry<M>>) {
        self.promised = epoch;
        self.epoch = epoch;
        self.log.retain(|(of, _), _| *of >= epoch);
        for (number, entry) in (0..).zip(log) {
            self.log.insert((epoch, number), entry);
        }
        let names = self.log.iter().filter(|((of, _), _)| *of == epoch);
        self.names = names.map(|(_, (i, _))| *i).collect();
        self.have = 0;
        self.count();
    }

    /// The first so many entries of the log.
    fn entries(&self, many: u64) -> Vec<Entry<M>> {
        self.log
            .range((self.epoch, 0)..(self.epoch, many))
            .map(|(_, entry)| entry.clone())
            .collect()
    }
}
