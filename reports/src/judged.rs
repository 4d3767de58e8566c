//! A verdict as it is to be told.

use pepperland_core::checker::Checker;
use pepperland_core::verdict::Verdict;

/// What one property's checker says of one history.
#[derive(Copy, Clone)]
pub struct Judged<'a> {
    /// What the history is called.
    pub name: &'a str,
    /// The property.
    pub checker: &'a Checker,
    /// What its checker says.
    pub verdict: &'a Verdict,
    /// Whether it was judged although the environment broke its promises.
    pub beyond_model: bool,
}

impl<'a> Judged<'a> {
    /// A verdict within the model.
    pub fn of(name: &'a str, checker: &'a Checker, verdict: &'a Verdict) -> Judged<'a> {
        Judged { name, checker, verdict, beyond_model: false }
    }
}
