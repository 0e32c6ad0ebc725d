#![forbid(unsafe_code)]
//! What must hold for any bytes from the other end of a connection.

pub(crate) mod dns;
pub(crate) mod hislip;
pub(crate) mod prologix;
pub(crate) mod rpc;
pub(crate) mod telnet;
pub(crate) mod usbtmc;
