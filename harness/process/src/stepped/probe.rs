//! What a program can do: it is started once, asked, and ended.

use crate::features::{Features, OFFERED, OFFERED_IN_REAL_TIME};
use crate::kept::{Enclosure, Keeper};
use crate::live::inside;
use crate::program::Program;
use crate::services;
use crate::stepped::broken::Broken;
use crate::stepped::fleet::PATIENCE;
use crate::stepped::pipes::Pipes;
use crate::stepped::timed::timed_line;
use crate::wire::Envelope;
use crate::words::{Asked, Init, Numbered};
use pepperland_core::history::Channel;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::time::Time;
use pepperland_netns::{Namespace, Options, Switch, address};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

/// A program cannot be a node.
#[derive(Debug, thiserror::Error)]
#[error("{program} is no node program: {why}")]
pub struct Unfit {
    /// The program.
    pub program: String,
    /// Why, and how to mend it.
    pub why: String,
}

/// Starts the program as the only node there is, and reads what it asks for. One that asks a
/// service before it is ready may wait for the answer: it asks for nothing, and lives in real time.
///
/// # Errors
/// If it cannot be started, does not answer `init`, or asks for what is not offered.
pub fn features_of(program: &Program, keeper: &Keeper) -> Result<Features, Unfit> {
    features_within(program, keeper, PATIENCE)
}

/// The same, where the program may take so long to answer.
///
/// # Errors
/// As of [`features_of`].
pub fn features_within(
    program: &Program,
    keeper: &Keeper,
    patience: Duration,
) -> Result<Features, Unfit> {
    let meeting = Meeting { enclosure: Enclosure::none(), init: alone(), offered: &OFFERED };
    meeting.features_of(program, keeper, patience)
}

/// The same, of a program that is to live on real sockets: it is started in a network of its own,
/// and told of it, as the nodes of a run are.
///
/// # Errors
/// As of [`features_of`], and if there can be no network.
pub fn features_on_sockets(program: &Program, keeper: &Keeper) -> Result<Features, Unfit> {
    let network = Namespace::make_all(1).and_then(|node| Switch::start(node, Options::of(0)));
    let network = network.map_err(|error| unfit(program, format!("no network for it: {error}")))?;
    let addresses = BTreeMap::from([(NODE.to_string(), address(NODE.index()))]);
    let init = Init { addresses, channel: Some(Channel::FairLoss), ..alone() };
    let enclosure = inside(network.handle(NODE.index()), NODE, None);
    let meeting = Meeting { enclosure, init, offered: &OFFERED_IN_REAL_TIME };
    meeting.features_of(program, keeper, PATIENCE)
}

/// The only node that there is.
const NODE: NodeId = NodeId(0);

/// Where a program is asked, and how.
struct Meeting {
    enclosure: Enclosure,
    init: Init,
    offered: &'static [&'static str],
}

impl Meeting {
    fn features_of(
        mut self,
        program: &Program,
        keeper: &Keeper,
        patience: Duration,
    ) -> Result<Features, Unfit> {
        let unfit = |why: String| unfit(program, why);
        let folder =
            tempfile::tempdir().map_err(|error| unfit(format!("no folder for it: {error}")))?;
        let mut pipes = Pipes::start_inside(&self.enclosure, program, keeper, folder.path())
            .map_err(|broken| unfit(broken.to_string()))?;
        self.init.features = self.offered.iter().map(|&feature| feature.to_owned()).collect();
        let mut ready = None;
        let asked = pipes.ask(&hello(self.init), patience, |line| {
            ready = init_ok(line)?.or_else(|| asks_a_service(line).then(|| json!({})));
            Ok(if ready.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        });
        let log = pipes.last_words();
        let log = if log.is_empty() { log } else { format!("; the last of its log:\n{log}") };
        asked.map_err(|broken| unfit(format!("{broken}{log}")))?;
        let ready = ready.ok_or_else(|| unfit("it has not answered init".to_owned()))?;
        Features::read(&ready, self.offered).map_err(unfit)
    }
}

fn unfit(program: &Program, why: String) -> Unfit {
    Unfit { program: program.path.display().to_string(), why }
}

fn alone() -> Init {
    let only = vec![NODE.to_string()];
    Init {
        node_id: NODE.to_string(),
        groups: Map::from_iter([("g1".to_owned(), Value::from(only.clone()))]),
        node_ids: only,
        register_latency: Some(Setup::REGISTER_LATENCY.0),
        ..Init::default()
    }
}

fn hello(init: Init) -> Vec<u8> {
    let body = Numbered { asked: Asked::Init(Box::new(init)), msg_id: Some(1) };
    timed_line("c0", &NODE.to_string(), Time::ZERO, &body)
}

/// The body of a line, if it answers `init`.
fn init_ok(line: &[u8]) -> Result<Option<Value>, Broken> {
    let envelope = Envelope::read(line)
        .map_err(|error| Broken::rubbish(line, format!("which is no message: {error}")))?;
    let body: Value = serde_json::from_str(envelope.body.get()).unwrap_or_default();
    match body["in_reply_to"] == json!(1) {
        true if body["type"] == "init_ok" => Ok(Some(body)),
        true => Err(Broken::rubbish(line, "and not init_ok")),
        false => Ok(None),
    }
}

fn asks_a_service(line: &[u8]) -> bool {
    Envelope::read(line).is_ok_and(|envelope| services::NAMES.contains(&&*envelope.dest))
}
