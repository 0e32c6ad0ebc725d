#![forbid(unsafe_code)]
//! The byte order of elements on the wire.

use super::spec::ByteOrder;
use crate::status::Result;

/// Whether elements are in memory as they are on the wire; without an order they are big-endian
/// there.
pub(super) fn is_native(order: Option<ByteOrder>) -> bool {
    cfg!(target_endian = "little") == (order == Some(ByteOrder::Little))
}

/// Hands `data`, whole elements of `size` bytes, to `sink` with the bytes of each in reverse
/// order, in pieces.
///
/// # Errors
/// What `sink` answers.
pub(super) fn reversed(data: &[u8], size: usize, sink: &mut dyn FnMut(&[u8]) -> Result) -> Result {
    match size {
        2 => pieces::<2>(data, sink),
        4 => pieces::<4>(data, sink),
        8 => pieces::<8>(data, sink),
        _ => sink(data),
    }
}

fn pieces<const N: usize>(data: &[u8], sink: &mut dyn FnMut(&[u8]) -> Result) -> Result {
    let mut stage = [0; 512];
    for piece in data.chunks(stage.len()) {
        let stage = &mut stage[..piece.len()];
        let targets = stage.as_chunks_mut::<N>().0.iter_mut();
        for (target, element) in targets.zip(piece.as_chunks::<N>().0) {
            *target = *element;
            target.reverse();
        }
        sink(stage)?;
    }
    Ok(())
}
