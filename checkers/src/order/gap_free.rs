//! Gap-free total order, shared by its two forms: what every life delivers is a way through one
//! tree of messages.

use crate::order::course::Course;
use crate::order::sequence::{Met, Sequence, Shape};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::Case;
use pepperland_core::verdict::Verdict;

/// Judges the bound lives. An obligation is a delivery of what another one delivered before.
pub fn judge(case: &Case<'_>, bound: Bound, nothing: &str) -> Verdict {
    let scene = Scene::of(case);
    let bound = scene.bound(bound);
    if let Some(course) = Course::of(&scene) {
        return course.shared(&scene, &bound).held(nothing);
    }
    let mut tally = Tally::of(&scene);
    let (mut tree, mut witness) = (Sequence::of(&scene, Shape::Tree), None);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(group) = scene.group(delivery.row) else { continue };
        match tree.meet(&delivery) {
            Met::Here => continue,
            Met::Elsewhere => tally.count_delivery(&scene, &delivery),
            Met::Nowhere => {}
        }
        witness = witness.or_else(|| tree.take(&delivery, group));
    }
    let witness = witness.or_else(|| tree.circle());
    tally.verdict(witness, nothing)
}
