//! What postcard reads is read, and what it does not read is garbled.

use super::read;
use crate::message::Message;
use crate::seed::mix;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Unit;

/// Something of everything that serde knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Said {
    Nothing,
    Bytes(u8, i8, bool),
    Short(u16, i16),
    Medium(u32, i32),
    Long(u64, i64),
    Longest(u128, i128),
    Fractions { single: f32, double: f64 },
    Text(char, String),
    Perhaps(Option<Box<Said>>),
    Many(Vec<Said>),
    Named(BTreeMap<String, (u16, Unit)>),
    Application(Message),
}

fn said() -> impl Strategy<Value = Said> {
    let plain = prop_oneof![
        Just(Said::Nothing),
        any::<(u8, i8, bool)>().prop_map(|(a, b, c)| Said::Bytes(a, b, c)),
        any::<(u16, i16)>().prop_map(|(a, b)| Said::Short(a, b)),
        any::<(u32, i32)>().prop_map(|(a, b)| Said::Medium(a, b)),
        any::<(u64, i64)>().prop_map(|(a, b)| Said::Long(a, b)),
        any::<(u128, i128)>().prop_map(|(a, b)| Said::Longest(a, b)),
        any::<(f32, f64)>().prop_map(|(single, double)| Said::Fractions { single, double }),
        any::<(char, String)>().prop_map(|(a, b)| Said::Text(a, b)),
        any::<BTreeMap<String, u16>>()
            .prop_map(|map| map.into_iter().map(|(k, v)| (k, (v, Unit))).collect())
            .prop_map(Said::Named),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|body| {
            let mut message = Message::default();
            message.id.number = body.len() as u32 * 100;
            message.body.0 = body.into();
            Said::Application(message)
        }),
    ];
    plain.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::option::of(inner.clone().prop_map(Box::new)).prop_map(Said::Perhaps),
            prop::collection::vec(inner, 0..4).prop_map(Said::Many),
        ]
    })
}

/// The frame with some of its bytes changed, or cut off.
fn garbled(mut frame: Vec<u8>, draw: u64) -> Vec<u8> {
    let place = |draw: u64| mix(draw) as usize % frame.len();
    let (at, length) = (place(draw), place(draw ^ 1));
    frame[at] = [0, 1, 0x7f, 0x80, 0xff, draw as u8][(draw % 6) as usize];
    if draw.is_multiple_of(4) {
        frame.truncate(length);
    }
    frame
}

/// Both read the same; by its text, since no NaN equals itself.
fn agree(frame: &[u8]) -> Result<(), TestCaseError> {
    let ours = read::<Said>(frame).ok().map(|said| format!("{said:?}"));
    let theirs = postcard::from_bytes::<Said>(frame).ok().map(|said| format!("{said:?}"));
    prop_assert_eq!(ours, theirs, "{:?}", frame);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(said in said()) {
        let frame = postcard::to_stdvec(&said).unwrap();
        prop_assert_eq!(format!("{:?}", read::<Said>(&frame).ok()), format!("{:?}", Some(said)));
    }

    #[test]
    fn a_garbled_frame_is_read_as_postcard_reads_it(said in said(), draws: [u64; 8]) {
        let frame = postcard::to_stdvec(&said).unwrap();
        for draw in draws {
            agree(&garbled(frame.clone(), draw))?;
        }
    }

    #[test]
    fn any_bytes_are_read_as_postcard_reads_them(
        variant in 0..13_u8,
        bytes in prop::collection::vec(prop_oneof![0..4_u8, Just(0xff), Just(0x80), any::<u8>()], 0..30),
    ) {
        agree(&[&[variant], &bytes[..]].concat())?;
    }
}

#[test]
fn a_frame_of_no_message_is_garbled_and_what_comes_after_one_is_not_looked_at() {
    assert!(read::<Said>(&[]).is_err());
    assert!(read::<Message>(&[0, 0, 1, 2, b'a']).is_err());
    assert_eq!(read::<Said>(&[0, 9, 9]).ok(), Some(Said::Nothing));
}

#[test]
fn a_message_is_a_structure_where_people_read_it() {
    let text = r#"{"id":{"origin":1,"incarnation":0,"number":7},"body":[104,105]}"#;
    let message: Message = serde_json::from_str(text).unwrap();
    assert_eq!((message.id.number, &message.body.0[..]), (7, &b"hi"[..]));
    assert_eq!(serde_json::to_string(&message).unwrap(), text);
    assert!(serde_json::from_str::<Message>(r#"{"id":{"origin":1},"body":[]}"#).is_err());
}
