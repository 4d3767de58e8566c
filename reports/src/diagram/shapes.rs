//! The shapes that stand on lanes.

use super::draw::{line, px};
use super::marks::Shape;
use maud::{Markup, html};

/// A shape around its place; those of the proof stand out.
pub fn shape(shape: Shape, x: f64, y: f64, proves: bool) -> Markup {
    let class = |name: &str| if proves { format!("{name} hot") } else { name.to_owned() };
    html! {
        @match shape {
            Shape::Circle => { circle class=(class("dot")) cx=(px(x)) cy=(px(y)) r="4.2" {} }
            Shape::Disc => { circle class=(class("disc")) cx=(px(x)) cy=(px(y)) r="4.2" {} }
            Shape::Square => {
                rect class=(class("dot")) x=(px(x - 4.0)) y=(px(y - 4.0)) width="8" height="8" {}
            }
            Shape::Diamond => {
                @let top = format!("M{} {}", px(x), px(y - 6.5));
                path class=(class("dot")) d={ (top) "l6.5 6.5-6.5 6.5-6.5-6.5z" } {}
            }
            Shape::Up => { path class=(class("dot")) d=(triangle(x, y, -1.0)) {} }
            Shape::Down => { path class=(class("disc")) d=(triangle(x, y, 1.0)) {} }
            Shape::Cross => { path class=(class("crash")) d=(cross(x, y, 6.0)) {} }
            Shape::Bar => { (line(&class("start"), (x, y - 8.0), (x, y + 8.0))) }
        }
    }
}

/// Two strokes that cross.
pub fn cross(x: f64, y: f64, r: f64) -> String {
    let (left, right, up, low) = (px(x - r), px(x + r), px(y - r), px(y + r));
    format!("M{left} {up} {right} {low}M{left} {low} {right} {up}")
}

/// Points up or down.
fn triangle(x: f64, y: f64, way: f64) -> String {
    let (left, right, base, tip) = (px(x - 5.5), px(x + 5.5), px(y - 4.5 * way), px(y + 6.0 * way));
    format!("M{left} {base}H{right}L{} {tip}z", px(x))
}
