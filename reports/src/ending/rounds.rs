//! Whether the end of a run goes round: the same events at the same nodes, in the same order, over
//! and over. A run that does so has no way out, if nodes keep nothing but what they show.

use pepperland_core::history::{Event, History, Kind};
use pepperland_core::time::{Span, Time};

/// A run that goes round at its end.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Rounds {
    /// When the first round begins.
    pub since: Time,
    /// How many events a round has.
    pub events: usize,
    /// How many whole rounds there are.
    pub times: usize,
    /// How long a round takes, on average.
    pub every: Span,
}

/// So many rounds are no chance.
const LEAST: usize = 3;

/// The rounds at the end of a run: of the shortest ones, all of them. O(events).
pub fn rounds(history: &History) -> Option<Rounds> {
    let of_nodes = |event: &Event<'_>| event.node().is_some() && event.kind() != Kind::Drop;
    let events: Vec<Event<'_>> = history.events().filter(of_nodes).collect();
    let mut back: Vec<Deed<'_>> = events.iter().map(Deed::of).collect();
    back.reverse();
    let alike = alike(&back);
    let period = (1..back.len()).find(|period| alike[*period] >= (LEAST - 1) * period)?;
    let times = (alike[period] + period) / period;
    let first = events[events.len() - times * period].time();
    let last = events[events.len() - period].time();
    let every = Span(last.since(first).0 / (times as u64 - 1));
    (every > Span::ZERO).then_some(Rounds { since: first, events: period, times, every })
}

/// What an event is, without its time and the numbers in it.
#[derive(Eq, PartialEq)]
struct Deed<'h> {
    kind: Kind,
    node: u32,
    peer: Option<u32>,
    label: Option<&'h str>,
    message: Option<u32>,
    target: Option<&'h serde_json::Value>,
}

impl<'h> Deed<'h> {
    fn of(event: &Event<'h>) -> Deed<'h> {
        let frame = event.transmission();
        Deed {
            kind: event.kind(),
            node: event.node().map_or(u32::MAX, |node| node.0),
            peer: frame.map(|frame| frame.peer.0),
            label: frame.and_then(|frame| frame.label.as_deref()),
            message: event.message(),
            target: event.field("target"),
        }
    }
}

/// For each place, how many items from there on are the same as from the beginning on (Z function;
/// Gusfield 1997, §1.4).
fn alike<T: Eq>(items: &[T]) -> Vec<usize> {
    let mut alike = vec![0; items.len()];
    let (mut left, mut right) = (0, 0);
    for at in 1..items.len() {
        let mut same = if at < right { alike[at - left].min(right - at) } else { 0 };
        while at + same < items.len() && items[same] == items[at + same] {
            same += 1;
        }
        if at + same > right {
            (left, right) = (at, at + same);
        }
        alike[at] = same;
    }
    alike
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::History;

    #[test]
    fn the_z_function_of_a_word() {
        assert_eq!(alike(b"aabaaab"), [0, 1, 0, 2, 3, 1, 0]);
        assert!(alike::<u8>(&[]).is_empty());
    }

    /// Two nodes that ask each other, after a beginning of its own.
    fn asking(times: u64) -> History {
        let mut text = String::from(
            "{\"format\":\"pepperland.history\",\"version\":1,\"nodes\":[\"n1\",\"n2\"]}\n\
             {\"t\":1,\"n\":\"n1\",\"k\":\"send\",\"to\":\"n2\",\"x\":1,\"type\":\"Hello\"}\n",
        );
        for round in 1..=times {
            for (node, peer, label) in [("n1", "n2", "Ask"), ("n2", "n1", "Wait")] {
                text += &format!(
                    "{{\"t\":{},\"n\":\"{node}\",\"k\":\"send\",\"to\":\"{peer}\",\"x\":{},\
                     \"type\":\"{label}\"}}\n",
                    round * 1_000_000,
                    2 * round + u64::from(node == "n2"),
                );
            }
        }
        History::read(text.as_bytes()).expect("it is a history")
    }

    #[test]
    fn three_rounds_are_a_loop_and_two_are_none() {
        let round = Rounds { since: Time::millis(1), events: 2, times: 5, every: Span::millis(1) };
        assert_eq!(rounds(&asking(5)), Some(round));
        assert_eq!(rounds(&asking(2)), None);
        assert_eq!(rounds(&asking(0)), None);
    }
}
