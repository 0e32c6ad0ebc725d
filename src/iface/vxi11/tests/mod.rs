#![forbid(unsafe_code)]
//! The interface against a server that says exactly what each test wants.

mod cut;
pub(crate) mod fuzz;
mod instrument;
mod locking;
mod opening;
mod peer;
mod reading;
mod replies;
mod service;
mod trouble;
mod writing;
