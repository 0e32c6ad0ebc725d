#![forbid(unsafe_code)]
//! Output of binary data: IEEE 488.2 blocks of definite and indefinite length, and raw bytes.

use super::digits::Digits;
use super::style;
use super::writer::Writer;
use crate::fmt::Arguments;
use crate::fmt::legal::LONGEST_BLOCK;
use crate::fmt::spec::Spec;
use crate::fmt::swap;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// `%b %B %y`.
pub(super) fn print(spec: &Spec, arguments: &mut dyn Arguments, writer: &mut Writer) -> Result {
    let count = style::elements(spec.width, arguments)?;
    let place = arguments.pointer();
    let size = spec.length.element();
    let bytes = style::size(count, size)?;
    if spec.code == b'b' && bytes as u64 > LONGEST_BLOCK {
        return fail(VI_ERROR_INV_FMT, "a block of more than 999999999 bytes");
    }
    let data = arguments.bytes(place, bytes)?;
    match spec.code {
        b'b' => header(data.len(), writer)?,
        b'B' => writer.put(b"#0")?,
        _ => {}
    }
    if swap::is_native(spec.order) {
        writer.put(data)?;
    } else {
        swap::reversed(data, size, &mut |piece| writer.put(piece))?;
    }
    if spec.code == b'B' { writer.end() } else { Ok(()) }
}

/// `#`, the number of digits of the length, the length, with as few digits as it needs.
fn header(length: usize, writer: &mut Writer) -> Result {
    let digits = &mut Digits::new();
    let length = digits.decimal(length as u64);
    writer.put(&[b'#', b'0' + length.len() as u8])?;
    writer.put(length)
}
