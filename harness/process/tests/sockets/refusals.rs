//! What no node can be told.

use crate::cluster::{Addresses, Talk, init};
use serde_json::json;

fn refused(init: serde_json::Value) -> String {
    Talk::begin(&init).end().unwrap_err().to_string()
}

#[test]
fn sockets_in_virtual_time_are_refused() {
    let mut told = init("n1", "perfect", &Addresses::new());
    told["features"] = json!(["time", "timer", "storage"]);
    let why = refused(told);
    assert!(why.contains("sockets know no virtual time"), "{why}");
}

#[test]
fn an_address_of_another_machine_is_refused_by_name() {
    let mut told = init("n1", "fair-loss", &Addresses::new());
    told["addresses"]["n1"] = json!("192.0.2.77");
    let why = refused(told);
    assert!(why.contains("failed to open the socket 192.0.2.77:7700"), "{why}");
}

#[test]
fn what_is_no_address_is_refused() {
    let mut told = init("n1", "fair-loss", &Addresses::new());
    told["addresses"]["n2"] = json!("hill two");
    let why = refused(told);
    assert!(why.contains("IPv4"), "{why}");
}

#[test]
fn addresses_without_a_channel_are_refused() {
    let mut told = init("n1", "fair-loss", &Addresses::new());
    told.as_object_mut().unwrap().remove("channel");
    let why = refused(told);
    assert!(why.contains("\"channel\""), "{why}");
}
