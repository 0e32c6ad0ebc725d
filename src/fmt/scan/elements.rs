#![forbid(unsafe_code)]
//! Elements of a binary array, from bytes that come in pieces of any size.

use super::counts::Limit;
use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::fmt::spec::Spec;
use crate::fmt::swap;
use crate::status::Result;

/// Where the elements go.
pub(super) struct Elements {
    limit: Limit,
    /// `None`: nowhere.
    place: Option<Place>,
    /// The size of an element in bytes.
    size: usize,
    /// Whether memory has the other byte order than the wire.
    swap: bool,
    stored: usize,
    /// The beginning of an element whose end has not come yet.
    partial: [u8; 8],
    held: usize,
}

impl Elements {
    /// Takes the arguments: a pointer to the count, where it is `#`, and the pointer.
    ///
    /// # Errors
    /// What [`Limit::resolve`] answers.
    pub(super) fn resolve(spec: &Spec, arguments: &mut dyn Arguments) -> Result<Self> {
        let limit = Limit::resolve(spec.width, arguments)?;
        let place = (!spec.suppress).then(|| arguments.pointer());
        let size = spec.length.element();
        let swap = size > 1 && !swap::is_native(spec.order);
        Ok(Self { limit, place, size, swap, stored: 0, partial: [0; 8], held: 0 })
    }

    /// How many bytes all elements have together.
    pub(super) fn capacity(&self) -> u64 {
        self.limit.most.map_or(u64::MAX, |most| most as u64 * self.size as u64)
    }

    /// How many elements have been stored.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    /// Stores what `bytes` complete, as far as there is room; what is beyond is lost.
    pub(super) fn put(&mut self, mut bytes: &[u8], arguments: &mut dyn Arguments) -> Result {
        let room = self.limit.most.unwrap_or(usize::MAX);
        while !bytes.is_empty() && self.stored < room {
            if self.held == 0 && bytes.len() >= self.size {
                let count = (bytes.len() / self.size).min(room - self.stored);
                let (whole, rest) = bytes.split_at(count * self.size);
                self.store(whole, arguments)?;
                bytes = rest;
                continue;
            }
            let (begin, rest) = bytes.split_at(bytes.len().min(self.size - self.held));
            self.partial[self.held..][..begin.len()].copy_from_slice(begin);
            self.held += begin.len();
            bytes = rest;
            if self.held == self.size {
                let element = self.partial;
                self.store(&element[..self.size], arguments)?;
                self.held = 0;
            }
        }
        Ok(())
    }

    fn store(&mut self, elements: &[u8], arguments: &mut dyn Arguments) -> Result {
        if let Some(place) = self.place {
            let mut offset = self.stored * self.size;
            let mut put = |bytes: &[u8]| {
                let result = arguments.store(place, offset, bytes);
                offset += bytes.len();
                result
            };
            match self.swap {
                true => swap::reversed(elements, self.size, &mut put)?,
                false => put(elements)?,
            }
        }
        self.stored += elements.len() / self.size;
        Ok(())
    }

    /// Stores how many elements there were, where the count is `#`.
    pub(super) fn finish(&self, arguments: &mut dyn Arguments) -> Result {
        self.limit.report(self.stored, arguments)
    }
}
