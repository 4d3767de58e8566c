//! The space-time diagram of a run: time from left to right, a lane for each node, arrows for
//! frames, tags for deliveries, faults laid over it.

mod draw;
mod faults;
mod idle;
mod lanes;
mod marks;
mod ribbons;
mod scene;
mod shapes;
mod shelves;
mod space;
mod views;

use maud::{PreEscaped, html};
use pepperland_core::history::{EventId, History};
use scene::Scene;
use space::Space;
use std::collections::BTreeMap;

/// A drawn diagram.
#[derive(Clone, Debug)]
pub struct Diagram {
    /// The `<svg>` element, without its own style: [`INK`] has it.
    pub svg: String,
    /// What was left out or abridged, if anything was: to be shown beside the diagram.
    pub notices: Vec<String>,
    /// Letters that stand for long message names, and the names.
    pub letters: Vec<(String, String)>,
    /// Where the events of the proof are in the picture: `#d` and the number they lead to.
    pub anchors: BTreeMap<EventId, EventId>,
    /// Whether distances are to scale; if not, they tell only the order of events.
    pub to_scale: bool,
    /// Whether it shows views.
    pub views: bool,
    /// Whether arrows stand for frames; if not, they lead from multicasts to deliveries.
    pub frames: bool,
}

/// The diagram's style sheet.
pub const INK: &str = include_str!("diagram/ink.css");

/// Draws a history; the events of the proof are marked. Every mark leads to `#e` and the event's
/// number.
pub fn diagram(history: &History, proof: &[EventId]) -> Diagram {
    let scene = Scene::of(history, proof);
    let space = Space::of(&scene);
    Diagram {
        svg: draw::svg(&scene, &space, html! {}).into_string(),
        notices: scene.notices(),
        letters: scene.letters.listed(),
        anchors: scene.anchors(),
        to_scale: space.to_scale(),
        views: scene.memberships.strips > 0,
        frames: scene.frames,
    }
}

/// The diagram as a file of its own.
pub fn standalone(history: &History, proof: &[EventId]) -> String {
    let scene = Scene::of(history, proof);
    let space = Space::of(&scene);
    let style = html! { style { (PreEscaped(INK)) } };
    let svg = draw::svg(&scene, &space, style).into_string();
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{svg}\n")
}

#[cfg(test)]
mod tests;

#[cfg(test)]
mod view_tests;
