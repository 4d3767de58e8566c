//! Expressions: what the service makes of them, and what its judge, who reads them in another way,
//! makes of the same.

use pepperland_checkers::services::expressions;
use pepperland_impls::services::arithmetic::expression::{Arithmetic, Failure};
use proptest::prelude::*;

fn value(text: &str) -> Result<String, Failure> {
    Arithmetic::default().evaluate(text)
}

#[test]
fn division_is_exact_and_binds_tighter_than_addition() {
    let exact = [("3+5-4/3*4", "8/3"), ("2*(3+4)", "14"), ("-6/4", "-3/2"), ("7 / 7", "1")];
    for (text, expected) in exact {
        assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
    }
}

#[test]
fn the_flaws_are_other_arithmetics() {
    let python_2 = Arithmetic { integer_division: true, ..Arithmetic::default() };
    assert_eq!(python_2.evaluate("3+5-4/3*4").as_deref(), Ok("4"));
    assert_eq!(python_2.evaluate("-4/3").as_deref(), Ok("-2"));
    let calculator = Arithmetic { precedence_ignored: true, ..Arithmetic::default() };
    assert_eq!(calculator.evaluate("2+3*4").as_deref(), Ok("20"));
    assert_eq!(calculator.evaluate("2+(3*4)").as_deref(), Ok("14"));
}

#[test]
fn hostile_texts_are_answered() {
    let nested = |depth| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(value(&nested(50)).as_deref(), Ok("1"));
    assert_eq!(value(&nested(51)), Err(Failure::TooDeep));
    assert_eq!(value(&"(".repeat(1_000_000)), Err(Failure::TooLong));
    assert_eq!(value(&"-".repeat(1_000)), Err(Failure::Malformed));
    assert_eq!(value(&format!("{}1", "1-".repeat(499))).as_deref(), Ok("-498"));
    assert_eq!(value(&"9".repeat(1_000)), Err(Failure::Overflow));
    for text in ["\u{0}", "1\n+1", "１", "1e9", "0x10", "1;2", "__import__"] {
        assert_eq!(value(text), Err(Failure::Malformed), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 2_000,
        ..ProptestConfig::default()
    })]
    #[test]
    fn it_says_what_its_judge_says(
        text in "[0-9+*/() -]{0,14}|[(]?-?[0-9]{1,3}([)]?[+*/-]-?[(]?[0-9]{1,19}[)]?){0,8}|.{0,20}",
    ) {
        let judged = expressions::answer(&text).map_err(str::to_owned);
        prop_assert_eq!(value(&text).map_err(|why| why.to_string()), judged, "{}", text);
    }
}
