use super::*;
use pepperland_core::time::Span;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const ME: NodeId = NodeId(0);
const YOU: NodeId = NodeId(1);

fn ring(node: NodeId) -> KeyRing {
    KeyRing::of(&Setup {
        node,
        nodes: 3,
        flaw: None,
        max_latency: Span::ZERO,
        register_latency: Span::ZERO,
    })
}

fn slices(parts: &[Vec<u8>]) -> Vec<&[u8]> {
    parts.iter().map(Vec::as_slice).collect()
}

#[test]
fn codes_are_those_of_rfc_4231() {
    let code = |key: &[u8], data: &[u8]| cut(keyed(key).chain_update(data)).0;
    let hex = |bytes: [u8; 16]| Hex(&bytes).to_string();
    let case_1 = code(&[0x0b; 20], b"Hi There");
    assert_eq!(hex(case_1), "b0344c61d8db38535ca8afceaf0bf12b");
    let case_2 = code(b"Jefe", b"what do ya want for nothing?");
    assert_eq!(hex(case_2), "5bdcc146bf60754e6a042426089575c7");
    let case_5 = code(&[0x0c; 20], b"Test With Truncation");
    assert_eq!(hex(case_5), "a3b6167473100ee06e0c796c2955552b");
}

#[test]
fn digests_are_those_of_fips_180() {
    let Digest(bytes) = digest(&(b'a', b'b', b'c'));
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(Hex(&bytes).to_string(), expected);
}

#[test]
fn two_nodes_agree_on_their_key_and_no_third_has_it() {
    let said = ring(ME).mac(YOU, &[b"m"]);
    assert!(ring(YOU).verify(ME, &said, &[b"m"]));
    assert!(!ring(NodeId(2)).verify(ME, &said, &[b"m"]), "it was for another");
    let forged = ring(NodeId(2)).mac(YOU, &[b"m"]);
    assert!(!ring(YOU).verify(ME, &forged, &[b"m"]), "the third lacks the key of the two");
}

#[test]
fn a_nodes_own_words_are_not_anothers() {
    let said = ring(ME).mac(YOU, &[b"m"]);
    assert!(!ring(ME).verify(YOU, &said, &[b"m"]), "though both have the key");
}

#[test]
fn nobody_believes_a_node_that_there_is_not() {
    let said = ring(ME).mac(YOU, &[b"m"]);
    assert!(!ring(YOU).verify(NodeId(7), &said, &[b"m"]));
}

#[test]
fn a_vector_has_one_code_for_each_receiver() {
    let all: Vec<NodeId> = NodeId::first(3).collect();
    let vector = ring(ME).vector(&all, &[b"m"]);
    for (receiver, mac) in all.iter().zip(&vector) {
        assert!(ring(*receiver).verify(ME, mac, &[b"m"]));
    }
}

#[test]
fn authenticators_are_bytes_on_the_wire_and_digits_for_people() {
    let mac = ring(ME).mac(YOU, &[b"m"]);
    let (wire, text) = (postcard::to_stdvec(&mac).unwrap(), serde_json::to_string(&mac).unwrap());
    assert_eq!((wire.len(), text.len()), (1 + 16, 2 + 32));
    assert_eq!(postcard::from_bytes::<Mac>(&wire).unwrap(), mac);
    assert_eq!(serde_json::from_str::<Mac>(&text).unwrap(), mac);
    for wrong in ["\"\"", "\"00\"", &text.replace(|c: char| c.is_ascii_hexdigit(), "g")] {
        assert!(serde_json::from_str::<Mac>(wrong).is_err(), "{wrong}");
    }
    assert!(postcard::from_bytes::<Mac>(&wire[..16]).is_err());
}

proptest! {
    #[test]
    fn a_changed_bit_anywhere_is_refused(
        parts in vec(vec(any::<u8>(), 1..20), 1..4),
        part in any::<Index>(),
        bit in any::<Index>(),
    ) {
        let mac = ring(ME).mac(YOU, &slices(&parts));
        prop_assert!(ring(YOU).verify(ME, &mac, &slices(&parts)));
        let mut changed = parts.clone();
        let part = part.get_mut(&mut changed);
        let bit = bit.index(part.len() * 8);
        part[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!ring(YOU).verify(ME, &mac, &slices(&changed)));
    }

    #[test]
    fn a_changed_code_is_refused(bit in 0..128_usize) {
        let Mac(mut bytes) = ring(ME).mac(YOU, &[b"m"]);
        bytes[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!ring(YOU).verify(ME, &Mac(bytes), &[b"m"]));
    }

    #[test]
    fn the_same_bytes_cut_otherwise_are_another_message(bytes in vec(any::<u8>(), 2..20)) {
        let mac = ring(ME).mac(YOU, &[&bytes]);
        let (head, tail) = bytes.split_at(1);
        prop_assert!(!ring(YOU).verify(ME, &mac, &[head, tail]));
    }
}
