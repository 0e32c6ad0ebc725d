#![forbid(unsafe_code)]
//! Opening the files that viReadToFile and viWriteFromFile name.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use crate::status::{Error, Result, VI_ERROR_FILE_ACCESS, VI_ERROR_FILE_IO};

/// Neither opening nor using a pipe or a terminal may hold a call past its deadline, and a
/// terminal must not become the program's own. Regular files know no such waiting.
const FLAGS: i32 = libc::O_NONBLOCK | libc::O_NOCTTY;

/// Opens an existing file for reading.
///
/// # Errors
/// VI_ERROR_FILE_ACCESS.
pub fn open(path: &Path) -> Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(FLAGS).open(path).map_err(no_access)?;
    // A directory opens for reading, but has no bytes.
    match file.metadata() {
        Ok(about) if about.is_dir() => {
            Err(no_access(std::io::Error::from_raw_os_error(libc::EISDIR)))
        }
        _ => Ok(file),
    }
}

/// Opens a file for writing: behind what it holds when `append`, else emptied. One that does not
/// exist is made.
///
/// # Errors
/// VI_ERROR_FILE_ACCESS.
pub fn create(path: &Path, append: bool) -> Result<File> {
    OpenOptions::new()
        .append(append)
        .write(true)
        .truncate(!append)
        .create(true)
        .custom_flags(FLAGS)
        .open(path)
        .map_err(no_access)
}

/// The VISA error of a read or write that failed.
pub fn io_error(error: &std::io::Error) -> Error {
    Error::with_os(VI_ERROR_FILE_IO, "file", error.raw_os_error().unwrap_or(0))
}

fn no_access(error: std::io::Error) -> Error {
    Error::with_os(VI_ERROR_FILE_ACCESS, "file", error.raw_os_error().unwrap_or(0))
}
