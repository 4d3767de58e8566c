//! Answers that are worked out once and shared, one for each type.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

type Answer = Arc<dyn Any + Send + Sync>;

/// The answers so far. Threads that ask for one that is being worked out wait for it.
#[derive(Default)]
pub struct Memo {
    answers: Mutex<BTreeMap<TypeId, Arc<OnceLock<Answer>>>>,
}

impl Memo {
    /// The answer of this type.
    pub fn once<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        let answer = {
            let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
            answers.entry(TypeId::of::<T>()).or_default().clone()
        };
        let answer = answer.get_or_init(|| Arc::new(make()));
        answer.clone().downcast().unwrap_or_else(|_| unreachable!("answers are kept by their type"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_worked_out_once() {
        let memo = Memo::default();
        assert_eq!(*memo.once(|| 1_u8), 1);
        assert_eq!(*memo.once(|| 2_u8), 1);
        assert_eq!(*memo.once(|| u16::from(*memo.once(|| 3_u8)) + 1), 2);
    }
}
