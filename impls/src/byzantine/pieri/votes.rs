//! What clients propose to one server: which messages have enough of them, and which are decided.
//!
//! ```text
//! On proposal m of a client, with its own authenticator right, m not decided:
//!                                votes(m) += the client
//! To be proposed:                what n_c - f_c clients have proposed
//! Verified here:                 what f_c + 1 have: one of them does not lie
//! On decision of m:              forget the votes for whatever bears its name
//! ```

use crate::byzantine::cast::Cast;
use crate::byzantine::keys::{Digest, KeyRing, digest};
use crate::byzantine::ordering::times::OVERTAKEN;
use crate::byzantine::ordering::{Book, Decided, Server};
use crate::byzantine::pieri::messages::Proposal;
use crate::byzantine::pieri::planted::Planted;
use pepperland_core::collections::Set;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::Time;
use std::collections::BTreeMap;
use std::rc::Rc;

/// The votes at one server. A client that lies may give two messages one name: a vote is for both
/// the name and the hash.
pub struct Votes {
    /// The place of this server, for which entry it looks in a vector.
    place: usize,
    cast: Cast,
    keys: Rc<KeyRing>,
    votes: BTreeMap<(MessageId, Digest), Vote>,
    /// How many messages had enough votes to be proposed: the number of the last.
    ready: u64,
    decided: Set<MessageId>,
    planted: Planted,
}

struct Vote {
    m: Rc<Message>,
    by: Vec<NodeId>,
    /// Once it is to be proposed.
    ready: Option<Ready>,
}

#[derive(Clone, Copy)]
struct Ready {
    /// Its number among what is to be proposed.
    number: u64,
    /// How often another was decided since.
    overtaken: u32,
}

impl Votes {
    /// None, at the server at this place, whose keys these are.
    pub fn new(place: usize, cast: Cast, keys: Rc<KeyRing>) -> Votes {
        let (votes, decided, planted) = (BTreeMap::new(), Set::default(), Planted::default());
        Votes { place, cast, keys, votes, ready: 0, decided, planted }
    }

    /// The same with a flaw.
    pub fn planted(mut self, planted: Planted) -> Votes {
        self.planted = planted;
        self
    }

    /// f_c: how many clients may be faulty.
    fn f(&self) -> usize {
        self.cast.clients.len().saturating_sub(1) / 3
    }

    /// How many clients make a message one to be proposed.
    fn to_propose(&self) -> usize {
        let few = self.f().max(1);
        if self.planted.fewer_votes { few } else { self.cast.clients.len() - self.f() }
    }

    /// How many clients verify it.
    fn to_verify(&self) -> usize {
        if self.planted.fewer_votes { self.f().max(1) } else { self.f() + 1 }
    }

    /// On what a client proposes. Whether it counts.
    pub fn take(&mut self, client: NodeId, proposal: Proposal) -> bool {
        let (id, h) = (proposal.m.id, digest(&proposal.m));
        let is_right = proposal.is_right((client, self.place), &h, &self.keys);
        if !is_right || !self.cast.is_client(client) || self.decided.contains(&id) {
            return false;
        }
        let (m, by) = (Rc::new(proposal.m), Vec::new());
        let vote = self.votes.entry((id, h)).or_insert(Vote { m, by, ready: None });
        if vote.by.contains(&client) {
            return false;
        }
        vote.by.push(client);
        let is_ready = self.count(id, &h) >= self.to_propose();
        if let Some(vote) = self.votes.get_mut(&(id, h))
            && vote.ready.is_none()
            && is_ready
        {
            self.ready += 1;
            vote.ready = Some(Ready { number: self.ready, overtaken: 0 });
        }
        true
    }

    /// How many clients have proposed this under this name.
    fn count(&self, id: MessageId, h: &Digest) -> usize {
        if self.planted.votes_by_name {
            let of_name = self.votes.iter().filter(|((name, _), _)| *name == id);
            return of_name.map(|(_, vote)| vote.by.len()).sum();
        }
        self.votes.get(&(id, *h)).map_or(0, |vote| vote.by.len())
    }

    /// How often another was decided since something was to be proposed, at most.
    fn overtake(&mut self) -> u32 {
        let ready = self.votes.values_mut().filter_map(|vote| vote.ready.as_mut());
        let overtaken = ready.map(|ready| {
            ready.overtaken += 1;
            ready.overtaken
        });
        overtaken.max().unwrap_or_default()
    }
}

impl Book for Votes {
    type Order = Message;

    /// A leader may have heard of a message from clients that this server has yet to hear from.
    const COMES_LATER: bool = true;

    fn hash(&self, m: &Message) -> Digest {
        digest(m)
    }

    fn is_done(&self, m: &Message) -> bool {
        self.decided.contains(&m.id)
    }

    fn can_verify(&self, m: &Message, h: &Digest) -> bool {
        self.count(m.id, h) >= self.to_verify()
    }

    fn as_told(&self, m: &Rc<Message>, _: &Digest) -> Rc<Message> {
        Rc::clone(m)
    }

    fn oldest(&self) -> Option<Rc<Message>> {
        let ready = self.votes.values().filter_map(|vote| Some((vote.ready?.number, &vote.m)));
        ready.min_by_key(|(number, _)| *number).map(|(_, m)| Rc::clone(m))
    }

    fn is_empty(&self) -> bool {
        self.votes.values().all(|vote| vote.ready.is_none())
    }

    fn finish(&mut self, decided: Decided<Message>) -> bool {
        let name = decided.order.id;
        self.decided.insert(name);
        self.votes.retain(|(id, _), _| *id != name);
        self.overtake() > OVERTAKEN
    }
}

impl Server<Votes> {
    /// On what a client proposes.
    pub fn upon_proposal(&mut self, client: NodeId, proposal: Proposal, now: Time) {
        if self.orders().take(client, proposal) {
            self.upon_news(now);
        }
    }
}
