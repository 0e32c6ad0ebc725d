#![forbid(unsafe_code)]
//! Byte formats of the protocols: encode and decode only, no I/O.

pub mod hislip;
