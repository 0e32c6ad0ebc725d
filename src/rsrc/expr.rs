#![forbid(unsafe_code)]
//! viFindRsrc expressions.
