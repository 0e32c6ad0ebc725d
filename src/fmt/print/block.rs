#![forbid(unsafe_code)]
//! Output of binary data: IEEE 488.2 blocks of definite and indefinite length, and raw bytes.

use super::digits::Digits;
use super::style;
use super::writer::Writer;
use crate::fmt::Arguments;
use crate::fmt::legal::LONGEST_BLOCK;
use crate::fmt::spec::ByteOrder;
use crate::fmt::spec::Spec;
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
    let native = cfg!(target_endian = "little") == (spec.order == Some(ByteOrder::Little));
    match size {
        2 if !native => swapped::<2>(data, writer)?,
        4 if !native => swapped::<4>(data, writer)?,
        8 if !native => swapped::<8>(data, writer)?,
        _ => writer.put(data)?,
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

/// Writes elements of `N` bytes with their bytes in reverse order.
fn swapped<const N: usize>(data: &[u8], writer: &mut Writer) -> Result {
    let mut stage = [0; 512];
    for part in data.chunks(stage.len()) {
        let stage = &mut stage[..part.len()];
        let targets = stage.as_chunks_mut::<N>().0.iter_mut();
        for (target, element) in targets.zip(part.as_chunks::<N>().0) {
            *target = *element;
            target.reverse();
        }
        writer.put(stage)?;
    }
    Ok(())
}
