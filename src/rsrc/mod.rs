#![forbid(unsafe_code)]
//! Resource names and the expressions that search them. No I/O.

mod address;
pub mod alias;
pub mod expr;
#[cfg(test)]
pub(crate) mod fuzz;
pub mod kind;
pub mod name;
mod parse;
#[cfg(test)]
mod tests;
mod values;

pub use expr::Expression;
pub use kind::Kinds;
pub use name::Address;
pub use name::ResourceName;
