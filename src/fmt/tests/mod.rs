#![forbid(unsafe_code)]
//! Tests of the formatted I/O engine, over arguments, output and input that check themselves.

mod back;
mod dice;
mod double;
mod formats;
pub(crate) mod fuzz;
mod message;
mod print;
mod random;
mod scan;
