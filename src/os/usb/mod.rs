//! USB devices: which there are, and moving bytes to and from them.
//!
//! Three decisions:
//!
//! - Devices are found in sysfs ([`list`]), and only opened ones are libusb's (`handle.rs`). So
//!   finding disturbs nobody and needs no permission, and a machine without USB just has none.
//! - The thread that makes a call waits for it itself (`transfer.rs`). No thread of the library's
//!   stands in between, which would cost each query two changes of threads.
//! - An interface belongs to this process alone while a session has it open, and its sessions share
//!   it ([`claim`]). A forked child has none of them.

mod carry;
pub mod claim;
pub mod descriptors;
mod driver;
mod handle;
pub mod list;
mod transfer;

pub use carry::{Moved, PARTS};
pub use claim::{Claim, ControlRequest};
pub use driver::{driver_of, instrument_node, is_claimed};
pub use list::{Device, device_behind, devices, devices_by};
pub use transfer::End;
