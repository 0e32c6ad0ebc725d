//! Memory of the caller's that may not be there.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_USER_BUF, fail};

/// A copy of `bytes`, read by the system, so that a bad pointer from C is VI_ERROR_USER_BUF and
/// not a crash. Slow: for what goes wrong, not for what goes well.
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it cannot be read; VI_ERROR_ALLOC.
pub fn copy(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    if copy.try_reserve_exact(bytes.len()).is_err() {
        return fail(VI_ERROR_ALLOC, "no memory for a copy");
    }
    copy.resize(bytes.len(), 0);
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

/// Writes `bytes` to the beginning of `buf`, which is at least as long, by the system, so that a bad
/// pointer from C is VI_ERROR_USER_BUF and not a crash. Slow: for links that wait for long anyway.
///
/// # Errors
/// VI_ERROR_USER_BUF when some of it cannot be written; VI_ERROR_ALLOC.
pub fn fill(buf: &mut [u8], bytes: &[u8]) -> Result {
    let buf = &mut buf[..bytes.len()];
    // SAFETY: a NUL-terminated name; the result is checked before it is owned.
    let fd = unsafe { libc::memfd_create(c"visa".as_ptr(), libc::MFD_CLOEXEC) };
    if fd < 0 {
        return fail(VI_ERROR_ALLOC, "memfd");
    }
    // SAFETY: `fd` was just opened and nobody else owns it.
    let mut file = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    if std::io::Write::write_all(&mut file, bytes).is_err() {
        return fail(VI_ERROR_ALLOC, "memfd");
    }
    let mut done = 0;
    while done < buf.len() {
        let rest = &mut buf[done..];
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_the_same_and_a_bad_pointer_is_an_error() {
        let bytes: Vec<u8> = (0..300_000_u32).map(|i| i as u8).collect();
        assert_eq!(copy(&bytes).unwrap(), bytes);
        assert_eq!(copy(&[]).unwrap(), []);
        let mut filled = vec![0; bytes.len() + 1];
        fill(&mut filled, &bytes).unwrap();
        assert_eq!(&filled[..bytes.len()], bytes);
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
        // SAFETY: what this lies about is what `copy` is there for; it only asks the system.
        let beyond = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), page + 1) };
        assert_eq!(copy(beyond).unwrap_err().code, VI_ERROR_USER_BUF);
        // SAFETY: the same lie, for `fill`.
        let beyond = unsafe { std::slice::from_raw_parts_mut(start.cast::<u8>(), page + 1) };
        let error = fill(beyond, &bytes[..page + 1]).unwrap_err();
        assert_eq!(error.code, VI_ERROR_USER_BUF);
        // SAFETY: the first page is still ours.
        unsafe { libc::munmap(start, page) };
    }
}
