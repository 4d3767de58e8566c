//! A bar chart as SVG, by hand: groups of bars from 0, with a line for how far values spread.

/// What is drawn.
pub struct Chart {
    /// Above it.
    pub title: String,
    /// What the bars measure, and in which unit.
    pub axis: String,
    /// What each bar of a group stands for.
    pub series: Vec<String>,
    /// The groups along the axis, each with a bar for each of the series.
    pub groups: Vec<(String, Vec<Bar>)>,
}

/// One bar.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// How high it is.
    pub high: f64,
    /// How far its line goes above and below.
    pub spread: f64,
}

impl Bar {
    fn top(&self) -> f64 {
        self.high + self.spread
    }
}

/// The colours of the series, told apart by whoever sees few colours too (Okabe & Ito).
const COLOURS: [&str; 6] = ["#0072b2", "#56b4e9", "#009e73", "#d55e00", "#e69f00", "#cc79a7"];

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 10.0;
const TOP: f64 = 60.0;
const BOTTOM: f64 = 70.0;

/// The share of a group's room that its bars fill.
const FILLED: f64 = 0.8;

/// The chart as the text of an SVG file.
pub fn svg(chart: &Chart) -> String {
    let highest = chart.groups.iter().flat_map(|(_, bars)| bars).map(Bar::top).fold(0.0, f64::max);
    let tick = tick(highest);
    let scale = Scale { most: tick * (highest / tick).ceil().max(1.0) };
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
    );
    text += &label(LEFT, 20.0, "start", &chart.title);
    text += &label(LEFT, 40.0, "start", &chart.axis);
    text += &axis(&scale, tick);
    let room = (WIDTH - LEFT - RIGHT) / chart.groups.len().max(1) as f64;
    for (number, (name, bars)) in chart.groups.iter().enumerate() {
        let left = LEFT + room * number as f64;
        text += &group(&scale, (left, room), bars);
        text += &label(left + room / 2.0, HEIGHT - BOTTOM + 18.0, "middle", name);
    }
    text + &legend(&chart.series) + "</svg>\n"
}

/// How far apart the lines of the axis are: a round number that makes at most ten of them.
fn tick(highest: f64) -> f64 {
    let mut tick = 1.0;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(60) {
        if highest <= tick * 10.0 {
            break;
        }
        tick *= factor;
    }
    tick
}

struct Scale {
    most: f64,
}

impl Scale {
    /// Where a value is, from above.
    fn y(&self, value: f64) -> f64 {
        let (top, bottom) = (TOP, HEIGHT - BOTTOM);
        bottom - (bottom - top) * value.max(0.0) / self.most
    }
}

fn axis(scale: &Scale, tick: f64) -> String {
    let lines = (scale.most / tick).round() as u32;
    let line = |number: u32| {
        let value = tick * f64::from(number);
        let (y, right) = (scale.y(value), WIDTH - RIGHT);
        format!("<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#cccccc\"/>\n")
            + &label(LEFT - 6.0, y + 4.0, "end", &format!("{value}"))
    };
    (0..=lines).map(line).collect()
}

fn group(scale: &Scale, (left, room): (f64, f64), bars: &[Bar]) -> String {
    let width = room * FILLED / bars.len().max(1) as f64;
    let first = left + room * (1.0 - FILLED) / 2.0;
    let bar = |(number, bar): (usize, &Bar)| {
        let (x, colour) = (first + width * number as f64, COLOURS[number % COLOURS.len()]);
        let (top, bottom, thick) = (scale.y(bar.high), scale.y(0.0), width * 0.9);
        let (height, middle) = (bottom - top, x + thick / 2.0);
        let (high, low) = (scale.y(bar.top()), scale.y(bar.high - bar.spread));
        format!(
            "<rect x=\"{x:.1}\" y=\"{top:.1}\" width=\"{thick:.1}\" height=\"{height:.1}\" \
             fill=\"{colour}\"/>\n\
             <path d=\"M{middle:.1} {low:.1}V{high:.1}\" stroke=\"black\"/>\n"
        )
    };
    bars.iter().enumerate().map(bar).collect()
}

fn legend(series: &[String]) -> String {
    let room = (WIDTH - LEFT - RIGHT) / 3.0;
    let entry = |(number, name): (usize, &String)| {
        let (column, line) = (number % 3, number / 3);
        let (x, y) = (LEFT + room * column as f64, HEIGHT - 34.0 + 18.0 * line as f64);
        let colour = COLOURS[number % COLOURS.len()];
        let square = y - 10.0;
        format!(
            "<rect x=\"{x:.1}\" y=\"{square}\" width=\"10\" height=\"10\" fill=\"{colour}\"/>\n"
        ) + &label(x + 16.0, y, "start", name)
    };
    series.iter().enumerate().map(entry).collect()
}

fn label(x: f64, y: f64, anchor: &str, text: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(high: f64) -> Chart {
        let bars = vec![Bar { high, spread: high / 4.0 }, Bar { high: high / 2.0, spread: high }];
        let names = ["one", "two"].map(str::to_owned);
        let (title, axis) = ("A chart".to_owned(), "µs".to_owned());
        Chart { title, axis, series: names.to_vec(), groups: vec![("all".to_owned(), bars)] }
    }

    #[test]
    fn the_axis_begins_at_zero_and_has_at_most_eleven_round_lines() {
        for (highest, expected) in [(0.0, 1.0), (9.0, 1.0), (60.0, 10.0), (450.0, 50.0)] {
            assert_eq!(tick(highest), expected, "up to {highest}");
        }
        assert!(svg(&chart(300.0)).contains(">0</text>"));
    }

    #[test]
    fn no_line_goes_below_zero() {
        let bottom = format!("{:.1}V", HEIGHT - BOTTOM);
        assert!(svg(&chart(10.0)).contains(&bottom));
    }
}
