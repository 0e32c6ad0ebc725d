//! GPIB drivers: libraries that programs share (linux-gpib's and National Instruments'), and the
//! kernel's character device.

mod codes;
mod control;
pub mod device;
pub mod functions;
mod hand;
mod ioctl;
pub mod library;

/// Bits of `ibsta`.
#[expect(missing_docs, reason = "the manuals' names")]
pub mod sta {
    pub const ERR: i32 = 0x8000;
    pub const TIMO: i32 = 0x4000;
    pub const END: i32 = 0x2000;
    pub const SRQI: i32 = 0x1000;
    /// A device has requested service, and its status byte is kept.
    pub const RQS: i32 = 0x0800;
    pub const CMPL: i32 = 0x0100;
    pub const CIC: i32 = 0x0020;
    pub const ATN: i32 = 0x0010;
    pub const TACS: i32 = 0x0008;
    pub const LACS: i32 = 0x0004;
    pub const DTAS: i32 = 0x0002;
    pub const DCAS: i32 = 0x0001;
}
