#![forbid(unsafe_code)]
//! Counts of a specification whose arguments are pointers: `#` and `,#`.

use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::fmt::spec::Count;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// A count: how many there may be, and where it is stored how many there were.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    /// `None`: not given.
    pub(super) most: Option<usize>,
    place: Option<Place>,
}

impl Limit {
    /// Takes the argument of `count`, if it has one.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer, VI_ERROR_INV_FMT for a negative count behind it.
    pub(super) fn resolve(count: Count, arguments: &mut dyn Arguments) -> Result<Self> {
        match count {
            Count::None => Ok(Self { most: None, place: None }),
            Count::Fixed(most) => Ok(Self { most: Some(most as usize), place: None }),
            Count::Argument => {
                let place = arguments.pointer();
                let bytes = arguments.bytes(place, 4)?;
                let most = bytes.try_into().map_or(0, i32::from_ne_bytes);
                match usize::try_from(most) {
                    Ok(most) => Ok(Self { most: Some(most), place: Some(place) }),
                    Err(_) => fail(VI_ERROR_INV_FMT, "a negative count"),
                }
            }
        }
    }

    /// Whether the count came from an argument.
    pub(super) fn by_argument(&self) -> bool {
        self.place.is_some()
    }

    /// Stores how many there were, where the count came from an argument.
    pub(super) fn report(&self, count: usize, arguments: &mut dyn Arguments) -> Result {
        match self.place {
            // At most as many as the count allowed: it fits.
            Some(place) => arguments.store(place, 0, &(count as u32).to_ne_bytes()),
            None => Ok(()),
        }
    }
}
