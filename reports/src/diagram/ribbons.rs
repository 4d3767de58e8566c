//! Views, drawn under everything else: a ribbon along the lane for each view that a node is in,
//! and a line through the places where a view begins.

use super::draw::{line, px};
use super::scene::Scene;
use super::space::Space;
use super::views::{Front, Ribbon, Span};
use crate::views::COLOURS;
use maud::{Markup, html};

/// Height of the ribbons of a lane.
const HEIGHT: f64 = 20.0;

/// Ribbons and fronts; what is there does not exist without views.
pub fn ribbons(scene: &Scene<'_>, space: &Space) -> Markup {
    let memberships = &scene.memberships;
    html! {
        @for front in &memberships.fronts { (self::front(space, front)) }
        @for ribbon in &memberships.ribbons { (self::ribbon(scene, space, ribbon)) }
        @if !memberships.blocked.is_empty() {
            pattern #hatch width="6" height="6" patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)" { path d="M0 0V6" {} }
        }
        @for span in &memberships.blocked {
            @let (from, to) = ends(space, *span);
            rect class="blocked" x=(px(from)) y=(px(space.lane(span.node) - HEIGHT / 2.0))
                width=(px(to - from)) height=(px(HEIGHT)) { title { "blocked by a flush" } }
        }
    }
}

/// The parts of lanes where a node is in no view.
pub fn outside(scene: &Scene<'_>, space: &Space) -> Markup {
    html! {
        @for span in &scene.memberships.outside {
            @let (from, to) = ends(space, *span);
            @let from = if span.from == scene.first { space.left - 8.0 } else { from };
            @let y = space.lane(span.node);
            (line("gap", (from, y), (to, y)))
            (line("outside", (from, y), (to, y)))
        }
    }
}

fn ribbon(scene: &Scene<'_>, space: &Space, ribbon: &Ribbon) -> Markup {
    let (from, to) = ends(space, ribbon.span);
    let height = HEIGHT / scene.memberships.strips.max(1) as f64;
    let top = space.lane(ribbon.span.node) - HEIGHT / 2.0 + height * ribbon.strip as f64;
    let kind = if ribbon.primary { "" } else { " minor" };
    html! {
        rect class={ "stay v" (ribbon.colour % COLOURS) (kind) } x=(px(from)) y=(px(top))
            width=(px((to - from - 2.0).max(1.0))) height=(px(height)) rx=(px(height / 2.0)) {
            title { (ribbon.title) }
        }
    }
}

fn front(space: &Space, front: &Front) -> Markup {
    let place =
        |(time, node): &(_, u32)| format!("{},{}", px(space.x(*time)), px(space.lane(*node)));
    let places: Vec<String> = front.places.iter().map(place).collect();
    html! {
        polyline class={ "front v" (front.colour % COLOURS) } points=(places.join(" ")) {}
    }
}

/// Where a stretch begins and ends; one that goes on beyond the last event goes to the edge.
fn ends(space: &Space, span: Span) -> (f64, f64) {
    let to = if span.goes_on { space.right } else { space.x(span.to) };
    (space.x(span.from), to)
}
