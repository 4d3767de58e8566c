//! Where things are drawn: along true time if everything fits so, else in the order of events.

use super::faults;
use super::marks::Mark;
use super::scene::Scene;
use super::shelves::{STEP, Shelves, reach, text_width};
use crate::words;
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// Distance of lanes.
pub const LANE: f64 = 74.0;
/// How wide the plot is at least.
const PLOT: f64 = 860.0;
/// Height of a row of bars.
pub const BAR: f64 = 19.0;
/// Rows of bars that are drawn.
const BARS: usize = 8;

/// Where everything is.
pub struct Space {
    scale: Scale,
    /// Left end of the lanes.
    pub left: f64,
    /// Right end of the lanes.
    pub right: f64,
    /// Of the first lane.
    pub top: f64,
    /// Of each mark: on which of two levels its tags and its label are.
    pub levels: Vec<(usize, usize)>,
    /// Of each bar, its row; none if there is no room.
    pub rows: Vec<Option<usize>>,
    /// Height of all.
    pub height: f64,
    /// Width of all.
    pub width: f64,
}

/// From time to place.
enum Scale {
    Linear { first: Time, per_ms: f64, origin: f64 },
    Order(BTreeMap<Time, f64>),
}

impl Space {
    pub fn of(scene: &Scene<'_>) -> Space {
        let left = gutter(scene);
        let (scale, levels, reach) = linear(scene, left).unwrap_or_else(|| ordered(scene, left));
        let right = reach.max(left + PLOT) + 12.0;
        let mut space = Space {
            scale,
            left,
            right,
            top: 0.0,
            levels,
            rows: Vec::new(),
            height: 0.0,
            width: right + 16.0,
        };
        space.stack(scene);
        space
    }

    /// Rows of bars, and with them the heights.
    fn stack(&mut self, scene: &Scene<'_>) {
        let extent = |bar: &faults::Bar| {
            let from = self.x(bar.from);
            (from, self.x(bar.to).max(from + text_width(&bar.label) + 8.0) + 6.0)
        };
        let extents: Vec<(f64, f64)> = scene.bars.iter().map(extent).collect();
        let rows = faults::rows(&extents);
        let used = rows.iter().map(|row| row + 1).max().unwrap_or(0).min(BARS);
        let far = extents.iter().map(|(_, to)| *to).fold(self.width, f64::max);
        self.rows = rows.into_iter().map(|row| (row < BARS).then_some(row)).collect();
        self.width = far + 4.0;
        self.top = used as f64 * BAR + 50.0;
        self.height = self.lane(scene.history.node_count().max(1) as u32 - 1) + 74.0;
    }

    /// Whether distances are to scale.
    pub fn to_scale(&self) -> bool {
        matches!(self.scale, Scale::Linear { .. })
    }

    /// Where an instant is.
    pub fn x(&self, time: Time) -> f64 {
        self.scale.x(time)
    }

    /// Where a lane is.
    pub fn lane(&self, node: u32) -> f64 {
        self.top + LANE * f64::from(node)
    }

    /// Where the axis says which time it is.
    pub fn ticks(&self, scene: &Scene<'_>) -> Vec<(f64, String)> {
        match &self.scale {
            Scale::Linear { .. } => {
                let step = tick_step(scene.last.since(scene.first).0);
                let from = scene.first.0.div_ceil(step);
                (from..=scene.last.0 / step).map(|i| self.tick(Time(i * step))).collect()
            }
            Scale::Order(places) => {
                let mut end = f64::MIN;
                let spaced = places.keys().filter_map(|time| {
                    let (x, text) = self.tick(*time);
                    let half = text_width(&text) / 2.0;
                    let fits = x - half > end + 5.0;
                    if fits {
                        end = x + half;
                    }
                    fits.then_some((x, text))
                });
                spaced.collect()
            }
        }
    }

    fn tick(&self, time: Time) -> (f64, String) {
        // Two decimals are enough to find an event by; the table has them all.
        (self.x(time), Time(time.0 / 10_000 * 10_000).to_string())
    }
}

impl Scale {
    fn x(&self, time: Time) -> f64 {
        match self {
            Scale::Linear { first, per_ms, origin } => {
                origin + time.since(*first).0 as f64 / 1e6 * per_ms
            }
            Scale::Order(places) => {
                let before = places.range(..=time).next_back();
                before.or_else(|| places.first_key_value()).map_or(0.0, |(_, x)| *x)
            }
        }
    }
}

type Placed = (Scale, Vec<(usize, usize)>, f64);

/// Along true time; nothing if marks, tags or labels would overlap.
fn linear(scene: &Scene<'_>, left: f64) -> Option<Placed> {
    let span = scene.last.since(scene.first).0 as f64 / 1e6;
    let origin = left + 34.0;
    let per_ms = if span > 0.0 { (PLOT - 68.0) / span } else { 0.0 };
    let scale = Scale::Linear { first: scene.first, per_ms, origin };
    let mut shelves = Shelves::new(scene, left);
    let mut far: f64 = 0.0;
    let mut levels = Vec::new();
    for mark in &scene.marks {
        let x = scale.x(mark.time);
        levels.push(shelves.fit(mark, x)?);
        far = far.max(reach(mark, x));
    }
    Some((scale, levels, far))
}

/// In the order of events, each instant as far to the right as its marks need.
fn ordered(scene: &Scene<'_>, left: f64) -> Placed {
    let mut instants: BTreeMap<Time, Vec<&Mark>> = BTreeMap::new();
    scene.marks.iter().for_each(|mark| instants.entry(mark.time).or_default().push(mark));
    for bar in &scene.bars {
        instants.entry(bar.from).or_default();
        instants.entry(bar.to).or_default();
    }
    scene.stretches.iter().filter(|stretch| stretch.to < scene.last).for_each(|stretch| {
        instants.entry(stretch.to).or_default();
    });
    let mut shelves = Shelves::new(scene, left);
    let mut places = BTreeMap::new();
    let mut levels = Vec::new();
    let mut x = left;
    for (time, marks) in instants {
        x = marks.iter().map(|mark| shelves.needs(mark)).fold(x + STEP, f64::max);
        for mark in marks {
            levels.push(shelves.fit(mark, x).unwrap_or_default());
        }
        places.insert(time, x);
    }
    // What is narrower than the plot is stretched, so that arrows lean.
    let origin = places.values().next().copied().unwrap_or(left);
    let stretch = ((left + PLOT - 30.0 - origin) / (x - origin).max(1.0)).clamp(1.0, 6.0);
    places.values_mut().for_each(|x| *x = origin + (*x - origin) * stretch);
    let ends = scene.marks.iter().map(|mark| reach(mark, places[&mark.time]));
    let far = ends.fold(left, f64::max);
    (Scale::Order(places), levels, far + 20.0)
}

/// Room for the names of the nodes.
fn gutter(scene: &Scene<'_>) -> f64 {
    let name = |node| text_width(&words::lane(scene.history, node, 14)) * 1.25;
    let widest = NodeId::first(scene.history.node_count()).map(name).fold(20.0, f64::max);
    widest + 26.0
}

/// A round number of ns, so that there are at most a dozen ticks.
fn tick_step(span: u64) -> u64 {
    let mut step = 1_000;
    loop {
        for factor in [1, 2, 5] {
            if span / (step * factor) <= 14 {
                return step * factor;
            }
        }
        step *= 10;
    }
}
