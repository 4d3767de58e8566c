use super::*;
use crate::fixtures;
use pepperland_core::history::Kind;

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn every_delivery_has_a_tag_and_every_loss_a_cross() {
    let finding = fixtures::two_sequencers();
    let history = &finding.history;
    let drawn = diagram(history, &finding.witness.events);
    let of = |kind| history.kinds().iter().filter(|k| **k == kind).count();
    assert_eq!(count(&drawn.svg, "class=\"tag "), of(Kind::Deliver));
    assert_eq!(count(&drawn.svg, "class=\"lost\""), of(Kind::Drop));
    assert_eq!(count(&drawn.svg, "marker-end"), of(Kind::Recv));
    assert_eq!(count(&drawn.svg, " hot\""), finding.witness.events.len());
    assert!(drawn.svg.contains("partition {n1 n2} | {n3 n4}"));
    assert!(drawn.frames && drawn.notices.is_empty());
}

#[test]
fn the_axis_says_what_it_is() {
    let finding = fixtures::two_sequencers();
    let to_scale = diagram(&finding.history, &finding.witness.events);
    assert!(to_scale.to_scale && to_scale.svg.contains("to scale"));
    let (history, proof) = fixtures::long_run(30);
    let ordered = diagram(&history, &proof);
    assert!(!ordered.to_scale && ordered.svg.contains("event order, not to scale"));
}

#[test]
fn long_runs_are_cut_around_the_proof_and_say_so() {
    let (history, proof) = fixtures::long_run(1_200);
    assert!(history.len() > 5_000);
    let drawn = diagram(&history, &proof);
    assert!(drawn.notices[0].contains("around the proof"), "{:?}", drawn.notices);
    assert!(count(&drawn.svg, "class=\"tag ") < 1_000);
    assert_eq!(count(&drawn.svg, " hot\""), proof.len());
    let far = [EventId(0), EventId(history.len() as u32 - 1)];
    assert!(diagram(&history, &far).notices[1].contains("1 event of the proof"));
}

#[test]
fn nothing_overlaps_on_a_lane() {
    for (history, proof) in [fixtures::long_run(6), fixtures::long_run(60)] {
        let scene = Scene::of(&history, &proof);
        let space = Space::of(&scene);
        let mut ends = std::collections::BTreeMap::new();
        for (mark, (level, _)) in scene.marks.iter().zip(&space.levels) {
            if mark.tags.is_empty() {
                continue;
            }
            let (x, half) = (space.x(mark.time), shelves::tags_width(mark) / 2.0);
            let end = ends.insert((mark.node, *level), x + half);
            assert!(end.is_none_or(|end| end <= x - half), "tags at {x} on n{}", mark.node + 1);
        }
    }
}

#[test]
fn crashes_and_pauses_are_stretches() {
    let finding = fixtures::crashed_sender();
    let drawn = diagram(&finding.history, &finding.witness.events);
    for class in ["class=\"down\"", "class=\"paused\"", "class=\"crash hot\""] {
        assert_eq!(count(&drawn.svg, class), 1, "{class}");
    }
}

#[test]
fn an_empty_history_has_lanes() {
    let history = fixtures::Tape::new(&["n1", "n2"]).finish(10);
    assert_eq!(count(&diagram(&history, &[]).svg, "class=\"lane\""), 2);
}

#[test]
fn a_file_of_its_own_has_its_style() {
    let finding = fixtures::crashed_sender();
    let file = standalone(&finding.history, &finding.witness.events);
    assert!(file.starts_with("<?xml") && file.contains("<style>") && file.ends_with("</svg>\n"));
}

#[test]
fn what_happens_at_one_instant_stands_side_by_side() {
    let finding = fixtures::crashed_sender();
    let drawn = diagram(&finding.history, &finding.witness.events);
    assert!(drawn.svg.contains("casts n1:0:1, crashes"), "{}", drawn.svg);
}

#[test]
fn without_frames_arrows_lead_from_multicasts_to_deliveries() {
    let mut tape = fixtures::Tape::new(&["n1", "n2", "n3"]);
    let message = &fixtures::message(0, 1);
    let cast = tape.broadcast(1, 0, message);
    for node in 0..3 {
        tape.deliver(5 + u64::from(node), node, message, None, cast);
    }
    let drawn = diagram(&tape.finish(10), &[]);
    assert!(!drawn.frames);
    assert_eq!(count(&drawn.svg, "class=\"frame implied"), 2, "none to oneself");
}
