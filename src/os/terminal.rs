#![forbid(unsafe_code)]
//! What a terminal would obey instead of showing it. Text that others have written, whether devices
//! or processes, may hold it.

use std::ops::RangeInclusive;

/// Characters that show nothing and change how others are shown: the format characters (Cf) of
/// Unicode 16, among them those that turn the direction of writing, and what separates lines and
/// paragraphs (Zl, Zp).
const UNSEEN: &[RangeInclusive<char>] = &[
    '\u{AD}'..='\u{AD}',
    '\u{600}'..='\u{605}',
    '\u{61C}'..='\u{61C}',
    '\u{6DD}'..='\u{6DD}',
    '\u{70F}'..='\u{70F}',
    '\u{890}'..='\u{891}',
    '\u{8E2}'..='\u{8E2}',
    '\u{180E}'..='\u{180E}',
    '\u{200B}'..='\u{200F}',
    '\u{2028}'..='\u{202E}',
    '\u{2060}'..='\u{2064}',
    '\u{2066}'..='\u{206F}',
    '\u{FEFF}'..='\u{FEFF}',
    '\u{FFF9}'..='\u{FFFB}',
    '\u{110BD}'..='\u{110BD}',
    '\u{110CD}'..='\u{110CD}',
    '\u{13430}'..='\u{1343F}',
    '\u{1BCA0}'..='\u{1BCA3}',
    '\u{1D173}'..='\u{1D17A}',
    '\u{E0001}'..='\u{E0001}',
    '\u{E0020}'..='\u{E007F}',
];

/// Whether a terminal does something on this character rather than to show it: a control character,
/// a format character, or one that ends a line.
pub fn obeys(character: char) -> bool {
    character.is_control() || UNSEEN.iter().any(|range| range.contains(&character))
}

/// The text with `?` for each character that a terminal would obey.
pub fn printable(text: &str) -> String {
    text.chars().map(|character| if obeys(character) { '?' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_others_say_moves_the_cursor_or_turns_the_line() {
        assert_eq!(printable("M\u{1b}[2J\n\u{9b}H\u{e9}"), "M?[2J??H\u{e9}");
        let turning = ('\u{202A}'..='\u{202E}').chain('\u{2066}'..='\u{2069}');
        for character in turning.chain(['\u{200E}', '\u{200F}', '\u{61C}', '\u{2028}', '\u{FEFF}'])
        {
            assert_eq!(printable(&format!("a{character}b")), "a?b", "{character:?}");
        }
    }

    #[test]
    fn writing_of_all_countries_is_shown() {
        let text =
            "Vin\u{307} \u{3a9} \u{5e9}\u{5dc} \u{627}\u{644} \u{6f22} \u{1f4df} 5\u{a0}V \u{2030}";
        assert_eq!(printable(text), text);
    }

    #[test]
    fn the_ranges_are_in_order() {
        assert!(UNSEEN.windows(2).all(|pair| pair[0].end() < pair[1].start()));
    }
}
