//! What is true of every implementation, whatever it claims.

mod common;

use common::Post;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Implementation;
use pepperland_core::time::Span;
use std::collections::BTreeSet;

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);

/// Who delivers "a", as soon as it is multicast or in the next two seconds.
fn deliverers(post: &mut Post, mut lines: Vec<String>) -> BTreeSet<String> {
    for _ in 0..20 {
        lines.extend(post.settle());
        lines.extend(post.wait(Span::millis(100)));
    }
    let told = lines.iter().filter_map(|line| line.split_once(" delivers a"));
    told.map(|(node, _)| node.to_owned()).collect()
}

fn expected(implementation: &Implementation, nodes: &[&str]) -> Option<BTreeSet<String>> {
    let all = nodes.iter().map(|node| (*node).to_owned()).collect();
    implementation.claim("validity-all").map(|_| all)
}

#[test]
fn bytes_that_mean_nothing_are_refused_and_change_nothing() {
    for implementation in pepperland_impls::all() {
        let mut post = Post::new(implementation, 2, None);
        let told = post.multicast(N1, "a");
        let before = post.show();
        let node = post.node(N2);
        assert!(node.0.receive(N1, &[0xff; 3], node.1).is_err(), "{}", implementation.name);
        assert!(node.1.effects.list.is_empty());
        assert_eq!(post.show(), before);
        let delivered = deliverers(&mut post, told);
        if let Some(all) = expected(implementation, &["n1", "n2"]) {
            assert_eq!(delivered, all, "{}", implementation.name);
        }
    }
}

#[test]
fn a_frame_can_be_written_down_and_read_back() {
    for implementation in pepperland_impls::all() {
        let mut post = Post::new(implementation, 2, None);
        post.multicast(N2, "a");
        post.propose(N1, 1, "attack");
        // Some decide on a bit alone.
        post.propose(N1, 1, "1");
        // Registers are written.
        post.invoke(N1, 1, r#"{"f":"write","key":0,"value":1}"#);
        // Who may multicast only in turn waits for it.
        post.wait(Span::millis(100));
        let Some((link, number)) = post.first_waiting() else {
            panic!("{} has sent nothing", implementation.name)
        };
        let frame = post.take(link, number).expect("it is waiting").bytes;
        let (node, _) = post.node(link.1);
        let described = node.describe(&frame).expect("it is a frame");
        assert_eq!(node.frame(described).expect("it is one still"), frame);
    }
}

#[test]
fn one_node_alone_delivers_its_own_messages() {
    for implementation in pepperland_impls::all() {
        let mut post = Post::new(implementation, 1, None);
        let told = post.multicast(N1, "a");
        let delivered = deliverers(&mut post, told);
        if let Some(all) = expected(implementation, &["n1"]) {
            assert_eq!(delivered, all, "{}", implementation.name);
        }
    }
}
