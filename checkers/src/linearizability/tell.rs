//! Operations that cannot be put in order, in words.

use crate::linearizability::calls::{Action, Call, Calls, Taken};
use crate::linearizability::models::Model;
use crate::linearizability::values::{Datum, NOTHING};
use crate::scene::proof::Proof;
use pepperland_core::history::{EventId, History, NONE};
use pepperland_core::verdict::Witness;
use serde_json::Value;

/// How many operations a sentence names.
const NAMED: usize = 8;

/// The witness that these operations are. `order` says what an order would have to keep.
pub fn witness(history: &History, calls: &Calls, timed: bool) -> Witness {
    let teller = Teller { history, calls };
    let mut proof = Proof::default();
    for call in &calls.all {
        let events = [call.invoke, call.response].into_iter().filter(|event| *event != NONE);
        proof = proof.yes(teller.deed(call), events.map(EventId));
    }
    let keeps = if timed { "real time" } else { "each client's own order" };
    let no = format!("these can be put in an order that keeps {keeps} and explains every answer");
    proof.no(no, []).because(teller.because(timed))
}

struct Teller<'t> {
    history: &'t History,
    calls: &'t Calls,
}

impl Teller<'_> {
    fn because(&self, timed: bool) -> String {
        let short = match &self.calls.all[..] {
            [one] => self.never(one),
            [one, other] if timed => self.pair(one, other).or_else(|| self.pair(other, one)),
            [a, b, c] if timed => {
                let mut orders = [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]]
                    .into_iter()
                    .filter_map(|three| self.stale(three));
                orders.next()
            }
            _ => None,
        };
        short.unwrap_or_else(|| self.list(timed))
    }

    /// What nobody put there.
    fn never(&self, one: &Call) -> Option<String> {
        let (who, place) = (self.client(one), self.place(one));
        match one.action {
            Action::Read(value) => {
                Some(format!("{who} read {}{place}, which nobody had written", self.text(value)))
            }
            Action::Cas { from, .. } => {
                Some(format!("{who} found {}{place}, which nobody had written", self.text(from)))
            }
            Action::Take(Taken::Item(item)) => {
                let text = self.text(item);
                Some(format!("{who} took {text}, which nobody had put there"))
            }
            _ => None,
        }
    }

    /// A write and a read of something else after it, or of the same before it.
    fn pair(&self, change: &Call, look: &Call) -> Option<String> {
        let (Action::Write(written), Action::Read(read)) = (change.action, look.action) else {
            return None;
        };
        let (who, whose, place) = (self.client(look), self.client(change), self.place(look));
        let (read, other) = (self.text(read), self.text(written));
        if change.end < look.begin && read != other {
            let write = format!("{whose}'s write of {other}");
            return Some(format!("{who} read {read}{place} after {write} had returned"));
        }
        let before = look.end < change.begin && read == other;
        before.then(|| format!("{who} read {read}{place} before {whose} began to write it"))
    }

    /// A write, one that came after it, and a read of the first after both.
    fn stale(&self, [first, second, look]: [&Call; 3]) -> Option<String> {
        let (Action::Write(old), Action::Write(new), Action::Read(read)) =
            (first.action, second.action, look.action)
        else {
            return None;
        };
        if old != read || new == read || first.end >= second.begin || second.end >= look.begin {
            return None;
        }
        let (who, place, old) = (self.client(look), self.place(look), self.text(old));
        let write = format!("{}'s write of {}", self.client(second), self.text(new));
        let earlier = format!("{}'s write of {old}", self.client(first));
        Some(format!(
            "{who} read {old}{place} after {write}, which followed {earlier}, had returned"
        ))
    }

    fn list(&self, timed: bool) -> String {
        let calls = &self.calls.all;
        let mut deeds: Vec<String> = calls.iter().take(NAMED).map(|call| self.deed(call)).collect();
        if calls.len() > NAMED {
            deeds.push(format!("{} more", calls.len() - NAMED));
        }
        let last = deeds.pop().unwrap_or_default();
        let order = if timed { "no order in real time" } else { "no order of the clients' own" };
        match deeds.is_empty() {
            true => format!("{order} explains that {last}"),
            false => format!("{order} explains that {} and {last}", deeds.join(", ")),
        }
    }

    fn deed(&self, call: &Call) -> String {
        let (who, place) = (self.client(call), self.place(call));
        let text = |value| self.text(value);
        let deed = match call.action {
            Action::Read(value) => format!("{who} read {}{place}", text(value)),
            Action::Write(value) => format!("{who} wrote {}{place}", text(value)),
            Action::Cas { from, to, creates } => {
                let creates = if creates { " or nothing" } else { "" };
                format!("{who} replaced {}{creates}{place} by {}", text(from), text(to))
            }
            Action::Count(amount) => format!("{who} added {amount}"),
            Action::Sum(sum) => format!("{who} read {sum}"),
            Action::Insert(element) => format!("{who} added {}", text(element)),
            Action::Members(list) => {
                let members = self.calls.lists[list as usize].iter().map(|member| text(*member));
                format!("{who} read {{{}}}", members.collect::<Vec<_>>().join(" "))
            }
            Action::Put(item) if self.calls.model == Model::Stack => {
                format!("{who} pushed {}", text(item))
            }
            Action::Put(item) => format!("{who} enqueued {}", text(item)),
            Action::Take(taken) => {
                let verb = if self.calls.model == Model::Stack { "popped" } else { "dequeued" };
                match taken {
                    Taken::Item(item) => format!("{who} {verb} {}", text(item)),
                    Taken::Empty => format!("{who} {verb} nothing"),
                    Taken::Unknown => format!("{who} {verb}"),
                }
            }
            Action::Void => format!("{who} did nothing"),
        };
        let open = if call.is_done() { "" } else { " (unanswered)" };
        format!("{deed}{open}")
    }

    fn client(&self, call: &Call) -> &str {
        let name = self.history.event(EventId(call.invoke)).field("client");
        name.and_then(Value::as_str).unwrap_or("?")
    }

    fn place(&self, call: &Call) -> String {
        match self.calls.keys.get(call.key as usize) {
            Some(key) if key.name != NOTHING => format!(" of key {}", self.text(key.name)),
            _ => String::new(),
        }
    }

    fn text(&self, value: Datum) -> String {
        self.calls.values.text(value)
    }
}
