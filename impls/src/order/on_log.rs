//! How a protocol stands on agreed logs, one for each group: it hears what members say of a log,
//! and is told when an epoch has begun and when an entry is delivered.

use crate::for_group::ForGroup;
use crate::order::agreed_log::AgreedLog;
use crate::order::log_messages::{LogMessage, Members, Say};
use pepperland_core::contract::{Cx, Delivery, Layer, Protocol, Value};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::rc::Rc;

/// What travels below a protocol that stands on agreed logs.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said<M, T> {
    /// Of the log.
    Log(LogMessage<M>),
    /// Of the protocol itself.
    Own(T),
}

/// A protocol that stands on agreed logs.
pub trait OnLog<T: Value>: Protocol
where
    Self::Lower: Layer<Payload = ForGroup<Said<Self::Payload, T>>>,
{
    /// The log of a group, and who is suspected.
    fn log(
        &mut self,
        group: GroupId,
        cx: &Cx<'_, Self::Payload>,
    ) -> (&mut AgreedLog<Self::Payload>, &BTreeSet<NodeId>);

    /// Who agrees on the log of a group: its members.
    fn agreeing(&self, group: GroupId, cx: &Cx<'_, Self::Payload>) -> Rc<[NodeId]> {
        cx.members(group)
    }

    /// When an epoch begins in the log of the group.
    fn begin(&mut self, group: GroupId, cx: &mut Cx<'_, Self::Payload>);

    /// On delivery of message i by the log of the group.
    fn delivered(&mut self, group: GroupId, i: MessageId);

    /// On deliver of what p said of the log of the group.
    fn upon_log(
        &mut self,
        group: GroupId,
        (p, said): (NodeId, LogMessage<Self::Payload>),
        cx: &mut Cx<'_, Self::Payload>,
    ) {
        let all = &self.agreeing(group, cx);
        let (log, suspected) = self.log(group, cx);
        let before = (log.epoch(), log.latest());
        let answer = log.upon(p, said, Members { all, suspected });
        let after = (log.epoch(), log.latest());
        // Where suspicions are right for good, only another one can call for an epoch.
        let is_news = after != before && log.outlives_wrong_suspicions();
        self.say(group, answer, cx);
        if after.0 != before.0 {
            self.begin(group, cx);
        }
        if is_news {
            return self.reconsider(group, false, cx);
        }
        self.deliver_ready(group, cx);
    }

    /// Once somebody is suspected, or trusted again, or a later epoch was promised: the first
    /// member that is not suspected begins another epoch, if it is time or the log says so; and
    /// those who wait for the suspected wait no longer.
    fn reconsider(&mut self, group: GroupId, is_time: bool, cx: &mut Cx<'_, Self::Payload>) {
        let (all, me) = (&self.agreeing(group, cx), cx.me());
        let (log, suspected) = self.log(group, cx);
        let members = Members { all, suspected };
        let is_time = is_time || log.is_vacant(members);
        let said = match members.trusted().next().filter(|_| is_time) {
            Some(first) if first == me => log.collect(me).map(Say::ToAll),
            Some(first) => log.tell(first),
            None => None,
        };
        let said = said.or_else(|| log.begin_if_enough(members).map(Say::ToAll));
        self.say(group, said, cx);
        self.deliver_ready(group, cx);
    }

    /// Delivers what enough members have.
    fn deliver_ready(&mut self, group: GroupId, cx: &mut Cx<'_, Self::Payload>) {
        let all = &self.agreeing(group, cx);
        loop {
            let (log, suspected) = self.log(group, cx);
            let ready = log.take_ready(Members { all, suspected });
            let Some((slot, (i, message))) = ready else { return };
            self.delivered(group, i);
            cx.deliver(Delivery { from: i.origin, group, message, slot: Some(slot) });
        }
    }

    /// Appends entries to the log of the group.
    fn append(
        &mut self,
        group: GroupId,
        entries: Vec<LogMessage<Self::Payload>>,
        cx: &mut Cx<'_, Self::Payload>,
    ) {
        for entry in entries {
            self.say(group, Some(Say::ToAll(entry)), cx);
        }
    }

    /// Says something of the log of the group.
    fn say(
        &mut self,
        group: GroupId,
        said: Option<Say<Self::Payload>>,
        cx: &mut Cx<'_, Self::Payload>,
    ) {
        let wrap = |m| ForGroup { group, m: Said::Log(m) };
        match said {
            Some(Say::To(p, m)) => self.send_below(p, wrap(m), cx),
            Some(Say::ToAll(m)) => self.multicast_below(group, wrap(m), cx),
            None => {}
        }
    }
}

/// The groups of which this node is a member.
pub fn groups_of_me<M>(cx: &Cx<'_, M>) -> Vec<GroupId> {
    let all = (0..).map(GroupId).take_while(|group| !cx.members(*group).is_empty());
    all.filter(|group| cx.members(*group).contains(&cx.me())).collect()
}
