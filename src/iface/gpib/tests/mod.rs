#![forbid(unsafe_code)]
//! Sessions on a simulated bus: every byte with ATN is logged there, and instruments obey IEEE
//! 488.1.

mod bench;
mod boards;
mod devices;
mod finding;
mod messages;
mod requests;
mod sharing;
