//! What a capture says; that Wireshark can read it is tested beside its writer.

use crate::net::{Series, network};
use pepperland_netns::{Chance, Links, Options, Rule};
use std::path::Path;
use std::time::Duration;

fn has(path: &Path, words: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(words.len()).any(|window| window == words.as_bytes())
}

#[test]
fn a_capture_tells_what_became_of_each_frame() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.pcapng");
    let options = Options { capture: Some(path.clone()), ..Options::of(1) };
    let Some(switch) = network(2, options) else { return };
    let mut series = Series::between(&switch, 0, 1);
    series.send(1);
    switch.begin(1, &Links::All, Rule::Lose { rate: Chance::ALWAYS });
    series.go_on(1, 2);
    switch.end(1);
    let (least, most) = (Duration::from_millis(2), Duration::from_millis(2));
    switch.begin(2, &Links::All, Rule::Delay { least, most, rate: Chance::ALWAYS });
    assert_eq!(series.arrived(), [0]);
    assert_eq!(switch.stop().unwrap().capture.unwrap().unwrap(), path);
    let told = ["to n2, frame 0: carried", "to n2, frame 1: lost", "2: carried, 2ms later"];
    for words in told.into_iter().chain(["from n1: arrived"]) {
        assert!(has(&path, words), "nothing says: {words}");
    }
}

#[test]
fn a_capture_can_be_read_while_the_switch_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.pcapng");
    let options = Options { capture: Some(path.clone()), ..Options::of(1) };
    let Some(switch) = network(2, options) else { return };
    Series::between(&switch, 0, 1).send(1);
    while !has(&path, "to n2, frame 0: carried") {
        std::thread::yield_now();
    }
}

#[test]
fn a_capture_that_cannot_be_made_is_an_error_before_the_switch_runs() {
    let Some(switch) = network(1, Options::of(1)) else { return };
    drop(switch);
    let options = Options { capture: Some("/no/such/folder".into()), ..Options::of(1) };
    let namespaces = pepperland_netns::Namespace::make_all(1).unwrap();
    let error = pepperland_netns::Switch::start(namespaces, options).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}
