//! Arithmetic expressions and their exact values, as the answers of an arithmetic service are
//! judged by them.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = "-" factor | number | "(" expression ")"
//! number     = digit { digit }
//! ```
//!
//! Blanks and tabs between these are nothing. Values are fractions in lowest terms. What has none
//! is told by the first of these that is true: the text is longer than 1,000 bytes (*too long*);
//! more than 50 parentheses are open somewhere (*too deep*); it is no expression (*malformed*); and
//! then whatever comes first where operands are worked out before their operator, and the left one
//! before the right one: a *division by zero*, or an *overflow*, of a number, a numerator or a
//! denominator beyond 2^63 - 1.

use std::fmt;

/// The longest text, in bytes.
const LONGEST: usize = 1_000;

/// How many parentheses may be open.
const DEEPEST: i32 = 50;

/// The value of an expression, as `8/3` or `-4`, or why it has none. O(length).
///
/// # Errors
/// `too long`, `too deep`, `malformed`, `division by zero` or `overflow`.
pub fn answer(text: &str) -> Result<String, &'static str> {
    if text.len() > LONGEST {
        return Err("too long");
    }
    if deepest(text) > DEEPEST {
        return Err("too deep");
    }
    let program = postfix(text).ok_or("malformed")?;
    run(&program).map(|value| value.to_string())
}

fn deepest(text: &str) -> i32 {
    let opened = |c| i32::from(c == b'(') - i32::from(c == b')');
    let depths = text.bytes().scan(0, |depth, c| {
        *depth += opened(c);
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

/// What stands in an expression, but for the closing parenthesis.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Word {
    /// None if it is too great.
    Number(Option<i64>),
    Open,
    Negate,
    Binary(u8),
}

impl Word {
    /// How tightly it binds.
    fn strength(self) -> u8 {
        match self {
            Word::Open | Word::Number(_) => 0,
            Word::Binary(b'+' | b'-') => 1,
            Word::Binary(_) => 2,
            Word::Negate => 3,
        }
    }
}

/// The expression with each operator after its operands, by the shunting yard (Dijkstra 1961).
fn postfix(text: &str) -> Option<Vec<Word>> {
    let (mut program, mut waiting) = (Vec::new(), Vec::<Word>::new());
    let mut wants_operand = true;
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b' ' | b'\t' => {}
            b'0'..=b'9' if wants_operand => {
                let more = rest.iter().take_while(|c| c.is_ascii_digit()).count();
                let digits = &text[text.len() - rest.len() - 1..][..=more];
                rest = &rest[more..];
                program.push(Word::Number(digits.parse().ok()));
                wants_operand = false;
            }
            b'-' if wants_operand => waiting.push(Word::Negate),
            b'(' if wants_operand => waiting.push(Word::Open),
            b')' if !wants_operand => loop {
                match waiting.pop()? {
                    Word::Open => break,
                    inside => program.push(inside),
                }
            },
            b'+' | b'-' | b'*' | b'/' if !wants_operand => {
                let operator = Word::Binary(*first);
                while let Some(stronger) = waiting.pop_if(|w| w.strength() >= operator.strength()) {
                    program.push(stronger);
                }
                waiting.push(operator);
                wants_operand = true;
            }
            _ => return None,
        }
    }
    program.extend(waiting.iter().rev());
    (!wants_operand && !waiting.contains(&Word::Open)).then_some(program)
}

fn run(program: &[Word]) -> Result<Fraction, &'static str> {
    let mut values: Vec<Fraction> = Vec::new();
    for word in program {
        let mut operand = || values.pop().expect("an operator stands after its operands");
        let value = match word {
            Word::Number(number) => Fraction::of(i128::from(number.ok_or("overflow")?), 1),
            Word::Negate => operand().minus(),
            Word::Open => continue,
            Word::Binary(operator) => {
                let right = operand();
                operand().with(*operator, right)?
            }
        };
        values.push(value.within_limits()?);
    }
    Ok(values.pop().expect("an expression has a value"))
}

/// A fraction in lowest terms, the denominator above zero.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    fn of(numerator: i128, denominator: i128) -> Fraction {
        let (mut a, mut b) = (numerator.abs(), denominator.abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a * denominator.signum();
        Fraction { numerator: numerator / divisor, denominator: denominator / divisor }
    }

    fn minus(self) -> Fraction {
        Fraction { numerator: -self.numerator, ..self }
    }

    /// Both are within limits, so that no product of two of their terms, nor the sum of two such
    /// products, leaves 128 bits.
    fn with(self, operator: u8, other: Fraction) -> Result<Fraction, &'static str> {
        let (a, b) = (self.numerator, self.denominator);
        let (c, d) = (other.numerator, other.denominator);
        Ok(match operator {
            b'+' => Fraction::of(a * d + c * b, b * d),
            b'-' => Fraction::of(a * d - c * b, b * d),
            b'*' => Fraction::of(a * c, b * d),
            _ if c == 0 => return Err("division by zero"),
            _ => Fraction::of(a * d, b * c),
        })
    }

    fn within_limits(self) -> Result<Fraction, &'static str> {
        let most = i128::from(i64::MAX);
        let fits = self.numerator.abs() <= most && self.denominator <= most;
        if fits { Ok(self) } else { Err("overflow") }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::oracle::naive;
    use proptest::prelude::*;

    #[test]
    fn values_are_exact() {
        let cases = [
            ("3+5-4/3*4", "8/3"),
            ("2+3*4", "14"),
            ("(2+3)*4", "20"),
            ("8/4/2", "1"),
            ("-(2-5)*--1", "3"),
            (" 2\t- -2 ", "4"),
            ("4/-6", "-2/3"),
            ("-9223372036854775807", "-9223372036854775807"),
            ("0/5", "0"),
        ];
        for (text, value) in cases {
            assert_eq!(answer(text).as_deref(), Ok(value), "{text}");
        }
    }

    #[test]
    fn what_has_no_value_says_why() {
        let malformed = ["", " ", "1 2", "1+", "*1", "(1", "1)", "()", "1(2)", "2**3", "1.5", "x"];
        for text in malformed {
            assert_eq!(answer(text), Err("malformed"), "{text}");
        }
        for text in ["1/0", "1/(2-2)", "1/0+9223372036854775808"] {
            assert_eq!(answer(text), Err("division by zero"), "{text}");
        }
        for text in ["9223372036854775808", "9223372036854775807+1", "1/9223372036854775807/2"] {
            assert_eq!(answer(text), Err("overflow"), "{text}");
        }
        assert_eq!(answer("1/0+"), Err("malformed"));
        let nested = |depth| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(
            (answer(&nested(50)).as_deref(), answer(&nested(51))),
            (Ok("1"), Err("too deep"))
        );
        assert_eq!(
            (answer(&"1".repeat(1_000)), answer(&"1".repeat(1_001))),
            (Err("overflow"), Err("too long"))
        );
        let minus = |length: usize| format!("{}1", "-".repeat(length - 1));
        assert_eq!(answer(&minus(1_000)).as_deref(), Ok("-1"));
    }

    proptest! {
        #[test]
        fn the_fast_way_says_what_the_slow_way_says(
            text in prop_oneof![
                "[0-9+*/() -]{0,14}",
                "[1-9](([+*/-]|/0-|[*]-)[(]?[0-9][)]?){0,6}",
                "[0-9]{17,20}([*/+-][0-9]{17,20}){0,2}",
            ],
        ) {
            prop_assert_eq!(answer(&text), naive(&text), "{}", text);
        }
    }
}
