#![forbid(unsafe_code)]
//! What the sessions of one resource share in this process.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::rsrc::ResourceName;
use crate::session::attributes::Settings;

/// A resource that at least one session has open.
pub struct Resource {
    /// Its name.
    pub name: ResourceName,
    /// Its global attributes ("shared by all sessions").
    pub shared: Settings,
    /// Whether a session has been set as it is configured.
    is_in_use: AtomicBool,
}

impl Resource {
    /// A resource that nobody has open yet.
    pub fn new(name: ResourceName) -> Self {
        let shared = Settings::new(name.kind());
        Self { name, shared, is_in_use: AtomicBool::new(false) }
    }

    /// Whether whoever asks is the first to use it. Says yes once.
    pub(super) fn begin(&self) -> bool {
        !self.is_in_use.swap(true, Ordering::AcqRel)
    }
}
