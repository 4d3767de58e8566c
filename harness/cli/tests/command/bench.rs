//! `pepperland bench`: what a measurement prints, and what it writes besides.

use crate::pepperland::{Folder, ends};

#[test]
fn difato_prints_its_tables_and_writes_its_figures() {
    let folder = Folder::new();
    let ended = folder.run("bench difato --requests 20 --figures figures");
    ends(&ended, 0, "measured");
    for part in ["### While all is well", "### One order in ten is wrong", "### Beside each other"]
    {
        assert!(ended.stdout.contains(part), "{}", ended.stdout);
    }
    for figure in ["difato-3a.svg", "difato-3b.svg"] {
        assert!(folder.read(&format!("figures/{figure}")).starts_with("<svg "), "{figure}");
    }
}
