#![forbid(unsafe_code)]
//! THE table: every attribute of the standard and the vendors' common extensions, sorted by id.

use crate::attr::Attr;

/// Every attribute.
pub static TABLE: &[Attr] = &[];
