//! What a program may ask for besides the plain protocol.

use serde_json::Value;

/// What the harness can offer, by the words of `init`.
pub const OFFERED: [&str; 6] = ["invoke", "views", "registers", "time", "timer", "storage"];

/// What of it virtual time takes.
pub const VIRTUAL_TIME: [&str; 3] = ["time", "timer", "storage"];

/// What of it there is in real time.
pub const OFFERED_IN_REAL_TIME: [&str; 3] = ["invoke", "views", REGISTERS];

/// What is offered where there is a controlled network.
const REGISTERS: &str = "registers";

/// What a run offers of all this, with a controlled network or without.
pub fn offer(features: &[&'static str], has_registers: bool) -> Vec<&'static str> {
    features.iter().copied().filter(|feature| has_registers || *feature != REGISTERS).collect()
}

/// What a program has asked for.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Features {
    /// Operations come as `invoke`, and `respond` answers them.
    pub invoke: bool,
    /// Its groups have views: nothing is multicast outside one, and `block_ok` answers `block`.
    pub views: bool,
    /// It writes to registers.
    pub registers: bool,
    /// It lives in virtual time.
    pub time: bool,
    /// The harness keeps its timers.
    pub timer: bool,
    /// The harness keeps its disk.
    pub storage: bool,
}

impl Features {
    /// Reads the body of an `init_ok`.
    ///
    /// # Errors
    /// What was asked for that was not offered, or does not go together.
    pub fn read(body: &Value, offered: &[&str]) -> Result<Features, String> {
        let mut features = Features::default();
        let Some(asked) = body.get("features") else { return Ok(features) };
        let Some(asked) = asked.as_array() else {
            return Err(format!("\"features\" must be a list of names, not {asked}"));
        };
        for name in asked {
            let name = name.as_str().filter(|name| offered.contains(name));
            match name {
                Some("invoke") => features.invoke = true,
                Some("views") => features.views = true,
                Some(REGISTERS) => features.registers = true,
                Some("time") => features.time = true,
                Some("timer") => features.timer = true,
                Some("storage") => features.storage = true,
                _ => {
                    let offered = offered.join(", ");
                    return Err(format!("it asks for a feature that is not offered ({offered})"));
                }
            }
        }
        match (features.timer || features.storage) && !features.time {
            true => Err("the features \"timer\" and \"storage\" need \"time\"".to_owned()),
            false => Ok(features),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn registers_are_offered_where_there_are_some() {
        assert_eq!(offer(&OFFERED_IN_REAL_TIME, true), OFFERED_IN_REAL_TIME);
        let without = offer(&OFFERED_IN_REAL_TIME, false);
        assert_eq!(without, ["invoke", "views"]);
        let asked = json!({"features": ["registers"]});
        assert!(Features::read(&asked, &OFFERED).is_ok_and(|features| features.registers));
        assert!(Features::read(&asked, &without).is_err_and(|why| why.contains("not offered")));
    }

    #[test]
    fn only_what_is_offered_and_goes_together_may_be_asked_for() {
        let read = |features: Value| Features::read(&json!({"features": features}), &OFFERED);
        assert_eq!(Features::read(&json!({}), &OFFERED), Ok(Features::default()));
        assert!(read(json!(["time", "timer"])).is_ok_and(|f| f.time && f.timer && !f.invoke));
        assert!(read(json!(["timer"])).is_err_and(|e| e.contains("need \"time\"")));
        assert!(read(json!(["speed"])).is_err_and(|e| e.contains("not offered")));
        assert!(read(json!("time")).is_err_and(|e| e.contains("a list")));
        let offered_little = Features::read(&json!({"features": ["time"]}), &["invoke"]);
        assert!(offered_little.is_err());
    }
}
