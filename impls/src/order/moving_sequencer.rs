//! Total order by a moving sequencer: a few members pass a token round, and the one that holds it
//! numbers messages and relays them (lecture slides on group communication, "moving sequencer";
//! Chang and Maxemchuk, *Reliable Broadcast Protocols*, ACM TOCS 2(3), 1984).
//!
//! ```text
//! On initialization:                  requests := {};  the first sequencer holds token(e, s = 0)
//! To TO-multicast m to group g:       send ("request", m, i) to each sequencer of g
//! On receive(("request", m, i)):      requests += (m, i)
//! When a sequencer holds token(e, s) and a request is not in the log of g:
//!                                     for each such (m, i): append it as number s;  s := s + 1
//!                                     send token(e, s) to the next sequencer that is not suspected
//! On receive(token(e, s)):            wait until the log has the s entries before; hold the token
//! On delivery of (m, i) as number S by the log of g:
//!                                     TO-deliver m;  requests -= (m, i)
//! On suspicion of a sequencer, at the first that is not suspected:
//!                                     begin another epoch in the log of g
//! On suspicion of q, to whom token(e, s) of this epoch was sent:
//!                                     send ("lost", q, e) to the first that is not suspected
//! On receive(("lost", q, e)), if q is suspected and no later epoch than e has begun:
//!                                     begin another epoch in the log of g
//! When an epoch e begins in the log of g:
//!                                     the token is void;  the beginner of e holds
//!                                     token(e, number of entries in the log)
//! ```
//!
//! The log is the agreed log, which says how an entry is delivered and how an epoch begins. The
//! sequencers are the first three members; one of them must live. Assumes crash-stop failures, and
//! a network that is as fast as the failure detector assumes, which is perfect then. Where it is
//! not, two tokens may go round.
//! Departs from its sources: the token waits at its holder while there is nothing to number, and is
//! made anew whenever a sequencer crashes, for nobody knows who held it. Who learns of the crash last
//! may send the new token to the crashed one: then it is missed, and made anew once more.

mod record;

pub use record::ENTRY;

use crate::for_group::ForGroup;
use crate::naming::Naming;
use crate::order::agreed_log::{AgreedLog, Rules};
use crate::order::log_messages::{Epoch, Quorum};
use crate::order::on_log::{OnLog, Said, groups_of_me};
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, TokenTurn, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// How many members are sequencers.
const SEQUENCERS: usize = 3;

/// What sequencers are told.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Told<M> {
    /// `("request", m, i)`.
    Request(MessageId, M),
    /// The token, for the next.
    Token(Token),
    /// `("lost", q, e)`: the token of the epoch was sent to somebody who had crashed.
    Lost(NodeId, Epoch),
}

/// What travels below.
type Sent<M> = ForGroup<Said<M, Told<M>>>;

/// The privilege to number messages, with the next number.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Token {
    epoch: Epoch,
    s: u64,
}

/// Total order by a moving sequencer.
pub struct MovingSequencer<M, L> {
    lower: L,
    naming: Naming,
    suspected: BTreeSet<NodeId>,
    groups: BTreeMap<GroupId, Group<M>>,
    rules: Rules,
    token_duplicated: bool,
    token_lost: bool,
    accepts_token_ahead: bool,
}

/// The state of one group.
struct Group<M> {
    log: AgreedLog<M>,
    requests: BTreeMap<MessageId, M>,
    /// The token, if it is held here or waits for entries.
    token: Option<Token>,
    /// Whom it was sent to last from here.
    sent: Option<(NodeId, Token)>,
}

impl<M: Value, L> MovingSequencer<M, L> {
    /// Total order over basic multicast with a failure detector.
    pub fn over(lower: L, setup: &Setup<'_>) -> MovingSequencer<M, L> {
        MovingSequencer {
            lower,
            naming: Naming::default(),
            suspected: BTreeSet::new(),
            groups: BTreeMap::new(),
            rules: Rules::of(Quorum::AllTrusted, setup),
            token_duplicated: setup.flawed("token-duplicated"),
            token_lost: setup.flawed("token-lost"),
            accepts_token_ahead: setup.flawed("accepts-token-ahead"),
        }
    }

    /// The state of a group, and who is suspected.
    fn at(&mut self, group: GroupId, cx: &Cx<'_, M>) -> (&mut Group<M>, &BTreeSet<NodeId>) {
        let rules = self.rules;
        let state = self.groups.entry(group).or_insert_with(|| {
            let first = cx.members(group).first().copied().unwrap_or_default();
            let log = AgreedLog::new(first, rules);
            let token = (first == cx.me()).then(|| Token { epoch: log.epoch(), s: 0 });
            Group { log, requests: BTreeMap::new(), token, sent: None }
        });
        (state, &self.suspected)
    }
}

/// The sequencers of a group.
fn sequencers<M>(group: GroupId, cx: &Cx<'_, M>) -> Rc<[NodeId]> {
    cx.members(group).iter().copied().take(SEQUENCERS).collect()
}

/// The sequencer after this node that is not suspected; nobody if it is the last.
fn next_sequencer(all: &[NodeId], suspected: &BTreeSet<NodeId>, me: NodeId) -> Option<NodeId> {
    let after = all.iter().copied().cycle().skip_while(|q| *q != me).skip(1).take(all.len() - 1);
    after.into_iter().find(|q| !suspected.contains(q))
}

impl<M: Value, L: Layer<Payload = Sent<M>>> MovingSequencer<M, L> {
    /// When a sequencer holds the token and a request is not in the log.
    fn number(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let (ahead, keeps) = (self.accepts_token_ahead, self.token_duplicated);
        let sequencers = sequencers(group, cx);
        let (state, suspected) = self.at(group, cx);
        let Some(mut token) = state.token.filter(|token| state.may_use(token, ahead)) else {
            return;
        };
        let missing = |(i, _): &(&MessageId, &M)| !state.log.contains(**i);
        let requests: Vec<(MessageId, M)> =
            state.requests.iter().filter(missing).map(|(i, m)| (*i, m.clone())).collect();
        if requests.is_empty() {
            return;
        }
        let numbered = requests.into_iter().zip(token.s..);
        let append = |(entry, number)| state.log.append(number, entry);
        let appended: Vec<_> = numbered.map(append).collect();
        token.s += appended.len() as u64;
        let next = next_sequencer(&sequencers, suspected, cx.me());
        state.token = Some(token).filter(|_| next.is_none() || keeps);
        state.sent = next.map(|next| (next, token)).or(state.sent);
        self.append(group, appended, cx);
        if let Some(next) = next {
            if !keeps {
                turn(TokenTurn::Release, token, cx);
            }
            self.send_below(next, ForGroup { group, m: Said::Own(Told::Token(token)) }, cx);
        }
    }

    /// On receive(token(e, s)): a copy of one that was held before says a number that is taken, and
    /// one of an earlier epoch is void.
    fn take(&mut self, group: GroupId, token: Token, cx: &mut Cx<'_, M>) {
        let (state, _) = self.at(group, cx);
        let is_new = (token.epoch, token.s) >= (state.log.epoch(), state.log.have());
        if is_new && Some(token) > state.token {
            let old = state.token.replace(token);
            old.into_iter().for_each(|old| turn(TokenTurn::Lost, old, cx));
            turn(TokenTurn::Acquire, token, cx);
        }
    }

    /// On suspicion of q, to whom the token of this epoch was sent.
    fn miss(&mut self, group: GroupId, q: NodeId, cx: &mut Cx<'_, M>) {
        let (state, suspected) = self.at(group, cx);
        let epoch = state.log.epoch();
        let is_lost = state.sent.is_some_and(|(to, token)| to == q && token.epoch == epoch);
        let first = cx.members(group).iter().copied().find(|p| !suspected.contains(p));
        if let Some(first) = first.filter(|first| is_lost && *first != cx.me()) {
            let lost = Said::Own(Told::Lost(q, epoch));
            self.send_below(first, ForGroup { group, m: lost }, cx);
        }
    }

    /// On receive(("lost", q, e)). Where q is not suspected yet, its suspicion will do the same.
    fn regain(&mut self, group: GroupId, (q, epoch): (NodeId, Epoch), cx: &mut Cx<'_, M>) {
        let (state, suspected) = self.at(group, cx);
        if suspected.contains(&q) && state.log.epoch() == epoch {
            self.reconsider(group, true, cx);
        }
    }
}

/// Tells what becomes of the token.
fn turn<M>(turn: TokenTurn, Token { epoch, .. }: Token, cx: &mut Cx<'_, M>) {
    let members = cx.members(GroupId::ALL).len() as u64;
    let epoch = u64::from(epoch.number) * members + u64::from(epoch.by.0);
    cx.indicate(Indication::Token { turn, epoch });
}

impl<M: Value, L: Layer<Payload = Sent<M>>> OnLog<Told<M>> for MovingSequencer<M, L> {
    fn log(&mut self, group: GroupId, cx: &Cx<'_, M>) -> (&mut AgreedLog<M>, &BTreeSet<NodeId>) {
        let (state, suspected) = self.at(group, cx);
        (&mut state.log, suspected)
    }

    fn delivered(&mut self, group: GroupId, i: MessageId) {
        if let Some(state) = self.groups.get_mut(&group) {
            state.requests.remove(&i);
        }
    }

    /// When an epoch begins: tokens of earlier ones are void.
    fn begin(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let regenerates = !self.token_lost;
        let (state, _) = self.at(group, cx);
        let (epoch, s) = (state.log.epoch(), state.log.have());
        let lost = state.token.take_if(|token| token.epoch < epoch);
        lost.into_iter().for_each(|lost| turn(TokenTurn::Lost, lost, cx));
        if epoch.by == cx.me() && regenerates {
            let token = Token { epoch, s };
            state.token = Some(token);
            turn(TokenTurn::New, token, cx);
            turn(TokenTurn::Acquire, token, cx);
        }
    }
}

impl<M: Clone> Group<M> {
    /// Whether the token is held: it is of this epoch, and the entries before are here.
    fn may_use(&self, token: &Token, ahead: bool) -> bool {
        let is_valid = token.epoch == self.log.epoch() && self.log.is_open();
        is_valid && (token.s == self.log.have() || ahead)
    }
}

impl<M: Value, L: Layer<Payload = Sent<M>>> Protocol for MovingSequencer<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        for group in groups_of_me(cx) {
            if let Some(token) = self.at(group, cx).0.token {
                turn(TokenTurn::New, token, cx);
                turn(TokenTurn::Acquire, token, cx);
            }
        }
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let i = self.naming.next(cx);
        let request = ForGroup { group, m: Said::Own(Told::Request(i, m)) };
        self.send_each_below(sequencers(group, cx), request, cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Sent<M>>, cx: &mut Cx<'_, M>) {
        let ForGroup { group, m } = received.message;
        match m {
            Said::Own(Told::Request(i, m)) => _ = self.at(group, cx).0.requests.insert(i, m),
            Said::Own(Told::Token(token)) => self.take(group, token, cx),
            Said::Own(Told::Lost(q, epoch)) => self.regain(group, (q, epoch), cx),
            Said::Log(said) => self.upon_log(group, (received.from, said), cx),
        }
        self.number(group, cx);
    }

    /// On suspicion, which is for good.
    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        let Indication::Suspect(q) = indication else { return };
        self.suspected.insert(q);
        for group in groups_of_me(cx) {
            let may_be_lost = sequencers(group, cx).contains(&q);
            self.reconsider(group, may_be_lost, cx);
            self.miss(group, q, cx);
        }
    }
}
