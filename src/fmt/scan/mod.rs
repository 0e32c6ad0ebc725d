#![forbid(unsafe_code)]
//! Formatted input: viScanf and its relatives.

mod block;
mod counts;
mod decimal;
mod elements;
mod kind;
mod number;
mod numbers;
mod reader;
mod set;
mod text;

use super::Arguments;
use super::Input;
use super::pieces::Piece;
use super::pieces::Pieces;
use super::spec::Direction;
use super::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;
use reader::Reader;
use reader::is_space;

/// Whether the format goes on behind a piece of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    On,
    /// The input ended before this piece found anything.
    End,
}

/// Reads from `input` what `format` says, and stores it where `arguments` point. Done when the
/// format is used up, or when END comes where something else should; what the rest of the format
/// would have stored is then untouched, but counts are 0.
///
/// # Errors
/// What [`check_scan`] answers, before anything is read; VI_ERROR_INV_FMT for input that does not
/// match the format and for a negative count; what `arguments` and `input` answer. What has been
/// stored before stays.
pub fn scan(format: &[u8], arguments: &mut dyn Arguments, input: &mut dyn Input) -> Result {
    check_scan(format)?;
    let mut reader = Reader::new(input);
    let mut space = false;
    for piece in Pieces::new(format, Direction::Scan) {
        let flow = match piece? {
            Piece::Conversion(spec) if reader.is_over() => {
                convert(&spec, arguments, &mut reader)?;
                continue;
            }
            _ if reader.is_over() => continue,
            Piece::Text(text) => {
                let mut bytes = text.iter();
                bytes.try_fold(Flow::On, |flow, byte| match flow {
                    Flow::On => literal(*byte, &mut space, &mut reader),
                    Flow::End => Ok(Flow::End),
                })?
            }
            Piece::Byte(byte) => literal(byte, &mut space, &mut reader)?,
            Piece::Newline => literal(b'\n', &mut space, &mut reader)?,
            Piece::Conversion(spec) => {
                pass(&mut space, &mut reader)?;
                convert(&spec, arguments, &mut reader)?
            }
        };
        if flow == Flow::End {
            reader.finish();
        }
    }
    if space && !reader.is_over() {
        reader.skip_space_at_hand()?;
    }
    Ok(())
}

/// Checks a whole format for input, without arguments.
///
/// # Errors
/// VI_ERROR_INV_FMT for what is no format; VI_ERROR_NSUP_FMT for a modifier that exists but not
/// with this code.
pub fn check_scan(format: &[u8]) -> Result {
    Pieces::new(format, Direction::Scan).try_for_each(|piece| piece.map(drop))
}

/// A byte of the format outside of conversions: white space matches any amount of it, once it is
/// known what follows; everything else itself.
fn literal(byte: u8, space: &mut bool, reader: &mut Reader) -> Result<Flow> {
    if is_space(byte) {
        *space = true;
        return Ok(Flow::On);
    }
    pass(space, reader)?;
    match reader.first()? {
        None => Ok(Flow::End),
        Some(first) if first == byte => {
            reader.take(1);
            Ok(Flow::On)
        }
        Some(_) => fail(VI_ERROR_INV_FMT, "the input differs from the format's text"),
    }
}

/// Passes over white space when the format has had some, and goes on.
fn pass(space: &mut bool, reader: &mut Reader) -> Result {
    if std::mem::take(space) {
        reader.skip_space()?;
    }
    Ok(())
}

fn convert(spec: &Spec, arguments: &mut dyn Arguments, reader: &mut Reader) -> Result<Flow> {
    match spec.code {
        b'%' => {
            reader.skip_space()?;
            literal(b'%', &mut false, reader)
        }
        b'c' | b's' | b'[' | b't' | b'T' => text::scan(spec, arguments, reader),
        b'b' | b'y' => block::scan(spec, arguments, reader),
        b'n' => {
            numbers::store_consumed(spec, arguments, reader)?;
            Ok(Flow::On)
        }
        _ => numbers::scan(spec, arguments, reader),
    }
}
