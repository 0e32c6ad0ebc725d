#![forbid(unsafe_code)]
//! Resource names and the expressions that search them. No I/O.

pub mod expr;
pub mod kind;
pub mod name;

pub use kind::Kinds;
pub use name::ResourceName;
