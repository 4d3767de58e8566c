//! Registers on the lines: who may write to them, and how a body says that it was read there.

use crate::features::Features;
use crate::wire::{Breach, Envelope};
use pepperland_core::id::NetworkId;
use serde_json::{Map, Value};

/// Whether a line to the registers is a write.
///
/// # Errors
/// What of the protocol it breaks, and how.
pub fn may_write(
    features: Features,
    envelope: &Envelope<'_>,
) -> Result<(), (Breach, &'static str)> {
    if !features.registers {
        let why = "it wrote to registers, and has not asked for the feature \"registers\"";
        return Err((Breach::UnknownDestination, why));
    }
    match envelope.body.get().starts_with('{') {
        true => Ok(()),
        false => Err((Breach::NoMessage, "it wrote to registers what is no object")),
    }
}

/// The body as it comes over a network, which the harness says, whatever the sender has it say:
/// nobody else may say of a body that it was written. Nothing, if it is no object.
pub fn over_network(body: &[u8], network: NetworkId) -> Option<Map<String, Value>> {
    let mut body: Map<String, Value> = serde_json::from_slice(body).ok()?;
    match network {
        NetworkId::PAYLOAD => drop(body.shift_remove(KEY)),
        other => drop(body.insert(KEY.to_owned(), other.0.into())),
    }
    Some(body)
}

/// The key of the network.
const KEY: &str = "network";

#[cfg(test)]
mod tests {
    use super::*;

    fn over(body: &str, network: NetworkId) -> Option<String> {
        over_network(body.as_bytes(), network).map(|body| Value::Object(body).to_string())
    }

    #[test]
    fn objects_are_written_by_whoever_has_asked_to() {
        let may = |registers, body: &str| {
            let line = format!(r#"{{"src":"n1","dest":"registers","body":{body}}}"#);
            let envelope = Envelope::read(line.as_bytes()).unwrap();
            may_write(Features { registers, ..Features::default() }, &envelope)
        };
        assert!(may(true, r#"{"v":7}"#).is_ok());
        let stranger = may(false, r#"{"v":7}"#).expect_err("it has not asked");
        assert_eq!(stranger.0, Breach::UnknownDestination);
        assert!(stranger.1.contains("the feature \"registers\""));
        assert_eq!(may(true, " [7]").expect_err("it is a list").0, Breach::NoMessage);
    }

    #[test]
    fn whatever_a_body_says_the_network_is_the_one_it_came_over() {
        let forged = r#"{"network":1,"v":7}"#;
        assert_eq!(over(forged, NetworkId::PAYLOAD).as_deref(), Some(r#"{"v":7}"#));
        let (written, denied) = (r#"{"v":7}"#, r#"{"v":7,"network":0}"#);
        for body in [written, denied] {
            let read = over(body, NetworkId::CONTROLLED);
            assert_eq!(read.as_deref(), Some(r#"{"v":7,"network":1}"#));
        }
        assert_eq!(over("[7]", NetworkId::CONTROLLED), None);
    }
}
