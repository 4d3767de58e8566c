//! The members of a view, and how many of them are enough for what.
//!
//! n members, of which t = ⌊(n − 1)/3⌋ may be faulty; Q = ⌈(2n + 1)/3⌉. Two sets of Q share more than
//! t members, one that does not lie among them; and Q do not wait for those who are faulty.

use crate::byzantine::keys::Digest;
use crate::byzantine::rampart::messages::{self, Change, Commit, Flush, Removal};
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use std::collections::BTreeSet;
use std::rc::Rc;

/// Which lines are switched off.
#[derive(Copy, Clone, Debug, Default)]
pub struct Planted {
    /// The echoes of more than half are enough.
    pub echo_quorum: bool,
    /// What is ordered and not here is passed over.
    pub skips_missing: bool,
    /// What others have of a view is not taken over.
    pub no_flush: bool,
    /// One notice is enough.
    pub one_notice: bool,
}

impl Planted {
    /// That of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Planted {
        Planted {
            echo_quorum: setup.flawed("echo-quorum"),
            skips_missing: setup.flawed("order-not-waited-for"),
            no_flush: setup.flawed("no-flush"),
            one_notice: setup.flawed("exclusion-by-one"),
        }
    }
}

/// The members of a view.
#[derive(Clone, Debug)]
pub struct Members {
    /// The view.
    pub view: u64,
    /// Its members, in ascending order: the place of each is its rank.
    pub all: Rc<[NodeId]>,
    planted: Planted,
}

impl Members {
    /// Those of the first view.
    pub fn first(all: Rc<[NodeId]>, planted: Planted) -> Members {
        Members { view: 0, all, planted }
    }

    /// Those of the next view.
    pub fn after(&self, change: &Change) -> Members {
        let removed: BTreeSet<NodeId> = change.without().collect();
        let all = self.all.iter().copied().filter(|member| !removed.contains(member)).collect();
        Members { view: self.view + 1, all, planted: self.planted }
    }

    /// Who orders.
    pub fn sequencer(&self) -> NodeId {
        self.all[0]
    }

    /// Who proposes in an attempt to end the view. The sequencer comes last: it is most often who
    /// is to be removed.
    pub fn deputy(&self, attempt: u32) -> NodeId {
        self.all[(attempt as usize + 1) % self.all.len()]
    }

    /// The place of a member.
    pub fn rank(&self, node: NodeId) -> Option<usize> {
        self.all.binary_search(&node).ok()
    }

    /// Whether the node is a member.
    pub fn has(&self, node: NodeId) -> bool {
        self.rank(node).is_some()
    }

    /// Q.
    pub fn quorum(&self) -> usize {
        (2 * self.all.len() + 1).div_ceil(3)
    }

    /// How many echoes are enough.
    pub fn echoes(&self) -> usize {
        if self.planted.echo_quorum { self.all.len() / 2 + 1 } else { self.quorum() }
    }

    /// How many of whatever prove that one who does not lie is among them: t + 1.
    pub fn one_honest(&self) -> usize {
        self.all.len().saturating_sub(1) / 3 + 1
    }

    /// How many notices against a member are enough to remove it.
    pub fn notices(&self) -> usize {
        if self.planted.one_notice { 1 } else { self.one_honest() }
    }

    /// Which lines are switched off.
    pub fn planted(&self) -> Planted {
        self.planted
    }

    /// Whether enough members have signed this.
    pub fn prove(
        &self,
        statement: &Digest,
        signed: &[Signed],
        enough: usize,
        signer: &Signer,
    ) -> bool {
        let mut by = BTreeSet::new();
        signed.iter().any(|signed| {
            if self.has(signed.by) && !by.contains(&signed.by) && signer.verify(signed, statement) {
                by.insert(signed.by);
            }
            by.len() >= enough
        })
    }

    /// Whether the commit proves itself.
    pub fn prove_commit(&self, commit: &Commit, signer: &Signer) -> bool {
        commit.view == self.view
            && self.has(commit.by)
            && self.prove(&commit.statement(), &commit.echoes, self.echoes(), signer)
    }

    /// Whether the member says that it has this, and may have it.
    pub fn prove_flush(&self, flush: &Flush, signer: &Signer) -> bool {
        let statement = messages::flush(flush.view, flush.by, &flush.commits);
        flush.view == self.view
            && flush.signed.by == flush.by
            && self.has(flush.by)
            && signer.verify(&flush.signed, &statement)
            && flush.commits.iter().all(|commit| self.prove_commit(commit, signer))
    }

    /// Whether the view may end so: enough say of each who is removed that it is faulty, and each
    /// other member says once what it has.
    pub fn prove_change(&self, change: &Change, signer: &Signer) -> bool {
        let removed: BTreeSet<NodeId> = change.without().collect();
        let told: Vec<NodeId> = change.flushes.iter().map(|flush| flush.by).collect();
        let rest = self.all.iter().copied().filter(|member| !removed.contains(member));
        let is_complete = !removed.is_empty()
            && removed.len() == change.removed.len()
            && removed.iter().all(|member| self.has(*member))
            && rest.eq(told);
        is_complete
            && change.removed.iter().all(|removal| self.prove_removal(removal, signer))
            && change.flushes.iter().all(|flush| self.prove_flush(flush, signer))
    }

    fn prove_removal(&self, removal: &Removal, signer: &Signer) -> bool {
        let statement = messages::notice(self.view, removal.member);
        self.prove(&statement, &removal.notices, self.notices(), signer)
    }
}
