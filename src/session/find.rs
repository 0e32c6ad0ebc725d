#![forbid(unsafe_code)]
//! Find lists: what viFindRsrc found, handed out one by one.

use std::collections::VecDeque;

use parking_lot::Mutex;

use crate::consts::ViSession;
use crate::status::{Error, Result, VI_ERROR_RSRC_NFOUND};

/// The rest of a search's result.
pub struct FindList {
    /// The manager that searched.
    pub manager: ViSession,
    rest: Mutex<VecDeque<String>>,
}

impl FindList {
    /// A list of canonical names.
    pub fn new(manager: ViSession, rest: impl IntoIterator<Item = String>) -> Self {
        Self { manager, rest: Mutex::new(rest.into_iter().collect()) }
    }

    /// The next name.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when the list is exhausted.
    pub fn next(&self) -> Result<String> {
        let next = self.rest.lock().pop_front();
        next.ok_or(Error::new(VI_ERROR_RSRC_NFOUND, "no more in this find list"))
    }
}
