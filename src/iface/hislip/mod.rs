#![forbid(unsafe_code)]
//! Placeholder until the driver lands.

use crate::iface::{Interface, Link};
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::{Result, VI_ERROR_LIBRARY_NFOUND, fail};

/// The interface.
pub struct Hislip;

impl Interface for Hislip {
    fn kinds(&self) -> Kinds {
        Kinds::TCPIP_HISLIP
    }

    fn open(&self, _name: &ResourceName, _wait: &Wait) -> Result<Box<dyn Link>> {
        fail(VI_ERROR_LIBRARY_NFOUND, "no driver")
    }
}
