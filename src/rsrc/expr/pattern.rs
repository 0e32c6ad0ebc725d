#![forbid(unsafe_code)]
//! The pattern of an expression: parsed to a tree, compiled to an automaton, and matched by
//! following all its paths at once, so that no pattern takes long.

use std::iter::Peekable;
use std::str::Chars;

use super::{MAX_DEPTH, invalid};
use crate::status::Result;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    states: Vec<State>,
    start: usize,
}

#[derive(Clone, Debug)]
enum State {
    /// The name must end here.
    End,
    /// One character of the set, then on.
    One(Set, usize),
    /// On with either, without a character.
    Either(usize, usize),
}

/// A set of characters, by ranges. Letters are in it when either case is.
#[derive(Clone, Debug)]
struct Set {
    negated: bool,
    ranges: Vec<(char, char)>,
}

impl Set {
    fn any() -> Self {
        Self { negated: true, ranges: Vec::new() }
    }

    fn only(c: char) -> Self {
        Self { negated: false, ranges: vec![(c, c)] }
    }

    fn has(&self, c: char) -> bool {
        let cases = [c.to_ascii_lowercase(), c.to_ascii_uppercase()];
        let listed = |(low, high): &(char, char)| cases.iter().any(|c| (low..=high).contains(&c));
        self.ranges.iter().any(listed) != self.negated
    }
}

/// A pattern as written.
enum Tree {
    One(Set),
    Sequence(Vec<Tree>),
    Alternatives(Vec<Tree>),
    /// `*`, or `+` when it must come once.
    Repeat {
        body: Box<Tree>,
        once: bool,
    },
}

/// Parses up to the end or a `{`; what follows the `{` is the second half of the answer.
pub(super) fn parse(text: &str) -> Result<(Pattern, Option<&str>)> {
    let (text, condition) = match condition_start(text) {
        Some(at) => (text[..at].trim_end_matches(BLANKS), Some(&text[at + 1..])),
        None => (text, None),
    };
    let mut chars = text.chars().peekable();
    let tree = alternatives(&mut chars, 0)?;
    if chars.next().is_some() {
        return Err(invalid("')' without '('"));
    }
    let mut states = vec![State::End];
    let start = compile(&tree, 0, &mut states);
    Ok((Pattern { states, start }, condition))
}

pub(super) const BLANKS: [char; 2] = [' ', '\t'];

/// Where the `{` stands that is neither escaped nor in a list.
fn condition_start(text: &str) -> Option<usize> {
    let (mut escaped, mut in_list) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => in_list = true,
            ']' => in_list = false,
            '{' if !in_list => return Some(at),
            _ => {}
        }
    }
    None
}

type Source<'a> = Peekable<Chars<'a>>;

/// Sequences with `|` between them: it has the lowest precedence.
fn alternatives(chars: &mut Source, depth: u32) -> Result<Tree> {
    if depth > MAX_DEPTH {
        return Err(invalid("groups nested too deep"));
    }
    let mut choices = vec![sequence(chars, depth)?];
    while chars.next_if_eq(&'|').is_some() {
        choices.push(sequence(chars, depth)?);
    }
    Ok(Tree::Alternatives(choices))
}

/// Pieces up to a `|`, a `)` or the end.
fn sequence(chars: &mut Source, depth: u32) -> Result<Tree> {
    let mut pieces = Vec::new();
    while chars.peek().is_some_and(|c| !matches!(c, '|' | ')')) {
        let piece = piece(chars, depth)?;
        pieces.push(match chars.next_if(|c| matches!(c, '*' | '+')) {
            Some(operator) => Tree::Repeat { body: Box::new(piece), once: operator == '+' },
            None => piece,
        });
    }
    if pieces.is_empty() { Err(invalid("empty operand")) } else { Ok(Tree::Sequence(pieces)) }
}

/// A character, a list or a group: what `*` and `+` apply to.
fn piece(chars: &mut Source, depth: u32) -> Result<Tree> {
    match chars.next() {
        Some('?') => Ok(Tree::One(Set::any())),
        Some('\\') => match chars.next() {
            Some(c) => Ok(Tree::One(Set::only(c))),
            None => Err(invalid("'\\' at the end")),
        },
        Some('[') => Ok(Tree::One(list(chars)?)),
        Some('(') => {
            let group = alternatives(chars, depth + 1)?;
            match chars.next() {
                Some(')') => Ok(group),
                _ => Err(invalid("'(' without ')'")),
            }
        }
        Some('*' | '+') => Err(invalid("nothing to repeat")),
        Some(']' | '}') => Err(invalid("']' or '}' that closes nothing")),
        Some(c) => Ok(Tree::One(Set::only(c))),
        None => Err(invalid("empty operand")),
    }
}

/// A list, from behind its `[`.
fn list(chars: &mut Source) -> Result<Set> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = match listed(chars)? {
            Listed::End => break,
            Listed::Char(c) => c,
        };
        // A '-' is a range between two characters, and itself before the closing bracket.
        let mut ahead = chars.clone();
        let high = match (ahead.next(), ahead.peek()) {
            (Some('-'), Some(c)) if *c != ']' => {
                chars.next();
                match listed(chars)? {
                    Listed::Char(high) => high,
                    Listed::End => low,
                }
            }
            _ => low,
        };
        if high < low {
            return Err(invalid("range runs backwards"));
        }
        ranges.push((low, high));
    }
    if ranges.is_empty() { Err(invalid("empty list")) } else { Ok(Set { negated, ranges }) }
}

enum Listed {
    Char(char),
    End,
}

fn listed(chars: &mut Source) -> Result<Listed> {
    match chars.next() {
        Some(']') => Ok(Listed::End),
        Some('\\') => chars.next().map(Listed::Char).ok_or(invalid("'\\' at the end")),
        Some(c) => Ok(Listed::Char(c)),
        None => Err(invalid("'[' without ']'")),
    }
}

/// Adds the states of `tree`, with `next` behind it; gives the state where it begins.
fn compile(tree: &Tree, next: usize, states: &mut Vec<State>) -> usize {
    match tree {
        Tree::One(set) => add(State::One(set.clone(), next), states),
        Tree::Sequence(pieces) => {
            pieces.iter().rev().fold(next, |next, piece| compile(piece, next, states))
        }
        Tree::Alternatives(choices) => {
            let starts: Vec<usize> =
                choices.iter().map(|choice| compile(choice, next, states)).collect();
            let both = |a, b| add(State::Either(a, b), states);
            starts.into_iter().reduce(both).unwrap_or(next)
        }
        Tree::Repeat { body, once } => {
            let again = add(State::End, states);
            let body = compile(body, again, states);
            states[again] = State::Either(body, next);
            if *once { body } else { again }
        }
    }
}

fn add(state: State, states: &mut Vec<State>) -> usize {
    states.push(state);
    states.len() - 1
}

impl Pattern {
    /// Whether the whole of `name` matches.
    pub(super) fn matches(&self, name: &str) -> bool {
        let reached = self.after(name);
        reached.list.iter().any(|&state| matches!(self.states[state], State::End))
    }

    /// Whether anything that begins with `start` and goes on can match.
    pub(super) fn may_begin(&self, start: &str) -> bool {
        let reached = self.after(start);
        reached.list.iter().any(|&state| matches!(self.states[state], State::One(..)))
    }

    /// The states that are reached by the characters of `text`.
    fn after(&self, text: &str) -> Reached {
        let mut now = Reached::none(self);
        now.add(self.start, self);
        for c in text.chars() {
            let mut then = Reached::none(self);
            for &state in &now.list {
                if let State::One(set, next) = &self.states[state]
                    && set.has(c)
                {
                    then.add(*next, self);
                }
            }
            now = then;
        }
        now
    }
}

/// The states that some path has reached, each once.
struct Reached {
    list: Vec<usize>,
    seen: Vec<bool>,
}

impl Reached {
    fn none(pattern: &Pattern) -> Self {
        Self { list: Vec::new(), seen: vec![false; pattern.states.len()] }
    }

    /// Adds `state` and all that it leads to without a character.
    fn add(&mut self, state: usize, pattern: &Pattern) {
        let mut pending = vec![state];
        while let Some(state) = pending.pop() {
            if std::mem::replace(&mut self.seen[state], true) {
                continue;
            }
            self.list.push(state);
            if let State::Either(a, b) = pattern.states[state] {
                pending.extend([a, b]);
            }
        }
    }
}
