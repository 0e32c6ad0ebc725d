#![forbid(unsafe_code)]
//! Bits of the status word.

pub const TIMO: i32 = 0x4000;
pub const SRQI: i32 = 0x1000;
pub const RQS: i32 = 0x0800;
pub const SPOLL: i32 = 0x0400;
pub const EVENT: i32 = 0x0200;
pub const CMPL: i32 = 0x0100;
pub const LOK: i32 = 0x80;
pub const REM: i32 = 0x40;
pub const CIC: i32 = 0x20;
pub const ATN: i32 = 0x10;
pub const TACS: i32 = 0x08;
pub const LACS: i32 = 0x04;
pub const DTAS: i32 = 0x02;
pub const DCAS: i32 = 0x01;
