#![forbid(unsafe_code)]
//! Program headers: which command is meant (SCPI-99 volume 1, chapter 6).

/// Whether `header`, without a leading colon, is `pattern`: `MEASure[:VOLTage][:DC]?` stands for
/// each mnemonic in its short (upper case) or long form, and what is in brackets may be left out.
pub(super) fn matches(pattern: &str, header: &str) -> bool {
    let (wanted, query) = split_query(pattern);
    let (given, asked) = split_query(header);
    query == asked && !given.is_empty() && nodes_match(wanted, Some(given))
}

fn split_query(header: &str) -> (&str, bool) {
    header.strip_suffix('?').map_or((header, false), |stem| (stem, true))
}

/// Compares node by node; `header` is `None` behind its last node.
fn nodes_match(pattern: &str, header: Option<&str>) -> bool {
    let Some((node, optional, rest)) = first_node(pattern) else { return header.is_none() };
    let given = header.map(|header| match header.split_once(':') {
        Some((word, tail)) => (word, Some(tail)),
        None => (header, None),
    });
    let taken = given.is_some_and(|(word, tail)| node_fits(node, word) && nodes_match(rest, tail));
    taken || (optional && nodes_match(rest, header))
}

/// The first mnemonic of a pattern, whether it may be left out, and the rest.
fn first_node(pattern: &str) -> Option<(&str, bool, &str)> {
    if let Some(optional) = pattern.strip_prefix("[:") {
        let (node, rest) = optional.split_once(']')?;
        return Some((node, true, rest));
    }
    let pattern = pattern.strip_prefix(':').unwrap_or(pattern);
    if pattern.is_empty() {
        return None;
    }
    let end = pattern.find([':', '[']).unwrap_or(pattern.len());
    Some((&pattern[..end], false, &pattern[end..]))
}

fn node_fits(node: &str, word: &str) -> bool {
    let short = node.find(|c: char| c.is_ascii_lowercase()).unwrap_or(node.len());
    word.eq_ignore_ascii_case(node) || word.eq_ignore_ascii_case(&node[..short])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_long_optional_and_query() {
        let pattern = "MEASure[:VOLTage][:DC]?";
        for header in ["MEAS?", "measure?", "Meas:Volt?", "MEASURE:VOLTAGE:DC?", "MEAS:DC?"] {
            assert!(matches(pattern, header), "{header}");
        }
        for header in ["", "?", "MEAS", "MEASU?", "MEAS:?", "MEAS:DC:VOLT?", "MEAS:VOLT:DC:DC?"] {
            assert!(!matches(pattern, header), "{header}");
        }
        assert!(matches("*IDN?", "*idn?") && !matches("*IDN?", "*IDN"));
        assert!(matches("SYSTem:ERRor[:NEXT]?", "syst:err:next?"));
    }
}
