use super::*;
use crate::byzantine::keys::digest;
use pepperland_core::time::Span;
use proptest::prelude::*;

fn signer(node: u32) -> Signer {
    let (node, max_latency) = (NodeId(node), Span::millis(50));
    let register_latency = Setup::REGISTER_LATENCY;
    Signer::of(&Setup { node, nodes: 4, flaw: None, max_latency, register_latency })
}

#[test]
fn everybody_can_check_what_one_has_signed() {
    let (one, other) = (signer(0), signer(1));
    let signed = one.sign(&digest(&"a"));
    assert!(other.verify(&signed, &digest(&"a")));
    assert!(other.verify(&signed, &digest(&"a")), "and a second time from memory");
    assert!(!other.verify(&signed, &digest(&"b")));
}

#[test]
fn nobody_signs_for_another() {
    let (one, other) = (signer(0), signer(1));
    let signed = Signed { by: NodeId(2), ..one.sign(&digest(&"a")) };
    assert!(!other.verify(&signed, &digest(&"a")));
    let stranger = Signed { by: NodeId(9), ..signed };
    assert!(!other.verify(&stranger, &digest(&"a")));
}

#[test]
fn it_is_hex_in_json_and_bytes_on_the_wire() {
    let signed = signer(3).sign(&digest(&"a"));
    let json = serde_json::to_value(&signed).expect("it has a JSON form");
    assert_eq!(json["signature"].as_str().map(str::len), Some(128));
    assert_eq!(serde_json::from_value::<Signed>(json).expect("it is one"), signed);
    let wire = postcard::to_stdvec(&signed).expect("it has a wire form");
    assert!(wire.len() < 80, "{} bytes", wire.len());
    assert_eq!(postcard::from_bytes::<Signed>(&wire).expect("it is one"), signed);
}

proptest! {
    #[test]
    fn a_changed_bit_anywhere_is_refused(at in 0usize..512) {
        let mut signed = signer(0).sign(&digest(&"a"));
        signed.signature[at / 8] ^= 1 << (at % 8);
        prop_assert!(!signer(1).verify(&signed, &digest(&"a")));
    }
}
