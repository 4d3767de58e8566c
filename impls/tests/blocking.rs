//! Applications take their time to stop: what they multicast after they were asked to, and before
//! they say that they have, belongs to the view that ends.

mod common;

use common::Post;
use pepperland_core::contract::ViewId;
use pepperland_core::id::NodeId;
use pepperland_core::time::Span;

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const N3: NodeId = NodeId(2);
const FIRST: ViewId = ViewId { number: 1, creator: None };

/// Three members, of whom the third has crashed and the others were asked to stop; and what they
/// did since.
fn about_to_flush(name: &str) -> Post {
    let found = pepperland_impls::all().find(|implementation| implementation.name == name);
    let mut post = Post::new(found.expect("it exists"), 3, None);
    post.crash(N3);
    let mut asked = 0;
    while asked < 2 {
        asked += blocks(&post.wait(Span::millis(30)));
        while let Some((link, number)) = post.first_waiting() {
            asked += blocks(&post.deliver(link, number).expect("it is waiting"));
        }
    }
    post
}

fn blocks(lines: &[String]) -> usize {
    lines.iter().filter(|line| line.contains("Block(")).count()
}

#[test]
fn what_is_multicast_before_the_application_stops_is_of_the_view_that_ends() {
    for name in ["virtual-synchrony", "primary-partition", "partitionable"] {
        let mut post = about_to_flush(name);
        let done = post.multicast(N1, "late").join("\n");
        assert!(done.contains("n1 ->n2") && done.contains("n1 delivers late"), "{name}: {done}");
        post.stopped(N1, FIRST);
        post.stopped(N2, FIRST);
        assert_eq!(post.settle(), ["n2 delivers late"], "{name}");
    }
}

#[test]
fn what_is_multicast_after_it_has_stopped_waits_for_the_next_view() {
    let mut post = about_to_flush("virtual-synchrony");
    post.stopped(N1, FIRST);
    assert_eq!(post.multicast(N1, "next"), [""; 0]);
    post.stopped(N2, FIRST);
    assert_eq!(post.settle(), ["n1 delivers next", "n2 delivers next"]);
}
