//! What clients see: whether one object could have given their answers.

#[expect(clippy::module_inception, reason = "a property has a file of its name")]
mod linearizability;
mod sequential_consistency;

mod acyclic;
mod calls;
mod decide;
mod machine;
mod models;
mod queues;
mod registers;
mod search;
mod sets;
mod shrink;
mod tell;
pub mod values;
mod verdict;

#[cfg(test)]
pub mod oracle;
#[cfg(test)]
mod pictures;
#[cfg(test)]
pub mod small;

pub use calls::is_definite;
pub use verdict::linearizable;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[&linearizability::ENTRY, &sequential_consistency::ENTRY];

#[cfg(test)]
mod tests {
    macro_rules! model_tests {
        ($model:ident, $histories:expr) => {
            mod $model {
                use crate::crosscheck::{Family, family_tests};
                use crate::linearizability::{ALL, oracle, small};

                const FAMILY: Family =
                    Family { checkers: ALL, histories: $histories, oracle: oracle::rule };

                family_tests!(FAMILY);
            }
        };
    }

    #[test]
    fn nothing_makes_a_checker_panic() {
        let judged = std::cell::RefCell::new(std::collections::BTreeMap::new());
        crate::crosscheck::on_some(
            crate::crosscheck::cases(),
            super::small::garbage(),
            |history| {
                for checker in super::ALL {
                    *judged
                        .borrow_mut()
                        .entry(crate::cases::ruling(checker, history))
                        .or_insert(0) += 1;
                }
                Ok(())
            },
        );
        assert_eq!(judged.into_inner().len(), 3, "garbage of every kind");
    }

    model_tests!(register, small::register);
    model_tests!(unique_register, small::unique_register);
    model_tests!(keys, small::keys);
    model_tests!(counter, small::counter);
    model_tests!(set, small::set);
    model_tests!(queue, small::queue);
    model_tests!(stack, small::stack);
}
