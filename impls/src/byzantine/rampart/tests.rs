use super::agreement::Agreement;
use super::echo::EchoMulticast;
use super::members::{Members, Planted};
use super::messages::{self, Change, Commit, Content, Flush, Removal, Said};
use super::sealing::resealed;
use super::suspicion::Suspicion;
use crate::byzantine::keys::digest;
use crate::byzantine::signatures::{Seal, Signed, Signer};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;

fn setup(node: u32) -> Setup<'static> {
    let (node, max_latency) = (NodeId(node), Span::millis(50));
    let register_latency = Setup::REGISTER_LATENCY;
    Setup { node, nodes: 4, flaw: None, max_latency, register_latency }
}

fn signer(node: u32) -> Signer {
    Signer::of(&setup(node))
}

fn members() -> Members {
    Members::first(NodeId::first(4).collect(), Planted::default())
}

fn order(number: u64) -> Content {
    Content::Order(vec![(NodeId(0), number)])
}

/// Signed by nodes of these numbers.
fn signed(by: &[u32], statement: crate::byzantine::keys::Digest) -> Vec<Signed> {
    by.iter().map(|node| signer(*node).sign(&statement)).collect()
}

fn commit(content: Content, by: &[u32]) -> Commit {
    let commit = Commit { view: 0, by: NodeId(3), number: 0, content, echoes: Vec::new() };
    let echoes = signed(by, commit.statement());
    Commit { echoes, ..commit }
}

/// A view that ends without n4.
fn change() -> Change {
    let notices = signed(&[0, 1], messages::notice(0, NodeId(3)));
    let flush = |by: u32| {
        let signed = signer(by).sign(&messages::flush(0, NodeId(by), &[]));
        Flush { view: 0, by: NodeId(by), commits: Vec::new(), signed }
    };
    let removed = vec![Removal { member: NodeId(3), notices }];
    Change { removed, flushes: [0, 1, 2].map(flush).to_vec() }
}

#[test]
fn a_node_signs_one_digest_for_a_name() {
    let (mut echo, own) = (EchoMulticast::new(NodeId(0), members()), signer(0));
    let one = echo.upon_init(NodeId(3), 0, digest(&"a"), &own);
    assert!(matches!(one, Some(Said::Echo { number: 0, .. })));
    assert!(echo.upon_init(NodeId(3), 0, digest(&"b"), &own).is_none());
}

#[test]
fn a_commit_takes_most_members_and_each_counts_once() {
    let taken = |by: &[u32]| {
        let (mut echo, own) = (EchoMulticast::new(NodeId(0), members()), signer(0));
        echo.upon_commit(commit(order(0), by), &own).len()
    };
    assert_eq!(taken(&[0, 1, 2]), 1);
    assert_eq!(taken(&[0, 1]), 0);
    assert_eq!(taken(&[0, 1, 1, 1]), 0);
}

#[test]
fn a_view_ends_by_notices_of_one_who_does_not_lie_and_flushes_of_all_others() {
    let (members, own) = (members(), signer(0));
    assert!(members.prove_change(&change(), &own));
    let mut lacking = change();
    lacking.flushes.pop();
    assert!(!members.prove_change(&lacking, &own));
    let mut framed = change();
    framed.removed[0].notices.pop();
    assert!(!members.prove_change(&framed, &own));
    let nobody = Change { removed: Vec::new(), ..change() };
    assert!(!members.prove_change(&nobody, &own));
}

#[test]
fn notices_are_passed_on_once_there_are_enough() {
    let (mut suspicion, own) = (Suspicion::new(members()), signer(0));
    let notices = signed(&[1, 1, 2], messages::notice(0, NodeId(3)));
    let mut told = notices.into_iter();
    let mut next = || suspicion.upon_notice(NodeId(3), told.next().expect("one more"), &own).len();
    assert_eq!([next(), next(), next()], [0, 0, 2]);
    assert!(suspicion.is_removed(NodeId(3)));
}

#[test]
fn a_new_deputy_is_bound_by_what_most_members_say() {
    let (mut agreement, own) = (Agreement::new(members()), signer(0));
    let last = |by: u32| {
        let signed = signer(by).sign(&messages::last(0, 1, &None));
        messages::Last { view: 0, attempt: 1, lock: None, signed }
    };
    let few = [last(1), last(2)];
    assert!(agreement.upon_propose(1, &change(), &few, &own).is_none());
    let most = [last(0), last(1), last(2)];
    assert!(agreement.upon_propose(1, &change(), &most, &own).is_some());
    let again = agreement.upon_propose(1, &change(), &most, &own);
    assert!(again.is_none(), "one proposal is acknowledged in an attempt");
}

#[test]
fn a_liars_echo_is_believed_and_nobody_elses_signature_is_mended() {
    let seal = Seal::of(&setup(1));
    let (hash, to) = (digest(&"a"), NodeId(0));
    let statement = messages::echo(0, (to, 7), hash);
    for (by, is_right) in [(1, true), (2, false)] {
        let signed = signer(by).sign(&digest(&"another"));
        let told = resealed(to, Said::Echo { view: 0, number: 7, hash, signed }, &seal);
        let Said::Echo { signed, .. } = told else { panic!("it is an echo still") };
        assert_eq!(signer(0).verify(&signed, &statement), is_right);
    }
}
