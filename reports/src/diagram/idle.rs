//! Frames that tell nothing: they carry no message and led to nothing, as most heartbeats.

use super::scene::Scene;
use pepperland_core::history::EventId;
use std::collections::BTreeSet;

/// So many frames can all be drawn.
const FEW: usize = 200;

/// The frames that tell nothing, by id; none if there are few frames.
pub fn idle(scene: &Scene<'_>) -> BTreeSet<u64> {
    let frame = |id: EventId| scene.history.event(id).transmission();
    let mut all = BTreeSet::new();
    let mut busy = BTreeSet::new();
    for event in scene.window.clone().map(|id| scene.history.event(EventId(id))) {
        let here = event.transmission();
        let causes = event.causes().iter().filter_map(|cause| Some(frame(*cause)?.id));
        busy.extend(causes.filter(|cause| here.is_none_or(|here| here.id != *cause)));
        if let Some(here) = here {
            all.insert(here.id);
            let tells = !here.messages.is_empty() || scene.proof.contains(&event.id);
            busy.extend(tells.then_some(here.id));
        }
    }
    match all.len() > FEW {
        true => &all - &busy,
        false => BTreeSet::new(),
    }
}
