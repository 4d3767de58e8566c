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

#[cfg(test)]
pub mod tests {
    use pepperland_core::checker::{Binds, Checker, Class};
    use pepperland_core::verdict::Verdict;

    /// A record of a property.
    pub const TOTAL_ORDER: Checker = Checker {
        property: "total-order",
        number: "OR4",
        statement: "if correct p and q both deliver m and m', they deliver them in the same order",
        source: "Hadzilacos & Toueg 1994",
        class: Class::Safety,
        binds: Binds::Correct,
        models: &[],
        cost: "O(events)",
        needs: &[],
        given: &[],
        check: |_| Verdict::undecided("made by hand"),
    };
}
