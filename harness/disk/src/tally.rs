//! What the modes have touched: a fault that touched nothing is seen to have touched nothing.

use crate::tree::Loss;

/// How much of what the modes have touched, since the disk was made.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Syncs that answered success and made nothing durable, where there was something.
    pub syncs_lied: u64,
    /// Bytes of which they said so, in chunks of 4096.
    pub bytes_lied: u64,
    /// Changes of names of which they said so.
    pub names_lied: u64,
    /// Syncs that answered EIO.
    pub syncs_failed: u64,
    /// Bytes that counted as clean then, in chunks of 4096.
    pub bytes_abandoned: u64,
    /// Operations refused with ENOSPC.
    pub refused_full: u64,
    /// Operations refused with EROFS.
    pub refused_read_only: u64,
    /// Reads that failed with EIO.
    pub reads_failed: u64,
    /// Writes that failed with EIO.
    pub writes_failed: u64,
    /// Operations that took longer.
    pub slowed: u64,
    /// Power failures.
    pub power_losses: u64,
    /// What they took, and left, of what was not durable.
    pub loss: Loss,
    /// How often everything was made durable, lies too, because its versions took too much memory.
    pub pressed: u64,
}

impl Tally {
    /// What has been touched since then, where the earlier tally is of the same disk.
    pub fn since(&self, earlier: &Tally) -> Tally {
        Tally {
            syncs_lied: self.syncs_lied - earlier.syncs_lied,
            bytes_lied: self.bytes_lied - earlier.bytes_lied,
            names_lied: self.names_lied - earlier.names_lied,
            syncs_failed: self.syncs_failed - earlier.syncs_failed,
            bytes_abandoned: self.bytes_abandoned - earlier.bytes_abandoned,
            refused_full: self.refused_full - earlier.refused_full,
            refused_read_only: self.refused_read_only - earlier.refused_read_only,
            reads_failed: self.reads_failed - earlier.reads_failed,
            writes_failed: self.writes_failed - earlier.writes_failed,
            slowed: self.slowed - earlier.slowed,
            power_losses: self.power_losses - earlier.power_losses,
            loss: self.loss.since(&earlier.loss),
            pressed: self.pressed - earlier.pressed,
        }
    }
}
