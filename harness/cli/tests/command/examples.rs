//! The examples in Python: what one wrong line breaks is found, and shrunk to little.

use crate::pepperland::{Folder, ends};
use std::path::Path;

/// An example with one line replaced, and what that breaks.
struct Flaw {
    script: &'static str,
    line: &'static str,
    instead: &'static str,
    property: &'static str,
    arguments: &'static str,
}

const FLAWS: [Flaw; 4] = [
    Flaw {
        script: "fifo.py",
        line: "        self.held[name] = data[\"message\"]",
        instead: "        self.held[origin, self.next[origin]] = data[\"message\"]",
        property: "fifo",
        arguments: "--nodes 2 --faults delay",
    },
    Flaw {
        script: "causal.py",
        line: "        clock = {**self.delivered, self.me: self.sent - 1}",
        instead: "        clock = {self.me: self.sent - 1}",
        property: "causal",
        arguments: "--nodes 3 --workload replies --faults delay",
    },
    Flaw {
        script: "total.py",
        line: "        self.order[order[\"number\"]] = order[\"id\"]",
        instead: "        self.order[len(self.order) + 1] = order[\"id\"]",
        property: "uniform-total-order",
        arguments: "--nodes 2 --faults delay",
    },
    Flaw {
        script: "views.py",
        line: "                missing = [m for r in self.reports.values() if r[\"last\"] == last \
               for m in r[\"got\"]]",
        instead: "                missing = []",
        property: "virtual-synchrony",
        arguments: "--nodes 3 --faults crash",
    },
];

/// The examples, those of them changed that are asked for.
fn examples(flaw: Option<&Flaw>) -> Folder {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let originals = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/python");
    for name in
        ["pepperland.py", "fifo.py", "causal.py", "total.py", "views.py", "shared_register.py"]
    {
        let text = std::fs::read_to_string(originals.join(name)).unwrap();
        let changed = flaw.filter(|flaw| flaw.script == name).map(|flaw| changed(&text, flaw));
        folder.write(name, &changed.unwrap_or(text));
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(name), executable).unwrap();
    }
    folder
}

fn changed(text: &str, flaw: &Flaw) -> String {
    let count = text.lines().filter(|line| *line == flaw.line).count();
    assert_eq!(count, 1, "{}: {}", flaw.script, flaw.line);
    text.replace(flaw.line, flaw.instead)
}

/// Finds the flaw by its property, in a run that is small enough to be read.
fn is_found(flaw: &Flaw) -> Folder {
    let folder = examples(Some(flaw));
    let Flaw { script, property, arguments, .. } = flaw;
    let run = format!("run --bin ./{script} --properties {property} {arguments}");
    ends(&folder.run(&format!("{run} --runs 40 --fail-fast")), 1, "1 property violated");
    let schedule = folder.read(&schedule_of(&folder));
    let header = serde_json::from_str(schedule.lines().next().unwrap());
    let header: serde_json::Value = header.unwrap();
    let nodes = header["nodes"].as_u64().unwrap_or_else(|| panic!("{header}"));
    assert!(nodes <= 3, "{schedule}");
    assert!(schedule.lines().count() <= 12, "{schedule}");
    folder
}

fn schedule_of(folder: &Folder) -> String {
    format!("runs/latest/findings/{}/schedule.jsonl", folder.only_finding())
}

#[test]
fn without_its_hold_back_queue_fifo_is_not_in_order_again_and_again() {
    let folder = is_found(&FLAWS[0]);
    let again = folder.run(&format!("replay {}", folder.only_finding()));
    ends(&again, 1, "violates");
    assert!(!again.stdout.contains("diverged"), "{}", again.stdout);
    let schedule = schedule_of(&folder);
    let by_hand = format!("{schedule} --bin ./fifo.py --properties fifo");
    let digest = |stdout: &str| stdout.lines().next().map(str::to_owned);
    let replayed = folder.run(&format!("replay {by_hand}"));
    assert_eq!(digest(&replayed.stdout), digest(&again.stdout));
    ends(&folder.run(&format!("shrink {by_hand} --out shrunk")), 1, "violates");
}

#[test]
fn without_what_its_sender_had_delivered_a_message_overtakes_its_cause() {
    is_found(&FLAWS[1]);
}

#[test]
fn with_numbers_by_arrival_there_is_no_total_order() {
    is_found(&FLAWS[2]);
}

#[test]
fn without_what_the_flush_collected_there_is_no_virtual_synchrony() {
    is_found(&FLAWS[3]);
}

#[test]
fn the_examples_keep_their_suite() {
    let folder = examples(None);
    let suite = include_str!("../../../../examples/python/suite.toml");
    folder.write("suite.toml", suite);
    ends(&folder.run("run suite.toml --runs 1 --exit-zero"), 0, "asked");
    let verdicts = folder.read("runs/latest/verdicts.json");
    assert!(!verdicts.contains("\"violated\""), "{verdicts}");
}

#[test]
fn fifo_holds_in_real_time_too() {
    let folder = examples(None);
    let run = "run --bin ./fifo.py --real-time --nodes 3 --runs 1 --faults delay";
    ends(&folder.run(&format!("{run} --properties fifo,agreement")), 0, "every property held");
}
