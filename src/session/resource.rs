#![forbid(unsafe_code)]
//! What the sessions of one resource share in this process.

use crate::rsrc::ResourceName;
use crate::session::attributes::Settings;

/// A resource that at least one session has open.
pub struct Resource {
    /// Its name.
    pub name: ResourceName,
    /// Its global attributes ("shared by all sessions").
    pub shared: Settings,
}

impl Resource {
    /// A resource that nobody has open yet.
    pub fn new(name: ResourceName) -> Self {
        let shared = Settings::new(name.kind());
        Self { name, shared }
    }
}
