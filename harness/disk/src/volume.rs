//! A tree of files under modes: what is wrong with the disk is done here, and counted.

#[cfg(test)]
mod tests;

use crate::clock::{Clock, nanos_of};
use crate::dice::Dice;
use crate::modes::{Access, Kept, Modes, Sync};
use crate::settings::Settings;
use crate::tally::Tally;
use crate::tree::{Amount, Depth, Ino, Loss, Moment, Tree};
use rustix::io::Errno;

/// A tree under modes.
#[derive(Debug)]
pub struct Volume {
    settings: Settings,
    /// The files. Whoever changes them has passed [`Volume::allow`].
    pub tree: Tree,
    modes: Modes,
    tally: Tally,
    dice: Dice,
    clock: Clock,
    /// How many promises there have been, where each is kept at the next.
    promises: u64,
}

impl Volume {
    /// An empty one, with nothing wrong.
    pub fn new(settings: Settings, clock: Clock) -> Volume {
        Volume {
            settings,
            tree: Tree::new(settings, clock.moment()),
            modes: Modes::default(),
            tally: Tally::default(),
            dice: Dice::new(0),
            clock,
            promises: 0,
        }
    }

    /// What is wrong.
    pub fn modes(&self) -> Modes {
        self.modes
    }

    /// How much has been touched.
    pub fn tally(&self) -> Tally {
        Tally { pressed: self.tree.pressed, ..self.tally }
    }

    /// The time of the day.
    pub fn now(&self) -> Moment {
        self.clock.moment()
    }

    /// From now on this is wrong, and nothing else.
    pub fn behave(&mut self, modes: Modes) {
        if modes.sync != self.modes.sync {
            self.tree.settle(u64::MAX);
        }
        if let Some(errors) = modes.errors
            && self.modes.errors != modes.errors
        {
            self.dice = Dice::new(errors.draw);
        }
        self.tree.room =
            modes.full.map_or(self.settings.bytes, |full| full.min(self.settings.bytes));
        self.modes = modes;
    }

    /// Takes note that an operation is made to wait.
    pub fn note_slowed(&mut self) {
        self.tally.slowed += 1;
    }

    /// Whether an operation comes through.
    pub fn allow(&mut self, access: Access) -> Result<(), Errno> {
        if self.modes.read_only && matches!(access, Access::Write | Access::Name) {
            self.tally.refused_read_only += 1;
            return Err(Errno::ROFS);
        }
        let Some(errors) = self.modes.errors else { return Ok(()) };
        if access == Access::Read && self.dice.happens(errors.reads) {
            self.tally.reads_failed += 1;
            return Err(Errno::IO);
        }
        if access == Access::Write && self.dice.happens(errors.writes) {
            self.tally.writes_failed += 1;
            return Err(Errno::IO);
        }
        Ok(())
    }

    /// Takes note of how an operation ended.
    pub fn note_end<T>(&mut self, done: Result<T, Errno>) -> Result<T, Errno> {
        self.tally.refused_full += u64::from(matches!(done, Err(Errno::NOSPC)));
        done
    }

    /// Makes a file or folder durable, or not.
    pub fn sync(&mut self, ino: Ino, depth: Depth) -> Result<(), Errno> {
        match self.modes.sync {
            Sync::Honest => self.tree.sync(ino, depth).map(drop),
            Sync::Lying(kept) => self.lie(ino, depth, kept),
            Sync::Failing => self.fail(ino),
        }
    }

    fn lie(&mut self, ino: Ino, depth: Depth, kept: Kept) -> Result<(), Errno> {
        let told = match kept {
            Kept::Never => self.tree.promise(ino, depth, 0)?,
            Kept::After(_) => {
                self.keep_what_is_due();
                self.tree.promise(ino, depth, self.clock.nanos())?
            }
            Kept::AtTheNext => self.promise_and_keep_the_last(ino, depth)?,
        };
        self.tally.syncs_lied += u64::from(told.is_some());
        self.tally.bytes_lied += told.bytes;
        self.tally.names_lied += told.names;
        Ok(())
    }

    fn promise_and_keep_the_last(&mut self, ino: Ino, depth: Depth) -> Result<Amount, Errno> {
        let last = self.promises;
        let told = self.tree.promise(ino, depth, last + 1)?;
        if told.is_some() {
            self.tree.settle(last);
            self.promises += 1;
        }
        Ok(told)
    }

    fn keep_what_is_due(&mut self) {
        if let Sync::Lying(Kept::After(span)) = self.modes.sync
            && let Some(due) = self.clock.nanos().checked_sub(nanos_of(span))
        {
            self.tree.settle(due);
        }
    }

    fn fail(&mut self, ino: Ino) -> Result<(), Errno> {
        let amount = self.tree.abandon(ino)?;
        if !amount.is_some() {
            return Ok(());
        }
        self.tally.syncs_failed += 1;
        self.tally.bytes_abandoned += amount.bytes;
        Err(Errno::IO)
    }

    /// The power fails.
    pub fn lose_power(&mut self, share: u32, draw: u64) -> Loss {
        self.keep_what_is_due();
        let loss = self.tree.lose_power(share, &mut Dice::new(draw));
        self.tally.power_losses += 1;
        self.tally.loss = self.tally.loss.and(&loss);
        loss
    }
}
