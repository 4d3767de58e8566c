//! What a node may say after what it was asked and what it has said: a history in which answers had
//! no questions, or one view two memberships, would be refused by every reader.

use crate::words::{Told, text};
use std::collections::{BTreeMap, BTreeSet};

/// What one node was asked and has said, as far as it bears on what it may say.
#[derive(Clone, Debug, Default)]
pub struct Sense {
    /// Operations that it was asked for by `invoke` and has not answered.
    invoked: BTreeSet<u64>,
    /// The members of the views that it has installed, by group and view.
    views: BTreeMap<(String, String), Vec<String>>,
}

impl Sense {
    /// It is asked for an operation.
    pub fn invoked(&mut self, operation: u64) {
        self.invoked.insert(operation);
    }

    /// It has been restarted: what it was asked before, it will not answer.
    pub fn restarted(&mut self) {
        self.invoked.clear();
    }

    /// Whether what it says makes sense.
    ///
    /// # Errors
    /// Why it does not.
    pub fn check(&mut self, told: &Told) -> Result<(), String> {
        match told {
            Told::Respond { op_id, .. } if !self.invoked.remove(op_id) => {
                Err(format!("operation {op_id} has an answer already, or nobody asked for it"))
            }
            Told::View { view, members, group, .. } => {
                let name = (group.clone().unwrap_or_default(), text(view));
                match self.views.entry(name).or_insert_with(|| members.clone()) == members {
                    true => Ok(()),
                    false => {
                        Err(format!("view {} had other members when it came first", text(view)))
                    }
                }
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn told(body: serde_json::Value) -> Told {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn an_operation_is_answered_once_and_only_if_it_was_asked_for() {
        let mut sense = Sense::default();
        let answer = told(json!({"type": "respond", "op_id": 4, "result": 1}));
        assert!(sense.check(&answer).is_err());
        sense.invoked(4);
        assert_eq!(sense.check(&answer), Ok(()));
        assert!(sense.check(&answer).is_err_and(|why| why.contains("operation 4")));
        sense.invoked(4);
        sense.restarted();
        assert!(sense.check(&answer).is_err());
    }

    #[test]
    fn a_view_has_one_membership() {
        let mut sense = Sense::default();
        let view = |members: &[&str]| told(json!({"type": "view", "view": 1, "members": members}));
        assert_eq!(sense.check(&view(&["n1", "n2"])), Ok(()));
        assert_eq!(sense.check(&view(&["n1", "n2"])), Ok(()));
        assert!(sense.check(&view(&["n1"])).is_err_and(|why| why.contains("view 1")));
    }
}
