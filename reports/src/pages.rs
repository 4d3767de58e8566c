//! Pages for people: one self-contained HTML file each, readable without network and script.

mod data;
mod events;
mod explained;
mod finding;
mod grid;
mod index;
mod logs;
mod panels;
mod sets;

pub use finding::finding_page;
pub use index::index_page;

use crate::diagram::INK;
use crate::text::{short, visible};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("pages/style.css");

/// Nothing is loaded from anywhere and no script runs; the data blocks are no scripts.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// A whole page around its content.
fn page(title: &str, content: Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (short(title, 120)) }
                style { (PreEscaped(STYLE)) (PreEscaped(INK)) }
            }
            body { main { (content) } }
        }
    }
    .into_string()
}

/// Text that others wrote, at most so long; what is cut is in the tooltip.
fn said(text: &str, limit: usize) -> Markup {
    let shown = short(text, limit);
    let full = visible(text);
    html! {
        @if shown == full { (shown) } @else { span title=(full) { (shown) } }
    }
}

/// A table or picture that may be wider than the page: it scrolls by itself, also by keyboard.
fn scroller(label: &str, content: Markup) -> Markup {
    html! { div.wide role="region" tabindex="0" aria-label=(short(label, 80)) { (content) } }
}

/// The head of a table; a name that begins with `#` is of numbers.
fn heads(names: &[&str]) -> Markup {
    html! {
        thead {
            tr {
                @for name in names {
                    @match name.strip_prefix('#') {
                        Some(name) => { th.n scope="col" { (name) } }
                        None => { th scope="col" { (name) } }
                    }
                }
            }
        }
    }
}

/// Every line made visible, the ends of lines kept.
fn lines(text: &str) -> String {
    text.lines().map(|line| visible(line) + "\n").collect()
}

/// A titled part of a page.
fn card(title: &str, content: Markup) -> Markup {
    html! { section.card { h2 { (title) } (content) } }
}

#[cfg(test)]
mod tests;
