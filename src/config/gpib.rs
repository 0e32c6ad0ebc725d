#![forbid(unsafe_code)]
//! What is behind the number of a GPIB board.

use std::path::PathBuf;

/// A board's place, as a word of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardPlace {
    /// `libgpib`, `libgpib:1`: a board of linux-gpib's or National Instruments' library, by its
    /// number there.
    Library {
        /// That number.
        index: u16,
    },
    /// `/dev/gpib0`: a board of the kernel's driver, used without a library.
    Device(PathBuf),
}

impl BoardPlace {
    /// The words there are, for messages.
    pub(super) const FORMS: &str = "libgpib, libgpib:n or a device's path, in quotes";

    /// The place that a word means for GPIB`number`.
    pub(super) fn parse(number: u16, word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word == "libgpib" => Some(Self::Library { index: number }),
            Some(("libgpib", index)) => Some(Self::Library { index: index.parse().ok()? }),
            _ if word.starts_with('/') => Some(Self::Device(word.into())),
            _ => None,
        }
    }
}
