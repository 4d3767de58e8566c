//! The disk: what the harness holds, and the node's systems reach one after the other.

use crate::clock::Clock;
use crate::modes::{Access, Modes};
use crate::settings::Settings;
use crate::tally::Tally;
use crate::tree::Loss;
use crate::volume::Volume;
use rustix::io::Errno;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A disk in memory. It outlives the node's processes, its mounts and its power; copies of this are
/// the same disk.
///
/// That the node's processes are killed takes nothing from it: what write(2) has taken is the
/// system's. There is nothing to call for that.
#[derive(Clone, Debug)]
pub struct Disk {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// The modes have changed, or another system reaches the disk.
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    volume: Volume,
    /// Which of the systems so far reaches the disk.
    system: SystemId,
    /// How often the modes have changed.
    changes: u64,
}

/// A system that reaches, or reached, the disk: one mount.
pub(crate) type SystemId = u64;

/// What survives a power failure of what is not durable.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Survives {
    /// Nothing.
    Nothing,
    /// Each sector of 512 bytes with this chance in parts per million, each size, and each change
    /// of names as far as their order allows it.
    Some(u32),
}

/// How full a disk is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Usage {
    /// Bytes in use.
    pub used: u64,
    /// Bytes that it holds.
    pub of: u64,
}

impl Disk {
    /// An empty one, with nothing wrong.
    pub fn new(settings: Settings) -> Disk {
        Disk::with_clock(settings, Clock::of_the_machine())
    }

    /// An empty one by another clock.
    pub fn with_clock(settings: Settings, clock: Clock) -> Disk {
        let volume = Volume::new(settings, clock);
        let state = Mutex::new(State { volume, system: 0, changes: 0 });
        Disk { shared: Arc::new(Shared { state, changed: Condvar::new() }) }
    }

    /// What is wrong with it.
    pub fn modes(&self) -> Modes {
        self.state().volume.modes()
    }

    /// From now on this is wrong with it, and nothing else. Operations that wait wait no more; a
    /// disk that has lied keeps its promises, if it lies no more or in another way.
    pub fn behave(&self, modes: Modes) {
        let mut state = self.state();
        state.volume.behave(modes);
        state.changes += 1;
        self.shared.changed.notify_all();
    }

    /// The power fails: what is not durable is gone, or survives as `draw` says, the same for the
    /// same draw. Whatever still runs of the node's system reaches the disk no more, and gets EIO;
    /// the next mount finds what is left.
    pub fn power_loss(&self, survives: Survives, draw: u64) -> Loss {
        let share = match survives {
            Survives::Nothing => 0,
            Survives::Some(share) => share,
        };
        let mut state = self.state();
        let loss = state.volume.lose_power(share, draw);
        self.next_system(&mut state);
        loss
    }

    /// How much its modes have touched.
    pub fn tally(&self) -> Tally {
        self.state().volume.tally()
    }

    /// How full it is.
    pub fn usage(&self) -> Usage {
        let tree = &self.state().volume.tree;
        Usage { used: tree.used(), of: tree.room }
    }

    /// A new system reaches the disk, and none before it any more.
    pub(crate) fn attach(&self) -> SystemId {
        self.next_system(&mut self.state())
    }

    /// This system is no more.
    pub(crate) fn detach(&self, system: SystemId) {
        let mut state = self.state();
        if state.system == system {
            self.next_system(&mut state);
        }
    }

    fn next_system(&self, state: &mut State) -> SystemId {
        state.volume.tree.unpin_all();
        state.system += 1;
        self.shared.changed.notify_all();
        state.system
    }

    /// Does something for a system that reaches the disk, when the disk has got round to it, if it
    /// comes through.
    pub(crate) fn act<T>(
        &self,
        system: SystemId,
        access: Access,
        what: impl FnOnce(&mut Volume) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let mut state = self.wait(system, access);
        if state.system != system {
            return Err(Errno::IO);
        }
        let volume = &mut state.volume;
        volume.allow(access)?;
        let done = what(volume);
        volume.note_end(done)
    }

    /// Waits as long as the modes say, unless they change or the system is cut off.
    fn wait(&self, system: SystemId, access: Access) -> MutexGuard<'_, State> {
        let mut state = self.state();
        let (latency, changes) = (state.volume.modes().latency_of(access), state.changes);
        if latency.is_zero() || state.system != system {
            return state;
        }
        state.volume.note_slowed();
        let goes_on = |state: &mut State| state.changes == changes && state.system == system;
        let waited = self.shared.changed.wait_timeout_while(state, latency, goes_on);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// A thread that has panicked has changed one thing less: the tree is sound all the same.
    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
