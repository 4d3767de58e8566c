//! The rules of the format, checked before any property: a breach is the recorder's fault, never a
//! verdict.

use crate::collections::Map;
use crate::history::read::ReadError;
use crate::history::{Clock, Event, EventId, Header, History, Kind, NONE, Names, ViewName};
use crate::id::NodeId;
use crate::time::Time;

impl History {
    /// Holds the history against the rules of the format, as reading it from a file does.
    ///
    /// # Errors
    /// The first breach, with the line that the event has in a file.
    pub fn check_rules(&self) -> Result<(), ReadError> {
        let mut rules = Rules::new(&self.header);
        for id in (0..self.len() as u32).map(EventId) {
            rules.check(self, id).map_err(|breach| ReadError {
                line: line_of(id),
                column: 0,
                problem: breach.problem,
            })?;
        }
        Ok(())
    }
}

/// What breaks a rule, and the key that shows it.
pub(super) struct Breach {
    pub key: &'static str,
    pub problem: String,
}

fn breach(key: &'static str, problem: String) -> Result<(), Breach> {
    Err(Breach { key, problem })
}

fn line_of(event: EventId) -> usize {
    event.index() + 2
}

/// What the rules have to know of the events so far.
pub(super) struct Rules {
    one_order: bool,
    minted: bool,
    /// The time of the last line, and the event.
    last: Seen,
    nodes: Vec<NodeSoFar>,
    clients: Map<String, ClientSoFar>,
    views: Map<(u32, u32, ViewName), EventId>,
}

/// A time, and the event that has it.
#[derive(Copy, Clone, Default)]
struct Seen {
    at: Time,
    event: u32,
}

#[derive(Clone, Default)]
struct NodeSoFar {
    last: Seen,
    incarnation: u32,
    /// How many messages it has broadcast in this incarnation.
    sent: u32,
    /// The crash after which it has not restarted.
    down: Option<EventId>,
    /// What a Byzantine node says of itself is void.
    void: bool,
}

enum ClientSoFar {
    Open(EventId),
    Idle,
    Silent(EventId),
}

impl Rules {
    pub fn new(header: &Header) -> Rules {
        let mut nodes = vec![NodeSoFar::default(); header.nodes.len()];
        for (node, name) in nodes.iter_mut().zip(&header.nodes) {
            node.void = header.byzantine.contains(name);
        }
        Rules {
            one_order: header.clock == Clock::Virtual,
            minted: header.names == Names::Minted,
            last: Seen::default(),
            nodes,
            clients: Map::default(),
            views: Map::default(),
        }
    }

    /// The node's incarnation.
    pub fn incarnation(&self, node: NodeId) -> u32 {
        self.nodes[node.index()].incarnation
    }

    /// How many messages the node has broadcast in this incarnation.
    pub fn sent(&self, node: NodeId) -> u32 {
        self.nodes[node.index()].sent
    }

    /// Holds the next event against the rules.
    pub fn check(&mut self, history: &History, id: EventId) -> Result<(), Breach> {
        let event = history.event(id);
        self.check_time(event)?;
        check_causes(event)?;
        if let Some(node) = event.node() {
            self.check_life(event, node)?;
        }
        match (event.kind(), event.node()) {
            (Kind::Broadcast, Some(node)) => self.check_broadcast(history, event, node),
            (Kind::View, Some(node)) => self.check_view(history, event, node),
            (Kind::Invoke, _) => self.check_invoke(event),
            (Kind::Response, _) => self.check_response(event),
            _ => Ok(()),
        }
    }

    fn check_time(&mut self, event: Event<'_>) -> Result<(), Breach> {
        let here = Seen { at: event.time(), event: event.id.0 };
        if self.one_order {
            not_back(self.last, here, "with a virtual clock")?;
        }
        self.last = here;
        if let Some(node) = event.node() {
            let node = &mut self.nodes[node.index()];
            not_back(node.last, here, "within a node")?;
            node.last = here;
        }
        Ok(())
    }

    /// A node that is down does nothing; what the network, clients and onlookers do there is
    /// their own.
    fn check_life(&mut self, event: Event<'_>, node: NodeId) -> Result<(), Breach> {
        let node = &mut self.nodes[node.index()];
        match (event.kind(), node.down) {
            (Kind::Recover, _) => {
                (node.down, node.sent) = (None, 0);
                node.incarnation += 1;
            }
            (Kind::Crash, None) => node.down = Some(event.id),
            (kind, Some(crash)) if is_own(kind) && !node.void => {
                let line = line_of(crash);
                let what = "a node that crashed does nothing until its \"recover\"";
                return breach("k", format!("{what}; this one crashed in line {line}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn check_broadcast(
        &mut self,
        history: &History,
        event: Event<'_>,
        node: NodeId,
    ) -> Result<(), Breach> {
        let sender = &mut self.nodes[node.index()];
        sender.sent += 1;
        let Some(row) = event.message() else { return Ok(()) };
        let name = || history.message_name(row);
        let first = history.messages.broadcast[row as usize];
        if first != event.id.0 && first != NONE {
            let line = line_of(EventId(first));
            return breach("m", format!("\"{}\" was broadcast in line {line} already", name()));
        }
        if !self.minted {
            return Ok(());
        }
        let id = history.messages.minted(row);
        let wanted = (node, sender.incarnation, sender.sent);
        if history.messages.is_opaque(row) || (id.origin, id.incarnation, id.number) != wanted {
            let next = format!("{}:{}:{}", history.node_name(node), wanted.1, wanted.2);
            let what = "is not the next message of its node";
            return breach("m", format!("\"{}\" {what}, which is \"{next}\"", name()));
        }
        Ok(())
    }

    fn check_view(
        &mut self,
        history: &History,
        event: Event<'_>,
        node: NodeId,
    ) -> Result<(), Breach> {
        let Some(install) = event.view().filter(|_| !self.nodes[node.index()].void) else {
            return Ok(());
        };
        let key = (node.0, install.group.unwrap_or(0), install.view.clone());
        let first = *self.views.entry(key).or_insert(event.id);
        let members = |id: EventId| {
            let view = history.event(id).view();
            let mut members = view.map(|view| view.members.clone()).unwrap_or_default();
            members.sort_unstable();
            members
        };
        if first == event.id || members(first) == members(event.id) {
            return Ok(());
        }
        let line = line_of(first);
        let problem = format!("the node gave view {} other members in line {line}", install.view);
        breach("members", problem)
    }

    fn check_invoke(&mut self, event: Event<'_>) -> Result<(), Breach> {
        let client = client_of(event);
        let problem = match self.clients.get(client) {
            Some(ClientSoFar::Open(open)) => {
                let line = line_of(*open);
                format!("client \"{client}\" has an operation open since line {line}")
            }
            Some(ClientSoFar::Silent(end)) => {
                let (line, what) = (line_of(*end), "never speaks again after the unknown response");
                format!("client \"{client}\" {what} of line {line}; a new name takes over")
            }
            Some(ClientSoFar::Idle) | None => {
                self.clients.insert(client.to_owned(), ClientSoFar::Open(event.id));
                return Ok(());
            }
        };
        breach("client", problem)
    }

    fn check_response(&mut self, event: Event<'_>) -> Result<(), Breach> {
        let client = client_of(event);
        let unknown = event.field("status").and_then(|s| s.as_str()) == Some("unknown");
        match self.clients.get_mut(client) {
            Some(state @ ClientSoFar::Open(_)) => {
                *state = if unknown { ClientSoFar::Silent(event.id) } else { ClientSoFar::Idle };
                Ok(())
            }
            _ => breach("client", format!("client \"{client}\" has no operation open: no invoke")),
        }
    }
}

fn client_of<'h>(event: Event<'h>) -> &'h str {
    event.field("client").and_then(|client| client.as_str()).unwrap_or("")
}

/// Whether a node does it, and not somebody else at that node.
fn is_own(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Drop | Kind::Duplicate | Kind::Corrupt | Kind::Invoke | Kind::Response | Kind::Note
    )
}

fn not_back(before: Seen, here: Seen, whence: &str) -> Result<(), Breach> {
    if here.at >= before.at {
        return Ok(());
    }
    let (line, earlier, later) = (line_of(EventId(before.event)), before.at.0, here.at.0);
    let problem = format!("{later} is before the {earlier} of line {line}");
    breach("t", format!("time does not go back {whence}, and {problem}"))
}

fn check_causes(event: Event<'_>) -> Result<(), Breach> {
    match event.causes().iter().find(|cause| **cause >= event.id) {
        None => Ok(()),
        Some(cause) => {
            let (cause, own) = (cause.0, event.id.0);
            breach("c", format!("a cause comes before its effect: {cause} is not below {own}"))
        }
    }
}
