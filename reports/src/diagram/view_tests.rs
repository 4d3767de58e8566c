use super::*;
use crate::fixtures::views::{forgotten_in_a_flush, minor, tape, view};
use pepperland_core::history::Kind;
use pepperland_core::history::lanes::lanes;
use pepperland_core::time::Time;
use serde_json::json;
use views::{Memberships, Span};

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

fn memberships(history: &History) -> Memberships {
    let last = history.times().iter().copied().max().unwrap_or_default();
    Memberships::of(history, Time::ZERO, last)
}

/// `n1 3–7`, in ns; nothing after the dash if it goes on.
fn told(spans: &[Span]) -> Vec<String> {
    let told = |span: &Span| {
        let to = if span.goes_on { String::new() } else { span.to.0.to_string() };
        format!("n{} {}–{to}", span.node + 1, span.from.0)
    };
    spans.iter().map(told).collect()
}

#[test]
fn every_stay_has_a_ribbon_and_every_view_its_colour() {
    let finding = forgotten_in_a_flush();
    let drawn = diagram(&finding.history, &finding.witness.events);
    let installs = finding.history.kinds().iter().filter(|kind| **kind == Kind::View).count();
    assert!(drawn.views);
    assert_eq!(count(&drawn.svg, "class=\"stay v"), installs);
    assert_eq!(count(&drawn.svg, " minor\""), 1, "n4 alone is in a view that is not primary");
    assert_eq!(count(&drawn.svg, "class=\"stay v0\""), 4, "four nodes begin in one view");
    assert_eq!(count(&drawn.svg, "<polyline"), 5, "a front of each view of several");
    assert_eq!(count(&drawn.svg, "class=\"blocked\""), 6);
    assert_eq!(count(&drawn.svg, "frame state"), 1, "the state goes from n1 to n4");
    for label in ["view 2 {n1 n2 n3} −n4", "view 3 {n1 n2 n3 n4} +n4", "view 4.n4 {n4} not primary"]
    {
        assert!(drawn.svg.contains(label), "{label}");
    }
}

#[test]
fn without_views_nothing_is_added() {
    let finding = crate::fixtures::crashed_sender();
    let drawn = diagram(&finding.history, &finding.witness.events);
    assert!(!drawn.views);
    for class in ["\"stay", "\"front", "\"blocked", "\"outside", "hatch", "word first"] {
        assert!(!drawn.svg.contains(class), "{class}");
    }
}

#[test]
fn outside_is_what_no_view_covers() {
    let history = lanes("n1: {1,2} a  {1}  a\nn2:  {1,2}   #\nn3: !a     {1}");
    let memberships = memberships(&history);
    let outside = ["n1 0–4", "n2 0–5", "n2 13–", "n3 0–"];
    assert_eq!(told(&memberships.outside), outside, "n3 installs a view without itself");
    let ribbons: Vec<Span> = memberships.ribbons.iter().map(|ribbon| ribbon.span).collect();
    assert_eq!(told(&ribbons), ["n1 4–13", "n2 5–13", "n1 13–"]);
}

#[test]
fn a_flush_blocks_until_the_view_or_the_end() {
    let mut t = tape(3);
    for node in 0..3 {
        t.install(1, node, view(1, &[0, 1, 2]));
    }
    for node in 0..3 {
        t.event(2, node, Kind::Block, json!({}));
    }
    t.event(3, 0, Kind::Crash, json!({}));
    t.install(4, 1, view(2, &[1, 2]));
    let spans = memberships(&t.finish(9)).blocked;
    let ms = |ms: u64| ms * 1_000_000;
    let expected = [
        format!("n1 {}–{}", ms(2), ms(3)),
        format!("n2 {}–{}", ms(2), ms(4)),
        format!("n3 {}–", ms(2)),
    ];
    assert_eq!(told(&spans), expected);
}

#[test]
fn a_stay_that_begins_before_the_window_reaches_into_it() {
    let mut t = tape(2);
    t.install(1, 0, view(1, &[0, 1]));
    t.install(2, 1, minor(1, "n2", &[1]));
    t.install(8, 0, view(2, &[0]));
    let memberships = Memberships::of(&t.finish(9), Time::millis(4), Time::millis(6));
    let spans: Vec<Span> = memberships.ribbons.iter().map(|ribbon| ribbon.span).collect();
    assert_eq!(told(&spans), ["n1 4000000–", "n2 4000000–"]);
    assert!(memberships.fronts.is_empty() && memberships.outside.is_empty());
}

#[test]
fn views_of_two_groups_have_a_strip_each() {
    let mut t = tape(2);
    for (ms, group) in [(1, 0), (2, 1)] {
        let install = pepperland_core::history::ViewInstall { group: Some(group), ..view(1, &[0]) };
        t.install(ms, 0, install);
    }
    let memberships = memberships(&t.finish(9));
    let strips: Vec<usize> = memberships.ribbons.iter().map(|ribbon| ribbon.strip).collect();
    let colours: Vec<usize> = memberships.ribbons.iter().map(|ribbon| ribbon.colour).collect();
    assert_eq!((memberships.strips, strips, colours), (2, vec![0, 1], vec![0, 1]));
}

#[test]
fn a_state_comes_from_the_last_snapshot_of_its_donor() {
    let mut t = tape(3);
    for (ms, node) in [(1, 0), (2, 1), (3, 0)] {
        t.event(ms, node, Kind::StateGet, json!({}));
    }
    t.event(5, 2, Kind::StateSet, json!({"from": "n1"}));
    t.event(6, 2, Kind::StateSet, json!({"from": "n3"}));
    t.event(7, 2, Kind::StateSet, json!({}));
    let history = t.finish(9);
    let scene = Scene::of(&history, &[]);
    let from: Vec<Time> = scene.arrows.iter().map(|arrow| scene.marks[arrow.from].time).collect();
    assert_eq!(from, [Time::millis(3)], "n3 took none, and the last names nobody");
}

/// Heartbeats between two nodes, of which one leads to a suspicion and one carries a message.
fn beats(count: u64, views: bool) -> History {
    let mut t = tape(2);
    if views {
        t.install(0, 0, view(1, &[0, 1]));
    }
    let message = &crate::fixtures::message(0, 1);
    t.broadcast(0, 0, message);
    for ms in 1..=count {
        let carried = (ms == 7).then_some(message);
        let got = t.beat(ms, carried);
        if ms == 9 {
            t.event_caused(ms, 1, Kind::Suspect, json!({"target": "n1"}), got);
        }
    }
    t.finish(count + 9)
}

#[test]
fn heartbeats_that_led_to_nothing_are_counted_where_there_are_many() {
    let arrows = |history: &History| count(&diagram(history, &[]).svg, "marker-end");
    let (few, many, viewless) = (beats(200, true), beats(201, true), beats(201, false));
    assert_eq!((arrows(&few), arrows(&many), arrows(&viewless)), (200, 2, 201));
    let said = "; 199 frames that carried no message and led to nothing not drawn</text>";
    let says = |history: &History| count(&diagram(history, &[]).svg, said);
    assert_eq!((says(&few), says(&many), says(&viewless)), (0, 1, 0));
    let proof = many.events().find(|event| event.kind() == Kind::Recv).unwrap().id;
    assert_eq!(count(&diagram(&many, &[proof]).svg, "marker-end"), 3, "the proof is drawn");
}
