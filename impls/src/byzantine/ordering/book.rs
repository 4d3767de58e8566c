//! What one server knows of what clients want ordered.

use crate::byzantine::keys::Digest;
use pepperland_core::id::MessageId;
use pepperland_core::message::{Body, Message};
use std::rc::Rc;

/// What can be ordered: it is, or carries, a message of a client.
pub trait Named {
    /// The message's name.
    fn id(&self) -> MessageId;

    /// What acceptances of it are known by in histories: the name as a message.
    fn named(&self) -> Message {
        let id = self.id();
        Message { id, body: Body::new(id.to_string().as_bytes()) }
    }
}

/// What one server knows of orders: which wait, which are decided, and which proposals it can
/// verify.
pub trait Book {
    /// What is ordered, as it stands in a proposal.
    type Order: Named + Clone;

    /// Whether a proposal that cannot be verified yet is no breach of its leader's, since what
    /// makes it verifiable may be on its way.
    const COMES_LATER: bool;

    /// h(o), by which it is accepted.
    fn hash(&self, order: &Self::Order) -> Digest;

    /// Whether it was decided before.
    fn is_done(&self, order: &Self::Order) -> bool;

    /// Whether this server knows that clients want it ordered.
    fn can_verify(&self, order: &Self::Order, h: &Digest) -> bool;

    /// The same as clients said it here, if they have.
    fn as_told(&self, order: &Rc<Self::Order>, h: &Digest) -> Rc<Self::Order>;

    /// The one to be proposed that has waited longest.
    fn oldest(&self) -> Option<Rc<Self::Order>>;

    /// Whether none is to be proposed.
    fn is_empty(&self) -> bool;

    /// It is decided, so: it waits no longer, and the others were overtaken once more. Whether one
    /// of them too often.
    fn finish(&mut self, decided: Decided<Self::Order>) -> bool;
}

/// What is decided.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decided<O> {
    /// In which epoch.
    pub epoch: u64,
    /// For which slot.
    pub slot: u64,
    /// This.
    pub order: Rc<O>,
}
