//! Section 4.2 of the paper: who is the sequencer, and what is bufferized of changes.
//!
//! ```text
//! To suspect S for message h:    unless it was done before:  write change(h, S)
//!                                search
//! On read change(h, s) by w:     changes(h, s) += w;  search
//! To search for h:               if changes(h, S) has f + 1 servers, and this one is among them or is
//!                                S itself:  S := S + 1 mod n
//! ```
//!
//! A change says nothing of when it was wanted, and none is ever forgotten.

use crate::byzantine::keys::Digest;
use std::collections::{BTreeMap, BTreeSet};

/// Who leads at one server, and what it has read of changes.
pub struct Changes {
    /// The place of this server.
    me: usize,
    servers: usize,
    f: usize,
    sequencer: usize,
    /// How often the sequencer changed here.
    made: u64,
    /// By message and suspect: who wants the change.
    wanted: BTreeMap<(Digest, usize), BTreeSet<usize>>,
}

impl Changes {
    /// None so far, at the server of this place: the first leads.
    pub fn none(me: usize, servers: usize, f: usize) -> Changes {
        Changes { me, servers, f, sequencer: 0, made: 0, wanted: BTreeMap::new() }
    }

    /// S.
    pub fn sequencer(&self) -> usize {
        self.sequencer
    }

    /// How many changes this server has made.
    pub fn made(&self) -> u64 {
        self.made
    }

    /// A server wants another sequencer than this one because of a message. Whether it has not said
    /// so before.
    pub fn want(&mut self, by: usize, h: Digest, suspect: usize) -> bool {
        self.wanted.entry((h, suspect)).or_default().insert(by)
    }

    /// To search for h. Whom the server followed before, if it makes the change.
    pub fn search(&mut self, h: Digest) -> Option<usize> {
        let suspect = self.sequencer;
        let wanted = self.wanted.get(&(h, suspect))?;
        let takes_part = suspect == self.me || wanted.contains(&self.me);
        if wanted.len() <= self.f || !takes_part {
            return None;
        }
        self.sequencer = (suspect + 1) % self.servers;
        self.made += 1;
        Some(suspect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::byzantine::keys::digest;

    const SERVERS: usize = 3;
    const F: usize = 1;

    /// At the second of three servers.
    fn changes() -> (Changes, Digest) {
        (Changes::none(1, SERVERS, F), digest(&"a"))
    }

    #[test]
    fn a_server_changes_when_f_plus_one_want_it_and_it_does_so_too() {
        let (mut changes, h) = changes();
        changes.want(0, h, 0);
        changes.want(2, h, 0);
        assert_eq!(changes.search(h), None, "it does not suspect the sequencer itself");
        assert!(changes.want(1, h, 0));
        assert_eq!(changes.search(h), Some(0));
        assert_eq!(changes.sequencer(), 1);
    }

    #[test]
    fn changes_for_two_messages_do_not_add_up() {
        let (mut changes, h) = changes();
        changes.want(1, h, 0);
        changes.want(2, digest(&"b"), 0);
        assert_eq!(changes.search(h), None);
    }

    #[test]
    fn what_was_wanted_once_counts_again_when_the_turn_comes_again() {
        let (mut changes, h) = changes();
        for suspect in 0..SERVERS {
            (0..SERVERS).filter(|by| *by != suspect).for_each(|by| {
                changes.want(by, h, suspect);
            });
            assert_eq!(changes.search(h), Some(suspect));
        }
        assert_eq!(changes.sequencer(), 0);
        assert!(!changes.want(1, h, 0), "it has said so before");
        assert_eq!(changes.search(h), Some(0), "nobody has suspected it since");
    }
}
