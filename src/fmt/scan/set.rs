#![forbid(unsafe_code)]
//! C's scan sets.

/// Which bytes belong to a scan set.
pub(super) struct Set([bool; 256]);

impl Set {
    /// Reads what stands between the brackets. A backslash is a member like others. A `-` between
    /// two bytes in their order is a range, whatever they are to other ranges, as glibc has it.
    pub(super) fn parse(text: &[u8]) -> Self {
        let (text, negated) = match text {
            [b'^', rest @ ..] => (rest, true),
            _ => (text, false),
        };
        let mut members = [negated; 256];
        for (at, byte) in text.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| text[at]);
            match (byte, before, text.get(at + 1)) {
                (b'-', Some(first), Some(last)) if first <= *last => {
                    members[usize::from(first)..usize::from(*last)].fill(!negated);
                }
                _ => members[usize::from(*byte)] = !negated,
            }
        }
        Self(members)
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}
