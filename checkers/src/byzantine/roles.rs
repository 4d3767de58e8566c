//! Clients and servers, as DifATo has them (Xavier Silva, Lung, Luiz & Magnabosco): servers
//! order messages and may lie, clients deliver them and may only crash.
//!
//! A history tells them apart by two groups named `clients` and `servers`; else every node is both.
//! How many servers may be faulty is `about.bounds.faults`, else the greatest minority of them.

use crate::scene::Scene;
use pepperland_core::checker::{Case, bound};
use pepperland_core::history::{EventId, FailureModel, History};

/// Why what is said of servers that may lie is not judged.
pub const NO_LIARS: &str = "the history does not speak of servers that may lie";

/// Who is what.
pub struct Roles {
    /// Which nodes are clients; none if all are.
    clients: Option<Vec<bool>>,
    /// The servers, in their order.
    pub servers: Vec<u32>,
    is_server: Vec<bool>,
    /// How many servers may be faulty.
    pub faults: u64,
    /// How many servers lie.
    pub liars: u64,
}

impl Roles {
    /// Those of the history.
    pub fn of(case: &Case<'_>) -> Roles {
        let history = case.history;
        let nodes = history.node_count();
        let (clients, servers) = (members(history, "clients"), members(history, "servers"));
        let (clients, servers) = match (clients, servers) {
            (Some(clients), Some(servers)) => (Some(clients), servers),
            _ => (None, (0..nodes as u32).collect()),
        };
        let mask = |members: &[u32]| {
            let mut mask = vec![false; nodes];
            members.iter().for_each(|member| mask[*member as usize] = true);
            mask
        };
        let minority = (servers.len() as u64).saturating_sub(1) / 2;
        let liars = servers.iter().filter(|server| case.byzantine[**server as usize]).count();
        Roles {
            clients: clients.map(|clients| mask(&clients)),
            is_server: mask(&servers),
            servers,
            faults: bound(history, "faults").unwrap_or(minority),
            liars: liars as u64,
        }
    }

    /// The same if the history speaks of servers, or of nodes that may lie.
    pub fn stated(case: &Case<'_>) -> Option<Roles> {
        let model = case.history.header.failure_model == FailureModel::Byzantine;
        let liars = case.byzantine.contains(&true);
        Some(Roles::of(case)).filter(|roles| model || liars || roles.clients.is_some())
    }

    /// The case laid out with every message for all clients.
    pub fn scene<'a>(&self, case: &'a Case<'a>) -> Scene<'a> {
        match &self.clients {
            Some(clients) => Scene::among(case, clients.clone()),
            None => Scene::of(case),
        }
    }

    /// How many servers that do not lie must have done something of which f + 1 servers must be
    /// seen: each of those that do lie may have done it too, for what they record is void.
    pub fn needed(&self) -> u64 {
        self.faults.saturating_add(1).saturating_sub(self.liars)
    }

    /// Whether the node is a server.
    pub fn is_server(&self, node: u32) -> bool {
        self.is_server.get(node as usize) == Some(&true)
    }
}

fn members(history: &History, name: &str) -> Option<Vec<u32>> {
    let group = history.groups().iter().find(|(group, _)| group == name)?;
    let known = group.1.iter().filter(|member| member.index() < history.node_count());
    Some(known.map(|member| member.0).collect())
}

/// The slot of a delivery.
pub fn slot(history: &History, event: u32) -> Option<u64> {
    history.event(EventId(event)).place().and_then(|place| place.slot)
}

/// Names, or nobody.
pub fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
