//! The `visa` tool.
fn main() {}
