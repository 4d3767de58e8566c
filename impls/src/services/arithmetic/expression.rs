//! Arithmetic expressions, worked out exactly while they are read.
//!
//! ```text
//! expression = term { ("+" | "-") term }
//! term       = factor { ("*" | "/") factor }
//! factor     = "-" factor | number | "(" expression ")"
//! number     = digit { digit }
//! ```
//!
//! Blanks and tabs are skipped. Values are fractions in lowest terms. What is no expression is
//! refused before anything is said of its value. A text is at most `LONGEST` bytes long and opens
//! at most `DEEPEST` parentheses at once, so that no text costs much time or stack.

use num_rational::Ratio;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The longest text, in bytes.
const LONGEST: usize = 1_000;

/// How many parentheses may be open at once.
const DEEPEST: i32 = 50;

/// The greatest numerator or denominator, so that their products fit into 128 bits.
const GREATEST: i128 = i64::MAX as i128;

/// Why an expression has no value.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub enum Failure {
    /// It has too many bytes.
    TooLong,
    /// Too many parentheses are open at once.
    TooDeep,
    /// It is no expression.
    Malformed,
    /// Something is divided by zero.
    DivisionByZero,
    /// A number, or a numerator or denominator on the way, is beyond 2^63 - 1.
    Overflow,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Failure::TooLong => "too long",
            Failure::TooDeep => "too deep",
            Failure::Malformed => "malformed",
            Failure::DivisionByZero => "division by zero",
            Failure::Overflow => "overflow",
        })
    }
}

/// What an expression comes to so far, if it is one.
type Worth = Result<Ratio<i128>, Failure>;

/// How expressions are worked out.
#[derive(Copy, Clone, Debug, Default)]
pub struct Arithmetic {
    /// A flaw: quotients are rounded down, as in Python 2.
    pub integer_division: bool,
    /// A flaw: operators are applied from left to right, whatever they are.
    pub precedence_ignored: bool,
}

impl Arithmetic {
    /// The value of an expression: `8/3`, or `-4` where the denominator is 1. O(length).
    ///
    /// # Errors
    /// Why it has none; of several reasons, the first that comes up where operands are worked out
    /// from left to right, and before their operator.
    pub fn evaluate(self, text: &str) -> Result<String, Failure> {
        if text.len() > LONGEST {
            return Err(Failure::TooLong);
        }
        if depth(text) > DEEPEST {
            return Err(Failure::TooDeep);
        }
        let mut reader = Reader { rest: text.as_bytes(), arithmetic: self };
        let worth = reader.expression().filter(|_| reader.peek().is_none());
        worth.unwrap_or(Err(Failure::Malformed)).map(|value| value.to_string())
    }

    fn apply(self, operator: u8, left: Ratio<i128>, right: Ratio<i128>) -> Worth {
        let value = match operator {
            b'+' => left + right,
            b'-' => left - right,
            b'*' => left * right,
            _ if *right.numer() == 0 => return Err(Failure::DivisionByZero),
            _ if self.integer_division => (left / right).floor(),
            _ => left / right,
        };
        let fits = value.numer().abs() <= GREATEST && *value.denom() <= GREATEST;
        if fits { Ok(value) } else { Err(Failure::Overflow) }
    }
}

/// How many parentheses are open at once.
fn depth(text: &str) -> i32 {
    let (mut depth, mut deepest) = (0, 0);
    for byte in text.bytes() {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        deepest = deepest.max(depth);
    }
    deepest
}

/// Reads by recursive descent. Each rule gives nothing if the text is not what it says.
struct Reader<'t> {
    rest: &'t [u8],
    arithmetic: Arithmetic,
}

impl Reader<'_> {
    fn expression(&mut self) -> Option<Worth> {
        match self.arithmetic.precedence_ignored {
            true => self.chain(b"+-*/", Reader::factor),
            false => self.chain(b"+-", Reader::term),
        }
    }

    fn term(&mut self) -> Option<Worth> {
        self.chain(b"*/", Reader::factor)
    }

    /// Operands between operators of one kind, applied from left to right.
    fn chain(&mut self, kind: &[u8], operand: fn(&mut Self) -> Option<Worth>) -> Option<Worth> {
        let mut worth = operand(self)?;
        while let Some(operator) = self.peek().filter(|next| kind.contains(next)) {
            self.skip();
            let right = operand(self)?;
            let apply = |left| right.and_then(|right| self.arithmetic.apply(operator, left, right));
            worth = worth.and_then(apply);
        }
        Some(worth)
    }

    fn factor(&mut self) -> Option<Worth> {
        let mut is_negative = false;
        while self.peek() == Some(b'-') {
            self.skip();
            is_negative = !is_negative;
        }
        let worth = match self.peek()? {
            b'(' => {
                self.skip();
                let inner = self.expression()?;
                self.peek().filter(|next| *next == b')')?;
                self.skip();
                inner
            }
            b'0'..=b'9' => self.number(),
            _ => return None,
        };
        Some(worth.map(|value| if is_negative { -value } else { value }))
    }

    fn number(&mut self) -> Worth {
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        let plus = |sum: i128, digit: &u8| {
            let sum = sum * 10 + i128::from(digit - b'0');
            (sum <= GREATEST).then_some(sum)
        };
        let value = digits.iter().try_fold(0, plus).ok_or(Failure::Overflow)?;
        Ok(Ratio::from_integer(value))
    }

    /// The next byte that is not blank; it is read by [`skip`](Reader::skip).
    fn peek(&mut self) -> Option<u8> {
        let blanks = self.rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.rest = &self.rest[blanks..];
        self.rest.first().copied()
    }

    fn skip(&mut self) {
        self.rest = &self.rest[1..];
    }
}
