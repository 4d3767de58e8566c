//! The picture itself.

use super::marks::{End, Mark, Way};
use super::ribbons::{outside, ribbons};
use super::scene::Scene;
use super::shapes::{cross, shape};
use super::shelves::{self, SHAPE, tag_width, tags_width, text_width};
use super::space::{BAR, LANE, Space};
use crate::text::visible;
use crate::words;
use maud::{Markup, html};
use pepperland_core::history::EventId;
use pepperland_core::id::NodeId;

/// The `<svg>` element.
pub fn svg(scene: &Scene<'_>, space: &Space, style: Markup) -> Markup {
    let (width, height) = (px(space.width), px(space.height));
    html! {
        svg xmlns="http://www.w3.org/2000/svg" class="spacetime" role="group"
            aria-label="Space-time diagram: a lane for each node, time from left to right"
            width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } {
            (style)
            defs {
                marker #tip viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"
                    markerUnits="userSpaceOnUse" orient="auto" { path d="M0 0 8 4 0 8z" {} }
            }
            (sides(scene, space))
            (ribbons(scene, space))
            (lanes(scene, space))
            @for index in 0..scene.arrows.len() { (arrow(scene, space, index)) }
            @for index in 0..scene.marks.len() { (mark(scene, space, index)) }
            (bars(scene, space))
            (axis(scene, space))
        }
    }
}

/// Tints and walls of cuts.
fn sides(scene: &Scene<'_>, space: &Space) -> Markup {
    let (top, bottom) = (space.top - LANE / 2.0, space.height - 38.0);
    html! {
        @for bar in &scene.bars {
            @let (from, to) = (space.x(bar.from), space.x(bar.to));
            @for (side, nodes) in bar.sides.iter().enumerate() {
                @for node in nodes {
                    rect class={ "side" (side) } x=(px(from)) y=(px(space.lane(*node) - LANE / 2.0))
                        width=(px(to - from)) height=(px(LANE)) {}
                }
            }
            @if bar.wall {
                @for y in walls(&bar.sides) {
                    @let y = space.top + y * LANE;
                    (line("wall", (from, y), (to, y)))
                }
            }
            @if !bar.sides[0].is_empty() {
                (line("wall", (from, top), (from, bottom)))
                @if bar.ends { (line("wall", (to, top), (to, bottom))) }
            }
        }
    }
}

/// Between which adjacent lanes a cut runs, in lanes.
fn walls(sides: &[Vec<u32>; 2]) -> Vec<f64> {
    let last = sides.iter().flatten().copied().max().unwrap_or(0);
    let side = |node: u32| sides.iter().position(|side| side.contains(&node));
    let splits = |node: &u32| {
        let (here, next) = (side(*node), side(node + 1));
        here.is_some() && next.is_some() && here != next
    };
    (0..last).filter(splits).map(|node| f64::from(node) + 0.5).collect()
}

fn lanes(scene: &Scene<'_>, space: &Space) -> Markup {
    html! {
        @for node in NodeId::first(scene.history.node_count()) {
            @let y = space.lane(node.0);
            @let name = scene.history.node_name(node);
            text class="node" x="10" y=(px(y + 4.5)) {
                (words::lane(scene.history, node, 14)) title { (visible(name)) }
            }
            (line("lane", (space.left - 8.0, y), (space.right, y)))
        }
        (outside(scene, space))
        @for stretch in &scene.stretches {
            @let (from, y) = (space.x(stretch.from), space.lane(stretch.node));
            @let to = if stretch.to == scene.last { space.right } else { space.x(stretch.to) };
            @if stretch.down {
                (line("gap", (from, y), (to, y)))
                (line("down", (from, y), (to, y)))
            } @else {
                @let (top, width) = (px(y - 11.0), px(to - from));
                rect class="paused" x=(px(from)) y=(top) width=(width) height="22" rx="3" {}
                @if to - from > text_width("paused") + 6.0 {
                    text class="word" x=(px((from + to) / 2.0)) y=(px(y + 8.5)) { "paused" }
                } @else {
                    text class="word" x=(px((from + to) / 2.0)) y=(px(y + 22.0)) { "paused" }
                }
            }
        }
    }
}

fn arrow(scene: &Scene<'_>, space: &Space, index: usize) -> Markup {
    let arrow = &scene.arrows[index];
    let from = &scene.marks[arrow.from];
    let (x1, y1) = (space.x(from.time), space.lane(from.node));
    match arrow.end {
        End::Arrives(place) => {
            let to = &scene.marks[place];
            let (x2, y2) = towards((x1, y1), (space.x(to.time), space.lane(to.node)), 6.0);
            let way = match arrow.way {
                Way::Frame => "",
                Way::Again => " again",
                Way::Implied => " implied",
                Way::State => " state",
            };
            let message = arrow.message.map(|row| format!(" m{}", row % 8)).unwrap_or_default();
            let lead = if arrow.proves { " lead" } else { "" };
            html! {
                line class={ "frame" (way) (message) (lead) }
                    x1=(px(x1)) y1=(px(y1)) x2=(px(x2)) y2=(px(y2))
                    marker-end="url(#tip)" { title { (arrow.title) } }
            }
        }
        End::Lost(at, peer) => {
            let earlier = scene.arrows[..index].iter().rev().take_while(|a| a.from == arrow.from);
            let nth = earlier.filter(|a| matches!(a.end, End::Lost(..))).count() as f64;
            let x2 = space.x(at).min(x1 + 60.0).max(x1 + 20.0) + nth * 15.0;
            let y2 = loss_height(scene, space, from, peer);
            html! {
                g class="lost" {
                    title { (arrow.title) }
                    line x1=(px(x1)) y1=(px(y1)) x2=(px(x2)) y2=(px(y2)) {}
                    path d=(cross(x2, y2, 4.0)) {}
                }
            }
        }
    }
}

/// A lost frame ends at the wall that stopped it, or half a lane away.
fn loss_height(scene: &Scene<'_>, space: &Space, from: &Mark, peer: u32) -> f64 {
    let down = peer > from.node;
    let standing = scene.bars.iter().filter(|b| b.wall && b.from <= from.time && from.time <= b.to);
    let between = |y: &f64| {
        let (low, high) = (from.node.min(peer), from.node.max(peer));
        f64::from(low) < *y && *y < f64::from(high)
    };
    let mut walls: Vec<f64> = standing.flat_map(|bar| walls(&bar.sides)).filter(between).collect();
    walls.sort_by(f64::total_cmp);
    let wall = if down { walls.first() } else { walls.last() };
    let open = f64::from(from.node) + if down { 0.5 } else { -0.5 };
    space.top + wall.copied().unwrap_or(open) * LANE
}

/// A point that much before the end of a line.
fn towards(from: (f64, f64), to: (f64, f64), short: f64) -> (f64, f64) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = (dx * dx + dy * dy).sqrt().max(1.0);
    (to.0 - dx / length * short, to.1 - dy / length * short)
}

fn mark(scene: &Scene<'_>, space: &Space, index: usize) -> Markup {
    let mark = &scene.marks[index];
    let (x, y) = (space.x(mark.time), space.lane(mark.node));
    let (level, row) = space.levels[index];
    let said: Vec<String> =
        mark.events.iter().take(8).map(|id| words::event(scene.history, *id)).collect();
    let said = format!("{} ms: {}", crate::text::ms(mark.time), said.join("; "));
    let shape_proves = mark.proves && mark.tags.iter().all(|tag| !tag.proves);
    html! {
        g class=[mark.proves.then_some("proof")] {
            @if let Some(first) = mark.events.first() {
                @let id = mark.anchor(&scene.proof).map(place);
                a id=[id] href=(anchor(*first)) tabindex="-1" aria-label=(said) {
                    title { (said) }
                    @for (i, kind) in mark.outline().into_iter().enumerate() {
                        (shape(kind, x + SHAPE * i as f64, y, shape_proves))
                    }
                }
            }
            (tags(mark, x, y, level))
            @if !mark.label.is_empty() {
                @let first = if mark.begins_view() { " first" } else { "" };
                @let class = if shape_proves { " bad" } else { "" };
                @let x = shelves::anchor(mark, x);
                text class={ "word" (class) (first) } x=(px(x)) y=(px(y + 19.0 + 12.0 * row as f64)) { (mark.label) }
            }
        }
    }
}

/// Deliveries of one instant side by side, in their order.
fn tags(mark: &Mark, x: f64, y: f64, level: usize) -> Markup {
    let top = y - 26.0 - 20.0 * level as f64;
    let mut right = x - tags_width(mark) / 2.0 - 2.0;
    let placed = mark.tags.iter().map(|tag| {
        let (left, width) = (right + 2.0, tag_width(&tag.text));
        right = left + width;
        (tag, left, width)
    });
    html! {
        @if !mark.tags.is_empty() {
            (line("stem", (x, top + 17.0), (x, y)))
        }
        @for (tag, left, width) in placed {
            @let hot = if tag.proves { " hot" } else { "" };
            @let class = format!("tag m{}{hot}", tag.message % 8);
            @let id = tag.proves.then(|| place(tag.event));
            a id=[id] href=(anchor(tag.event)) tabindex="-1" class=(class) {
                rect x=(px(left)) y=(px(top)) width=(px(width)) height="17" rx="3.5" {}
                text x=(px(left + width / 2.0)) y=(px(top + 12.5)) { (tag.text) }
            }
        }
    }
}

fn bars(scene: &Scene<'_>, space: &Space) -> Markup {
    let unseen = space.rows.iter().filter(|row| row.is_none()).count();
    html! {
        @for (bar, row) in scene.bars.iter().zip(&space.rows) {
            @if let Some(row) = row {
                @let (from, to) = (space.x(bar.from), space.x(bar.to));
                @let y = 6.0 + BAR * *row as f64;
                a href={ "#e" (bar.event) } tabindex="-1" aria-label=(bar.title) class="fault" {
                    title { (bar.title) }
                    @let width = px((to - from).max(4.0));
                    rect x=(px(from)) y=(px(y + 12.0)) width=(width) height="3" rx="1.5" {}
                    text x=(px(from + 1.0)) y=(px(y + 9.0)) { (bar.label) }
                }
            }
        }
        @if unseen > 0 {
            text class="aside" x="10" y="14" { "+" (unseen) " more" }
        }
    }
}

fn axis(scene: &Scene<'_>, space: &Space) -> Markup {
    let y = space.height - 38.0;
    let says = match space.to_scale() {
        true => "time in ms, to scale",
        false => "event order, not to scale; times in ms",
    };
    html! {
        (line("axis", (space.left - 8.0, y), (space.right, y)))
        @for (x, text) in space.ticks(scene) {
            (line("axis", (x, y), (x, y + 4.0)))
            text class="word" x=(px(x)) y=(px(y + 15.0)) { (text) }
        }
        text class="aside" x=(px(space.left - 8.0)) y=(px(y + 31.0)) {
            (says) @if let Some(left_out) = scene.left_out() { "; " (left_out) }
        }
    }
}

pub fn line(class: &str, from: (f64, f64), to: (f64, f64)) -> Markup {
    html! {
        line class=(class) x1=(px(from.0)) y1=(px(from.1)) x2=(px(to.0)) y2=(px(to.1)) {}
    }
}

fn anchor(id: EventId) -> String {
    format!("#e{}", id.0)
}

/// Where an event of the proof is in the picture.
fn place(id: EventId) -> String {
    format!("d{}", id.0)
}

/// A length, to a tenth.
pub fn px(length: f64) -> String {
    let text = format!("{length:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}
