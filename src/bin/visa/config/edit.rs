#![forbid(unsafe_code)]
//! Changes to the text of a configuration file. All that is not asked for stays as it is: comments,
//! order, blank lines. A comment beside an entry, or directly above it, belongs to the entry and
//! goes with it.

use std::ops::Range;

use toml_edit::Array;
use toml_edit::Document;
use toml_edit::DocumentMut;
use toml_edit::InlineTable;
use toml_edit::Item;
use toml_edit::Key;
use toml_edit::Table;
use toml_edit::TableLike;
use toml_edit::Value;
use visa::rsrc::ResourceName;

/// Why a text cannot be changed so, in words.
pub type Result<T> = std::result::Result<T, String>;

/// The text with its structure and the places of all parts.
///
/// # Errors
/// The line that is no TOML.
pub fn parsed(text: &str) -> Result<Document<&str>> {
    Document::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        format!("line {line} is no TOML: {}", error.message())
    })
}

/// The same, to be changed. Its last line ends as the others do.
fn editable(text: &str) -> Result<DocumentMut> {
    let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    Ok(parsed(&format!("{text}{end}"))?.into_mut())
}

/// The document as text, its lines ending as those of `text`, from which it came.
fn written(document: &DocumentMut, text: &str) -> String {
    match line_ending(text) {
        "\n" => document.to_string(),
        ending => document.to_string().replace('\n', ending),
    }
}

/// How the lines of a text end.
fn line_ending(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}

/// What stands at a path of keys.
pub fn find<'a>(table: &'a dyn TableLike, path: &[&str]) -> Option<(&'a Key, &'a Item)> {
    let (first, rest) = path.split_first()?;
    let (key, item) = table.get_key_value(first)?;
    match rest {
        [] => Some((key, item)),
        _ => find(item.as_table_like()?, rest),
    }
}

fn find_mut<'a>(table: &'a mut Table, path: &[&str]) -> Option<&'a mut Item> {
    let (first, rest) = path.split_first()?;
    let item = table.get_mut(first)?;
    if rest.is_empty() { Some(item) } else { find_mut(item.as_table_mut()?, rest) }
}

/// The text with `value` at the path, which may be there already. Tables that lack are made.
///
/// # Errors
/// A part of the path is no table, or the end of it is one.
pub fn set(text: &str, path: &[&str], value: Value) -> Result<String> {
    let mut document = editable(text)?;
    let Some((last, tables)) = path.split_last() else { return Err("no key".to_owned()) };
    // What stands at the end of the file stays above a section that is new.
    let tail = document.trailing().as_str().unwrap_or_default().to_owned();
    let is_new = find(document.as_table(), tables).is_none();
    let is_first = document.is_empty() && (tail.is_empty() || tail.ends_with("\n\n"));
    let mut table: &mut dyn TableLike = document.as_table_mut();
    let mut is_inline = false;
    for (depth, key) in tables.iter().enumerate() {
        let item = table.entry(key).or_insert_with(|| match is_inline {
            true => Item::Value(InlineTable::new().into()),
            false => {
                let mut table = Table::new();
                // [defaults.x] needs no [defaults] above it.
                table.set_implicit(depth + 1 < tables.len());
                Item::Table(table)
            }
        });
        is_inline = item.is_inline_table();
        table = item.as_table_like_mut().ok_or_else(|| format!("{key} is not a table"))?;
    }
    match table.get_mut(last) {
        Some(Item::Value(old)) => {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        }
        Some(_) => return Err(format!("{last} is a table, not a value")),
        None => {
            table.insert(last, Item::Value(value));
        }
    }
    if is_new && let Some(Item::Table(table)) = find_mut(document.as_table_mut(), tables) {
        table.decor_mut().set_prefix(format!("{tail}{}", if is_first { "" } else { "\n" }));
        document.set_trailing("");
    }
    Ok(written(&document, text))
}

/// The text without what stands at the path; `None` when nothing does.
///
/// # Errors
/// The text is no TOML.
pub fn unset(text: &str, path: &[&str]) -> Result<Option<String>> {
    let document = parsed(text)?;
    let Some((key, item)) = find(document.as_table(), path) else { return Ok(None) };
    let in_line = (1..path.len())
        .any(|depth| find(document.as_table(), &path[..depth]).is_some_and(|(_, i)| i.is_value()));
    if in_line {
        return remove_from_line(text, path).map(Some);
    }
    let mut parts = Vec::new();
    collect(key, item, &mut parts);
    let mut lines: Vec<_> = parts.into_iter().map(|part| whole_lines(text, part)).collect();
    // From the end, so that what stands before keeps its place.
    lines.sort_by_key(|part| std::cmp::Reverse(part.start));
    let mut rest = text.to_owned();
    for part in lines {
        cut(&mut rest, part);
    }
    Ok(Some(rest))
}

/// An entry of an inline table.
fn remove_from_line(text: &str, path: &[&str]) -> Result<String> {
    let mut document = editable(text)?;
    let mut table: &mut dyn TableLike = document.as_table_mut();
    if let Some((last, tables)) = path.split_last() {
        for key in tables {
            let item = table.get_mut(key).and_then(Item::as_table_like_mut);
            table = item.ok_or_else(|| format!("{key} is not a table"))?;
        }
        table.remove(last);
    }
    Ok(written(&document, text))
}

/// The places of an entry: of a value, or of a table with all that is in it.
fn collect(key: &Key, item: &Item, parts: &mut Vec<Range<usize>>) {
    match item {
        Item::Table(table) => {
            let mut inner = Vec::new();
            for (name, _) in table.iter() {
                if let Some((key, item)) = table.get_key_value(name) {
                    // Tables below have headers and places of their own.
                    let below = if item.is_value() { &mut inner } else { &mut *parts };
                    collect(key, item, below);
                }
            }
            match table.span().filter(|_| !table.is_implicit() && !table.is_dotted()) {
                Some(header) => {
                    let end = inner.iter().map(|part| part.end).fold(header.end, usize::max);
                    parts.push(header.start..end);
                }
                None => parts.extend(inner),
            }
        }
        Item::ArrayOfTables(tables) => {
            parts.extend(tables.iter().flat_map(|table| table.span()));
        }
        Item::Value(value) => {
            if let (Some(key), Some(value)) = (key.span(), value.span()) {
                parts.push(key.start..value.end);
            }
        }
        Item::None => {}
    }
}

/// The whole lines of a part, with the comment lines directly above.
fn whole_lines(text: &str, part: Range<usize>) -> Range<usize> {
    let mut start = line_start(text, part.start);
    while start > 0 {
        let above = line_start(text, start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    start..line_end(text, part.end)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |end| end + 1)
}

/// Behind the end of the line.
fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// Takes lines out, and one of two blank lines that would meet.
fn cut(text: &mut String, lines: Range<usize>) {
    let meets = lines.start == 0 || text[..lines.start].ends_with("\n\n");
    let end = lines.end + usize::from(meets && text[lines.end..].starts_with('\n'));
    text.replace_range(lines.start..end, "");
}

/// The text with another name for the entry at the path, which keeps its place.
///
/// # Errors
/// There is no such entry.
pub fn rename(text: &str, path: &[&str], name: &str) -> Result<String> {
    let document = parsed(text)?;
    let key = find(document.as_table(), path).and_then(|(key, _)| key.span());
    let place = key.ok_or_else(|| format!("there is no {}", path.join(".")))?;
    let mut renamed = text.to_owned();
    renamed.replace_range(place, &Key::new(name).display_repr());
    Ok(renamed)
}

/// The resources of the list that are names.
///
/// # Errors
/// The text is no TOML.
pub fn resources(text: &str) -> Result<Vec<ResourceName>> {
    let document = parsed(text)?;
    let array = document.get("resources").and_then(Item::as_array);
    let names = array.into_iter().flat_map(Array::iter).filter_map(Value::as_str);
    Ok(names.filter_map(|name| ResourceName::parse(name).ok()).collect())
}

/// The text with one more resource at the end of the list.
///
/// # Errors
/// `resources` is not a list.
pub fn add_resource(text: &str, name: &str) -> Result<String> {
    let document = parsed(text)?;
    let has_keys = document.iter().any(|(_, item)| match item.as_table() {
        Some(table) => table.is_dotted(),
        None => item.is_value(),
    });
    if document.get("resources").is_none() && !has_keys {
        return Ok(with_list(text, &document, name));
    }
    if let Some(array) = document.get("resources").and_then(Item::as_array)
        && let Some(added) = add_line(text, array, name)
    {
        return Ok(added);
    }
    let mut document = editable(text)?;
    match document.entry("resources").or_insert(Item::Value(Array::new().into())) {
        Item::Value(Value::Array(array)) => array.push(name),
        _ => return Err("resources is not a list".to_owned()),
    }
    Ok(written(&document, text))
}

/// The text with a list of its own for a resource, which has a line for each entry: others will follow.
/// Where there are sections only, it goes above the first of them and its comment.
fn with_list(text: &str, document: &Document<&str>, name: &str) -> String {
    let mut sections = Vec::new();
    for (key, item) in document.iter().filter_map(|(key, _)| document.get_key_value(key)) {
        collect(key, item, &mut sections);
    }
    let first = sections.into_iter().min_by_key(|part| part.start);
    let at = first.map_or(text.len(), |first| whole_lines(text, first).start);
    let (above, below) = text.split_at(at);
    let ending = line_ending(text);
    let end = if above.is_empty() || above.ends_with('\n') { "" } else { ending };
    let gap = if below.is_empty() { "" } else { ending };
    let quoted = Value::from(name);
    format!("{above}{end}resources = [{ending}    {quoted},{ending}]{ending}{gap}{below}")
}

/// The text with a line more in a list that has a line for each entry; `None` for other lists.
fn add_line(text: &str, array: &Array, name: &str) -> Option<String> {
    let last = array.iter().last()?.span()?;
    let line = line_start(text, last.start);
    let indent = text[line..last.start].trim_ascii_end();
    let end = line_end(text, last.end);
    let behind = &text[last.end..end];
    let is_alone = indent.is_empty() && is_comma_and_comment(behind) && behind.ends_with('\n');
    is_alone.then(|| {
        let indent = &text[line..last.start];
        let comma = if behind.trim_start().starts_with(',') { "" } else { "," };
        let quoted = Value::from(name);
        let ending = line_ending(text);
        let (before, after) = (&text[..last.end], &text[end..]);
        format!("{before}{comma}{behind}{indent}{quoted},{ending}{after}")
    })
}

/// Whether nothing but a comma and a comment is in the rest of a line.
fn is_comma_and_comment(rest: &str) -> bool {
    let rest = rest.trim();
    let rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    rest.is_empty() || rest.starts_with('#')
}

/// The text without the resources that `is` picks, and how many those were.
///
/// # Errors
/// `resources` is not a list.
pub fn remove_resources(text: &str, is: impl Fn(&str) -> bool) -> Result<(String, usize)> {
    let (mut text, mut count) = (text.to_owned(), 0);
    loop {
        let document = parsed(&text)?;
        let array = match document.get("resources") {
            None => return Ok((text, count)),
            Some(item) => item.as_array().ok_or("resources is not a list")?,
        };
        let picked = array.iter().position(|value| value.as_str().is_some_and(&is));
        let Some(index) = picked else { return Ok((text, count)) };
        text = remove_element(&text, array, index)?;
        count += 1;
    }
}

fn remove_element(text: &str, array: &Array, index: usize) -> Result<String> {
    let place = array.get(index).and_then(Value::span).unwrap_or_default();
    let before = &text[line_start(text, place.start)..place.start];
    let behind = &text[place.end..line_end(text, place.end)];
    if before.trim_ascii().is_empty() && is_comma_and_comment(behind) {
        let mut rest = text.to_owned();
        cut(&mut rest, whole_lines(text, place));
        return Ok(rest);
    }
    let mut document = editable(text)?;
    if let Some(Item::Value(Value::Array(array))) = document.get_mut("resources") {
        let removed = array.remove(index);
        if let (0, Some(first)) = (index, array.get_mut(0)) {
            *first.decor_mut() = removed.decor().clone();
        }
    }
    Ok(written(&document, text))
}

#[cfg(test)]
mod tests;
