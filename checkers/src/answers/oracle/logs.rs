//! Logs, from the definitions.

use super::{Op, is_correct};
use crate::crosscheck::draft::ruling;
use pepperland_core::history::History;
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What an answer says of a key: an offset and the message there.
type Pair = (i64, Value);

impl Op {
    /// The message that it sent to the key, if it was not refused.
    fn sent(&self, key: &str) -> Option<&Value> {
        (self.is("send") && !self.failed && self.op["key"] == key).then(|| &self.op["msg"])
    }

    /// Where the answer says that its message stands.
    fn offset(&self) -> Option<i64> {
        self.result["offset"].as_i64().filter(|_| self.ok)
    }

    fn polls(&self, key: &str) -> bool {
        let has = |body: &Value, of: &str| body.get(of).is_some_and(|of| of.get(key).is_some());
        self.is("poll") && self.ok && (has(&self.op, "offsets") || has(&self.result, "msgs"))
    }

    fn from(&self, key: &str) -> Option<i64> {
        self.op.get("offsets")?.get(key)?.as_i64()
    }

    fn polled(&self, key: &str) -> Vec<Pair> {
        let msgs =
            self.result.get("msgs").and_then(|msgs| msgs.get(key)).filter(|_| self.polls(key));
        let pairs = msgs.and_then(Value::as_array).into_iter().flatten();
        pairs.map(|pair| (pair[0].as_i64().unwrap(), pair[1].clone())).collect()
    }

    /// Everything that the answer says of the key.
    fn says(&self, key: &str) -> Vec<Pair> {
        match (self.sent(key), self.offset()) {
            (Some(value), Some(offset)) => vec![(offset, value.clone())],
            _ => self.polled(key),
        }
    }
}

/// What a property says of a history.
pub fn rule(property: &str, history: &History, all: &[Op]) -> Ruling {
    let met = ["a", "b"].iter().flat_map(|key| {
        let log = Log { history, all, key };
        match property {
            "duplicate" => log.duplicate(),
            "nonmonotonic-send" => log.nonmonotonic_send(),
            "nonmonotonic-poll" => log.nonmonotonic_poll(),
            "poll-skip" => log.poll_skip(),
            "poll-creation" if !history.header.byzantine.is_empty() => Vec::new(),
            "poll-creation" => log.poll_creation(),
            _ if !history.header.complete => Vec::new(),
            "lost-write" => log.lost_write(),
            "unobserved" => log.unobserved(),
            _ => unreachable!("no oracle for {property}"),
        }
    });
    ruling(&met.collect::<Vec<_>>())
}

struct Log<'h> {
    history: &'h History,
    all: &'h [Op],
    key: &'h str,
}

impl<'h> Log<'h> {
    fn polls(&self) -> Vec<&'h Op> {
        self.all.iter().filter(|op| op.polls(self.key)).collect()
    }

    fn sends(&self) -> Vec<&'h Op> {
        self.all.iter().filter(|op| op.sent(self.key).is_some()).collect()
    }

    fn is_repeated(&self, value: &Value) -> bool {
        self.sends().iter().filter(|send| send.sent(self.key) == Some(value)).count() > 1
    }

    /// The poll of the key by the same client before this one that showed something last.
    fn before(&self, poll: &Op) -> Option<&'h Op> {
        let own = |op: &&&Op| op.client == poll.client && op.invoke < poll.invoke;
        let polls = self.polls();
        let mut shown = polls.iter().filter(own).filter(|op| !op.polled(self.key).is_empty());
        shown.next_back().copied()
    }

    fn start(&self, poll: &Op) -> Option<i64> {
        let after = || Some(self.before(poll)?.polled(self.key).last()?.0 + 1);
        poll.from(self.key).or_else(after)
    }

    fn duplicate(&self) -> Vec<bool> {
        let said: Vec<(usize, Pair)> = self
            .all
            .iter()
            .enumerate()
            .flat_map(|(i, op)| op.says(self.key).into_iter().map(move |pair| (i, pair)))
            .collect();
        let clash = |(offset, value): &Pair, (other, another): &Pair| {
            let moved = value == another && offset != other && !self.is_repeated(value);
            moved || offset == other && value != another
        };
        let is_bad = said.iter().any(|(_, a)| said.iter().any(|(_, b)| clash(a, b)));
        said.iter().map(|_| !is_bad).collect()
    }

    fn place(&self, send: &Op) -> Option<i64> {
        let value = send.sent(self.key)?;
        let polls = self.polls();
        let mut shown = polls.iter().flat_map(|poll| poll.polled(self.key));
        let mut polled = || shown.find(|(_, other)| other == value).map(|(offset, _)| offset);
        send.offset().or_else(|| if self.is_repeated(value) { None } else { polled() })
    }

    fn nonmonotonic_send(&self) -> Vec<bool> {
        let sends = self.sends();
        let placed: Vec<(&str, i64)> =
            sends.iter().filter_map(|s| Some((s.client.as_str(), self.place(s)?))).collect();
        let mut met = Vec::new();
        for (i, (client, offset)) in placed.iter().enumerate() {
            let before = placed[..i].iter().rfind(|(other, _)| other == client);
            met.extend(before.map(|(_, before)| before < offset));
        }
        met
    }

    fn nonmonotonic_poll(&self) -> Vec<bool> {
        let polls = self.polls();
        let showing = polls.iter().filter(|poll| !poll.polled(self.key).is_empty());
        showing
            .map(|poll| {
                let shown = poll.polled(self.key);
                let grows = shown.windows(2).all(|pair| pair[0].0 < pair[1].0);
                grows && self.start(poll).is_none_or(|start| shown[0].0 >= start)
            })
            .collect()
    }

    fn poll_skip(&self) -> Vec<bool> {
        let known: Vec<i64> =
            self.all.iter().flat_map(|op| op.says(self.key)).map(|(offset, _)| offset).collect();
        let polls = self.polls();
        let showing = polls.iter().filter(|poll| !poll.polled(self.key).is_empty());
        showing
            .map(|poll| {
                let shown: Vec<i64> =
                    poll.polled(self.key).into_iter().map(|(offset, _)| offset).collect();
                let (least, most) = (shown.iter().min().unwrap(), shown.iter().max().unwrap());
                let start = self.start(poll).unwrap_or(*least).min(*least);
                known.iter().all(|k| *k < start || k > most || shown.contains(k))
            })
            .collect()
    }

    fn poll_creation(&self) -> Vec<bool> {
        let (sends, polls) = (self.sends(), self.polls());
        let sent = |poll: &Op, value: &Value| {
            let later = |send: &Op| poll.precedes(send, self.history);
            sends.iter().any(|send| send.sent(self.key) == Some(value) && !later(send))
        };
        let showing = polls.iter().filter(|poll| !poll.polled(self.key).is_empty());
        showing.map(|poll| poll.polled(self.key).iter().all(|(_, v)| sent(poll, v))).collect()
    }

    fn is_polled(&self, send: &Op) -> bool {
        let value = send.sent(self.key).unwrap();
        self.polls().iter().any(|p| p.polled(self.key).iter().any(|(_, other)| other == value))
    }

    /// The client of some poll started at or before the offset, went on without a jump, and was
    /// shown a larger one by this poll.
    fn is_passed(&self, offset: i64) -> bool {
        let polls = self.polls();
        let beyond = |poll: &&&Op| poll.polled(self.key).iter().any(|(shown, _)| *shown > offset);
        polls.iter().filter(beyond).any(|poll| {
            let own = polls.iter().filter(|p| p.client == poll.client && p.invoke <= poll.invoke);
            let own: Vec<&Op> = own.copied().collect();
            let first = self.go_on(&own).iter().rposition(|goes_on| !goes_on).unwrap();
            let start =
                |p: &Op| p.from(self.key).filter(|_| !self.is_told(own[first])).unwrap_or(i64::MIN);
            own[first..].iter().any(|p| p.from(self.key).is_some_and(|from| from <= offset))
                || start(own[first]) <= offset
        })
    }

    /// The client had been told where to start.
    fn is_told(&self, poll: &Op) -> bool {
        self.all.iter().any(|op| {
            let named = || op.op["keys"].as_array().is_some_and(|k| k.contains(&self.key.into()));
            let before = op.client == poll.client && op.invoke < poll.invoke;
            op.is("list_committed_offsets") && op.ok && before && named()
        })
    }

    /// Whether each of a client's polls asks for no more than what comes after those before.
    fn go_on(&self, own: &[&Op]) -> Vec<bool> {
        let mut next: Option<i64> = None;
        let mut goes_on = Vec::new();
        for poll in own {
            let from = poll.from(self.key);
            let goes = next.is_some_and(|next| from.is_none_or(|from| from <= next));
            let most = poll.polled(self.key).iter().map(|(offset, _)| *offset + 1).max();
            let start = if goes { next } else { from.or(Some(i64::MIN)) };
            next = most.or(start);
            goes_on.push(goes);
        }
        goes_on
    }

    fn lost_write(&self) -> Vec<bool> {
        let sends = self.sends();
        let passed = |send: &&&Op| send.offset().is_some_and(|offset| self.is_passed(offset));
        sends.iter().filter(passed).map(|send| self.is_polled(send)).collect()
    }

    fn unobserved(&self) -> Vec<bool> {
        let (sends, polls) = (self.sends(), self.polls());
        let is_final = |poll: &&&Op| {
            let later = |p: &&Op| p.client == poll.client && p.invoke > poll.invoke;
            let there = poll.node.is_none_or(|node| is_correct(self.history, node));
            !polls.iter().any(later) && poll.is_late(self.history, &sends) && there
        };
        let empty = polls.iter().filter(is_final).filter(|p| p.polled(self.key).is_empty());
        let ends: Vec<i64> = empty.filter_map(|poll| poll.from(self.key)).collect();
        let mut met = Vec::new();
        for send in &sends {
            let Some(offset) = send.offset() else { continue };
            let denied = ends.iter().any(|end| *end <= offset) && !self.is_passed(offset);
            if denied || self.is_polled(send) {
                met.push(self.is_polled(send));
            }
        }
        met
    }
}
