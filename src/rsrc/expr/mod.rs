#![forbid(unsafe_code)]
//! viFindRsrc expressions (VPP-4.3, section 4.4): a pattern for the name, and behind it in braces
//! a condition on attributes.
//!
//! What the standard leaves open, decided here:
//!
//! - An expression has at most 256 characters and nests at most 32 deep; beyond is
//!   VI_ERROR_INV_EXPR. Matching takes time proportional to expression times name, whatever the
//!   expression.
//! - Every operand must be there: an empty expression, group, list or alternative is
//!   VI_ERROR_INV_EXPR, and so are a repeated `*` or `+`, a range that runs backwards, and a `)`,
//!   `]` or `}` that closes nothing. Write such characters with `\`.
//! - Patterns and quoted strings compare without regard to case, as names do (rule 4.3.17).
//! - Blanks are ignored before `{`, within the braces and behind `}`.
//! - An attribute that is unknown, or that each session has for itself, is VI_ERROR_INV_EXPR. So
//!   is `<` or `>` with a quoted string.
//! - A resource that lacks an attribute answers neither yes nor no to a test of it: `!` does not
//!   turn that into yes, but `||` may find its yes on the other side. Likewise where a number is
//!   compared with a string.

mod condition;
mod pattern;
#[cfg(test)]
mod tests;

use crate::attr::Attr;
use crate::attr::Scope;
use crate::attr::TABLE;
use crate::attr::Value;
use crate::attr::by_name;
use crate::rsrc::ResourceName;
use crate::status::{Error, Result, VI_ERROR_INV_EXPR, fail};

use condition::Condition;
use pattern::Pattern;

/// Longest expression, in characters.
const MAX_LENGTH: usize = 256;
/// Deepest nesting of groups, negations and parentheses.
const MAX_DEPTH: u32 = 32;

/// A parsed expression.
#[derive(Clone, Debug)]
pub struct Expression {
    pattern: Pattern,
    condition: Option<Condition>,
}

impl Expression {
    /// Parses an expression.
    ///
    /// # Errors
    /// VI_ERROR_INV_EXPR.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_with(text, &is_global)
    }

    /// Parses an expression whose attributes `is_global` knows: `None` for no such attribute,
    /// false for one that each session has for itself.
    ///
    /// # Errors
    /// VI_ERROR_INV_EXPR.
    pub fn parse_with(text: &str, is_global: &dyn Fn(&str) -> Option<bool>) -> Result<Self> {
        if text.chars().count() > MAX_LENGTH {
            return fail(VI_ERROR_INV_EXPR, "expression longer than 256 characters");
        }
        let (pattern, rest) = pattern::parse(text)?;
        let condition = match rest {
            Some(rest) => Some(condition::parse(rest, is_global)?),
            None => None,
        };
        Ok(Self { pattern, condition })
    }

    /// Whether the pattern matches the whole of a canonical name.
    pub fn matches_name(&self, canonical: &str) -> bool {
        self.pattern.matches(canonical)
    }

    /// Whether anything that begins with `start` and goes on can match: a search that brings only
    /// such names may be worth its time.
    pub fn may_begin(&self, start: &str) -> bool {
        self.pattern.may_begin(start)
    }

    /// Whether there is a condition, so that a name alone may not suffice.
    pub fn has_condition(&self) -> bool {
        self.condition.is_some()
    }

    /// Whether the condition holds, where `get` gives an attribute's value by its name in the
    /// standard, or `None` when the resource lacks it. `get` is asked from left to right and only
    /// as far as needed. Without a condition: true.
    pub fn condition_holds(&self, get: &dyn Fn(&str) -> Option<Value>) -> bool {
        self.answer(get) == Some(true)
    }

    /// The same, with `None` where it hangs on attributes that are lacking.
    pub fn answer(&self, get: &dyn Fn(&str) -> Option<Value>) -> Option<bool> {
        self.condition.as_ref().map_or(Some(true), |condition| condition.answer(get))
    }

    /// Whether the expression matches `name`, judged by what follows from the name alone.
    pub fn matches(&self, name: &ResourceName) -> bool {
        self.matches_name(name.canonical())
            && self.condition_holds(&|attribute| {
                let row = by_name(attribute, name.kind())?;
                if row.scope == Scope::Global { name.attribute(row.id) } else { None }
            })
    }
}

/// Whether an attribute of this name exists and is global on some class. A name without width
/// stands for its wide form too.
fn is_global(name: &str) -> Option<bool> {
    let named = |row: &&Attr| row.name == name || row.name.strip_suffix("_64") == Some(name);
    let mut rows = TABLE.iter().filter(named).peekable();
    rows.peek()?;
    Some(rows.any(|row| row.scope == Scope::Global))
}

const fn invalid(at: &'static str) -> Error {
    Error::new(VI_ERROR_INV_EXPR, at)
}
