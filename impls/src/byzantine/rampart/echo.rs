//! Echo multicast in one view, as an engine (Reiter, *Secure agreement protocols: reliable and atomic
//! group multicast in Rampart*, CCS 1994, section 4).
//!
//! ```text
//! p, to multicast c as its l-th:      send (init, l, digest of c) to all
//! On the first (init, l, d) from p:   send (echo, l, d, signed) to p
//! p, on echoes of Q members:          send (commit, p, l, c, the echoes) to all
//! On a valid commit:                  R-deliver c, by p's order of l
//! ```
//!
//! Any two sets of Q members share one that does not lie, and it signs one digest for each l. A commit
//! proves itself, whoever it comes from.

use crate::byzantine::keys::{Digest, digest};
use crate::byzantine::rampart::members::Members;
use crate::byzantine::rampart::messages::{self, Commit, Content, Name, Said};
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::id::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// Echo multicast at one node.
pub struct EchoMulticast {
    me: NodeId,
    members: Members,
    /// How many this node has multicast.
    count: u64,
    /// Of those, the ones that are not committed.
    open: BTreeMap<u64, Open>,
    echoed: BTreeSet<Name>,
    /// What is committed and waits for what came before it.
    waiting: BTreeMap<Name, Commit>,
    /// What is R-delivered.
    kept: BTreeMap<Name, Commit>,
    /// How many are R-delivered of each member, by rank.
    got: Vec<u64>,
}

struct Open {
    content: Content,
    hash: Digest,
    echoes: BTreeMap<NodeId, Signed>,
}

impl EchoMulticast {
    /// A node that has heard of nothing.
    pub fn new(me: NodeId, members: Members) -> EchoMulticast {
        let got = vec![0; members.all.len()];
        EchoMulticast {
            me,
            members,
            count: 0,
            open: BTreeMap::new(),
            echoed: BTreeSet::new(),
            waiting: BTreeMap::new(),
            kept: BTreeMap::new(),
            got,
        }
    }

    /// What to send to all to multicast this.
    pub fn multicast(&mut self, content: Content) -> Said {
        let (number, hash) = (self.count, digest(&content));
        self.open.insert(number, Open { content, hash, echoes: BTreeMap::new() });
        self.count += 1;
        Said::Init { view: self.members.view, number, hash }
    }

    /// What to answer to a member that multicasts something.
    pub fn upon_init(
        &mut self,
        origin: NodeId,
        number: u64,
        hash: Digest,
        signer: &Signer,
    ) -> Option<Said> {
        let (view, name) = (self.members.view, (origin, number));
        let is_first = self.echoed.insert(name);
        let signed = is_first.then(|| signer.sign(&messages::echo(view, name, hash)))?;
        Some(Said::Echo { view, number, hash, signed })
    }

    /// Counts an echo of a multicast of this node, and commits it once there are enough.
    pub fn upon_echo(
        &mut self,
        from: NodeId,
        number: u64,
        signed: Signed,
        signer: &Signer,
    ) -> Option<Commit> {
        let (view, by) = (self.members.view, self.me);
        let open = self.open.get_mut(&number)?;
        let statement = messages::echo(view, (by, number), open.hash);
        if signed.by != from || !signer.verify(&signed, &statement) {
            return None;
        }
        open.echoes.insert(from, signed);
        if open.echoes.len() < self.members.echoes() {
            return None;
        }
        let Open { content, echoes, .. } = self.open.remove(&number)?;
        Some(Commit { view, by, number, content, echoes: echoes.into_values().collect() })
    }

    /// What is R-delivered once this has come, if it proves itself.
    pub fn upon_commit(&mut self, commit: Commit, signer: &Signer) -> Vec<(Name, Content)> {
        if self.lacks(commit.name()) && self.members.prove_commit(&commit, signer) {
            return self.take(commit);
        }
        Vec::new()
    }

    fn lacks(&self, name: Name) -> bool {
        let rank = self.members.rank(name.0);
        rank.is_some_and(|rank| name.1 >= self.got[rank]) && !self.waiting.contains_key(&name)
    }

    /// What is R-delivered once this has come, which is proved.
    pub fn take(&mut self, commit: Commit) -> Vec<(Name, Content)> {
        let origin = commit.by;
        let Some(rank) = self.members.rank(origin) else { return Vec::new() };
        if commit.number >= self.got[rank] {
            self.waiting.insert(commit.name(), commit);
        }
        let mut delivered = Vec::new();
        while let Some(commit) = self.waiting.remove(&(origin, self.got[rank])) {
            delivered.push((commit.name(), commit.content.clone()));
            self.kept.insert(commit.name(), commit);
            self.got[rank] += 1;
        }
        delivered
    }

    /// How many are R-delivered of each member, by rank.
    pub fn got(&self) -> &[u64] {
        &self.got
    }

    /// What is R-delivered of one member, from one number to before another.
    pub fn kept(&self, origin: NodeId, from: u64, to: u64) -> impl Iterator<Item = &Commit> {
        let range = (origin, from)..(origin, to.max(from));
        self.kept.range(range).map(|(_, commit)| commit)
    }
}
