//! Async services of the user's own, on turmoil's sockets, under a schedule.
//!
//! The service's sockets are turmoil's, so that only turmoil's own faults reach it: cuts, crashes
//! and restarts. turmoil delivers what a crashed host had sent, and delivers to a restarted host
//! what was sent to its predecessor; a service has to tell incarnations apart by itself.

mod accepts;
mod stage;
mod theatre;

pub use stage::Indications;

use crate::Turmoil;
use pepperland_core::contract::Request;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::runtime::Refused;
use pepperland_core::schedule::Schedule;
use std::future::Future;
use tokio::sync::mpsc::UnboundedReceiver;

/// What one incarnation of a service is given.
pub struct ServiceContext {
    /// Which node it is.
    pub node: NodeId,
    /// How often the node has restarted.
    pub incarnation: u32,
    /// Every node.
    pub nodes: Vec<NodeId>,
    /// The members of each group.
    pub groups: Vec<Vec<NodeId>>,
    /// The host name of each node, which turmoil's sockets and `turmoil::lookup` resolve.
    pub addresses: Vec<String>,
    /// What the application asks for.
    pub requests: UnboundedReceiver<Request<Message>>,
    /// Where the service reports what happened.
    pub indications: Indications,
}

impl Turmoil {
    /// Runs a service on every node: `service` is called for each incarnation of each node, and
    /// its future may use anything of turmoil and tokio. The history is complete at the
    /// schedule's end, as nobody but the service knows when it has nothing left to do.
    ///
    /// # Errors
    /// [`Refused`], before anything has run, if the schedule asks for what turmoil alone cannot do
    /// to sockets: to lose, delay, double, corrupt or strike single messages, to crash a node
    /// between two effects, to pause it, to skew its clock.
    pub fn services<F, Fut>(schedule: &Schedule, service: F) -> Result<History, Refused>
    where
        F: Fn(ServiceContext) -> Fut + Clone + 'static,
        Fut: Future<Output = turmoil::Result> + 'static,
    {
        accepts::check(schedule)?;
        Ok(theatre::Theatre::new(schedule, service).run())
    }
}
