//! Memory of the caller's that may not be there.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_USER_BUF, fail};

/// A copy of `bytes`, read by the system, so that a bad pointer from C is VI_ERROR_USER_BUF and
/// not a crash. Slow: for what goes wrong, not for what goes well.
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it cannot be read; VI_ERROR_ALLOC.
pub fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = room(bytes.len())?;
    // SAFETY: a NUL-terminated name; the result is checked before it is owned.
    let fd = unsafe { libc::memfd_create(c"visa".as_ptr(), libc::MFD_CLOEXEC) };
    if fd < 0 {
        return fail(VI_ERROR_ALLOC, "memfd");
    }
    // SAFETY: `fd` was just opened and nobody else owns it.
    let file = unsafe { OwnedFd::from_raw_fd(fd) };
    let mut done = 0;
    while done < bytes.len() {
        let rest = &bytes[done..];
        // SAFETY: only the system follows the pointer, and says EFAULT where there is no memory.
        let count = unsafe { libc::write(file.as_raw_fd(), rest.as_ptr().cast(), rest.len()) };
        match usize::try_from(count) {
            Ok(count) if count > 0 => done += count,
            _ => match std::io::Error::last_os_error().raw_os_error() {
                Some(libc::EINTR) => {}
                Some(libc::EFAULT) => return fail(VI_ERROR_USER_BUF, "buffer is not readable"),
                errno => return Err(Error::with_os(VI_ERROR_ALLOC, "memfd", errno.unwrap_or(0))),
            },
        }
    }
    let mut done = 0;
    while done < copy.len() {
        let rest = &mut copy[done..];
        let (place, len, at) = (rest.as_mut_ptr().cast(), rest.len(), done as libc::off_t);
        // SAFETY: `rest` is writable for its length.
        let count = unsafe { libc::pread(file.as_raw_fd(), place, len, at) };
        match usize::try_from(count) {
            Ok(count) if count > 0 => done += count,
            _ if std::io::Error::last_os_error().raw_os_error() == Some(libc::EINTR) => {}
            _ => return fail(VI_ERROR_ALLOC, "memfd"),
        }
    }
    Ok(copy)
}

/// `len` zeros, for a copy of what may be of any size.
///
/// # Errors
/// VI_ERROR_ALLOC.
pub fn room(len: usize) -> Result<Vec<u8>> {
    let mut room = Vec::new();
    if room.try_reserve_exact(len).is_err() {
        return fail(VI_ERROR_ALLOC, "no memory for a copy");
    }
    room.resize(len, 0);
    Ok(room)
}

/// Fills `own` with the `own.len()` bytes at the beginning of `callers`, read by the system, so
/// that a bad pointer from C is VI_ERROR_USER_BUF and not a crash. As fast as memory.
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it cannot be read; VI_ERROR_ALLOC.
pub fn fetch(own: &mut [u8], callers: &[u8]) -> Result {
    let callers = &callers[..own.len()];
    let there = libc::iovec { iov_base: callers.as_ptr().cast_mut().cast(), iov_len: own.len() };
    let here = libc::iovec { iov_base: own.as_mut_ptr().cast(), iov_len: own.len() };
    // SAFETY: both describe memory of this process: `own` is writable, and of the other only the
    // system follows the pointer.
    let count = unsafe { libc::process_vm_readv(libc::getpid(), &here, 1, &there, 1, 0) };
    if usize::try_from(count) == Ok(own.len()) {
        return Ok(());
    }
    // Sandboxes may forbid it.
    own.copy_from_slice(&copy(callers)?);
    Ok(())
}

/// Writes `own` to the beginning of `callers`, in the same way.
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it cannot be written; VI_ERROR_ALLOC.
pub fn store(callers: &mut [u8], own: &[u8]) -> Result {
    let callers = &mut callers[..own.len()];
    let there = libc::iovec { iov_base: callers.as_mut_ptr().cast(), iov_len: own.len() };
    let here = libc::iovec { iov_base: own.as_ptr().cast_mut().cast(), iov_len: own.len() };
    // SAFETY: both describe memory of this process: `own` is only read, and of the other only the
    // system follows the pointer.
    let count = unsafe { libc::process_vm_writev(libc::getpid(), &here, 1, &there, 1, 0) };
    if usize::try_from(count) == Ok(own.len()) {
        return Ok(());
    }
    match std::io::Error::last_os_error().raw_os_error() {
        // Sandboxes may forbid it.
        Some(libc::ENOSYS | libc::EPERM) => fill(callers, own),
        _ => fail(VI_ERROR_USER_BUF, "buffer is not writable"),
    }
}

/// [`store`] by way of a file in memory, which is allowed everywhere.
fn fill(callers: &mut [u8], own: &[u8]) -> Result {
    // SAFETY: a NUL-terminated name; the result is checked before it is owned.
    let fd = unsafe { libc::memfd_create(c"visa".as_ptr(), libc::MFD_CLOEXEC) };
    if fd < 0 {
        return fail(VI_ERROR_ALLOC, "memfd");
    }
    // SAFETY: `fd` was just opened and nobody else owns it.
    let mut file = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    if std::io::Write::write_all(&mut file, own).is_err() {
        return fail(VI_ERROR_ALLOC, "memfd");
    }
    let mut done = 0;
    while done < callers.len() {
        let rest = &mut callers[done..];
        let (place, len, at) = (rest.as_mut_ptr().cast(), rest.len(), done as libc::off_t);
        // SAFETY: only the system follows the pointer, and says EFAULT where there is no memory.
        let count = unsafe { libc::pread(file.as_raw_fd(), place, len, at) };
        match usize::try_from(count) {
            Ok(count) if count > 0 => done += count,
            _ => match std::io::Error::last_os_error().raw_os_error() {
                Some(libc::EINTR) => {}
                Some(libc::EFAULT) => return fail(VI_ERROR_USER_BUF, "buffer is not writable"),
                errno => return Err(Error::with_os(VI_ERROR_ALLOC, "memfd", errno.unwrap_or(0))),
            },
        }
    }
    Ok(())
}

/// Whether all of `memory` is known to be there and writable: then the system has made its pages
/// ready, too. False where the system cannot tell (Linux before 5.14).
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it is not.
pub fn is_writable(memory: &mut [u8]) -> Result<bool> {
    const PAGE: usize = 4096;
    let start = memory.as_mut_ptr().addr();
    let first = start / PAGE * PAGE;
    let len = (start + memory.len()).next_multiple_of(PAGE) - first;
    let place = memory.as_mut_ptr().with_addr(first).cast();
    // SAFETY: this changes no content; of addresses that are nobody's the system says so.
    if unsafe { libc::madvise(place, len, libc::MADV_POPULATE_WRITE) } == 0 {
        return Ok(true);
    }
    match std::io::Error::last_os_error().raw_os_error() {
        Some(libc::EFAULT | libc::ENOMEM) => fail(VI_ERROR_USER_BUF, "buffer is not writable"),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_same_and_a_bad_pointer_is_an_error() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|i| i as u8).collect();
        assert_eq!(copy(&bytes).unwrap(), bytes);
        assert_eq!(copy(&[]).unwrap(), []);
        assert_eq!(room(3).unwrap(), [0; 3]);
        assert_eq!(room(usize::MAX / 4).unwrap_err().code, VI_ERROR_ALLOC);
        let page = 4096;
        // SAFETY: two fresh pages, of which the second is taken away again.
        let start = unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let protection = libc::PROT_READ | libc::PROT_WRITE;
            let start = libc::mmap(std::ptr::null_mut(), 2 * page, protection, flags, -1, 0);
            assert_ne!(start, libc::MAP_FAILED);
            libc::munmap(start.byte_add(page), page);
            start
        };
        // SAFETY: what this lies about is what these are there for; they only ask the system.
        let beyond = unsafe { std::slice::from_raw_parts_mut(start.cast::<u8>(), page + 1) };
        assert_eq!(copy(beyond).unwrap_err().code, VI_ERROR_USER_BUF);
        let mut own = bytes[..page + 1].to_vec();
        assert_eq!(fetch(&mut own, beyond).unwrap_err().code, VI_ERROR_USER_BUF);
        assert_eq!(store(beyond, &own).unwrap_err().code, VI_ERROR_USER_BUF);
        assert_eq!(is_writable(beyond).map_err(|error| error.code), Err(VI_ERROR_USER_BUF));
        assert_ne!(is_writable(&mut beyond[..page]).map_err(|_| ()), Err(()));
        assert_eq!(fill(beyond, &own).unwrap_err().code, VI_ERROR_USER_BUF);
        // What is there is copied, both ways.
        let own = bytes[..page].to_vec();
        store(beyond, &own).unwrap();
        let mut back = vec![0; page];
        fetch(&mut back, beyond).unwrap();
        assert_eq!(back, own);
        // SAFETY: the first page is still ours.
        unsafe { libc::munmap(start, page) };
    }
}
