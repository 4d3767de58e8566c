//! What of an agreed log must outlive a crash of its node: what the node has promised, and what it
//! has said that it has. Kept before it is said, it makes the restarted node go on as if it had
//! been slow.

use crate::order::agreed_log::AgreedLog;
use crate::order::log_messages::{Entry, Epoch, LogMessage};
use pepperland_core::id::NodeId;
use serde::{Deserialize, Serialize};

/// A log on stable storage.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept<M> {
    promised: Epoch,
    epoch: Epoch,
    entries: Vec<Entry<M>>,
}

impl<M: Clone> AgreedLog<M> {
    /// What must be kept before the message is said, if anything must.
    pub fn kept_before(&self, said: &LogMessage<M>) -> Option<Kept<M>> {
        if matches!(said, LogMessage::Append(..) | LogMessage::Promised(_)) {
            return None;
        }
        // No later incarnation may begin an epoch that this one has sought, with other states.
        let promised = self.promised.max(self.sought);
        Some(Kept { promised, epoch: self.epoch, entries: self.entries(self.have) })
    }

    /// The log of a restarted member. It takes no entry of the epochs that it was in: what it
    /// missed of them nobody sends again, and another must begin.
    pub fn restore(&mut self, kept: Option<Kept<M>>, me: NodeId) {
        if let Some(Kept { promised, epoch, entries }) = kept {
            self.adopt(epoch, entries);
            self.promised = promised;
        }
        self.promised = Epoch { number: self.promised.number + 1, by: me };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::order::agreed_log::Rules;
    use crate::order::log_messages::{Members, Quorum, Say};
    use pepperland_core::id::MessageId;
    use pepperland_core::implementation::Setup;
    use pepperland_core::time::Span;
    use std::collections::BTreeSet;

    const ALL: [NodeId; 3] = [NodeId(0), NodeId(1), NodeId(2)];

    fn log() -> AgreedLog<&'static str> {
        let setup = Setup {
            node: ALL[1],
            nodes: 3,
            flaw: None,
            max_latency: Span::ZERO,
            register_latency: Setup::REGISTER_LATENCY,
        };
        AgreedLog::new(ALL[0], Rules::of(Quorum::Majority, &setup))
    }

    fn hear(log: &mut AgreedLog<&'static str>, m: LogMessage<&'static str>) -> Kept<&'static str> {
        let suspected = &BTreeSet::new();
        let answer = log.upon(ALL[0], m, Members { all: &ALL, suspected });
        let Some(Say::To(_, said) | Say::ToAll(said)) = answer else { panic!("no answer") };
        log.kept_before(&said).expect("an answer that binds")
    }

    fn entry(number: u32, m: &'static str) -> Entry<&'static str> {
        (MessageId { origin: ALL[0], incarnation: 0, number }, m)
    }

    #[test]
    fn what_was_said_to_be_here_is_here_after_a_restart_in_the_first_epoch_too() {
        let (mut before, mut after) = (log(), log());
        let epoch = before.epoch();
        hear(&mut before, LogMessage::Append(epoch, 0, entry(1, "a")));
        let kept = hear(&mut before, LogMessage::Append(epoch, 1, entry(2, "b")));
        after.restore(Some(kept), ALL[1]);
        assert_eq!((after.epoch(), after.have()), (epoch, 2));
        assert!(after.contains(entry(2, "b").0) && !after.is_open());
    }

    #[test]
    fn a_promise_binds_and_an_epoch_that_was_sought_is_not_sought_again() {
        let (mut before, mut after) = (log(), log());
        let sought = before.collect(ALL[1]).expect("nobody begins another");
        let kept = before.kept_before(&sought).expect("it binds");
        after.restore(Some(kept), ALL[1]);
        let again = after.collect(ALL[1]).expect("nobody begins another");
        let (LogMessage::Collect(first), LogMessage::Collect(second)) = (sought, again) else {
            panic!("an epoch is sought by collecting")
        };
        assert!(second > first);
        let later = Epoch { number: 9, by: ALL[2] };
        let kept = hear(&mut before, LogMessage::Collect(later));
        after.restore(Some(kept), ALL[1]);
        assert!(after.latest() > later);
    }

    #[test]
    fn who_kept_nothing_takes_no_more_of_the_first_epoch() {
        let mut log = log();
        log.restore(None, ALL[0]);
        assert!(!log.is_open());
    }
}
