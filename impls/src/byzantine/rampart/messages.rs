//! What is said in a view, and what of it is signed: everything says in which view it is said.

use crate::byzantine::keys::{Digest, digest};
use crate::byzantine::signatures::Signed;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// Which multicast of a view: whose, and the how-manieth, from 0.
pub type Name = (NodeId, u64);

/// What is echo-multicast.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Content {
    /// A message.
    Data(Message),
    /// By the sequencer: what comes next.
    Order(Vec<Name>),
}

/// A multicast, and who has signed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Commit {
    /// The view.
    pub view: u64,
    /// The origin.
    pub by: NodeId,
    /// The number.
    pub number: u64,
    /// What was multicast.
    pub content: Content,
    /// The signatures.
    pub echoes: Vec<Signed>,
}

impl Commit {
    /// Which multicast it is.
    pub fn name(&self) -> Name {
        (self.by, self.number)
    }

    /// What its signatures are of.
    pub fn statement(&self) -> Digest {
        echo(self.view, self.name(), digest(&self.content))
    }
}

/// What a member has of a view that ends: it takes nothing more.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Flush {
    /// The view.
    pub view: u64,
    /// The member.
    pub by: NodeId,
    /// What it has R-delivered, but for what every member says that it has.
    pub commits: Vec<Commit>,
    /// Its signature.
    pub signed: Signed,
}

/// A member that is removed, and why it may be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Removal {
    /// The member.
    pub member: NodeId,
    /// Enough notices against it.
    pub notices: Vec<Signed>,
}

/// The end of a view, W in the pseudocode: who is removed, and what all others have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Change {
    /// Who is removed.
    pub removed: Vec<Removal>,
    /// What each other member has.
    pub flushes: Vec<Flush>,
}

impl Change {
    /// Who is removed.
    pub fn without(&self) -> impl Iterator<Item = NodeId> {
        self.removed.iter().map(|removal| removal.member)
    }
}

/// A change that most members have acknowledged: no other can be in the same attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Locked {
    /// The attempt.
    pub attempt: u32,
    /// The change.
    pub change: Change,
    /// Who acknowledges it.
    pub acks: Vec<Signed>,
}

/// The last word of a member before an attempt: what it is locked on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Last {
    /// The view.
    pub view: u64,
    /// The attempt that it joins.
    pub attempt: u32,
    /// The lock of the highest attempt that it knows of.
    pub lock: Option<Locked>,
    /// Its signature.
    pub signed: Signed,
}

/// What members say.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Said {
    /// By the origin: it multicasts what has this digest.
    Init {
        /// The view.
        view: u64,
        /// The how-manieth of its multicasts.
        number: u64,
        /// The digest.
        hash: Digest,
    },
    /// To the origin: I sign no other digest under this number.
    Echo {
        /// The view.
        view: u64,
        /// The number.
        number: u64,
        /// The digest.
        hash: Digest,
        /// The signature.
        signed: Signed,
    },
    /// What was multicast, and who has signed it.
    Commit(Commit),
    /// How many multicasts of each member I have R-delivered; and that I live.
    Have {
        /// The view.
        view: u64,
        /// How many, by rank.
        got: Vec<u64>,
    },
    /// A member is faulty.
    Notify {
        /// The view.
        view: u64,
        /// The member.
        against: NodeId,
        /// Who says so first.
        signed: Signed,
    },
    /// What a member has.
    Flush(Flush),
    /// By the deputy: the view shall end so.
    Propose {
        /// The view.
        view: u64,
        /// The attempt.
        attempt: u32,
        /// How it shall end.
        change: Change,
        /// What most members are locked on; in the first attempt nobody is on anything.
        lasts: Vec<Last>,
    },
    /// To the deputy: I acknowledge no other change in this attempt.
    Ack {
        /// The view.
        view: u64,
        /// The attempt.
        attempt: u32,
        /// The change.
        hash: Digest,
        /// The signature.
        signed: Signed,
    },
    /// By the deputy: most have acknowledged this.
    Lock {
        /// The view.
        view: u64,
        /// What, and who has.
        locked: Locked,
    },
    /// To the deputy: I am locked on this.
    Ready {
        /// The view.
        view: u64,
        /// The attempt.
        attempt: u32,
        /// The change.
        hash: Digest,
        /// The signature.
        signed: Signed,
    },
    /// Most are locked on this: the view ends so.
    Install {
        /// The view.
        view: u64,
        /// The attempt.
        attempt: u32,
        /// How it ends.
        change: Change,
        /// Who is locked on it.
        readies: Vec<Signed>,
    },
    /// The last word of a member before an attempt.
    Last(Last),
}

impl Said {
    /// In which view it is said.
    pub fn view(&self) -> u64 {
        match self {
            Said::Commit(Commit { view, .. })
            | Said::Flush(Flush { view, .. })
            | Said::Last(Last { view, .. })
            | Said::Init { view, .. }
            | Said::Echo { view, .. }
            | Said::Have { view, .. }
            | Said::Notify { view, .. }
            | Said::Propose { view, .. }
            | Said::Ack { view, .. }
            | Said::Lock { view, .. }
            | Said::Ready { view, .. }
            | Said::Install { view, .. } => *view,
        }
    }
}

/// What an echo signs.
pub fn echo(view: u64, name: Name, hash: Digest) -> Digest {
    digest(&("echo", view, name, hash))
}

/// What a notice signs.
pub fn notice(view: u64, against: NodeId) -> Digest {
    digest(&("notify", view, against))
}

/// What a flush signs.
pub fn flush(view: u64, by: NodeId, commits: &[Commit]) -> Digest {
    digest(&("flush", view, by, commits))
}

/// What an acknowledgement signs.
pub fn ack(view: u64, attempt: u32, hash: Digest) -> Digest {
    digest(&("ack", view, attempt, hash))
}

/// What a node signs that is locked.
pub fn ready(view: u64, attempt: u32, hash: Digest) -> Digest {
    digest(&("ready", view, attempt, hash))
}

/// What a last word signs.
pub fn last(view: u64, attempt: u32, lock: &Option<Locked>) -> Digest {
    digest(&("last", view, attempt, lock))
}
