#![forbid(unsafe_code)]
//! Formatted output: viPrintf and its relatives.

mod block;
mod digits;
mod field;
mod float;
mod integer;
mod scaled;
mod scratch;
mod style;
mod text;
mod writer;

use super::Arguments;
use super::Output;
use super::pieces::Piece;
use super::pieces::Pieces;
use super::spec::Direction;
use super::spec::Spec;
use crate::status::Result;
use style::Style;
use writer::Writer;

/// Formats `arguments` as `format` says, into `output`. A format that is wrong anywhere puts
/// nothing out.
///
/// # Errors
/// What [`check_print`] answers; VI_ERROR_INV_FMT for an argument that is a negative count or
/// makes a block too long; what `arguments` and `output` answer. What stood before has then been
/// put out in part.
pub fn print(format: &[u8], arguments: &mut dyn Arguments, output: &mut dyn Output) -> Result {
    check_print(format)?;
    let mut writer = Writer::new(output);
    for piece in Pieces::new(format, Direction::Print) {
        match piece? {
            Piece::Text(text) => writer.put(text)?,
            Piece::Byte(byte) => writer.put(&[byte])?,
            Piece::Newline => writer.end()?,
            Piece::Conversion(spec) => convert(&spec, arguments, &mut writer)?,
        }
    }
    writer.flush()
}

/// Checks a whole format for output, without arguments.
///
/// # Errors
/// VI_ERROR_INV_FMT for what is no format; VI_ERROR_NSUP_FMT for `%n`, and for a modifier that
/// exists but not with this code.
pub fn check_print(format: &[u8]) -> Result {
    Pieces::new(format, Direction::Print).try_for_each(|piece| piece.map(drop))
}

fn convert(spec: &Spec, arguments: &mut dyn Arguments, writer: &mut Writer) -> Result {
    if matches!(spec.code, b'b' | b'B' | b'y') {
        return block::print(spec, arguments, writer);
    }
    let style = Style::resolve(spec, arguments)?;
    match spec.code {
        b'%' => writer.put(b"%"),
        b'c' => text::character(&style, arguments, writer),
        b's' => text::string(&style, arguments, writer),
        b'p' => integer::pointer(&style, arguments, writer),
        b'f' | b'e' | b'E' | b'g' | b'G' => float::print(spec.length, &style, arguments, writer),
        _ => integer::print(spec.length, &style, arguments, writer),
    }
}
