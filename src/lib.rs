//! ferrovisa: VISA, the library through which programs talk to measurement instruments, as one
//! `libvisa.so`.
//!
//! Layers point down only, and a test below holds that:
//!
//! ```text
//! ffi      C functions: pointers in, status out
//! session  objects, sessions, attributes, the resource manager
//! iface    interfaces: SOCKET, VXI-11, HiSLIP
//! wire os  byte formats without I/O | sockets, deadlines, cancelling
//! attr rsrc fmt status consts trace     vocabulary, no I/O
//! ```
//!
//! [`sim`], the simulated instruments, stands beside them and shares nothing with them.

pub mod attr;
pub mod consts;
pub mod iface;
pub mod os;
pub mod rsrc;
pub mod sim;
pub mod status;
pub mod wire;
