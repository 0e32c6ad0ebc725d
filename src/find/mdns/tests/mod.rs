#![forbid(unsafe_code)]
//! Questions and answers as data, without network and clock; and both ends on a network of their own.

mod asking;
mod instruments;
mod lies;
mod network;
mod packets;
