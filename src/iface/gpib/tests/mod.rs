#![forbid(unsafe_code)]
//! Boards without hardware.
