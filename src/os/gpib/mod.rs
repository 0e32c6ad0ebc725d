//! GPIB drivers: libraries that programs share (linux-gpib's and National Instruments'), and the
//! kernel's character device.

pub mod functions;
pub mod library;
