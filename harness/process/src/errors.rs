//! The codes of answers of type `error`, as docs/line-protocol.md has them.

/// There is nobody of this name.
pub const NODE_NOT_FOUND: i64 = 1;
/// The request is of a kind that is not known here.
pub const NOT_SUPPORTED: i64 = 10;
/// The request lacks what requests of its kind have.
pub const MALFORMED: i64 = 12;
/// The key does not exist.
pub const NO_SUCH_KEY: i64 = 20;
/// What was found is not what was expected.
pub const PRECONDITION_FAILED: i64 = 22;

/// Codes that say: this did not happen, and it will not.
const DEFINITE: &[i64] =
    &[NODE_NOT_FOUND, NOT_SUPPORTED, 11, MALFORMED, 14, NO_SUCH_KEY, 21, PRECONDITION_FAILED, 30];

/// Whether an error of this code says that the operation did not happen and will not. After any
/// other it may have, or may yet.
pub fn is_definite(code: i64) -> bool {
    DEFINITE.contains(&code)
}
