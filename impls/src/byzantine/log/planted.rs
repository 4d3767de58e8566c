//! Flaws of whoever reads the registers.

/// Which lines are switched off; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogPlanted {
    /// f servers are enough for a decision.
    pub accepts_f: bool,
    /// A server counts as often as it writes.
    pub counts_repeats: bool,
    /// Supporters of a slot are counted, whatever they support.
    pub counts_slots: bool,
    /// f − 1 servers besides the leader and this one, which is the reader, are enough.
    pub counts_others: Option<usize>,
    /// An epoch may have several candidates for a slot.
    pub takes_second: bool,
    /// f servers are enough for a change.
    pub changes_by_f: bool,
    /// Changes are of no epoch, and are never forgotten.
    pub keeps_changes: bool,
    /// A slot that had a candidate is skipped at a change.
    pub leaves_holes: bool,
    /// At a change, the slots that not all servers accepted are given away anew.
    pub renumbers: bool,
    /// The leaders after the first are numbered from one.
    pub rotates_from_one: bool,
}
