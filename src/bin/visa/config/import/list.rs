#![forbid(unsafe_code)]
//! Lists of aliases, as people and spreadsheets write them.

use visa::rsrc::ResourceName;

use crate::config::import::Line;
use crate::config::import::Outcome;
use crate::config::import::Wish;

/// What stands between a word and its resource.
const SEPARATORS: [char; 4] = ['=', ',', ';', '\t'];

/// What the lines of a list say. Empty lines and comments say nothing.
pub fn lines(text: &str) -> Vec<Line> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line.trim()));
    let telling = numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', ';']));
    telling.map(|(number, line)| Line { number, text: line.to_owned(), wish: wish(line) }).collect()
}

fn wish(line: &str) -> Result<Wish, Outcome> {
    let is_name = |text: &str| ResourceName::parse(text).is_ok();
    if is_name(unquoted(line)) {
        return Ok(Wish::Resource(unquoted(line).to_owned()));
    }
    let mut odd = "no word and resource".to_owned();
    for separator in SEPARATORS {
        let Some((one, other)) = split(line, separator) else { continue };
        let (one, other) = (unquoted(one), unquoted(other));
        match (is_name(one), is_name(other)) {
            (false, true) => return alias(one, other),
            (true, false) => return alias(other, one),
            (true, true) => odd = "two resources".to_owned(),
            (false, false) => odd = format!("neither {one:?} nor {other:?} is a resource's name"),
        }
    }
    Err(Outcome::Unclear(odd))
}

fn alias(word: &str, resource: &str) -> Result<Wish, Outcome> {
    Ok(Wish::Alias { word: word.to_owned(), resource: resource.to_owned() })
}

/// The two parts of a line, separated where no quotes are open; `None` unless there are two.
fn split(line: &str, separator: char) -> Option<(&str, &str)> {
    let mut open = None;
    let mut places = line.char_indices().filter(|(_, c)| {
        match open {
            Some(quote) if quote == *c => open = None,
            None if matches!(c, '"' | '\'') => open = Some(*c),
            _ => {}
        }
        open.is_none() && *c == separator
    });
    let (place, _) = places.next()?;
    // The = of a word may come again in what follows; a third column would be lost.
    if separator != '=' && places.next().is_some() {
        return None;
    }
    Some((&line[..place], &line[place + separator.len_utf8()..]))
}

fn unquoted(text: &str) -> &str {
    let text = text.trim();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
