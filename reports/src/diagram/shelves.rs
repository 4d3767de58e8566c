//! How wide marks, tags and labels are, and where on a lane there is still room for them.

use super::marks::Mark;
use super::scene::Scene;

/// Least distance of instants in the order of events.
pub const STEP: f64 = 20.0;
/// Distance of shapes of one mark.
pub const SHAPE: f64 = 12.0;
/// How far before its mark the label of a view begins.
const INDENT: f64 = 5.0;

/// What is occupied on each lane so far: tags, labels, shapes.
pub struct Shelves {
    tags: Vec<[f64; 2]>,
    labels: Vec<[f64; 2]>,
    shapes: Vec<f64>,
}

impl Shelves {
    pub fn new(scene: &Scene<'_>, left: f64) -> Shelves {
        let lanes = scene.history.node_count();
        let edge = left - 4.0;
        Shelves {
            tags: vec![[edge; 2]; lanes],
            labels: vec![[edge; 2]; lanes],
            shapes: vec![edge; lanes],
        }
    }

    /// How far to the right a mark must be.
    pub fn needs(&self, mark: &Mark) -> f64 {
        let lane = mark.node as usize;
        let tags = match tags_width(mark) > 0.0 {
            true => self.tags[lane][0] + tags_width(mark) / 2.0 + 3.0,
            false => 0.0,
        };
        let labels = match mark.label.is_empty() {
            true => 0.0,
            false => self.labels[lane][0].min(self.labels[lane][1]) - label(mark, 0.0).0 + 3.0,
        };
        tags.max(labels).max(self.shapes[lane] + STEP)
    }

    /// Puts a mark there, if there is room for its shape, tags and label: on which of two levels
    /// its tags and its label are.
    pub fn fit(&mut self, mark: &Mark, x: f64) -> Option<(usize, usize)> {
        let lane = mark.node as usize;
        if x < self.shapes[lane] + 5.0 {
            return None;
        }
        let half = tags_width(mark) / 2.0;
        let tags = shelve(&mut self.tags[lane], (x - half, x + half))?;
        let label = shelve(&mut self.labels[lane], label(mark, x))?;
        let others = mark.outline().len().saturating_sub(1);
        self.shapes[lane] = x + SHAPE * others as f64;
        Some((tags, label))
    }
}

/// The first level with room there.
fn shelve(levels: &mut [f64; 2], (from, to): (f64, f64)) -> Option<usize> {
    if from == to {
        return Some(0);
    }
    let level = levels.iter().position(|end| *end + 2.5 <= from)?;
    levels[level] = to;
    Some(level)
}

/// From where to where a label is, around its mark; that of a view begins with the view.
fn label(mark: &Mark, x: f64) -> (f64, f64) {
    let width = text_width(&mark.label) + 4.0;
    match mark.label.is_empty() {
        true => (x, x),
        false if mark.begins_view() => (x - INDENT, x - INDENT + width),
        false => (x - width / 2.0, x + width / 2.0),
    }
}

/// Where the text of a label is anchored.
pub fn anchor(mark: &Mark, x: f64) -> f64 {
    if mark.begins_view() { x - INDENT } else { x }
}

/// How far to the right a mark there reaches.
pub fn reach(mark: &Mark, x: f64) -> f64 {
    label(mark, x).1.max(x + tags_width(mark) / 2.0)
}

/// Width of a tag with its text.
pub fn tag_width(text: &str) -> f64 {
    text_width(text) * 1.06 + 9.0
}

/// Width of all tags of a mark.
pub fn tags_width(mark: &Mark) -> f64 {
    let widths: f64 = mark.tags.iter().map(|tag| tag_width(&tag.text) + 2.0).sum();
    (widths - 2.0).max(0.0)
}

/// An estimate that errs on the wide side.
pub fn text_width(text: &str) -> f64 {
    let width = |c: char| match c {
        'i' | 'j' | 'l' | ':' | '.' | ',' | ' ' | '|' | '\'' | 't' | 'f' => 3.8,
        'm' | 'w' | 'M' | 'W' | '→' | '↔' => 10.0,
        c if c.is_ascii_uppercase() => 8.0,
        c if c.is_ascii() => 7.0,
        _ => 11.0,
    };
    text.chars().map(width).sum()
}
