#![forbid(unsafe_code)]
//! The condition of an expression: `VI_ATTR_X == 1 && !(VI_ATTR_Y == "text" || ...)`.

use super::pattern::BLANKS;
use super::{MAX_DEPTH, invalid};
use crate::attr::Value;
use crate::status::Result;

/// A parsed condition.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Test { attribute: String, comparison: Comparison, value: Value },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    LessOrEqual,
    GreaterOrEqual,
    Less,
    Greater,
}

/// In the order of trying: `<=` before `<`.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// Parses from behind the `{` to the end of the expression.
pub(super) fn parse(text: &str, is_global: &dyn Fn(&str) -> Option<bool>) -> Result<Condition> {
    let mut parser = Parser { rest: text, is_global };
    let condition = parser.any(0)?;
    if !parser.takes("}") {
        return Err(invalid("'{' without '}'"));
    }
    if !parser.rest.trim_start_matches(BLANKS).is_empty() {
        return Err(invalid("text behind the condition"));
    }
    Ok(condition)
}

struct Parser<'a> {
    rest: &'a str,
    is_global: &'a dyn Fn(&str) -> Option<bool>,
}

impl<'a> Parser<'a> {
    /// Takes `token`, and blanks before it, when it comes next.
    fn takes(&mut self, token: &str) -> bool {
        let rest = self.rest.trim_start_matches(BLANKS).strip_prefix(token);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// `all || all ...`
    fn any(&mut self, depth: u32) -> Result<Condition> {
        let mut terms = vec![self.all(depth)?];
        while self.takes("||") {
            terms.push(self.all(depth)?);
        }
        Ok(Condition::Any(terms))
    }

    /// `one && one ...`
    fn all(&mut self, depth: u32) -> Result<Condition> {
        let mut terms = vec![self.one(depth)?];
        while self.takes("&&") {
            terms.push(self.one(depth)?);
        }
        Ok(Condition::All(terms))
    }

    /// `!one`, `(any)` or a test.
    fn one(&mut self, depth: u32) -> Result<Condition> {
        if depth > MAX_DEPTH {
            return Err(invalid("condition nested too deep"));
        }
        if self.takes("!") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") { Ok(inner) } else { Err(invalid("'(' without ')'")) };
        }
        self.test()
    }

    /// `attribute comparison value`
    fn test(&mut self) -> Result<Condition> {
        let attribute = self.word();
        match (self.is_global)(attribute) {
            Some(true) => {}
            Some(false) => return Err(invalid("attribute is not global")),
            None => return Err(invalid("no such attribute")),
        }
        let comparison = COMPARISONS.into_iter().find(|(token, _)| self.takes(token));
        let (_, comparison) = comparison.ok_or(invalid("comparison expected"))?;
        let value = self.value()?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        if ordered && matches!(value, Value::Text(_)) {
            return Err(invalid("strings have no order"));
        }
        Ok(Condition::Test { attribute: attribute.to_owned(), comparison, value })
    }

    /// Letters, digits and underscores; perhaps none.
    fn word(&mut self) -> &'a str {
        let rest = self.rest.trim_start_matches(BLANKS);
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
        self.rest = rest;
        word
    }

    /// A quoted string, or a number: decimal with or without `-`, or hexadecimal with `0x`.
    fn value(&mut self) -> Result<Value> {
        for quote in ["\"", "'"] {
            if self.takes(quote) {
                let (text, rest) = self.rest.split_once(quote).ok_or(invalid("open quote"))?;
                self.rest = rest;
                return Ok(text.into());
            }
        }
        let negative = self.takes("-");
        if negative && self.rest.starts_with(BLANKS) {
            return Err(invalid("blank behind '-'"));
        }
        let word = self.word();
        let hexadecimal = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
        let number = match hexadecimal {
            Some(_) if negative => None,
            // Unsigned 64-bit attributes travel with the same bits.
            Some(digits) => u64::from_str_radix(digits, 16).ok().map(|bits| bits as i64),
            None if negative => word.parse::<u64>().ok().and_then(|n| 0i64.checked_sub_unsigned(n)),
            None => word.parse::<u64>().ok().map(|bits| bits as i64),
        };
        number.map(Value::Number).ok_or(invalid("number or quoted string expected"))
    }
}

impl Condition {
    /// Yes, no, or `None` when the resource lacks what would decide.
    pub(super) fn answer(&self, get: &dyn Fn(&str) -> Option<Value>) -> Option<bool> {
        match self {
            Self::Any(terms) => decide(terms, true, get),
            Self::All(terms) => decide(terms, false, get),
            Self::Not(inner) => inner.answer(get).map(|yes| !yes),
            Self::Test { attribute, comparison, value } => {
                compare(&get(attribute)?, *comparison, value)
            }
        }
    }
}

/// The first term that answers `decisive` decides; failing that, one without answer leaves all
/// without.
fn decide(
    terms: &[Condition],
    decisive: bool,
    get: &dyn Fn(&str) -> Option<Value>,
) -> Option<bool> {
    let mut answer = Some(!decisive);
    for term in terms {
        match term.answer(get) {
            Some(yes) if yes == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

fn compare(actual: &Value, comparison: Comparison, wanted: &Value) -> Option<bool> {
    match (actual, wanted) {
        (Value::Number(a), Value::Number(b)) => Some(match comparison {
            Comparison::Equal => a == b,
            Comparison::NotEqual => a != b,
            Comparison::LessOrEqual => a <= b,
            Comparison::GreaterOrEqual => a >= b,
            Comparison::Less => a < b,
            Comparison::Greater => a > b,
        }),
        (Value::Text(a), Value::Text(b)) => match comparison {
            Comparison::Equal => Some(a.eq_ignore_ascii_case(b)),
            Comparison::NotEqual => Some(!a.eq_ignore_ascii_case(b)),
            _ => None,
        },
        _ => None,
    }
}
