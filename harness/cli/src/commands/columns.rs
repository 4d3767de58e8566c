//! Figures in columns.

/// A mean of spans, ns, as milliseconds.
pub fn millis(ns: Option<f64>) -> String {
    or_dash(ns.map(|ns| format!("{:.1}", ns / 1e6)))
}

/// A figure, or that there is none.
pub fn or_dash(figure: Option<String>) -> String {
    figure.unwrap_or_else(|| "-".to_owned())
}

/// The rows, each column as wide as its widest.
pub fn lines<const N: usize>(rows: &[(String, [String; N])]) -> String {
    let wide = |text: &String| text.chars().count();
    let first = rows.iter().map(|(name, _)| wide(name)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N)
        .map(|column| rows.iter().map(|(_, row)| wide(&row[column])).max().unwrap_or(0))
        .collect();
    let line = |(name, row): &(String, [String; N])| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("  {cell:>width$}"));
        format!("{name:first$}{}\n", cells.collect::<String>())
    };
    rows.iter().map(line).collect()
}
