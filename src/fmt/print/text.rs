#![forbid(unsafe_code)]
//! Output of characters and strings.

use super::field::Field;
use super::field::Fill;
use super::style::Style;
use super::writer::Writer;
use crate::fmt::Arguments;
use crate::status::Result;

/// `%c`: one byte.
pub(super) fn character(
    style: &Style,
    arguments: &mut dyn Arguments,
    writer: &mut Writer,
) -> Result {
    let body = &[arguments.int() as u8];
    Field { body, ..Field::default() }.write(style, Fill::Spaces, writer)
}

/// `%s`: a string, or its beginning where there is a precision.
pub(super) fn string(style: &Style, arguments: &mut dyn Arguments, writer: &mut Writer) -> Result {
    let place = arguments.pointer();
    let body = arguments.string(place, style.precision.unwrap_or(usize::MAX))?;
    Field { body, ..Field::default() }.write(style, Fill::Spaces, writer)
}
