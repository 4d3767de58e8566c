//! The words of atomic commitment.
//!
//! A vote is true, `yes` or `commit`, or else false, `no` or `abort`; the outcome is `commit` or
//! `abort`. Capitals make no difference.

use serde_json::Value;

/// Whether a proposal votes to commit; none if it is no vote.
pub fn vote(value: &Value) -> Option<bool> {
    let is = |word: &str, words: &[&str]| words.iter().any(|w| word.eq_ignore_ascii_case(w));
    match value {
        Value::Bool(vote) => Some(*vote),
        Value::String(word) if is(word, &["yes", "commit"]) => Some(true),
        Value::String(word) if is(word, &["no", "abort"]) => Some(false),
        _ => None,
    }
}

/// Whether a decision is to commit; none if it is none of the outcomes.
pub fn outcome(value: &Value) -> Option<bool> {
    let word = value.as_str()?;
    let is = |outcome: &str| word.eq_ignore_ascii_case(outcome);
    is("commit").then_some(true).or_else(|| is("abort").then_some(false))
}
