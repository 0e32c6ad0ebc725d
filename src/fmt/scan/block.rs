#![forbid(unsafe_code)]
//! Input of binary data: IEEE 488.2 blocks of definite and indefinite length, and raw bytes.

use super::Flow;
use super::elements::Elements;
use super::reader::Reader;
use crate::fmt::Arguments;
use crate::fmt::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// `%b %y`.
pub(super) fn scan(
    spec: &Spec,
    arguments: &mut dyn Arguments,
    reader: &mut Reader,
) -> Result<Flow> {
    let mut elements = Elements::resolve(spec, arguments)?;
    let comes = match spec.code {
        b'b' => reader.begin()?,
        // What takes nothing does not wait for anything.
        _ => elements.capacity() == 0 || reader.first()?.is_some(),
    };
    if !comes {
        elements.finish(arguments)?;
        return Ok(Flow::End);
    }
    let length = if spec.code == b'b' { header(reader)? } else { Some(elements.capacity()) };
    let result = match length {
        Some(length) => reader.copy_binary(length, |bytes| elements.put(bytes, arguments)),
        None => indefinite(&mut elements, arguments, reader).map(|()| true),
    };
    if result.is_ok() || elements.stored() > 0 {
        elements.finish(arguments)?;
    }
    match result? {
        false if spec.code == b'b' => {
            fail(VI_ERROR_INV_FMT, "a block shorter than its header says")
        }
        _ => Ok(Flow::On),
    }
}

/// Reads a block's header, and gives the number of bytes after it; `None`: all up to END.
fn header(reader: &mut Reader) -> Result<Option<u64>> {
    if next(reader)? != b'#' {
        return fail(VI_ERROR_INV_FMT, "the input is no block");
    }
    let digits = digit(reader)?;
    if digits == 0 {
        return Ok(None);
    }
    let mut length = 0;
    for _ in 0..digits {
        length = 10 * length + digit(reader)?;
    }
    Ok(Some(length))
}

fn digit(reader: &mut Reader) -> Result<u64> {
    match next(reader)? {
        digit @ b'0'..=b'9' => Ok((digit - b'0').into()),
        _ => fail(VI_ERROR_INV_FMT, "no digit in the header of a block"),
    }
}

fn next(reader: &mut Reader) -> Result<u8> {
    match reader.first()? {
        Some(byte) => {
            reader.take(1);
            Ok(byte)
        }
        None => fail(VI_ERROR_INV_FMT, "the header of a block ends early"),
    }
}

/// Takes all up to END. The line feed that END comes with is not part of the block (IEEE 488.2,
/// 8.7.10), so each is held back until something follows it.
fn indefinite(
    elements: &mut Elements,
    arguments: &mut dyn Arguments,
    reader: &mut Reader,
) -> Result {
    let mut held = false;
    let sink = |bytes: &[u8]| {
        let Some((last, before)) = bytes.split_last() else { return Ok(()) };
        if held {
            elements.put(b"\n", arguments)?;
        }
        held = *last == b'\n';
        elements.put(if held { before } else { bytes }, arguments)
    };
    reader.copy(u64::MAX, |_| None, sink)
}
