#![forbid(unsafe_code)]
//! The table `[io]`: how data move.

use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::parse::{Reader, start};

/// The most that VI_FVATTR_SPIN may be, in microseconds.
const MOST_SPIN_US: u32 = 1000;

/// `spin_us = 50`: VI_FVATTR_SPIN of new sessions.
pub(super) fn io(reader: &mut Reader<'_>, entries: &DeTable<'_>) {
    for (key, value) in entries {
        match (key.get_ref().as_ref(), value.get_ref()) {
            // A value that takes no room stands for a mistake that the parser has told already.
            (_, _) if value.span().is_empty() => {}
            ("spin_us", DeValue::Integer(number)) => {
                match u32::from_str_radix(number.as_str(), number.radix()) {
                    Ok(us) if us <= MOST_SPIN_US => reader.config.spin_us = Some(us),
                    _ => reader.problem(start(value), "spin_us is 0 to 1000 (microseconds)"),
                }
            }
            ("spin_us", _) => reader.problem(start(value), "spin_us is 0 to 1000 (microseconds)"),
            (other, _) => reader.problem(start(key), format!("[io] has no setting {other:?}")),
        }
    }
}
