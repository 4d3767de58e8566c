//! The scopes: what is small enough to be taken whole.

use super::lane::{self, Deed, Lane};
use super::{Letter, Scope, Sight};

/// How messages are shared out among senders, up to renaming: how many each node broadcasts, and
/// then how many are delivered that nobody did.
const TWO_MESSAGES: &[(&[usize], usize)] =
    &[(&[0, 0, 0], 1), (&[1, 0, 0], 0), (&[1, 0, 0], 1), (&[2, 0, 0], 0), (&[1, 1, 0], 0)];

/// From how many times the usual work on the large scopes are taken.
const DEEP: u32 = 16;

/// Every scope; from sixteen times the usual work on also three nodes with three messages.
pub fn all(times: u32) -> impl Iterator<Item = (&'static str, Scope)> {
    let liberties = [Liberty::Crashes, Liberty::Repetition, Liberty::Early];
    let two = TWO_MESSAGES.iter().flat_map(move |(senders, strangers)| {
        liberties.map(|liberty| ("two messages", multicasts(senders, *strangers, liberty)))
    });
    let two_nodes = [[3, 0], [2, 1]];
    let three =
        two_nodes.map(|s| ("three messages of two nodes", multicasts(&s, 0, Liberty::Early)));
    let agreed = [[3, 0, 0], [2, 1, 0], [1, 1, 1]];
    let agreed = agreed.map(|s| ("three messages, all sent before", sent_before(&s)));
    let outsiders = pairs_of_letters().into_iter();
    let outsiders = outsiders.map(|letters| ("two messages to groups", in_groups(&letters, true)));
    let overlapping = triples_of_groups().into_iter();
    let overlapping =
        overlapping.map(|letters| ("three messages to groups", in_groups(&letters, false)));
    let longest = if times < DEEP { 2 } else { 3 };
    let views =
        [("views of two nodes", views(2, 1, longest)), ("views of three nodes", views(3, 1, 1))];
    let deep = [[3, 0, 0], [2, 1, 0], [1, 1, 1]].into_iter().filter(move |_| times >= DEEP);
    let deep = deep.flat_map(|senders| {
        let liberties = [Liberty::Crashes, Liberty::Early];
        liberties.map(|liberty| ("three messages", multicasts(&senders, 0, liberty)))
    });
    two.chain(deep).chain(three).chain(agreed).chain(outsiders).chain(overlapping).chain(views)
}

/// Every history of multicasts in one group.
pub fn multicasts(senders: &[usize], strangers: usize, liberty: Liberty) -> Scope {
    let by = |(node, count): (usize, &usize)| vec![Letter { sender: Some(node), group: 0 }; *count];
    let mut messages: Vec<Letter> = senders.iter().enumerate().flat_map(by).collect();
    messages.extend(vec![Letter { sender: None, group: 0 }; strangers]);
    let letters = messages.len();
    let deliveries = lane::sequences(&every(Deed::Deliver, letters), letters);
    let deliveries = match liberty {
        Liberty::Repetition => lane::and_with_one_again(deliveries),
        _ => deliveries,
    };
    let lanes = (0..senders.len()).map(|node| {
        let lanes = lane::merged(&broadcasts(&messages, node), &deliveries);
        if liberty == Liberty::Crashes { lane::and_with_a_crash(lanes) } else { lanes }
    });
    let lanes = lanes.collect();
    let early = liberty == Liberty::Early;
    Scope { groups: Vec::new(), messages, views: Vec::new(), lanes, early, real: true }
}

/// What may happen besides broadcasts and deliveries.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Liberty {
    /// Each node may crash.
    Crashes,
    /// One message is delivered once more.
    Repetition,
    /// Messages are delivered before they are broadcast.
    Early,
}

fn every(deed: fn(usize) -> Deed, count: usize) -> Vec<Deed> {
    (0..count).map(deed).collect()
}

fn broadcasts(messages: &[Letter], node: usize) -> Lane {
    let own = messages.iter().enumerate().filter(|(_, m)| m.sender == Some(node));
    own.map(|(m, _)| Deed::Broadcast(m)).collect()
}

/// The same, if every node broadcasts before it delivers and nobody crashes: what is left is who
/// delivers what in which order.
fn sent_before(senders: &[usize]) -> Scope {
    let mut scope = multicasts(senders, 0, Liberty::Early);
    let is_late = |lane: &Lane| {
        let last = lane.iter().rposition(|deed| matches!(deed, Deed::Broadcast(_)));
        let first = lane.iter().position(|deed| matches!(deed, Deed::Deliver(_)));
        last.zip(first).is_some_and(|(last, first)| first < last)
    };
    scope.lanes.iter_mut().for_each(|lanes| lanes.retain(|lane| !is_late(lane)));
    Scope { early: false, real: false, ..scope }
}

/// The groups of three nodes: three pairs, and everybody.
const GROUPS: [(&str, &[usize]); 4] =
    [("f", &[0, 1]), ("g", &[1, 2]), ("h", &[0, 2]), ("i", &[0, 1, 2])];

/// Two messages by anybody to any groups, in each way but for their order.
fn pairs_of_letters() -> Vec<Vec<Letter>> {
    let letter = |n: usize| Letter { sender: Some(n % 3), group: n / 3 };
    let pairs = (0..12).flat_map(|a| (a..12).map(move |b| (a, b)));
    pairs.map(|(a, b)| vec![letter(a), letter(b)]).collect()
}

/// Three messages by members, to any groups: who of them broadcasts it makes no difference to the
/// order in which it is delivered.
fn triples_of_groups() -> Vec<Vec<Letter>> {
    let letter = |group: usize| Letter { sender: Some(GROUPS[group].1[0]), group };
    let triples = (0..4).flat_map(|a| (a..4).flat_map(move |b| (b..4).map(move |c| [a, b, c])));
    triples.map(|groups| groups.map(letter).to_vec()).collect()
}

/// What three nodes deliver of the messages, all of them broadcast before: only what is for them,
/// or anything.
fn in_groups(messages: &[Letter], anything: bool) -> Scope {
    let is_for = |m: &usize, node: usize| GROUPS[messages[*m].group].1.contains(&node);
    let lanes = (0..3).map(|node| {
        let letters = (0..messages.len()).filter(|m| anything || is_for(m, node));
        let letters: Vec<Deed> = letters.map(Deed::Deliver).collect();
        let own = broadcasts(messages, node);
        let deliveries = lane::sequences(&letters, letters.len()).into_iter();
        deliveries.map(|deliveries| [&own[..], &deliveries].concat()).collect::<Vec<Lane>>()
    });
    let lanes = lanes.collect();
    let groups = GROUPS.iter().map(|(name, members)| (*name, members.to_vec())).collect();
    let messages = messages.to_vec();
    Scope { groups, messages, views: Vec::new(), lanes, early: false, real: false }
}

/// Every history of nodes that install at most so many views, and broadcast and deliver so many
/// messages of the first node in between.
pub fn views(nodes: usize, count: usize, longest: usize) -> Scope {
    let all: Vec<usize> = (0..nodes).collect();
    let sight =
        |number, creator, members: &[usize]| Sight { number, creator, members: members.to_vec() };
    let whole = [1, 3].map(|number| sight(number, None, &all));
    let parts = all.iter().map(|node| sight(2, Some(*node), &[*node]));
    let views: Vec<Sight> = whole.into_iter().chain(parts).collect();
    let messages = vec![Letter { sender: Some(0), group: 0 }; count];
    let installs = lane::sequences(&every(Deed::View, views.len()), longest);
    let deliveries = lane::sequences(&every(Deed::Deliver, count), count);
    let lanes = all.iter().map(|node| {
        let acts = lane::merged(&broadcasts(&messages, *node), &deliveries);
        acts.iter().flat_map(|acts| lane::merged(acts, &installs)).collect::<Vec<Lane>>()
    });
    let lanes = lanes.collect();
    Scope { groups: Vec::new(), messages, views, lanes, early: false, real: false }
}
