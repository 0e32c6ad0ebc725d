#![forbid(unsafe_code)]
//! C's scan sets.

/// Which bytes belong to a scan set.
pub(super) struct Set([bool; 256]);

impl Set {
    /// Reads what stands between the brackets. A backslash is a member like others; a `-` between
    /// two members in their order is a range, as glibc has it.
    pub(super) fn parse(text: &[u8]) -> Self {
        let (text, negated) = match text {
            [b'^', rest @ ..] => (rest, true),
            _ => (text, false),
        };
        let mut members = [negated; 256];
        let mut rest = text;
        while let [first, after @ ..] = rest {
            let (last, after) = match after {
                [b'-', last, after @ ..] if first <= last => (last, after),
                _ => (first, after),
            };
            members[usize::from(*first)..=usize::from(*last)].fill(!negated);
            rest = after;
        }
        Self(members)
    }

    pub(super) fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}
