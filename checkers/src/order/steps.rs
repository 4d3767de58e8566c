//! Steps of a run that may be causes or effects, in an order in which causes stand before effects.

use crate::scene::Scene;
use crate::scene::lives::Now;
use crate::scene::streams::Streams;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE};

/// How far happened-before reaches.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Broadcasts and deliveries of one group.
    InGroup,
    /// Of all groups.
    AcrossGroups,
    /// And what clients and snapshots carry from one node to another.
    ThroughClients,
}

/// What happened in a step.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum What {
    /// The life broadcast the message.
    Broadcast(u32),
    /// It delivered the message.
    Deliver(u32),
    /// The node restarted.
    Restart,
    /// The client asked it.
    Invoke(u32),
    /// It answered the client.
    Respond(u32),
    /// It took a snapshot.
    Take,
    /// It installed the snapshot that was taken in this event.
    Install(u32),
}

/// A step of a life. A client that asks no node in particular has [`NONE`].
#[derive(Copy, Clone, Debug)]
pub struct Step {
    /// The event.
    pub event: u32,
    /// Whose.
    pub life: u32,
    /// What.
    pub what: What,
}

/// The steps in an order in which causes stand before effects, and how many clients there are.
/// That is the file's order, unless the clock is real and the file has, say, some delivery before
/// its broadcast. Nothing if causes go in circles.
pub fn steps(scene: &Scene<'_>, streams: &Streams, scope: Scope) -> Option<(Vec<Step>, usize)> {
    let mut names = Names::default();
    let steps = in_file_order(scene, streams, scope, &mut names);
    let edges = edges(scene, streams, &steps)?;
    if edges.iter().all(|(before, after)| before < after) {
        return Some((steps, names.clients.len()));
    }
    let order = sorted(steps.len(), edges)?;
    Some((order.into_iter().map(|i| steps[i as usize]).collect(), names.clients.len()))
}

/// Clients by name, and the first snapshot of each content at each node.
#[derive(Default)]
struct Names {
    clients: Map<String, u32>,
    taken: Map<(u32, String), u32>,
}

impl Names {
    fn client(&mut self, event: Event<'_>) -> Option<u32> {
        let name = event.field("client")?.as_str()?;
        let next = self.clients.len() as u32;
        Some(*self.clients.entry(name.to_owned()).or_insert(next))
    }
}

/// The broadcasts, the deliveries that are effects of theirs, and what else the scope holds.
fn in_file_order(
    scene: &Scene<'_>,
    streams: &Streams,
    scope: Scope,
    names: &mut Names,
) -> Vec<Step> {
    if scope == Scope::ThroughClients {
        remember_snapshots(scene, names);
    }
    let mut now = scene.lives.follow(scene.case);
    let columns = scene.history.nodes().iter().zip(scene.history.messages());
    let columns = scene.history.kinds().iter().zip(columns).enumerate();
    let mut steps = Vec::new();
    for (event, (kind, (node, row))) in columns {
        let event = event as u32;
        if *kind == Kind::Recover {
            now.recover(*node);
        }
        let life = now.life(*node);
        let what = match kind {
            Kind::Recover if life != NONE => Some(What::Restart),
            Kind::Broadcast | Kind::Deliver if life != NONE => {
                multicast(scene, streams, event, *row, *node)
            }
            _ if scope == Scope::ThroughClients => hidden(scene, &now, event, names),
            _ => None,
        };
        steps.extend(what.map(|what| Step { event, life, what }));
    }
    steps
}

fn multicast(
    scene: &Scene<'_>,
    streams: &Streams,
    event: u32,
    row: u32,
    node: u32,
) -> Option<What> {
    streams.rank.get(row as usize).filter(|rank| rank.stream != NONE)?;
    let broadcast = scene.table.broadcasts()[row as usize];
    if scene.history.kinds()[event as usize] == Kind::Broadcast {
        return (broadcast == event).then_some(What::Broadcast(row));
    }
    let after = !scene.is_virtual() || broadcast < event;
    (after && scene.is_recipient(row, node)).then_some(What::Deliver(row))
}

/// What passes outside the group's own messages. A response of unknown outcome is a client that
/// gave up: it has heard nothing.
fn hidden(scene: &Scene<'_>, now: &Now, event: u32, names: &mut Names) -> Option<What> {
    let event = scene.history.event(EventId(event));
    match event.kind() {
        Kind::Invoke => names.client(event).map(What::Invoke),
        Kind::Response => {
            let unknown = event.field("status").and_then(|s| s.as_str()) == Some("unknown");
            names.client(event).filter(|_| !unknown).map(What::Respond)
        }
        Kind::StateGet if is_known(now, event) => Some(What::Take),
        Kind::StateSet if is_known(now, event) => {
            let from = event.field("from")?.as_str()?;
            let nodes = &scene.history.header.nodes;
            let from = nodes.iter().position(|name| name == from)? as u32;
            names.taken.get(&(from, content(event)?)).map(|get| What::Install(*get))
        }
        _ => None,
    }
}

fn is_known(now: &Now, event: Event<'_>) -> bool {
    event.node().is_some_and(|node| now.life(node.0) != NONE)
}

/// A snapshot that is installed is the first one of its content that its node took: whatever a
/// later one was taken after, this one need not have been.
fn remember_snapshots(scene: &Scene<'_>, names: &mut Names) {
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        if *kind != Kind::StateGet {
            continue;
        }
        let event = scene.history.event(EventId(event as u32));
        let node = event.node().filter(|n| scene.case.byzantine.get(n.index()) == Some(&false));
        if let (Some(node), Some(content)) = (node, content(event)) {
            names.taken.entry((node.0, content)).or_insert(event.id.0);
        }
    }
}

/// What a snapshot says that it covers, if it says anything.
fn content(event: Event<'_>) -> Option<String> {
    let says = |key| event.field(key).map(|value| format!("{key} {value} "));
    let content: String = ["hash", "slot", "set"].into_iter().filter_map(says).collect();
    Some(content).filter(|content| !content.is_empty())
}

/// Which steps must stand before which: the one before at the node, or of the client; the
/// broadcast; the broadcast before in the stream; and the taking of the snapshot. Nothing if one
/// of those is missing.
fn edges(scene: &Scene<'_>, streams: &Streams, steps: &[Step]) -> Option<Vec<(u32, u32)>> {
    let mut edges = Vec::new();
    let mut broadcast = vec![NONE; scene.table.len()];
    let (mut last, mut spoke) = (vec![NONE; scene.history.node_count()], Map::default());
    let (mut taken, mut sent) = (Map::default(), Vec::new());
    for (i, step) in (0..).zip(steps) {
        if step.life != NONE {
            let last = &mut last[scene.node(step.life) as usize];
            edges.push((std::mem::replace(last, i), i));
        }
        match step.what {
            What::Broadcast(row) => {
                broadcast[row as usize] = i;
                let rank = streams.rank[row as usize];
                sent.push((rank.stream, rank.index, i));
            }
            What::Invoke(client) | What::Respond(client) => {
                edges.push((spoke.insert(client, i).unwrap_or(NONE), i));
            }
            What::Take => {
                taken.insert(step.event, i);
            }
            What::Deliver(_) | What::Restart | What::Install(_) => {}
        }
    }
    edges.retain(|(before, _)| *before != NONE);
    for (i, step) in (0..).zip(steps) {
        match step.what {
            What::Deliver(row) => {
                let broadcast = broadcast[row as usize];
                edges.push(((broadcast != NONE).then_some(broadcast)?, i));
            }
            What::Install(get) => edges.push((*taken.get(&get)?, i)),
            _ => {}
        }
    }
    sent.sort_unstable();
    for pair in sent.windows(2) {
        let [(stream, index, before), (next_stream, next, after)] = *pair else { continue };
        if stream == next_stream {
            edges.push(((next == index + 1).then_some(before)?, after));
        }
    }
    Some(edges)
}

/// The numbers up to `count` such that every edge leads onward.
fn sorted(count: usize, mut edges: Vec<(u32, u32)>) -> Option<Vec<u32>> {
    edges.sort_unstable();
    let mut blocked = vec![0; count];
    edges.iter().for_each(|(_, after)| blocked[*after as usize] += 1);
    let mut ready: Vec<u32> = (0..count as u32).filter(|i| blocked[*i as usize] == 0).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(i) = ready.pop() {
        order.push(i);
        let first = edges.partition_point(|(before, _)| *before < i);
        for (_, after) in edges[first..].iter().take_while(|(before, _)| *before == i) {
            blocked[*after as usize] -= 1;
            if blocked[*after as usize] == 0 {
                ready.push(*after);
            }
        }
    }
    (order.len() == count).then_some(order)
}
