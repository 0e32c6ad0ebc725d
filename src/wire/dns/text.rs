#![forbid(unsafe_code)]
//! What a service says of itself: `key=value` in strings behind their lengths (RFC 6763
//! section 6).

/// The value of `key`, the first if there are several. Keys compare without regard to case.
pub fn value<'a>(text: &'a [u8], key: &str) -> Option<&'a [u8]> {
    strings(text).find_map(|string| {
        let place = string.iter().position(|byte| *byte == b'=')?;
        let (found, value) = (&string[..place], &string[place + 1..]);
        found.eq_ignore_ascii_case(key.as_bytes()).then_some(value)
    })
}

/// The strings, up to one that is cut short.
fn strings(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (length, rest) = text.split_first()?;
        let (string, rest) = rest.split_at_checked(usize::from(*length))?;
        text = rest;
        Some(string)
    })
}
