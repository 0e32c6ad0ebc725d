#![forbid(unsafe_code)]
//! GPIB without hardware: a simulated bus ([`visa::sim::gpib`]) behind what programs on Linux reach
//! a board by.
//!
//! | file | what |
//! |---|---|
//! | `driver/` | a board as Linux's driver gives it to processes |
//! | `ioctl.rs`, `ibsta.rs` | its calls, as numbers and structures |
//! | `server.rs` | these calls over a Unix socket |
//! | `cuse.rs` | the same as a device file, in the bench VM |
//! | `libgpib/` | a stand-in for linux-gpib's C library, over either of them |
//! | `control.rs`, `bus.h` | what tests do at the far end of the bus |
//! | `bench.rs`, `process.rs` | all of this, in a test or as a process of its own |
//! | `stand_in.rs`, `stand_in.c`, `device.c` | that the bench itself is what tests rely on |
//! | `visa.rs`, `visa_*.c` | the library on it |

mod bench;
mod control;
mod cuse;
mod driver;
mod ibsta;
mod ioctl;
mod process;
mod server;
mod stand_in;
pub mod visa;

pub use crate::gpib::process::main;
pub use crate::gpib::stand_in::CHECKS;
pub use crate::gpib::stand_in::library;
pub use crate::gpib::stand_in::plain_program;
pub use crate::gpib::stand_in::program;

use libtest_mimic::Trial;

pub fn trials() -> Vec<Trial> {
    [stand_in::trials(), visa::trials()].into_iter().flatten().collect()
}
