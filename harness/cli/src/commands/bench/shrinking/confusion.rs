//! Whether signatures tell flaws apart: two findings of one flaw should share theirs, two of
//! different flaws that break the same property of the same implementation should not.

use super::Row;

/// Pairs of findings, and how many of them share a signature.
#[derive(Default)]
struct Pairs {
    all: usize,
    alike: usize,
}

impl Pairs {
    fn count(&mut self, one: &str, other: &str) {
        self.all += 1;
        self.alike += usize::from(one == other);
    }

    fn row(&self, what: &str) -> String {
        let share = 100.0 * self.alike as f64 / self.all.max(1) as f64;
        format!("| {what} | {} | {} | {share:.0} % |\n", self.all, self.alike)
    }
}

/// The counts as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let (whole, half): (Part, Part) = (|signature| signature, |signature| &signature[..8]);
    let mut table = String::from("\n| pairs of findings | pairs | alike | share |\n");
    table.push_str("| --- | ---: | ---: | ---: |\n");
    table.push_str(&of_one_flaw(rows, whole).row("of one flaw"));
    table.push_str(&of_one_flaw(rows, half).row("of one flaw, the first half of the signature"));
    table.push_str(&of_two_flaws(rows, whole).row("of two flaws that break the same"));
    let halves = "of two flaws that break the same, the first half of the signature";
    table.push_str(&of_two_flaws(rows, half).row(halves));
    table
}

/// The part of a signature that is compared.
type Part = fn(&str) -> &str;

fn of_one_flaw(rows: &[Row], part: Part) -> Pairs {
    let mut pairs = Pairs::default();
    for row in rows {
        for (index, one) in row.found.iter().enumerate() {
            for other in &row.found[index + 1..] {
                pairs.count(part(&one.signature), part(&other.signature));
            }
        }
    }
    pairs
}

fn of_two_flaws(rows: &[Row], part: Part) -> Pairs {
    let mut pairs = Pairs::default();
    let broken = |row: &Row| (row.implementation.name, row.flaw.breaks);
    for (index, row) in rows.iter().enumerate() {
        for beside in rows[index + 1..].iter().filter(|beside| broken(beside) == broken(row)) {
            for one in &row.found {
                for other in &beside.found {
                    pairs.count(part(&one.signature), part(&other.signature));
                }
            }
        }
    }
    pairs
}
