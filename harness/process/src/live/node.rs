//! One node of a run: its process, its pipes, and the state it is in.

use crate::features::Features;
use crate::kept::{Enclosure, Keeper, Kept};
use crate::live::breach::Told;
use crate::live::outbox::Outbox;
use crate::log::StandardError;
use crate::program::Program;
use crate::wire::Lines;
use crate::words::Sense;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use pepperland_core::history::EventId;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::runtime::Application;
use pepperland_core::schedule::{Ask, Step};
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

/// A node with so many messages on their way is not read any further until some have arrived: it
/// waits at its full pipe.
const MOST_IN_FLIGHT: usize = 20_000;

/// The same for their bytes.
const MOST_BYTES: usize = 64 << 20;

/// The state a node is in.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum State {
    /// It has been started, and has not answered `init`.
    Starting,
    /// It runs.
    Up,
    /// The environment has killed it.
    Down,
    /// It has ended by itself: nothing comes from it any more, and it is not excused.
    Gone,
}

/// One node of a run.
pub struct Node {
    pub id: NodeId,
    pub state: State,
    pub paused: bool,
    pub incarnation: u32,
    pub features: Features,
    pub kept: Option<Kept>,
    pub lines: Lines,
    pub outbox: Outbox,
    /// Lines that wait until the node is ready.
    pub waiting: Vec<Vec<u8>>,
    pub log: StandardError,
    /// What of its misbehaviour has been told.
    pub told: Told,
    /// A crash after so many more of its lines.
    pub doomed: Option<u32>,
    /// Messages of it that are on their way, or held by a cut.
    pub in_flight: usize,
    /// Their bytes.
    pub in_flight_bytes: usize,
    /// The application above it.
    pub application: Application,
    /// The last event recorded at the node.
    pub last: Option<EventId>,
    /// The number of the last request made of it in this incarnation.
    pub asked: i64,
    /// What it may say.
    pub sense: Sense,
    folder: PathBuf,
    minted: u32,
}

impl Node {
    /// A node that has not been started, with a folder of its own.
    /// `in_views`: its application multicasts only in views.
    pub fn new(id: NodeId, folder: PathBuf, in_views: bool) -> Node {
        Node {
            id,
            state: State::Down,
            paused: false,
            incarnation: 0,
            features: Features::default(),
            kept: None,
            lines: Lines::default(),
            outbox: Outbox::default(),
            waiting: Vec::new(),
            log: StandardError::default(),
            told: Told::default(),
            doomed: None,
            in_flight: 0,
            in_flight_bytes: 0,
            application: Application::new(in_views),
            last: None,
            asked: 0,
            sense: Sense::default(),
            folder,
            minted: 0,
        }
    }

    /// Starts its process, on whatever an earlier one left in its folder.
    ///
    /// # Errors
    /// If the program cannot be started.
    pub fn launch(
        &mut self,
        program: &Program,
        keeper: &Keeper,
        enclosure: &Enclosure,
    ) -> io::Result<()> {
        let kept = Kept::start(program, keeper, &self.folder, enclosure)?;
        unblock(kept.stdin.as_ref())?;
        unblock(kept.stdout.as_ref())?;
        unblock(kept.stderr.as_ref())?;
        self.kept = Some(kept);
        self.state = State::Starting;
        self.lines = Lines::default();
        Ok(())
    }

    /// What its process writes from now on is not read, nor that it has ended.
    pub fn deafen(&mut self) {
        if let Some(kept) = &mut self.kept {
            (kept.stdout, kept.stderr) = (None, None);
        }
    }

    /// The next incarnation, to be launched.
    pub fn renew(&mut self) {
        self.incarnation += 1;
        self.minted = 0;
        self.asked = 0;
        self.sense.restarted();
        self.application.restart();
        self.doomed = None;
    }

    /// Whether its process is there to be spoken to.
    pub fn lives(&self) -> bool {
        matches!(self.state, State::Starting | State::Up)
    }

    /// The name of what a step asks for: multicasts are numbered without gaps in each
    /// incarnation, anything else goes by the number of its step.
    pub fn name(&mut self, step: &Step) -> MessageId {
        let number = match step.ask {
            Ask::Multicast { .. } => {
                self.minted += 1;
                self.minted
            }
            _ => step.id + 1,
        };
        MessageId { origin: self.id, incarnation: self.incarnation, number }
    }

    /// Whether more of it is on its way than anybody could carry.
    pub fn floods(&self) -> bool {
        self.in_flight >= MOST_IN_FLIGHT || self.in_flight_bytes >= MOST_BYTES
    }

    /// The number of the next request made of it.
    pub fn next_request(&mut self) -> i64 {
        self.asked += 1;
        self.asked
    }
}

/// Nobody ever waits for one pipe.
fn unblock(pipe: Option<&impl AsFd>) -> io::Result<()> {
    if let Some(pipe) = pipe {
        fcntl(pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    }
    Ok(())
}
