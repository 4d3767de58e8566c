//! What the experiments come to, as tables in Markdown and as what is drawn.

use super::experiment::{Experiment, Figures, LOADS};
use super::figure::{Bar, Chart};

/// An experiment and what it measured.
pub struct Cell {
    /// What was done.
    pub experiment: Experiment,
    /// What came of it.
    pub figures: Figures,
}

impl Cell {
    /// Whether it is of the same protocol and as many servers.
    fn is_beside(&self, other: &Cell) -> bool {
        self.series() == other.series()
    }

    /// Whether all was delivered that was asked for: else the mean is of those that came through.
    fn is_whole(&self) -> bool {
        self.figures.delivered == self.experiment.requests as usize
    }

    /// The protocol, and how many servers it has.
    fn series(&self) -> (&'static str, u32) {
        (self.experiment.implementation.name, self.experiment.servers)
    }
}

/// A row for each experiment, those without faults first.
pub fn latencies(cells: &[Cell], requests: u32) -> String {
    let mut text = String::new();
    for (wrong_orders, title) in [(false, "While all is well"), (true, "One order in ten is wrong")]
    {
        text += &format!(
            "### {title}\n\n\
             Of {requests} requests each; times in µs.\n\n\
             | protocol | n_s | f | load | mean | median | 99 % | deviation | changes | delivered |\n\
             | --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        );
        for cell in cells.iter().filter(|cell| cell.experiment.wrong_orders == wrong_orders) {
            text += &row(cell);
        }
        text += "\n";
    }
    text
}

fn row(Cell { experiment, figures }: &Cell) -> String {
    let Experiment { implementation, load, servers, .. } = experiment;
    let Figures { delivered, mean, median, p99, deviation, changes } = figures;
    let (name, load, f) = (implementation.name, load.name, (servers - 1) / 2);
    format!(
        "| {name} | {servers} | {f} | {load} | {mean:.1} | {median:.1} | {p99:.1} | {deviation:.1} \
         | {changes} | {delivered} |\n"
    )
}

/// What the paper claims of its figures, in figures: how much the load matters, and how much wrong
/// orders cost.
pub fn ratios(cells: &[Cell]) -> String {
    let mut text = "### Beside each other\n\n\
        Means, each divided by that of load 0/0 while all is well with as many servers; – where not all was delivered.\n\n\
        | protocol | n_s | 0/0 | 0/4 | 4/4 | wrong orders, 0/0 | 0/4 | 4/4 |\n\
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        .to_owned();
    let is_base =
        |cell: &&Cell| !cell.experiment.wrong_orders && cell.experiment.load.name == "0/0";
    for base in cells.iter().filter(is_base) {
        let ratio = |cell: &Cell| match cell.is_whole() {
            true => format!("{:.2}", cell.figures.mean / base.figures.mean),
            false => "–".to_owned(),
        };
        let beside = cells.iter().filter(|cell| cell.is_beside(base));
        let ratios: Vec<String> = beside.map(ratio).collect();
        let (name, servers) = base.series();
        text += &format!("| {name} | {servers} | {} |\n", ratios.join(" | "));
    }
    text
}

/// The means as bars, by load, and in each load by protocol and servers; of those that delivered all.
pub fn chart(cells: &[Cell], wrong_orders: bool, title: &str) -> Chart {
    let asked = || cells.iter().filter(move |cell| cell.experiment.wrong_orders == wrong_orders);
    let drawn = || asked().filter(|cell| asked().filter(|c| c.is_beside(cell)).all(Cell::is_whole));
    let of = |load: &str| {
        let of_load = drawn().filter(|cell| cell.experiment.load.name == load);
        of_load
            .map(|cell| Bar { high: cell.figures.mean, spread: cell.figures.deviation })
            .collect()
    };
    let series = drawn().filter(|cell| cell.experiment.load.name == LOADS[0].name);
    Chart {
        title: title.to_owned(),
        axis: "mean time of a request, µs; lines: standard deviation".to_owned(),
        series: series
            .map(|cell| format!("{}, n_s = {}", cell.series().0, cell.series().1))
            .collect(),
        groups: LOADS.iter().map(|load| (format!("{} KiB", load.name), of(load.name))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_impls::byzantine::difato::ENTRY;

    /// Each load takes as many times 100 µs as it has a number, and twice that with wrong orders.
    fn cells() -> Vec<Cell> {
        let cell = |wrong_orders, number: usize| {
            let times = if wrong_orders { 2.0 } else { 1.0 };
            let mean = 100.0 * times * (number + 1) as f64;
            let load = &LOADS[number];
            Cell {
                experiment: Experiment {
                    implementation: &ENTRY,
                    load,
                    servers: 3,
                    wrong_orders,
                    requests: 9,
                },
                figures: Figures { delivered: 9, mean, ..Figures::default() },
            }
        };
        [false, true].into_iter().flat_map(|wrong| (0..3).map(move |n| cell(wrong, n))).collect()
    }

    #[test]
    fn means_are_held_beside_the_least_load_while_all_is_well() {
        let told = ratios(&cells());
        assert!(
            told.ends_with("| difato | 3 | 1.00 | 2.00 | 3.00 | 2.00 | 4.00 | 6.00 |\n"),
            "{told}"
        );
    }

    #[test]
    fn each_experiment_has_a_row_under_what_befell_it() {
        let told = latencies(&cells(), 9);
        let (well, wrong) = told.split_once("### One order in ten is wrong").unwrap();
        assert!(well.contains("| difato | 3 | 1 | 4/4 | 300.0 |"), "{told}");
        assert!(wrong.contains("| difato | 3 | 1 | 4/4 | 600.0 |"), "{told}");
    }

    #[test]
    fn who_stood_still_has_no_mean() {
        let mut some = cells();
        some[5].figures.delivered = 1;
        assert!(ratios(&some).ends_with("| 4.00 | – |\n"), "{}", ratios(&some));
        assert!(chart(&some, true, "").series.is_empty());
        assert_eq!(chart(&some, false, "").series.len(), 1);
    }

    #[test]
    fn bars_are_drawn_by_load() {
        let chart = chart(&cells(), true, "");
        assert_eq!(chart.series, ["difato, n_s = 3"]);
        let heights: Vec<f64> = chart.groups.iter().map(|(_, bars)| bars[0].high).collect();
        assert_eq!(heights, [200.0, 400.0, 600.0]);
    }
}
