//! The page on views: how they change, and the rules of virtual synchrony, broken one by one.

mod picture;
mod rule;

use picture::PICTURES;
use rule::{LITERAL, RULES, Rule};
use std::path::Path;
use std::{fs, io};

/// Writes the page and its drawings.
///
/// # Errors
/// If a rule is not broken as it should be, or the folder cannot be written to.
pub fn write(folder: &Path) -> io::Result<()> {
    let mut page = String::from(OPENING);
    for picture in PICTURES {
        let file = format!("views-{}.svg", picture.name);
        fs::write(folder.join(&file), picture.drawing())?;
        page += &format!(
            "### {}\n\n{}\n\n![{}]({file})\n\n",
            picture.title, picture.text, picture.title
        );
    }
    page += BETWEEN;
    for (number, rule) in (1..).zip(RULES) {
        page += &format!("## Rule {number}\n\n");
        page += &broken(rule, folder)?;
    }
    page += ON_READINGS;
    page += &broken(&LITERAL, folder)?;
    fs::write(folder.join("views.md"), page)
}

/// The rule, the flaw, and the run in which it breaks.
fn broken(rule: &Rule, folder: &Path) -> io::Result<String> {
    let shown = rule.shown().map_err(io::Error::other)?;
    let file = format!("views-{}.svg", rule.name);
    fs::write(folder.join(&file), shown.drawing())?;
    Ok(shown.text(&file))
}

const OPENING: &str = "\
# Views and virtual synchrony

Written by `ci/documents` from real runs; do not edit.

A *view* is what a member knows of who the members are. Members join, are excluded when they are
suspected, and come back; each change is a new view, which the members agree on. A coloured band
along a lane is the stay of a node in a view; where it is hatched, the node is told to multicast
nothing until the next view comes.

## How views change

";

const BETWEEN: &str = "\
Virtual synchrony says how the delivery of messages and the change of views go together (Birman &
Joseph 1987). It has four rules. Each of them below is broken by one line of a protocol switched
off; with that line, no run of the search breaks it.

";

const ON_READINGS: &str = "\
## What rule 2 does not say

Taken at its word, rule 2 binds every correct node of the view: what one of them delivers, all
deliver, in that view. A node that is cut off is correct, and cannot deliver what it cannot get. So
nobody who goes on without it can keep the rule at its word, which is the property
`view-atomicity`. The property checked is `virtual-synchrony`: those who go from one view to the
next *together* have delivered the same messages in the first (Chockler, Keidar & Vitenberg 2001).
This run of a protocol without any flaw breaks the word and keeps the rule.

";
