#![forbid(unsafe_code)]
//! The client against servers that say exactly what a rule is about.

mod alone;
mod asynchronous;
mod clearing;
mod failing;
pub(crate) mod fuzz;
mod instrument;
mod locking;
mod opening;
mod overlap;
mod peer;
mod random;
mod reading;
mod service;
mod synchronized;
mod together;
mod writing;
