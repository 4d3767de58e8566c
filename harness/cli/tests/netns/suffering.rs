//! What nodes have for themselves, and what is done to them.

use crate::ground::{lacks, lines, live, no_networks, notes};
use pepperland_core::history::{History, Kind};
use pepperland_process::kept::cgroups;
use pepperland_process::kept::faketime::Library;

/// Whether both nodes have noted so much.
fn told(count: usize) -> impl Fn(&History) -> bool {
    move |history| ["n1", "n2"].iter().all(|node| notes(history, node).len() >= count)
}

#[test]
fn a_node_has_a_name_an_address_and_scratch_folders_of_its_own() {
    if no_networks() {
        return;
    }
    let text = r#"
open("/tmp/mine", "w").close()
note(socket.gethostname(), os.getpid() < 10, os.listdir("/run"), os.listdir("/tmp"))
note(init["addresses"][me], os.path.exists("/sys/class/net/eth0"), init["channel"])
"#;
    let history = live(text, &[], told(2));
    for (node, address) in [("n1", "10.77.0.1"), ("n2", "10.77.0.2")] {
        let told = notes(&history, node);
        assert!(told[0].starts_with(&format!("{node} True [] [")), "{told:?}");
        assert!(told[0].contains("'mine'"), "{told:?}");
        assert_eq!(told[1], format!("{address} True fair-loss"));
    }
}

#[test]
fn a_cut_stops_datagrams_and_its_end_lets_them_pass_and_both_are_counted() {
    if no_networks() {
        return;
    }
    let text = r#"
mine = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
mine.bind((init["addresses"][me], 5000))
if me == "n1":
    for number in range(20):
        mine.sendto(b"%d" % number, (init["addresses"]["n2"], 5000))
        time.sleep(0.05)
else:
    mine.settimeout(2)
    heard = []
    try:
        while True: heard.append(int(mine.recv(100)))
    except TimeoutError: note(len(heard) < 20, 19 in heard)
"#;
    let cut = r#"{"at":0,"until":500000000,"fault":"cut","from":["n1"],"to":["n2"]}"#;
    let history = live(text, &[cut], |history| !notes(history, "n2").is_empty());
    assert_eq!(notes(&history, "n2"), ["True True"]);
    let heal = &lines(&history, Kind::Heal)[0];
    assert!(heal["touched"].as_u64() > Some(3), "{heal}");
    let capture = history.capture.expect("frames are kept");
    assert_eq!(capture[..4], [0x0a, 0x0d, 0x0d, 0x0a], "it is a capture of packets");
    assert!(capture.windows(3).any(|word| word == b"cut"), "what was cut is said");
}

/// Writes a file and makes it durable; tells in the next life what is left.
const STORES: &str = r#"
if init["incarnation"] == 0:
    time.sleep(0.1)
    with open("stored", "w") as file:
        file.write("kept"); file.flush(); os.fsync(file.fileno())
    note("stored")
else:
    note("found", os.path.exists("stored") and open("stored").read())
"#;

/// The node stays away for so long that a busy machine, too, comes to the crash while its disk fails.
const FALLS: &str = r#"{"at":300000000,"until":1500000000,"fault":"crash","n":"n1"}"#;

fn in_its_next_life(disturbances: &[&str]) -> (History, String) {
    let twice = |history: &History| notes(history, "n1").len() == 2;
    let history = live(STORES, disturbances, twice);
    let found = notes(&history, "n1").pop().unwrap_or_default();
    (history, found)
}

#[test]
fn a_node_finds_its_folder_again_but_for_what_a_lying_disk_has_lost() {
    if no_networks() || lacks(pepperland_disk::probe()) {
        return;
    }
    assert_eq!(in_its_next_life(&[FALLS]).1, "found kept");
    let lies = r#"{"at":0,"until":1500000000,"fault":"disk","n":"n1","how":"lying"}"#;
    let (history, found) = in_its_next_life(&[lies, FALLS]);
    assert_eq!(found, "found False");
    assert_eq!(lines(&history, Kind::Heal)[0]["touched"], 1);
    let lies = lies.replace("n1", "n2");
    let (history, found) = in_its_next_life(&[&lies, FALLS]);
    assert_eq!(
        (found.as_str(), &lines(&history, Kind::Heal)[0]["touched"]),
        ("found kept", &0.into())
    );
}

#[test]
fn a_disk_that_takes_nothing_ends_a_node_that_is_not_to_blame() {
    if no_networks() || lacks(pepperland_disk::probe()) {
        return;
    }
    let text = r#"
if me == "n1":
    while True:
        open("stored", "w").close()
        time.sleep(0.01)
"#;
    let starve = r#"{"at":200000000,"fault":"starve","n":"n1","of":"read-only-disk"}"#;
    let crashed = |history: &History| history.kinds().contains(&Kind::Crash);
    let history = live(text, &[starve], crashed);
    assert_eq!(lines(&history, Kind::Crash)[0]["n"], "n1");
    let breaches = lines(&history, Kind::Note);
    assert!(breaches.iter().all(|note| note.get("breach").is_none()), "{breaches:?}");
}

#[test]
fn a_node_without_memory_has_crashed_and_is_not_to_blame() {
    let [_, _, memory] = cgroups::offered();
    if no_networks() || lacks(memory.works) {
        return;
    }
    let text = r#"
if me == "n1":
    time.sleep(0.5)
    hoard = [bytearray(1 << 20) for _ in range(400)]
    note("survived")
"#;
    let starve = r#"{"at":100000000,"fault":"starve","n":"n1","of":"memory","bytes":67108864}"#;
    let crashed = |history: &History| history.kinds().contains(&Kind::Crash);
    let history = live(text, &[starve], crashed);
    assert_eq!(lines(&history, Kind::Crash)[0]["n"], "n1");
    assert_eq!(notes(&history, "n1"), Vec::<String>::new());
    let breaches = lines(&history, Kind::Note);
    assert!(breaches.iter().all(|note| note.get("breach").is_none()), "{breaches:?}");
}

#[test]
fn who_is_killed_amid_what_it_writes_has_not_ended_by_itself() {
    if no_networks() {
        return;
    }
    let text = r#"
import threading
def chat():
    while True:
        note("still here")
        time.sleep(0.001)
threading.Thread(target=chat, daemon=True).start()
"#;
    let crash = r#"{"at":300000000,"fault":"crash","n":"n1","effects":2}"#;
    let crashed = |history: &History| history.kinds().contains(&Kind::Crash);
    let history = live(text, &[crash], crashed);
    assert_eq!(lines(&history, Kind::Crash).len(), 1);
    let told = lines(&history, Kind::Note);
    let breach = told.iter().find(|note| note.get("breach").is_some());
    assert_eq!(breach, None);
}

#[test]
fn a_node_that_has_more_memory_already_has_crashed_too() {
    let [_, _, memory] = cgroups::offered();
    if no_networks() || lacks(memory.works) {
        return;
    }
    let starve = r#"{"at":100000000,"fault":"starve","n":"n1","of":"memory","bytes":65536}"#;
    let crashed = |history: &History| history.kinds().contains(&Kind::Crash);
    let history = live("", &[starve], crashed);
    assert_eq!(lines(&history, Kind::Crash)[0]["n"], "n1");
    assert!(!history.header.unclean().unwrap_or_default().contains("no less of its machine"));
}

#[test]
fn the_time_of_day_jumps_and_is_right_again() {
    if no_networks() || lacks(Library::found().map(|_| String::new())) {
        return;
    }
    let text = r#"
if me == "n1":
    shift = time.time() - time.monotonic()
    while True:
        note(round((time.time() - time.monotonic() - shift) / 100))
        time.sleep(0.1)
"#;
    let skew = r#"{"at":500000000,"until":1000000000,"fault":"skew","n":"n1","jump":1000000000000,"drift":0}"#;
    let enough = |history: &History| notes(history, "n1").len() >= 15;
    let history = live(text, &[skew], enough);
    let mut told = notes(&history, "n1");
    told.dedup();
    assert_eq!(told, ["0", "10", "0"]);
}
