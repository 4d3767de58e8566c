//! What turmoil alone cannot do to a service's sockets.

use crate::Transport;
use crate::accepts::{check as check_any, refused};
use pepperland_core::history::Channel;
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Refused;
use pepperland_core::schedule::{InFlight, Links, Schedule, Trouble};

/// Whether a schedule can be run with services.
pub fn check(schedule: &Schedule) -> Result<(), Refused> {
    let runtime = Transport::Udp.runtime();
    check_any(runtime, schedule)?;
    schedule.disturbances.iter().try_for_each(|disturbance| {
        match obstacle(schedule, &disturbance.trouble) {
            Some(what) => Err(refused(runtime, what)),
            None => Ok(()),
        }
    })
}

fn obstacle(schedule: &Schedule, trouble: &Trouble) -> Option<String> {
    let network = &schedule.header.network;
    match trouble {
        Trouble::Crash { effects: Some(_), .. } => {
            Some("crash a service between two of its effects: they are its own".to_owned())
        }
        Trouble::Crash { .. } if network.in_flight == InFlight::Lost => {
            let what = "lose what is in flight when a service crashes: set in_flight to kept";
            Some(what.to_owned())
        }
        Trouble::Cut { links }
            if network.channel == Channel::Perfect && one_way(schedule, links) =>
        {
            Some("hold the messages of one direction only: it holds both or none".to_owned())
        }
        Trouble::Crash { .. } | Trouble::Cut { .. } => None,
        other => Some(format!("apply the disturbance \"{}\" to a service's sockets", other.word())),
    }
}

/// Whether the links contain one direction of some pair of nodes, and not the other.
fn one_way(schedule: &Schedule, links: &Links) -> bool {
    let nodes = schedule.header.nodes as usize;
    NodeId::first(nodes)
        .any(|a| NodeId::first(nodes).any(|b| links.contain(a, b) && !links.contain(b, a)))
}
