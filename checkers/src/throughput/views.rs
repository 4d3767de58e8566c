//! Long valid histories whose views change now and then.

use super::{id, message};
use pepperland_core::history::{Clock, Header, History, Recorder, ViewInstall, ViewName};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::seed::{Seed, Stream};
use pepperland_core::time::Time;

/// How many messages of a view may be on their way at a time.
const WINDOW: usize = 1000;

/// A complete history on a virtual clock in which every property of views holds. Everyone is in the
/// first of so many primary views; of every second one a node is left out, which stands in a view
/// of its own meanwhile. Everything sent in a view is delivered in it by all its members, about as
/// many messages as make up `deliveries`.
///
/// # Panics
/// If there are fewer than three nodes, of which two are the primary, or no views.
pub fn with_views(nodes: usize, deliveries: usize, views: usize, seed: u64) -> History {
    assert!(nodes >= 3 && views > 0, "a primary view needs a majority of nodes");
    let mut header = Header::new((1..=nodes).map(|n| format!("n{n}")).collect());
    header.clock = Clock::Virtual;
    let mut recorder = Recorder::new(header);
    recorder.reserve(deliveries + deliveries / (nodes - 1) + views * (nodes + 1));
    let stream = Seed(seed).stream("throughput with views");
    let mut run = Run { recorder, stream, sent: vec![0; nodes], stood: vec![None; nodes] };
    for view in 0..views {
        let out = (view % 2 == 1).then_some(view / 2 % nodes);
        let members: Vec<usize> = (0..nodes).filter(|n| Some(*n) != out).collect();
        run.install(view, &members, out);
        let share = deliveries * (view + 1) / views - deliveries * view / views;
        run.multicast(&members, share / members.len());
    }
    let end = run.now();
    run.recorder.finish(end, true)
}

struct Run {
    recorder: Recorder,
    stream: Stream,
    /// How many messages each node broadcast.
    sent: Vec<u32>,
    /// The view, and the node alone in it or none, that each node stands in.
    stood: Vec<Option<(usize, Option<usize>)>>,
}

impl Run {
    fn now(&self) -> Time {
        Time(self.recorder.len() as u64)
    }

    fn install(&mut self, view: usize, members: &[usize], out: Option<usize>) {
        let before = self.stood.clone();
        let ids = |nodes: &[usize]| nodes.iter().map(|n| NodeId(*n as u32)).collect();
        for node in members.iter().copied().chain(out) {
            let alone = out.filter(|out| *out == node);
            let together = alone.map_or(members.to_vec(), |node| vec![node]);
            let came = |n: &usize| before[*n] == before[node];
            let along: Vec<usize> = together.iter().copied().filter(came).collect();
            let creator = alone.map(|n| format!("n{}", n + 1).into());
            let install = ViewInstall {
                view: ViewName { number: view as u64 + 1, creator },
                members: ids(&together),
                primary: alone.is_none(),
                transitional: before[node].map(|_| ids(&along)),
                group: None,
            };
            self.stood[node] = Some((view, alone));
            let now = self.now();
            self.recorder.view(now, NodeId(node as u32), install, None);
        }
    }

    /// So many messages among the members, in one order, each delivered by all.
    fn multicast(&mut self, members: &[usize], messages: usize) {
        let mut order: Vec<MessageId> = Vec::with_capacity(messages);
        let mut delivered = vec![0_usize; members.len()];
        let mut settled = 0;
        while settled < messages {
            let place = self.stream.below(members.len() as u64) as usize;
            let (node, now) = (members[place], self.now());
            let begins = self.stream.below(members.len() as u64 + 1) == 0;
            if begins && order.len() < messages && order.len() - settled < WINDOW {
                self.sent[node] += 1;
                let id = id(node, self.sent[node]);
                order.push(id);
                let node = NodeId(node as u32);
                self.recorder.broadcast(now, node, &message(id), GroupId::ALL, None);
            } else if let Some(id) = order.get(delivered[place]) {
                self.recorder.deliver(now, NodeId(node as u32), &message(*id), None, None);
                delivered[place] += 1;
                if delivered[place] == settled + 1 {
                    settled = delivered.iter().min().copied().unwrap_or(0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views;
    use pepperland_core::checker::Case;
    use pepperland_core::verdict::Outcome;

    #[test]
    fn every_property_of_views_holds_of_what_is_measured() {
        for nodes in [4, 40, 70] {
            let history = with_views(nodes, 900 * nodes, 8, 7);
            history.check_rules().unwrap();
            for checker in views::ALL {
                let verdict = (checker.check)(&Case::new(&history));
                assert_eq!(verdict.outcome, Outcome::Held, "{}, {nodes}", checker.property);
                let mut case = Case::new(&history);
                case.disturbed = vec![(Time(0), history.end())];
                let disturbed = (checker.check)(&case);
                assert_eq!(disturbed.obligations, verdict.obligations, "{}", checker.property);
                assert_eq!(disturbed.critical, verdict.obligations, "{}", checker.property);
            }
        }
    }

    #[test]
    fn one_missing_delivery_is_found_in_a_large_view() {
        let history = with_views(70, 7000, 2, 1);
        let mut file = Vec::new();
        history.write_to(&mut file).unwrap();
        let text = String::from_utf8(file).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        let hers = |line: &&str| line.contains("\"n\":\"n66\",\"k\":\"deliver\"");
        lines.remove(lines.iter().position(hers).unwrap());
        let cut = History::read(lines.join("\n").as_bytes()).unwrap();
        let verdict = (crate::find("virtual-synchrony").unwrap().check)(&Case::new(&cut));
        assert!(verdict.witness().unwrap().because.contains("n66 did not"));
    }
}
